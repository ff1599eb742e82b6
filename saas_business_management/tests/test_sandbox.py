"""Sandboxes end: on the day that was said, told before, later when somebody keeps them longer."""

from datetime import date, datetime, time

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..kernel.errors import Refused
from .backup_common import BackupCommon


@tagged("post_install", "-at_install")
class TestSandbox(BackupCommon):
    def setUp(self):
        self.frozen = freeze_time(datetime.combine(date(2026, 3, 1), time(12)))
        self.clock = self.frozen.start()
        self.addCleanup(self.frozen.stop)
        super().setUp()
        self.make_policy(is_default=True)
        self.backup = self.make_backup(days=1)

    def go_to(self, *day):
        """Turn the clock to noon of a day and let the cron look."""
        self.clock.move_to(datetime.combine(date(*day), time(12)))
        self.env["saas.tenant"]._cron_lifecycle()

    def order(self, **values):
        told = {"name": "Acme, copy", "subdomain": "acme-sand", **values}
        restores = self.env["saas.restore"].with_user(self.operator)
        return restores._order_restore(
            self.backup.with_user(self.operator), "sandbox", "all", **told
        )

    def open_sandbox(self, **values):
        """Return a sandbox that was brought back."""
        one = self.order(**values)
        job, tenant = one.sudo().job_ids, one.into_id.sudo()
        tenant.with_context(saas_job_id=job.id)._step_claim_copy(fence=1)
        tenant.database_id.stage = "claimed"
        tenant._fire("provisioned", system=True)
        job.write({"state": "done"})
        return tenant

    def test_a_sandbox_ends_thirty_days_from_now_unless_somebody_says_otherwise(self):
        self.assertEqual(self.order().into_id.sandbox_until, date(2026, 3, 31))
        self.env["ir.config_parameter"].sudo().set_param("saas.sandbox_days", "5")
        tenants = self.env["saas.tenant"]
        self.assertEqual(tenants._sandbox_end(), date(2026, 3, 6))
        self.env["ir.config_parameter"].sudo().set_param("saas.sandbox_days", "4000")
        self.assertEqual(tenants._sandbox_days(), 365)
        for wrong in ("0", "many", "-3"):
            self.env["ir.config_parameter"].sudo().set_param("saas.sandbox_days", wrong)
            self.assertEqual(tenants._sandbox_days(), 30)

    def test_a_day_that_is_over_or_far_away_is_refused_and_nothing_is_made(self):
        for until in (date(2026, 3, 1), "2027-03-02"):
            with self.assertRaises(Refused) as refused, self.env.cr.savepoint():
                self.order(until=until)
            self.assertEqual(refused.exception.code, "sandbox_end")
        self.assertFalse(self.env["saas.tenant"].search([("subdomain", "=", "acme-sand")]))

    def test_an_ordinary_copy_has_no_end(self):
        restores = self.env["saas.restore"].with_user(self.operator)
        backup = self.backup.with_user(self.operator)
        one = restores._order_restore(backup, "copy", "all", name="A", subdomain="acme-copy")
        self.assertFalse(one.into_id.is_sandbox or one.into_id.sandbox_until)

    def test_it_is_told_before_and_archived_after_its_last_day(self):
        sandbox = self.open_sandbox()
        self.assertEqual((sandbox.next_event, sandbox.next_on), ("archived", date(2026, 4, 1)))
        self.assertIn("it is archived", sandbox.outlook)
        self.go_to(2026, 3, 25)
        self.go_to(2026, 3, 31)
        self.assertEqual(sandbox.notice_ids.sorted("id").mapped("days"), [7, 1])
        mail = self.env["mail.mail"].search([("subject", "ilike", "is archived on")], limit=1)
        self.assertIn("It is a sandbox", mail.body_html)
        self.assertIn("to keep it longer", mail.body_html)
        self.assertNotIn("closed because", mail.body_html)
        self.assertEqual(sandbox.state, "active")
        self.go_to(2026, 4, 1)
        self.assertEqual(sandbox.state, "archived")
        event = sandbox.event_ids.filtered(lambda one: one.event == "archived")
        self.assertIn("as a sandbox is over", event.reason)
        self.assertEqual(sandbox.next_event, "deletion_requested")

    def test_it_is_kept_longer_by_an_operator_and_that_is_written_down(self):
        sandbox = self.open_sandbox()
        sandbox.with_user(self.operator).action_extend_sandbox()
        self.assertEqual(
            (sandbox.sandbox_until, sandbox.next_on), (date(2026, 4, 30), date(2026, 5, 1))
        )
        sandbox.with_user(self.operator).action_extend_sandbox("2026-03-10")
        self.assertEqual(sandbox.sandbox_until, date(2026, 3, 10))
        self.assertEqual(sandbox.event_ids.mapped("event").count("sandbox_extended"), 2)
        entry = self.env["saas.audit.entry"].search(
            [("action", "=", "sandbox_extended")], limit=1, order="id desc"
        )
        self.assertEqual(entry.user_id, self.operator)
        with self.assertRaisesRegex(UserError, "within 365 days"):
            sandbox.with_user(self.operator).action_extend_sandbox("2028-01-01")
        with self.assertRaises(AccessError):
            sandbox.with_user(self.viewer).action_extend_sandbox()
        with self.assertRaisesRegex(UserError, "no open sandbox"):
            self.tenant.with_user(self.operator).action_extend_sandbox()

    def test_nobody_writes_the_end_by_hand(self):
        sandbox = self.open_sandbox()
        for values in ({"sandbox_until": "2026-12-01"}, {"is_sandbox": True}):
            with self.assertRaisesRegex(UserError, "not written by hand"):
                sandbox.with_user(self.operator).write(values)

    def test_one_that_is_reactivated_after_its_end_has_the_full_time_again(self):
        sandbox = self.open_sandbox()
        self.go_to(2026, 3, 31)
        self.go_to(2026, 4, 1)
        sandbox.with_user(self.operator).action_reactivate("asked")
        self.assertEqual((sandbox.state, sandbox.sandbox_until), ("active", date(2026, 5, 1)))
        self.go_to(2026, 4, 2)
        self.assertEqual(sandbox.state, "active")

    def test_the_dialog_proposes_the_end_and_says_what_it_means(self):
        action = self.tenant.with_user(self.operator).action_restore()
        wizard = self.env["saas.tenant.restore"].with_user(self.operator).browse(action["res_id"])
        self.assertEqual(wizard.until, date(2026, 3, 31))
        wizard.write({"where": "sandbox", "until": "2026-02-01"})
        self.assertIn("after today", wizard.hindrance)
        wizard.until = "2026-03-20"
        self.assertIn("03/20/2026; then it is archived", wizard.effect)
        self.assertFalse(wizard.hindrance)
        wizard.action_restore_copy()
        made = self.env["saas.restore"].search([], limit=1).into_id
        self.assertEqual((made.is_sandbox, made.sandbox_until), (True, date(2026, 3, 20)))
