"""Copies of running tenants: asked for, entitled, masked unless an administrator says why not."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..kernel.errors import Refused
from ..kernel.migration import masking
from .backup_common import BackupCommon
from .command_common import Typing

TEXTS = ("char", "text", "html")


class CopyCase(BackupCommon):
    def setUp(self):
        super().setUp()
        tier = self.env["saas.service.tier"].create(
            {"name": "Two", "code": "two", "sandboxes": 1, "stagings": 1}
        )
        self.tenant._set({"plan_id": self.plan.id})
        self.plan.service_tier_id = tier
        self.tier = tier

    def order(self, user=None, use="sandbox", **values):
        told = {"name": "Acme, copy", "subdomain": "acme-try", **values}
        copies = self.env["saas.copy"].with_user(user or self.operator)
        return copies._order_copy(self.tenant.with_user(user or self.operator), use, **told)

    def carry(self, one, **told):
        """Do what the operation does to records; return its facts."""
        job = one.sudo().job_ids[-1:]
        at_work = one.sudo().with_context(saas_job_id=job.id)
        facts = at_work._step_begin(fence=1)
        at_work._step_publish(oid=7)
        at_work._step_open()
        at_work._step_done(taken_at="2026-03-01T12:00:00+00:00", **told)
        job.write({"state": "done"})
        return facts

    def refused(self, code, **values):
        with self.assertRaises(Refused) as told, self.env.cr.savepoint():
            self.order(**values)
        self.assertEqual(told.exception.code, code)


@tagged("post_install", "-at_install")
class TestCopy(Typing, CopyCase):
    def follow(self, _control, job_id):
        self.carry(self.env["saas.job"].browse(job_id).copy_id, masked_rows={"res_partner.name": 4})

    def test_a_copy_is_made_refreshed_and_listed_at_a_terminal(self):
        name = self.tenant.subdomain
        self.assertIn("No copies", self.type("copies")[1])
        status, told = self.type("copy", name, "--as", "acme-typed", "--until", "tomorrow")
        self.assertEqual(status, 2)
        self.assertIn("not a day", told)
        status, told = self.type("copy", name, "--as", "acme-typed")
        self.assertEqual(status, 0, told)
        self.assertIn("masked values: 4", told)
        status, told = self.type("copy", name, "--as", "acme-second")
        self.assertEqual((status, "--" in told), (1, False), told)
        self.assertEqual(self.type("copy-refresh", "acme-typed")[0], 0)
        self.assertEqual(self.type("copy-refresh", name)[0], 1)
        self.assertIn('"copy": "acme-typed"', self.type("copies", name, "--json")[1])

    def test_a_copy_is_a_tenant_of_its_own_that_ends(self):
        one = self.order()
        into = one.into_id
        self.assertEqual(
            (into.state, into.copied_from_id, one.state), ("provisioning", self.tenant, "running")
        )
        self.assertEqual(into.sandbox_until, into._sandbox_end())
        facts = self.carry(one, tables=3, rows=9, masked_rows={"res_partner.name": 4})
        self.assertEqual(facts["source"], self.tenant.database_id.sudo().name)
        self.assertNotEqual(facts["copy"], facts["source"])
        self.assertTrue(["res_partner", "email", "email", "all"] in facts["rules"])
        self.assertEqual((into.state, into.is_masked, one.state), ("active", True, "done"))
        self.assertEqual((one.masked_values, one.rows), (4, 9))
        self.assertIn("res_partner.name", one.report)
        self.assertIn("4 values are masked", into.message_ids[:1].body)
        self.assertEqual(self.tenant.copy_tenant_count, 1)

    def test_a_staging_copy_stays_longer(self):
        one = self.order(use="staging")
        wanted = fields.Date.today() + timedelta(days=90)
        self.assertEqual((one.into_id.copy_use, one.into_id.sandbox_until), ("staging", wanted))

    def test_the_plan_says_how_many_and_an_operator_goes_past_it_with_a_reason(self):
        self.order()
        self.refused("copy_enough", subdomain="acme-two")
        self.refused("copy_enough", subdomain="acme-two", exempt=True)
        self.order(subdomain="acme-two", exempt=True, reason="case 7")
        self.order(use="staging", subdomain="acme-stage")
        self.tier.sudo().stagings = 0
        self.refused("copy_not_in_plan", use="staging", subdomain="acme-more")

    def test_a_copy_that_is_not_masked_needs_an_administrator_and_a_reason(self):
        self.refused("copy_unmasked_right", masked=False, reason="case 7")
        self.refused("copy_unmasked_reason", masked=False, user=self.admin)
        one = self.order(masked=False, reason="case 7", user=self.admin)
        entry = self.env["saas.audit.entry"].search(
            [("action", "=", "copy_unmasked_ordered")], limit=1
        )
        self.assertEqual((entry.user_id, entry.reason), (self.admin, "case 7"))
        facts = self.carry(one)
        self.assertEqual((facts["masked"], facts["rules"]), (False, []))
        self.assertFalse(one.into_id.is_masked)

    def test_a_copy_that_is_not_masked_waits_for_a_second_person_where_that_is_wished(self):
        group = self.env.ref("saas_business_management.group_saas_approver")
        group.sudo().user_ids = [Command.link(self.operator.id)]
        self.env.ref("saas_business_management.approval_kind_unmasked_copy").needed = True
        tried = {"masked": False, "reason": "case 7", "user": self.admin}
        self.refused("approval_missing", **tried)
        approvals = self.env["saas.approval"].with_user(self.admin)
        asked = approvals._ask(self.tenant.with_user(self.admin), "unmasked_copy", "case 7")
        self.refused("approval_missing", **tried)
        asked.with_user(self.operator).action_grant()
        self.assertFalse(self.order(**tried).masked)
        self.assertEqual(asked.sudo().state, "used")

    def test_a_copy_is_not_copied_nor_what_is_closed(self):
        one = self.order()
        self.carry(one)
        copies = self.env["saas.copy"].with_user(self.operator)
        with self.assertRaises(Refused) as told:
            copies._order_copy(one.into_id.with_user(self.operator), "sandbox")
        self.assertEqual(told.exception.code, "copy_of_copy")
        self.tenant._fire("suspended", system=True, reason="manual")
        self.refused("copy_state", subdomain="acme-two")

    def test_a_viewer_copies_nothing(self):
        with self.assertRaises(AccessError):
            self.order(user=self.viewer)

    def test_new_data_keep_address_and_last_day_and_the_old_database_goes(self):
        one = self.order()
        self.carry(one)
        into = one.into_id
        before, host, until = into.database_id.sudo(), into.host, into.sandbox_until
        into.with_user(self.operator).action_refresh_copy()
        again = into._last_copy()
        self.assertTrue(again.refresh and again.masked)
        self.assertEqual(into.database_id, before)
        facts = self.carry(again)
        self.assertEqual(into.database_id.sudo().name, facts["copy"])
        self.assertNotEqual(into.database_id, before)
        self.assertEqual((into.host, into.sandbox_until, into.state), (host, until, "active"))
        self.assertEqual(before.stage, "dropping")
        routes = self.env["saas.route"].sudo().search([("host", "=", host)])
        self.assertEqual(routes.database_id, into.database_id.sudo())

    def test_new_data_that_fail_leave_the_copy_as_it_was(self):
        one = self.order()
        self.carry(one)
        into, before = one.into_id, one.into_id.database_id
        into.with_user(self.operator).action_refresh_copy()
        again = into._last_copy().sudo()
        at_work = again.with_context(saas_job_id=again.job_ids.id)
        at_work._step_begin(fence=1)
        at_work._step_publish(oid=8)
        at_work._step_withdraw()
        self.assertEqual(into.database_id, before)
        route = self.env["saas.route"].sudo().search([("host", "=", into.host)])
        self.assertEqual((route.database_id, route.state), (before.sudo(), "active"))
        at_work._step_forget()
        at_work._step_failed()
        self.assertEqual((again.state, into.state), ("failed", "active"))

    def test_a_copy_that_failed_is_made_again_as_a_copy(self):
        one = self.order()
        at_work = one.sudo().with_context(saas_job_id=one.sudo().job_ids.id)
        at_work._step_begin(fence=1)
        at_work._step_forget()
        at_work._step_failed()
        into = one.into_id
        self.assertEqual((one.state, into.state), ("failed", "failed"))
        self.assertFalse(into.database_id)
        one.sudo().job_ids.write({"state": "failed"})
        into.with_user(self.operator).action_provision()
        self.assertEqual((one.state, one.sudo().job_ids[-1:].kind), ("running", "copy_tenant"))
        self.assertFalse(into.job_ids.filtered(lambda job: job.kind == "provision_tenant"))

    def test_a_copy_that_failed_can_be_discarded(self):
        one = self.order()
        at_work = one.sudo().with_context(saas_job_id=one.sudo().job_ids.id)
        at_work._step_begin(fence=1)
        at_work._step_forget()
        at_work._step_failed()
        one.sudo().job_ids.write({"state": "failed"})
        into = one.into_id.with_user(self.operator)
        into.action_undo()
        self.assertEqual(into.state, "draft")
        into.action_discard()
        self.assertEqual(into.state, "deleted")
        self.assertEqual(self.tenant.state, "active")

    def test_the_dialog_says_what_happens_and_asks_why_beyond_the_plan(self):
        action = self.tenant.with_user(self.operator).action_copy_tenant()
        wizard = self.env["saas.tenant.copy"].with_user(self.operator).browse(action["res_id"])
        self.assertIn("masked before anybody", wizard.effect)
        self.assertFalse(wizard.hindrance or wizard.beyond)
        with Form(wizard) as form:
            form.use = "staging"
            self.assertIn("staging", form.subdomain)
        self.tier.sudo().stagings = 0
        wizard.invalidate_recordset()
        self.assertTrue(wizard.beyond)
        with self.assertRaisesRegex(UserError, "with a reason"):
            wizard.action_copy()
        wizard.reason = "case 7"
        self.assertEqual(wizard.action_copy()["res_model"], "saas.job")

    def test_a_sandbox_of_a_backup_takes_a_place_too(self):
        self.make_policy(is_default=True)
        backup = self.make_backup(days=1).with_user(self.operator)
        restores = self.env["saas.restore"].with_user(self.operator)
        restores._order_restore(backup, "sandbox", "all", name="A", subdomain="acme-back")
        self.refused("copy_enough")


@tagged("post_install", "-at_install")
class TestMaskingRules(CopyCase):
    def test_rules_that_come_along_fit_the_fields_of_odoo(self):
        kinds = {
            **dict.fromkeys((*masking.MADE, masking.TEXT), TEXTS),
            masking.DATE: ("date", "datetime"),
        }
        met = 0
        tables = {model._table: model for model in self.env.values() if model._auto}
        for rule in self.env["saas.masking.rule"].search([]):
            model = tables.get(rule.table_name)
            field = model is not None and model._fields.get(rule.column_name or "")
            if not field or not field.store:
                continue
            met += 1
            with self.subTest(rule=rule.display_name):
                if rule.kind == masking.CLEAR:
                    self.assertTrue(not field.required or field.type in TEXTS)
                else:
                    self.assertIn(field.type, kinds[rule.kind])
        self.assertGreater(met, 50)

    def test_a_rule_counts_for_its_templates_and_plans_alone(self):
        values = {"name": "Club", "table_name": "club_member", "column_name": "nick"}
        rule = self.env["saas.masking.rule"].create({**values, "kind": "name"})
        wanted = masking.Rule("club_member", "nick", "name", "all")
        rules = self.env["saas.masking.rule"]
        self.assertIn(wanted, rules._for_tenant(self.tenant))
        other = self.env["saas.plan"].search([("id", "!=", self.tenant.plan_id.id)], limit=1)
        other = other or self.tenant.plan_id.copy({"name": "Other", "code": "other"})
        rule.plan_ids = other
        self.assertNotIn(wanted, rules._for_tenant(self.tenant))
        rule.plan_ids |= self.tenant.plan_id
        self.assertIn(wanted, rules._for_tenant(self.tenant))
        rule.active = False
        self.assertNotIn(wanted, rules._for_tenant(self.tenant))

    def test_names_that_are_none_and_kinds_that_do_not_fit_are_refused(self):
        for values in (
            {"table_name": "res_partner; drop", "column_name": "name"},
            {"table_name": "res_partner", "column_name": "the name"},
            {"table_name": "res_partner", "column_name": False},
            {"table_name": "res_partner", "kind": "files"},
            {"table_name": "bus_bus", "column_name": "message", "kind": "rows"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.env["saas.masking.rule"].create({"name": "Wrong", "kind": "name", **values})

    def test_a_preview_stands_in_the_chatter(self):
        self.tenant.with_user(self.operator).action_preview_masking()
        told = self.tenant._step_masking_rules()
        self.assertEqual(told["source"], self.tenant.database_id.sudo().name)
        self.assertTrue(told["rules"])
        self.tenant._step_masking_preview({"res_partner.name": 4, "crm_lead.name": 0})
        body = self.tenant.message_ids[:1].body
        self.assertIn("4 values in 1 places", body)
        self.assertNotIn("crm_lead", body)
