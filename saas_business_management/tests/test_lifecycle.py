"""The life of a tenant: closed and opened, archived, deleted and taken back; by people and by
itself."""

from datetime import date, datetime, time, timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..kernel.errors import Refused
from .common import SaasCommon

NOON = time(12)
FIRST_DAY = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestLifecycle(SaasCommon):
    def setUp(self):
        super().setUp()
        self.frozen = freeze_time(datetime.combine(FIRST_DAY, NOON))
        self.clock = self.frozen.start()
        self.addCleanup(self.frozen.stop)
        # A cron commits tenant by tenant, a test never.
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 60.0)
        self.tenant = self.make_open_tenant(plan_id=self.plan.id)

    def go_to(self, day):
        """Turn the clock to noon of a day and let the cron look."""
        self.clock.move_to(datetime.combine(day, NOON))
        self.env["saas.tenant"]._cron_lifecycle()

    def route(self):
        return self.env["saas.route"].sudo().search([("host", "=", self.tenant.host)])

    def mails(self):
        told = [("email_to", "=", self.tenant.admin_email)]
        return self.env["mail.mail"].search(told, order="id")

    def last_event(self):
        return self.env["saas.tenant.event"].search([("tenant_id", "=", self.tenant.id)], limit=1)

    def orders(self, kind):
        return self.env["saas.job"].search(
            [("kind", "=", kind), ("tenant_id", "=", self.tenant.id)], order="id"
        )

    def change(self, change, tenants=None, user=None, **answers):
        tenants = (tenants or self.tenant).with_user(user or self.operator)
        opened = tenants.with_context(saas_change=change).action_ask_change()
        wizard = self.env["saas.tenant.change"].with_user(user or self.operator)
        wizard = wizard.browse(opened["res_id"])
        wizard.write(answers)
        return wizard

    # By people

    def test_suspending_closes_the_route_and_orders_that_sessions_end(self):
        self.tenant.with_user(self.operator).action_suspend("payment", "Invoice 42")
        self.assertEqual((self.tenant.state, self.tenant.reason), ("suspended", "payment"))
        route = self.route()
        self.assertEqual((route.state, route.reason), ("suspended", "payment"))
        self.assertEqual(route.kept_until, date(2026, 6, 5))
        self.assertEqual(self.orders("apply_state").mapped("state"), ["waiting"])
        wanted = self.tenant._step_access()
        database = self.tenant.database_id.sudo()
        self.assertEqual((wanted["database"], wanted["open"]), (database.name, False))
        self.assertEqual(wanted["generation"], database.generation)
        entry = self.last_event()
        self.assertEqual((entry.event, entry.reason), ("suspended", "Invoice 42"))
        self.assertEqual(entry.user_id, self.operator)
        self.assertIn("an invoice is unpaid", self.mails()[-1].body_html)

    def test_resuming_at_once_is_possible_and_the_last_word_counts(self):
        self.tenant.action_suspend("manual", "x")
        self.tenant.action_resume()
        self.assertEqual(self.tenant.state, "trial")
        self.assertEqual(self.route().state, "trial")
        self.assertEqual(len(self.orders("apply_state")), 2)
        self.assertTrue(self.tenant._step_access()["open"])
        self.assertFalse(self.route().kept_until)

    def test_what_is_not_in_the_table_is_refused_with_a_sentence(self):
        with self.assertRaisesRegex(UserError, "state"):
            self.tenant.action_resume()
        with self.assertRaisesRegex(UserError, "reason"):
            self.tenant.action_archive_tenant("")
        self.assertEqual(self.tenant.state, "trial")

    def test_a_viewer_changes_nothing_and_an_operator_deletes_nothing(self):
        with self.assertRaises(AccessError):
            self.tenant.with_user(self.viewer).action_suspend("manual", "x")
        with self.assertRaisesRegex(UserError, "right"):
            self.tenant.with_user(self.operator).action_request_deletion("x")
        self.assertEqual(self.tenant.state, "trial")

    def test_only_an_administrator_opens_what_was_closed_for_security(self):
        self.tenant.action_suspend("security", "odd logins")
        with self.assertRaisesRegex(UserError, "security"):
            self.tenant.with_user(self.operator).action_resume()
        self.tenant.with_user(self.admin).action_resume()
        self.assertEqual(self.tenant.state, "trial")

    def test_archived_and_back(self):
        self.tenant.with_user(self.operator).action_archive_tenant("Not used any more")
        self.assertEqual((self.tenant.state, self.route().state), ("archived", "archived"))
        self.tenant.with_user(self.operator).action_reactivate()
        self.assertEqual((self.tenant.state, self.route().state), ("trial", "trial"))

    def test_restricted_is_a_flag_that_nodes_see_and_that_closing_takes_away(self):
        self.tenant.with_user(self.operator).action_restrict("Invoice 42")
        self.assertTrue(self.route().restricted)
        self.assertEqual(self.last_event().event, "restricted")
        self.assertEqual(self.tenant.state, "trial")
        self.tenant.action_suspend("payment", "x")
        self.assertFalse(self.tenant.restricted or self.route().restricted)
        with self.assertRaisesRegex(UserError, "not open"):
            self.tenant.action_restrict("x")

    def test_a_draft_is_discarded_and_its_name_was_never_taken(self):
        draft = self.make_tenant(subdomain="nova", name="Nova")
        draft.with_user(self.operator).action_discard()
        self.assertEqual(draft.state, "deleted")
        self.assertEqual(self.make_tenant(subdomain="nova")._checked_subdomain(), "nova")

    def test_flags_and_dates_cannot_be_written_by_hand(self):
        for vals in ({"restricted": True}, {"deletion_on": "2026-03-01"}, {"state": "active"}):
            with self.assertRaises(UserError):
                self.tenant.with_user(self.admin).write(vals)

    # Deletion

    def delete(self):
        """Mark for deletion, as an administrator."""
        self.tenant.with_user(self.admin).action_request_deletion("Customer asked")

    def carry_out(self):
        """Do what the operation does to records."""
        job = self.orders("delete_tenant")
        at_work = self.tenant.sudo().with_context(saas_job_id=job.id)
        facts = at_work._step_close_for_good()
        at_work._step_deleted()
        job.sudo().state = "done"
        return facts

    def test_a_deletion_is_dated_and_taken_back(self):
        self.delete()
        self.assertEqual(self.tenant.state, "deleting")
        self.assertEqual(self.tenant.deletion_on, date(2026, 3, 8))
        self.assertIn("8 March 2026", self.mails()[-1].subject)
        self.assertEqual(self.route().state, "deleting")
        self.tenant.with_user(self.admin).action_undo_deletion()
        self.assertEqual((self.tenant.state, self.tenant.deletion_on), ("trial", False))

    def test_nothing_is_destroyed_before_its_day_nor_after_it_was_taken_back(self):
        self.delete()
        with self.assertRaises(Refused):
            self.tenant.sudo()._step_close_for_good()
        self.go_to(date(2026, 3, 7))
        self.assertFalse(self.orders("delete_tenant"))
        self.go_to(date(2026, 3, 8))
        self.assertEqual(len(self.orders("delete_tenant")), 1)
        self.orders("delete_tenant").sudo().state = "cancelled"
        self.tenant.with_user(self.admin).action_undo_deletion()
        with self.assertRaises(Refused):
            self.tenant.sudo()._step_close_for_good()

    def test_on_its_day_everything_goes_but_the_record(self):
        database, host = self.tenant.database_id, self.tenant.host
        beside = f"{database.name}_z7"
        kept = self.env["saas.database"].sudo()._keep_beside(database.sudo(), beside, 7)
        self.delete()
        for day in range(2, 9):
            self.go_to(date(2026, 3, day))
        self.assertEqual(self.carry_out(), {"database": database.name, "kept": [beside]})
        self.assertEqual(kept.stage, "dropped")
        self.assertEqual(self.tenant.state, "deleted")
        self.assertFalse(self.tenant.database_id)
        self.assertEqual(database.sudo().stage, "dropped")
        self.assertFalse(self.env["saas.route"].sudo().search([("host", "=", host)]))
        self.assertEqual(self.tenant.host_ids.mapped("state"), ["released"])
        self.assertFalse(self.env["saas.link"].sudo().search([("tenant_id", "=", self.tenant.id)]))
        self.assertEqual(self.last_event().event, "deleted")
        self.tenant.sudo()._step_deleted()
        self.assertEqual(self.tenant.event_ids.mapped("event").count("deleted"), 1)

    # By itself

    def test_a_trial_ends_with_notices_before_and_goes_all_the_way(self):
        self.assertEqual(self.tenant.trial_end_on, date(2026, 3, 15))
        states, day = {}, date(2026, 3, 1)
        while self.tenant.state != "deleting" and day < date(2026, 7, 1):
            day += timedelta(days=1)
            self.go_to(day)
            states.setdefault(self.tenant.state, day)
        self.assertEqual(
            states,
            {
                "trial": date(2026, 3, 2),
                "suspended": date(2026, 3, 16),
                "archived": date(2026, 4, 15),
                "deleting": date(2026, 6, 14),
            },
        )
        told = [(one.event, one.days) for one in self.tenant.notice_ids.sorted("id")]
        self.assertEqual(
            told,
            [
                ("trial_ended", 7),
                ("trial_ended", 1),
                ("archived", 7),
                ("archived", 1),
                ("deletion_requested", 30),
                ("deletion_requested", 7),
                ("deletion_requested", 1),
            ],
        )
        self.assertEqual(self.tenant.deletion_on, date(2026, 6, 21))

    def test_the_plan_says_what_becomes_of_a_trial(self):
        self.plan.trial_end_rule = "convert"
        self.go_to(date(2026, 3, 14))
        self.go_to(date(2026, 3, 16))
        self.assertEqual(self.tenant.state, "active")
        self.assertFalse(self.tenant.next_event)
        self.assertFalse(self.orders("apply_state"))

    def test_a_move_that_an_operation_holds_up_comes_with_a_later_run(self):
        self.go_to(date(2026, 3, 14))
        job = self.env["saas.job"]._enqueue("provision_tenant", tenant_id=self.tenant.id)
        self.go_to(date(2026, 3, 16))
        self.assertEqual(self.tenant.state, "trial")
        self.assertIn("operation", self.tenant.activity_ids.note)
        job.sudo().state = "done"
        self.go_to(date(2026, 3, 17))
        self.assertEqual(self.tenant.state, "suspended")

    def test_a_changed_policy_counts_for_those_who_wait(self):
        self.tenant.action_suspend("payment", "x")
        self.assertEqual(self.tenant.next_on, date(2026, 3, 31))
        policy = self.env["saas.lifecycle.policy"].create({"suspension_days": 10})
        self.assertEqual(self.tenant.next_on, date(2026, 3, 11))
        policy.suspension_days = 20
        self.assertEqual(self.tenant.next_on, date(2026, 3, 21))

    def test_a_policy_says_days_clearly_or_not_at_all(self):
        policy = self.env["saas.lifecycle.policy"].create({"retention_notice": "1, 30,7"})
        self.assertEqual(policy.retention_notice, "30, 7, 1")
        for days in ("soon", "0", "400", ""):
            with self.assertRaisesRegex(ValidationError, "30, 7, 1"), self.env.cr.savepoint():
                policy.retention_notice = days

    def test_the_outlook_tells_every_move_with_its_date(self):
        text = self.tenant.outlook
        for words in ("03/16/2026", "its trial ends and it is closed", "destroyed for good"):
            self.assertIn(words, text)
        self.tenant.action_convert_trial()
        self.assertIn("Nothing happens by itself", self.tenant.outlook)

    # The dialog

    def test_the_dialog_says_beforehand_what_will_happen_and_what_cannot(self):
        archived = self.make_open_tenant(subdomain="nova", name="Nova")
        archived.action_archive_tenant("x")
        wizard = self.change("suspended", self.tenant | archived)
        self.assertEqual(wizard.line_ids.mapped("possible"), [True, False])
        self.assertFalse(wizard.only)
        self.assertIn("Acme Retail: Its page", self.change("suspended").only)
        self.assertIn("everybody is logged out", wizard.line_ids[0].effect)
        self.assertIn("state", wizard.line_ids[1].effect)

    def test_one_that_cannot_be_changed_does_not_hold_up_the_others(self):
        archived = self.make_open_tenant(subdomain="nova", name="Nova")
        archived.action_archive_tenant("x")
        wizard = self.change("suspended", archived | self.tenant, reason="manual", note="Why not")
        shown = wizard.action_apply()
        self.assertEqual(shown["res_id"], wizard.id)
        self.assertEqual(wizard.line_ids.mapped("ok"), [False, True])
        self.assertTrue(wizard.line_ids[0].result)
        self.assertEqual((archived.state, self.tenant.state), ("archived", "suspended"))

    def test_the_customer_is_told_unless_the_box_is_empty(self):
        before = len(self.mails())
        self.change("suspended", note="x", tell_customer=False).action_apply()
        self.assertEqual(len(self.mails()), before)
        self.change("resumed").action_apply()
        self.assertEqual(len(self.mails()), before + 1)

    def test_a_reason_is_asked_for_and_a_deletion_wants_the_subdomain_typed(self):
        with self.assertRaisesRegex(UserError, "timeline"):
            self.change("suspended").action_apply()
        wizard = self.change("deletion_requested", user=self.admin, note="x", typed="acm")
        with self.assertRaisesRegex(UserError, "acme"):
            wizard.action_apply()
        wizard.typed = " ACME "
        wizard.action_apply()
        self.assertEqual(self.tenant.state, "deleting")

    def test_a_viewer_does_not_get_the_dialog(self):
        with self.assertRaises(AccessError):
            self.change("suspended", user=self.viewer)
