"""A new secret for a cluster: who may, what is written down when, what signs sessions stays."""

import json
import stat
import tempfile
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..jobs.prepare_cluster import write_secret_file
from ..kernel.errors import Broken, Refused
from ..kernel.secret import Secret, derive
from .common import SaasCommon

OLD = Secret("secret-of-the-cluster")


class SecretCommon(SaasCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant()
        self.database = self.tenant.database_id.sudo()
        self.standby = self.env["saas.database"]._reserve(
            "tenant", self.cluster, version_id=self.version.id
        )
        self.standby._step_ready(oid=4712)

    def jobs(self, kind):
        return self.env["saas.job"].sudo().search([("kind", "=", kind)], order="id")

    def noted(self, action):
        return self.env["saas.audit.entry"].search([("action", "=", action)])

    def prepare(self):
        self.cluster._prepare_secret_change()
        return self.cluster._open_secret("cluster_secret_next_sealed")

    def begin(self):
        """Leave the records as the operation does when it has listed whose password changes."""
        new = self.prepare()
        self.cluster._order_secret_change()
        self.cluster._step_secret_keep()
        self.cluster._step_secret_begin()
        self.line = self.cluster._step_secret_line()["line"]
        self.cluster._step_secret_list(line=self.line)
        return new

    def rotated_by(self, job):
        """What an operation that changes a tenant's password writes in the end."""
        job.sudo().state = "done"
        at_work = self.tenant.sudo().with_context(saas_job_id=job.id)
        at_work._step_rotated(at_work._step_rotation_wanted()["generation"])


@tagged("post_install", "-at_install")
class TestDatabaseSecret(SecretCommon):
    def test_a_copy_gets_a_secret_of_its_own_that_is_stored_closed(self):
        first, second = self.database._database_secret(), self.standby._database_secret()
        self.assertNotEqual(first, second)
        self.assertNotEqual(first, derive(OLD, "database.secret", self.database.name, 1))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT secret_sealed FROM saas_database WHERE id = %s", [self.database.id]
        )
        self.assertNotIn(first.reveal(), self.env.cr.fetchone()[0])

    def test_what_a_step_is_told_is_what_links_are_signed_with(self):
        told = self.tenant._step_birth_secret()["secret"]
        self.assertEqual(told, self.database._database_secret())
        self.assertEqual(
            self.standby._step_birth_secret()["secret"], self.standby._database_secret()
        )

    def test_a_database_from_before_has_the_secret_it_always_had(self):
        self.database.secret_sealed = False
        expected = derive(OLD, "database.secret", self.database.name, 1)
        self.assertEqual(self.database._database_secret(), expected)

    def test_a_closed_secret_opens_in_no_other_row(self):
        self.standby.secret_sealed = self.database.secret_sealed
        with self.assertRaises(Broken) as told:
            self.standby._database_secret()
        self.assertEqual(told.exception.code, "secret_damaged")

    def test_it_is_gone_when_the_database_is(self):
        self.standby._step_forget()
        self.assertFalse(self.standby.secret_sealed)

    def test_nobody_reads_it_through_the_records(self):
        for user in (self.operator, self.admin):
            with self.assertRaises(AccessError):
                self.database.with_user(user).read(["secret_sealed"])

    def test_links_into_the_tenant_stay_valid_when_the_secret_of_the_cluster_changes(self):
        self.database.secret_sealed = False
        before = self.tenant._password_url(1_800_000_000)
        self.begin()
        self.assertEqual(self.tenant._password_url(1_800_000_000), before)
        self.env["saas.database"].sudo().search([]).secret_pending = False
        self.cluster._step_secret_changed()
        self.assertEqual(self.tenant._password_url(1_800_000_000), before)


@tagged("post_install", "-at_install")
class TestClusterSecret(SecretCommon):
    def test_only_an_administrator_changes_it_and_only_when_nodes_may_know_it(self):
        with self.assertRaises(UserError) as told:
            self.cluster.with_user(self.admin).action_change_secret()
        self.assertIn("--prepare", told.exception.args[0])
        self.prepare()
        for user in (self.viewer, self.operator, self.stranger):
            with self.assertRaises(AccessError):
                self.cluster.with_user(user).action_change_secret()
        self.assertFalse(self.jobs("rotate_cluster_secret"))
        self.cluster.with_user(self.admin).action_change_secret()
        job = self.jobs("rotate_cluster_secret")
        self.assertEqual((job.cluster_id, job.user_id), (self.cluster, self.admin))
        entry = self.noted("cluster_secret_change_begun")
        self.assertEqual((entry.user_id, entry.kind), (self.admin, "secrets"))

    def test_asked_twice_it_is_one_operation_and_one_that_gave_up_goes_on(self):
        self.prepare()
        self.cluster.with_user(self.admin).action_change_secret()
        self.cluster.with_user(self.admin).action_change_secret()
        job = self.jobs("rotate_cluster_secret")
        self.assertEqual(len(job), 1)
        job.state = "dead"
        self.cluster.with_user(self.admin).action_change_secret()
        self.assertEqual(self.jobs("rotate_cluster_secret").mapped("state"), ["waiting"])
        self.assertEqual(len(self.noted("cluster_secret_change_begun")), 1)

    def test_operators_do_not_see_how_far_it_is(self):
        fields_of = self.cluster.with_user(self.operator).fields_get()
        for name in ("secret_change", "secret_left_count", "cluster_secret_next_sealed"):
            self.assertNotIn(name, fields_of)
        with self.assertRaises(AccessError):
            self.cluster.with_user(self.admin).read(["cluster_secret_next_sealed"])

    def test_a_prepared_secret_is_kept_and_nothing_uses_it_yet(self):
        new = self.prepare()
        self.assertEqual(self.prepare(), new)
        self.assertEqual(self.cluster.secret_change, "prepared")
        spec = self.cluster._to_spec()
        self.assertEqual(spec["cluster_secret"], OLD)
        self.assertNotIn("older_cluster_secret", spec)
        self.assertNotIn(new.reveal(), str(self.noted("secret_stored").read()))

    def test_from_the_beginning_on_passwords_are_made_from_the_new_one(self):
        new = self.begin()
        spec = self.cluster._to_spec()
        self.assertEqual((spec["cluster_secret"], spec["older_cluster_secret"]), (new, OLD))
        self.assertEqual(self.cluster._cluster_secret(), OLD)

    def test_nothing_begins_without_a_prepared_secret(self):
        with self.assertRaises(Refused) as told:
            self.cluster._step_secret_begin()
        self.assertEqual(told.exception.code, "cluster_secret_not_prepared")

    def test_every_role_is_listed_and_counted(self):
        other = self.env["saas.cluster"].create({"name": "Other", "key": "other"})
        elsewhere = self.env["saas.database"]._reserve("tenant", other, version_id=self.version.id)
        gone = self.env["saas.database"]._reserve(
            "tenant", self.cluster, version_id=self.version.id
        )
        gone._step_forget()
        self.begin()
        self.assertTrue(self.database.secret_pending)
        self.assertTrue(self.standby.secret_pending)
        self.assertFalse((elsewhere | gone | self.version.database_id).filtered("secret_pending"))
        self.assertEqual(self.cluster.secret_left_count, 2)
        self.assertEqual(self.cluster._step_secret_left(), {"left": 2})

    def test_operations_claimed_before_are_waited_for_and_later_ones_are_not(self):
        own = self.cluster._start("test_cluster", {})
        before = self.cluster._start("audit_rights", {}).sudo()
        line = self.cluster._step_secret_line()["line"]
        at_work = self.cluster.with_context(saas_job_id=own.id)
        for state, fence, busy in (
            ("running", line - 1, 1),
            ("running", line + 1, 0),
            ("undoing", line - 1, 1),
            ("undoing", 0, 0),
            ("waiting", line - 1, 0),
            ("dead", line - 1, 0),
        ):
            before.write({"state": state, "fence": fence})
            own.sudo().write({"state": "running", "fence": line - 1})
            with self.subTest(state=state, fence=fence):
                self.assertEqual(at_work._step_secret_drain(line=line), {"busy": busy})
        self.assertGreater(self.cluster._step_secret_line()["line"], line)

    def test_each_tenant_is_ordered_once(self):
        self.begin()
        self.cluster._step_secret_order()
        self.cluster._step_secret_order()
        order = self.jobs("rotate_role")
        self.assertEqual((order.tenant_id, order.spec), (self.tenant, {"line": self.line}))
        self.assertEqual(order.serial_key, f"tenant:{self.tenant.id}")

    def test_what_a_step_orders_keeps_nobody_who_takes_over_waiting(self):
        # A key of an operation is held by whoever ordered it and was frozen before his commit.
        self.begin()
        self.cluster._step_secret_order()
        self.assertFalse(self.jobs("rotate_role").dedupe_key)
        self.cluster._step_secret_changed()
        self.assertFalse(self.jobs("audit_rights").dedupe_key)

    def test_a_password_that_was_ordered_for_another_reason_is_ordered_again(self):
        mine = self.tenant._order_rotation()
        self.begin()
        self.cluster._step_secret_order()
        self.assertEqual(len(self.jobs("rotate_role")), 2)
        self.rotated_by(mine)
        self.assertTrue(self.database.secret_pending)
        self.rotated_by(self.jobs("rotate_role") - mine)
        self.assertFalse(self.database.secret_pending)

    def test_an_order_of_an_earlier_change_counts_for_nothing(self):
        self.begin()
        self.cluster._step_secret_order()
        order = self.jobs("rotate_role")
        self.cluster._step_secret_list(line=self.line + 1)
        self.rotated_by(order)
        self.assertTrue(self.database.secret_pending)

    def test_an_order_that_failed_rests_and_one_that_is_dead_waits_for_a_person(self):
        self.begin()
        self.cluster._step_secret_order()
        order = self.jobs("rotate_role")
        order.write({"state": "failed", "ended_at": fields.Datetime.now()})
        self.cluster._step_secret_order()
        self.assertEqual(len(self.jobs("rotate_role")), 1)
        order.ended_at = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        self.cluster._step_secret_order()
        self.assertEqual(len(self.jobs("rotate_role")), 2)
        (self.jobs("rotate_role") - order).state = "dead"
        self.cluster._step_secret_order()
        self.assertEqual(len(self.jobs("rotate_role")), 2)

    def test_standby_copies_are_told_with_the_generation_they_keep(self):
        self.begin()
        wanted = [{"database": self.standby.name, "generation": 1}]
        self.assertEqual(self.cluster._step_secret_standbys(), {"standbys": wanted})
        self.assertFalse(self.tenant._standby_copies(9), "nobody claims it meanwhile")
        self.cluster._step_secret_given(database=self.standby.name)
        self.assertEqual(self.tenant._standby_copies(9), self.standby)
        self.assertEqual(self.cluster._step_secret_standbys(), {"standbys": []})

    def test_the_old_secret_is_forgotten_once(self):
        new = self.begin()
        self.env["saas.database"].sudo().search([]).secret_pending = False
        self.cluster._step_secret_changed()
        self.cluster._step_secret_changed()
        self.assertEqual(self.cluster._cluster_secret(), new)
        self.assertFalse(self.cluster.cluster_secret_next_sealed)
        self.assertFalse(self.cluster.secret_change)
        self.assertTrue(self.cluster.secret_changed_at)
        self.assertEqual(len(self.noted("cluster_secret_rotated")), 1)
        self.assertEqual(self.cluster._to_spec()["cluster_secret"], new)
        self.assertTrue(self.jobs("audit_rights"))

    def test_preparing_the_cluster_again_meanwhile_knows_both(self):
        new = self.begin()
        known = self.env["saas.cluster"]._known_secrets(self.cluster)
        self.assertEqual((known["cluster_secret"], known["cluster_secret_next"]), (OLD, new))


@tagged("post_install", "-at_install")
class TestSigningSecret(SecretCommon):
    def test_only_an_administrator_logs_everybody_out_and_only_where_somebody_is(self):
        with self.assertRaises(AccessError):
            self.tenant.with_user(self.operator).action_log_everybody_out()
        with self.assertRaises(UserError):
            self.make_tenant(subdomain="draft").with_user(self.admin).action_log_everybody_out()
        self.tenant.with_user(self.admin).action_log_everybody_out()
        self.tenant.with_user(self.admin).action_log_everybody_out()
        job = self.jobs("renew_signing_secret")
        self.assertEqual((job.tenant_id, job.user_id), (self.tenant, self.admin))
        self.assertEqual(job.serial_key, f"tenant:{self.tenant.id}")

    def test_the_next_secret_takes_the_place_of_the_stored_one_when_the_tenant_has_it(self):
        before = self.database._database_secret()
        wanted = self.tenant._step_signing_wanted()
        self.assertEqual(wanted, {"database": self.database.name, "generation": 1})
        following = self.tenant._step_signing_next()["secret"]
        self.tenant._step_signing_wanted()
        self.assertEqual(self.tenant._step_signing_next()["secret"], following)
        self.assertEqual(self.tenant._step_birth_secret()["secret"], before)
        address = self.tenant._password_url(1_800_000_000)
        self.tenant._step_signing_renewed()
        self.assertEqual(self.database._database_secret(), following)
        self.assertFalse(self.database.secret_next_sealed)
        self.assertNotEqual(self.tenant._password_url(1_800_000_000), address)
        entry = self.noted("signing_secret_renewed")
        self.assertEqual((entry.tenant_id, entry.kind), (self.tenant, "secrets"))
        self.assertNotIn(following.reveal(), str(entry.read()))

    def test_taken_back_it_leaves_the_stored_one(self):
        before = self.database._database_secret()
        self.tenant._step_signing_wanted()
        self.tenant._step_signing_kept()
        self.assertEqual(self.database._database_secret(), before)
        self.assertFalse(self.database.secret_next_sealed)

    def test_a_tenant_that_was_closed_meanwhile_is_refused(self):
        with self.assertRaises(Refused) as told:
            self.make_tenant(subdomain="draft")._step_signing_wanted()
        self.assertEqual(told.exception.code, "tenant_not_open")

    def test_it_is_gone_when_the_database_is(self):
        self.tenant._step_signing_wanted()
        self.database._step_forget()
        self.assertFalse(self.database.secret_next_sealed)


@tagged("post_install", "-at_install")
class TestSecretFile(SecretCommon):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "node.json"
        login = {"password": "x"}
        secret = OLD.reveal()
        content = {"node": "testing", "bus": login, "control": login, "cluster_secret": secret}
        write_secret_file(self.path, {"format": 1, **content})

    def write(self):
        self.assertEqual(
            self.env["saas.cluster"]._write_cluster_secrets(str(self.path)), self.cluster
        )
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        found = json.loads(self.path.read_text())
        self.assertEqual(found["bus"], {"password": "x"})
        return found["cluster_secret"], found.get("cluster_secret_next")

    def is_left_over(self):
        return self.env["saas.cluster"]._has_forgotten_secret(str(self.path))

    def test_it_holds_what_the_nodes_need_before_during_and_after(self):
        self.assertEqual(self.write(), (OLD.reveal(), None))
        new = self.prepare().reveal()
        self.assertEqual(self.write(), (OLD.reveal(), new))
        self.begin()
        self.assertEqual(self.write(), (OLD.reveal(), new))
        self.assertFalse(self.is_left_over())
        self.cluster._step_secret_changed()
        self.assertTrue(self.is_left_over())
        self.assertEqual(self.write(), (new, None))
        self.assertFalse(self.is_left_over())

    def test_a_file_of_no_cluster_of_ours_is_refused_and_left_alone(self):
        content = json.loads(self.path.read_text()) | {"node": "elsewhere"}
        write_secret_file(self.path, content)
        for work in ("_write_cluster_secrets", "_has_forgotten_secret"):
            with self.assertRaises(UserError):
                getattr(self.env["saas.cluster"], work)(str(self.path))
        self.assertEqual(json.loads(self.path.read_text()), content)

    def test_a_file_that_cannot_be_used_is_refused(self):
        self.path.write_text("{}")
        with self.assertRaises(Refused) as told:
            self.env["saas.cluster"]._write_cluster_secrets(str(self.path))
        self.assertEqual(told.exception.code, "secret_file_invalid")
