"""Clusters: what is accepted, what is kept secret, what a test of the connection leaves behind."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..kernel.secret import Secret
from .common import SaasCommon

SECRET_FIELDS = ("prov_password_sealed", "cluster_secret_sealed")


@tagged("post_install", "-at_install")
class TestCluster(SaasCommon):
    def assert_database_refuses(self, **values):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["saas.cluster"].create(
                {"name": "Other", "key": "other", **values}
            ).flush_recordset()

    def test_a_key_has_one_form_and_one_owner(self):
        for key in ("Other", "1other", "oth-er", "", "o" * 32, "other\n"):
            self.assert_database_refuses(key=key)
        self.assert_database_refuses(key="testing")

    def test_numbers_out_of_their_borders_are_refused(self):
        for values in (
            {"capacity": 0},
            {"capacity": -1},
            {"connections_per_tenant": 3},
            {"pg_port": 70000},
            {"pg_port": 0},
        ):
            self.assert_database_refuses(**values)

    def test_a_host_zone_is_a_host_name(self):
        for zone in ("example.com:8070", "http://example.com", "exa mple.com", "-a.com", "a" * 260):
            with self.assertRaises(ValidationError, msg=zone):
                self.cluster.base_host = zone
        self.cluster.base_host = "tenants.example.com"

    def test_an_address_pattern_holds_the_host_once(self):
        for pattern in ("https://example.com", "{host}", "ftp://{host}", "https://{host}/{host}"):
            with self.assertRaises(ValidationError, msg=pattern):
                self.cluster.public_url_pattern = pattern
        self.cluster.public_url_pattern = "https://{host}"

    def test_a_node_address_is_a_bare_address(self):
        for address in ("10.0.0.5", "file:///etc/passwd", "http://node/path"):
            with self.assertRaises(ValidationError, msg=address):
                self.cluster.node_url = address

    def test_a_folder_is_a_whole_path(self):
        for name in ("filestore_path", "data_dir", "pg_bin", "addons_path"):
            with self.assertRaises(ValidationError, msg=name):
                self.cluster[name] = "relative/folder"

    def test_an_open_quote_in_the_command_is_refused(self):
        with self.assertRaises(ValidationError):
            self.cluster.odoo_command = "/usr/bin/odoo 'open"

    def test_secrets_are_stored_sealed_and_come_back_as_secrets(self):
        self.env.cr.execute(
            "SELECT prov_password_sealed, cluster_secret_sealed FROM saas_cluster WHERE id = %s",
            (self.cluster.id,),
        )
        for sealed in self.env.cr.fetchone():
            self.assertTrue(sealed.startswith("v1:k1:"))
            self.assertNotIn("provisioner", sealed)
        spec = self.cluster.sudo()._to_spec()
        self.assertEqual(spec["prov_password"], Secret("provisioner-password"))
        self.assertEqual(spec["cluster_secret"], Secret("secret-of-the-cluster"))
        self.assertNotIn("provisioner-password", repr(spec))

    def test_nobody_reads_searches_or_groups_by_a_secret(self):
        for user in (self.viewer, self.operator, self.admin):
            clusters = self.env["saas.cluster"].with_user(user)
            for name in SECRET_FIELDS:
                with self.assertRaises(AccessError):
                    clusters.browse(self.cluster.id).read([name])
                with self.assertRaises(AccessError):
                    clusters.search([(name, "=like", "v1:%")])
                with self.assertRaises(AccessError):
                    clusters.formatted_read_group([], [name], ["__count"])
                self.assertNotIn(name, clusters.fields_get())

    def test_an_administrator_replaces_the_password_and_never_sees_it(self):
        cluster = self.cluster.with_user(self.admin)
        cluster.write({"prov_password": "another"})
        cluster.invalidate_recordset()
        self.assertFalse(cluster.prov_password)
        self.assertEqual(self.cluster._prov_password(), Secret("another"))
        self.assertNotIn("another", str(self.cluster.message_ids.mapped("body")))

    def test_an_operator_cannot_change_a_cluster_or_see_its_connection(self):
        cluster = self.cluster.with_user(self.operator)
        with self.assertRaises(AccessError):
            cluster.write({"capacity": 5})
        with self.assertRaises(AccessError):
            cluster.read(["pg_host"])

    def test_a_secret_moved_to_another_cluster_does_not_open(self):
        other = self.env["saas.cluster"].create({"name": "Other", "key": "other"})
        other.prov_password_sealed = self.cluster.prov_password_sealed
        with self.assertRaisesRegex(Exception, "secret_damaged"):
            other._prov_password()

    def test_the_spec_has_plain_values_for_the_jobs(self):
        spec = self.cluster.sudo()._to_spec()
        self.assertEqual(spec["odoo_command"], ["/usr/bin/odoo"])
        self.assertEqual(spec["addons_path"], ["/usr/lib/odoo/addons"])
        self.assertEqual(spec["node_role"], "saas_node_testing")

    def test_preparing_twice_renews_the_same_cluster(self):
        again = self.env["saas.cluster"]._prepare_from_cli(
            {
                "key": "testing",
                "base_host": "b.example",
                "prov_password": Secret("p2"),
                "cluster_secret": Secret("c2"),
            }
        )
        self.assertEqual(again, self.cluster)
        self.assertEqual((again.name, again.base_host), ("Testing", "b.example"))
        self.assertEqual(again._prov_password(), Secret("p2"))

    def test_templates_without_a_cluster_join_the_prepared_one_with_their_modules(self):
        waiting = self.env["saas.module"].create({"technical_name": "website", "title": "Website"})
        twin = (
            self.env["saas.module"].create({"technical_name": "contacts", "title": "Contacts"})
            if not self.env["saas.module"].search(
                [("cluster_id", "=", False), ("technical_name", "=", "contacts")]
            )
            else waiting
        )
        template = self.env["saas.template"].create(
            {"name": "Waiting", "cluster_id": False, "module_ids": [(6, 0, (waiting | twin).ids)]}
        )
        self.env["saas.cluster"]._prepare_from_cli(
            {"key": "testing", "prov_password": Secret("p"), "cluster_secret": Secret("c")}
        )
        self.assertEqual(template.cluster_id, self.cluster)
        self.assertEqual(template.module_ids.cluster_id, self.cluster)
        self.assertIn("website", template.module_ids.mapped("technical_name"))

    def test_a_passed_test_makes_a_cluster_ready_and_a_failed_one_failing(self):
        row = {"code": "server_reachable", "ok": True, "facts": {}, "mend": ""}
        self.cluster._step_checked([row, {**row, "code": "node_answers", "ok": False}])
        self.assertEqual(self.cluster.state, "failing")
        self.assertEqual(self.cluster.check_ids[0].code, "node_answers")
        self.assertIn("Start the runtime node", self.cluster.check_ids[0].mend)
        passed_before = self.cluster.passed_at
        self.cluster._step_checked(
            [row, {**row, "code": "server_version", "facts": {"version": 15}, "mend": "Upgrade."}]
        )
        self.assertEqual(self.cluster.state, "ready")
        self.assertEqual(self.cluster.check_ids.mapped("result"), ["warning", "ok"])
        self.assertGreaterEqual(self.cluster.passed_at, passed_before)

    def test_a_test_without_a_single_line_passes_nothing(self):
        self.cluster._step_checked([])
        self.assertEqual(self.cluster.state, "failing")

    def test_a_double_click_tests_once(self):
        for _click in range(2):
            self.cluster.with_user(self.operator).action_test_connection()
        jobs = self.env["saas.job"].search(
            [("kind", "=", "test_cluster"), ("cluster_id", "=", self.cluster.id)]
        )
        self.assertEqual(len(jobs), 1)
        self.assertEqual(self.cluster.operation_id, jobs)

    def test_a_viewer_cannot_test_or_refresh(self):
        for action in ("action_test_connection", "action_refresh_modules"):
            with self.assertRaises(AccessError):
                getattr(self.cluster.with_user(self.viewer), action)()

    def test_key_and_zone_are_fixed_while_tenants_live_there(self):
        self.make_open_tenant()
        for vals in ({"key": "moved"}, {"base_host": "moved.example"}):
            with self.assertRaises(ValidationError):
                self.cluster.write(vals)
        self.cluster.write({"key": "testing", "capacity": 7})

    def test_the_key_is_fixed_once_secrets_are_bound_to_it(self):
        with self.assertRaises(ValidationError):
            self.cluster.key = "renamed"
        bare = self.env["saas.cluster"].create({"name": "Bare", "key": "bare"})
        bare.key = "renamed"
        self.assertEqual(bare.node_role, "saas_node_renamed")

    def test_a_cluster_in_use_cannot_be_removed(self):
        with self.assertRaises(ValidationError):
            self.cluster.unlink()

    def test_placement_counts_standby_copies_and_tenants(self):
        before = self.cluster._placement_facts().used
        self.make_open_tenant()
        self.env["saas.database"]._reserve("tenant", self.cluster, version_id=self.version.id)
        facts = self.cluster._placement_facts()
        self.assertEqual(facts.used, before + 2)
        self.assertEqual((facts.key, facts.healthy, facts.active), ("testing", True, True))

    def test_refreshing_takes_over_new_modules_and_archives_those_that_are_gone(self):
        rows = [
            self.module_row("contacts", "19.0.2.0"),
            self.module_row("website"),
            dict(self.module_row("no"), installable=False),
        ]
        self.cluster._step_modules_read(rows)
        catalogue = (
            self.env["saas.module"]
            .with_context(active_test=False)
            .search([("cluster_id", "=", self.cluster.id)])
        )
        versions = {module.technical_name: (module.version, module.active) for module in catalogue}
        self.assertEqual(versions["contacts"], ("19.0.2.0", True))
        self.assertEqual(versions["website"], ("19.0.1.0", True))
        self.assertEqual(versions["crm"], ("19.0.1.0", False))
        self.assertNotIn("no", versions)
        self.assertTrue(self.cluster.modules_read_at)

    def test_a_company_of_a_cluster_hides_it_from_others(self):
        self.assertTrue(self.cluster.with_user(self.stranger).has_access("read"))
        self.cluster.company_id = self.env.company
        with self.assertRaises(AccessError):
            self.cluster.with_user(self.stranger).read(["name"])

    def test_a_password_is_not_stored_without_a_key_file(self):
        def no_key_file(_self):
            from ..kernel.errors import Refused

            raise Refused("keyring_missing")

        self.patch(type(self.env["saas.keyring"]), "_load", no_key_file)
        with self.assertRaisesRegex(UserError, "key file"):
            self.cluster.with_user(self.admin).write({"prov_password": "another"})

    def test_a_cluster_without_secrets_says_what_to_do_before_it_is_tested(self):
        bare = self.env["saas.cluster"].create({"name": "Bare", "key": "bare"})
        with self.assertRaisesRegex(UserError, "cluster-prepare"):
            bare.action_test_connection()
        self.env["saas.doctor"]._cron_check()
        self.assertFalse(self.env["saas.job"].search([("cluster_id", "=", bare.id)]))

    def test_what_a_dead_operation_has_made_is_not_swept(self):
        tenant = self.make_tenant()
        tenant.action_provision()
        job_sudo = tenant.job_ids.sudo()
        facts = tenant.with_context(saas_job_id=job_sudo.id)._step_claim(fence=1)
        found = {"databases": [], "roles": [{"name": facts["database"], "stage": "building"}]}
        for state, swept in (("running", 0), ("dead", 0), ("failed", 1)):
            job_sudo.state = state
            result = self.cluster._step_audit(**found, folders=[])
            self.assertEqual(len(result["sweep"]), swept, state)

    def test_an_operation_of_a_tenant_is_not_the_cluster_s_own(self):
        self.make_tenant().action_provision()
        self.assertFalse(self.cluster.operation_id)
        self.cluster.action_test_connection()
        self.cluster.invalidate_recordset()
        self.assertEqual(self.cluster.operation_id.kind, "test_cluster")

    def test_a_failing_cluster_is_tested_again_by_itself_and_not_audited(self):
        self.cluster.state = "failing"
        self.env["saas.cluster"]._cron_audit()
        jobs = self.env["saas.job"].search(
            [("cluster_id", "=", self.cluster.id), ("state", "=", "waiting")]
        )
        kinds = set(jobs.mapped("kind")) & {"test_cluster", "audit_cluster", "refresh_modules"}
        self.assertEqual(kinds, {"test_cluster"})
