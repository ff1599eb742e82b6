"""The audit log: what is noted, that nothing of it changes, that a change is seen, who may look."""

import json

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL
from psycopg2.errors import InsufficientPrivilege

from ..adapters.postgres import audit_chain
from ..kernel.secret import Secret
from .common import SaasCommon
from .people import GROUP


class AuditCase(SaasCommon):
    """Looks into the log, and seals as the sealer would."""

    def entries(self, *actions, **found):
        domain = [("action", "in", actions)] if actions else []
        domain += [(name, "=", value) for name, value in found.items()]
        return self.env["saas.audit.entry"].search(domain)

    def seal(self):
        self.env.flush_all()
        while audit_chain.add(self.env.cr._obj):
            continue
        self.env.invalidate_all()

    def verify(self):
        return self.env["saas.audit.check"]._verify()

    def without_guard(self, statement, *values):
        """Change a row as somebody would who owns the table."""
        self.env.flush_all()
        self.env.cr.execute(SQL("SET LOCAL session_replication_role = replica"))
        self.env.cr.execute(SQL(statement, *values))
        self.env.cr.execute(SQL("SET LOCAL session_replication_role = origin"))

    def drop_guard(self, table):
        self.env.flush_all()
        self.env.cr.execute(SQL("DROP TRIGGER saas_append_only ON %s", SQL.identifier(table)))


@tagged("post_install", "-at_install")
class TestAudit(AuditCase):
    def test_every_change_of_state_is_noted_with_before_and_after(self):
        tenant = self.make_open_tenant()
        entry = self.entries("tenant_provisioned", tenant_id=tenant.id)
        self.assertEqual(entry.facts["state"], ["provisioning", "active"])
        self.assertEqual((entry.kind, entry.action_label), ("state", "Tenant provisioned"))
        self.assertEqual(entry.user_name, tenant.job_ids.user_id.name)

    def test_nothing_of_the_log_can_be_changed_or_deleted_by_records_or_sql(self):
        entry = self.entries()[:1] or self.env["saas.audit.entry"]._note("x", self.env.user)
        self.seal()
        self.verify()
        for table in ("saas_audit_entry", "saas_audit_seal", "saas_audit_check"):
            name = SQL.identifier(table)
            for statement in ("UPDATE %s SET id = id", "DELETE FROM %s", "TRUNCATE %s CASCADE"):
                with (
                    self.subTest(table=table, statement=statement),
                    self.assertRaises(InsufficientPrivilege),
                    self.env.cr.savepoint(),
                    self.assertLogs("odoo.sql_db", "ERROR"),
                ):
                    self.env.cr.execute(SQL(statement, name))
        for record in (entry, entry.seal_ids, self.env["saas.audit.check"].search([], limit=1)):
            self.assertTrue(record)
            for change in (lambda one=record: one.write({"id": 1}), record.unlink):
                with self.subTest(model=record._name), self.assertRaises(UserError):
                    change()

    def test_a_sealed_log_holds_and_says_so_above_its_list(self):
        self.make_open_tenant()
        self.assertTrue(self.env["saas.audit.check"]._unsealed()[0])
        self.seal()
        self.assertEqual(self.env["saas.audit.check"]._unsealed(), (0, 0.0))
        found = self.verify()
        self.assertTrue(found.holds)
        self.assertEqual(found.number, self.env["saas.audit.entry"].search_count([]))
        status = self.env["saas.audit.check"].with_user(self.admin).read_status()
        self.assertEqual(status["level"], "ok")
        self.assertIn(str(found.number), status["text"])

    def test_each_way_of_changing_the_log_is_found_with_the_first_bad_entry(self):
        for number in range(6):
            self.env["saas.audit.entry"]._note("secret_stored", self.cluster, step=number)
        self.seal()
        self.verify()
        third = self.entries("secret_stored")[3]
        attacks = {
            "link_wrong": [("UPDATE saas_audit_entry SET reason = 'x' WHERE id = %s", third.id)],
            "entry_missing": [
                ("ALTER TABLE saas_audit_seal DROP CONSTRAINT saas_audit_seal_entry_id_fkey",),
                ("DELETE FROM saas_audit_entry WHERE id = %s", third.id),
            ],
            "number_wrong": [("DELETE FROM saas_audit_seal WHERE entry_id = %s", third.id)],
            "head_lost": [("DELETE FROM saas_audit_seal WHERE entry_id >= %s", third.id)],
        }
        for fault, statements in attacks.items():
            with self.subTest(fault=fault), self.env.cr.savepoint() as savepoint:
                for table in ("saas_audit_entry", "saas_audit_seal"):
                    self.drop_guard(table)
                for statement, *values in statements:
                    self.env.cr.execute(SQL(statement, *values))
                self.env.invalidate_all()
                with self.assertLogs("odoo.addons.saas_business_management", "ERROR"):
                    found = self.verify()
                self.assertFalse(found.holds)
                self.assertEqual(found.fault, fault)
                if fault in ("link_wrong", "entry_missing"):
                    self.assertEqual(found.bad_entry, third.id)
                self.assertEqual(self.env["saas.audit.check"].read_status()["level"], "bad")
                event = self.env["saas.security.event"].search([("rule", "=", "audit_tampered")])
                self.assertEqual(event.severity, "grave")
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertTrue(self.verify().holds)

    def test_an_entry_kept_away_from_the_sealer_is_found(self):
        self.seal()
        entry = self.env["saas.audit.entry"]._note("price_changed", self.plan)
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM saas_audit_waiting WHERE entry_id = %s", entry.id))
        with self.assertLogs("odoo.addons.saas_business_management", "ERROR"):
            found = self.verify()
        self.assertEqual((found.fault, found.bad_entry), ("never_sealed", entry.id))

    def test_who_gains_or_loses_our_groups_is_noted_by_every_way(self):
        new = new_test_user(self.env, "nora", groups="base.group_user")
        group = self.env.ref(f"{GROUP}operator")
        self.assertFalse(self.entries("rights_gained", res_id=new.id, res_model="res.users"))
        new.write({"group_ids": [(4, group.id)]})
        gained = self.entries("rights_gained", res_id=new.id, res_model="res.users")
        self.assertEqual(gained.facts, {"groups": "viewer, operator"})
        group.write({"user_ids": [(3, new.id)]})
        lost = self.entries("rights_lost", res_id=new.id, res_model="res.users")
        self.assertEqual(lost.facts, {"groups": "viewer, operator"})
        group.write({"user_ids": [(4, new.id)]})
        new.active = False
        noted = self.entries("rights_lost", res_id=new.id, res_model="res.users")
        self.assertEqual(len(noted), 2)
        born = new_test_user(self.env, "otto", groups=f"{GROUP}viewer")
        self.assertTrue(self.entries("rights_gained", res_id=born.id, res_model="res.users"))

    def test_secrets_prices_connections_versions_and_keys_are_noted_without_secrets(self):
        self.cluster.with_user(self.admin).prov_password = "new-password-of-prov"
        stored = self.entries("secret_stored", res_model="saas.cluster")[0]
        self.assertEqual(stored.facts, {"secret": "prov_password", "replaced": True})
        self.assertEqual(stored.user_id, self.admin)
        self.cluster.write({"pg_host": "10.0.0.9", "name": "Testing 2"})
        self.assertEqual(
            self.entries("cluster_changed")[0].facts, {"pg_host": ["127.0.0.1", "10.0.0.9"]}
        )
        self.plan.price = 99
        self.assertEqual(self.entries("price_changed")[0].facts["price"], ["89.0", "99.0"])
        self.plan.description = "no price"
        self.assertEqual(len(self.entries("price_changed")), 1)
        self.assertTrue(self.entries("version_published", res_id=self.template.id))
        keys = self.env["res.users.apikeys"].with_user(self.admin).sudo()
        key = keys._generate("rpc", "robot", fields.Datetime.add(fields.Datetime.now(), days=1))
        self.assertTrue(self.entries("api_key_made", res_id=self.admin.id))
        everything = str(self.entries().mapped("facts"))
        for secret in (key, "new-password-of-prov"):
            self.assertNotIn(secret, everything)

    def test_an_export_is_noted_and_no_cell_is_a_formula(self):
        self.make_tenant(name="=HYPERLINK(1)", subdomain="formula")
        allowed = self.env.ref("base.group_allow_export")
        self.admin.write({"group_ids": [(4, allowed.id)]})
        tenants = self.env["saas.tenant"].with_user(self.admin).search([])
        told = tenants.export_data(["name"])["datas"]
        self.assertIn(["'=HYPERLINK(1)"], told)
        noted = self.entries("records_exported")[0]
        self.assertEqual((noted.user_id, noted.kind), (self.admin, "downloads"))
        self.assertEqual(noted.facts["model"], "saas.tenant")
        self.env["saas.audit.entry"].with_user(self.admin).search([]).export_data(["action"])
        self.assertEqual(self.entries("records_exported")[0].facts["model"], "saas.audit.entry")

    def test_names_with_line_breaks_stay_one_line_everywhere(self):
        name = "Acme\r\nBcc: eve@example.com\u202e"
        tenant = self.make_tenant(name=name, admin_name="Al\nice", subdomain="oneline")
        self.assertEqual(tenant.name, "Acme Bcc: eve@example.com")
        self.assertEqual(tenant.admin_name, "Al ice")
        tenant.name = "Acme\nBcc: eve@example.com"
        self.assertNotIn("\n", tenant.name)
        entry = self.env["saas.audit.entry"]._note("x", tenant, reason="a\r\nb")
        self.assertEqual(entry.reason, "a b")

    def test_a_code_without_a_label_shows_as_its_words_and_is_found_by_them(self):
        entry = self.env["saas.audit.entry"]._note("moon_landed", self.cluster)
        self.assertEqual(entry.action_label, "Moon landed")
        log = self.env["saas.audit.entry"]
        self.assertIn(entry, log.search([("action_label", "ilike", "moon land")]))
        found = log.search([("action_label", "ilike", "secret sto")])
        self.assertEqual(set(found.mapped("action")), {"secret_stored"})

    def test_the_doctor_tells_unsealed_entries_and_an_old_or_broken_verification(self):
        def level(code):
            found = [one for one in self.env["saas.doctor"]._run() if one["code"] == code]
            return found[0]["level"]

        self.env["saas.audit.entry"]._note("x", self.cluster)
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE saas_audit_waiting SET at = at - interval '2 minutes'"))
        self.assertEqual(level("audit_sealed"), "failing")
        self.seal()
        self.assertEqual(level("audit_sealed"), "ok")
        self.assertEqual(level("audit_chain"), "unknown")
        old = fields.Datetime.subtract(fields.Datetime.now(), days=3)
        self.env["saas.audit.check"].create({"at": old, "holds": True})
        self.assertEqual(level("audit_chain"), "failing")
        self.verify()
        self.assertEqual(level("audit_chain"), "ok")

    def test_only_administrators_read_the_log_and_only_their_companies(self):
        tenant = self.make_open_tenant()
        for user in (self.viewer, self.operator, self.employee):
            with self.assertRaises(AccessError):
                self.env["saas.audit.check"].with_user(user).read_status()
        other = new_test_user(
            self.env,
            "carl",
            groups=f"{GROUP}admin",
            company_id=self.other_company.id,
            company_ids=[(6, 0, self.other_company.ids)],
        )
        log = self.env["saas.audit.entry"]
        mine = [("tenant_id", "=", tenant.id)]
        self.assertTrue(log.with_user(self.admin).search(mine))
        self.assertFalse(log.with_user(other).search(mine))

    def test_what_the_command_line_prepares_is_noted(self):
        count = len(self.entries("secret_stored"))
        self.env["saas.cluster"]._prepare_from_cli(
            {
                "key": "testing",
                "prov_password": Secret("provisioner-password"),
                "cluster_secret": Secret("secret-of-the-cluster"),
            }
        )
        self.assertEqual(len(self.entries("secret_stored")), count + 2)


@tagged("post_install", "-at_install")
class TestAuditDownload(AuditCase, HttpCase):
    def test_the_log_with_its_proof_is_for_administrators_of_every_company_and_noted(self):
        self.make_open_tenant()
        self.seal()
        self.admin.company_ids = self.env["res.company"].search([])
        count = self.env["saas.audit.seal"].search_count([])
        self.authenticate("ada", "ada")
        answer = self.url_open("/saas/audit/log.jsonl")
        lines = [json.loads(line) for line in answer.text.splitlines()]
        self.assertEqual((answer.status_code, len(lines)), (200, count))
        self.assertEqual([line["number"] for line in lines], list(range(1, count + 1)))
        noted = self.entries("audit_downloaded")
        self.assertEqual((noted.user_id, noted.source), (self.admin, "127.0.0.1"))

    def test_others_meet_what_never_existed(self):
        answers = set()
        for login in ("bob", "vera", "emil", "alice"):
            self.authenticate(login, login)
            answers.add(self.url_open("/saas/audit/log.jsonl").status_code)
        self.assertEqual(answers, {404})
        self.assertFalse(self.entries("audit_downloaded"))
