"""Subscriptions from activation to the posted invoice, and what happens to them in between."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import ExclusionViolation, UniqueViolation

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscription(BillingCommon):
    def make_running(self, day="2026-03-01", **values):
        one = self.make_subscription(**values)
        with self.on(day):
            one.action_activate()
            self.work()
        return one

    def documents(self, one):
        """Return kind, state and sum before tax of each document, in the order of their making."""
        return [
            (move.move_type, move.state, move.amount_untaxed) for move in one._moves().sorted("id")
        ]

    # From activation to the posted invoice

    def test_a_subscription_is_billed_once_from_activation_to_the_posted_invoice(self):
        one = self.make_running()
        self.assertEqual(one.state, "active")
        (invoice,) = one._moves()
        self.assertEqual((invoice.state, invoice.amount_untaxed), ("posted", 89))
        self.assertEqual(invoice.amount_tax, 17.8)
        self.assertIn("Standard, 03/01/2026 – 03/31/2026", invoice.line_ids.mapped("name"))
        self.assertEqual(one.period_ids.mapped("state"), ["posted"])
        self.assertEqual(str(one.next_invoice_on), "2026-04-01")
        with self.on("2026-03-01"):
            self.bill()
            one._order_billing()
            self.work()
        self.assertEqual(one._moves(), invoice)

    def test_a_run_bills_what_is_due_and_a_second_one_finds_nothing(self):
        ones = self.make_running() | self.make_running(quantity=3)
        with self.on("2026-04-01 02:00:00"):
            run = self.bill()
            self.assertEqual(run.state, "done")
            self.assertEqual(run.to_invoice_count, 2)
            self.assertEqual(set(run.move_ids.mapped("state")), {"posted"})
            self.assertEqual(sum(run.move_ids.mapped("amount_untaxed")), 89 + 3 * 89)
            self.assertEqual(set(run.line_ids.mapped("state")), {"posted"})
            self.assertEqual(self.bill(), run, "nothing is due, so no run is made")
        self.assertEqual([len(one._moves()) for one in ones], [2, 2])

    def test_after_a_standstill_each_missed_period_has_its_own_invoice(self):
        one = self.make_running("2026-01-10")
        with self.on("2026-04-02"):
            self.bill()
        self.assertEqual(self.documents(one), [("out_invoice", "posted", 89)] * 3)
        lines = one.period_ids.line_ids.sorted("saas_start_on")
        self.assertEqual(
            [str(line.saas_start_on) for line in lines], ["2026-01-10", "2026-02-10", "2026-03-10"]
        )
        self.assertEqual(str(one.next_invoice_on), "2026-04-10")

    def test_two_periods_of_a_kind_cannot_overlap_whoever_writes_them(self):
        one = self.make_running()
        same = one.period_ids.copy_data()[0]
        for start, error in (("2026-03-01", UniqueViolation), ("2026-03-15", ExclusionViolation)):
            muted = mute_logger("odoo.sql_db")
            with self.assertRaises(error), muted, self.env.cr.savepoint():
                self.env["saas.billing.period"].create({**same, "start_on": start})
                self.env.flush_all()

    # Usage

    def test_usage_is_rated_after_its_period_and_its_line_explains_itself(self):
        version = self.make_plan("Metered", 20, ({"unit_price": "0.002", "included": "10000"},))
        one = self.make_running(version_id=version.id)
        self.use(one, "7400", "2026-03-02", "2026-03-03")
        self.use(one, "5000.5", "2026-03-31 23:00:00", "2026-04-01")
        self.use(one, "999", "2026-04-01", "2026-04-02")
        with self.on("2026-04-01 11:00:00"):
            self.bill()
            self.assertEqual(len(one._moves()), 1, "late usage may still come in")
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        latest = one._moves()[0]
        self.assertEqual(latest.amount_untaxed, 24.80)
        line = latest.invoice_line_ids.filtered("saas_rating_id")
        rating = line.saas_rating_id
        self.assertEqual((rating.quantity, rating.included), ("12400.5", "10000"))
        self.assertEqual(rating.reading, "10000 × 0 + 2400.5 × 0.002 = 4.801 ≈ 4.80")
        self.assertIn("12,400.5 calls, 10,000 included", line.name)
        self.assertEqual(rating.event_count, 2)
        with self.assertRaises(UserError):
            rating.amount = 1

    def test_a_plan_without_fee_and_usage_makes_no_document_and_closes_its_period(self):
        version = self.make_plan("Free", 0)
        one = self.make_running(version_id=version.id)
        self.assertFalse(one._moves())
        self.assertEqual((one.period_ids.state, one.period_ids.amount), ("closed", 0))

    # Changes

    def test_nobody_can_say_from_outside_that_a_change_is_only_tried(self):
        one = self.make_running()
        events = self.env["saas.webhook.event"].sudo()
        jobs = self.env["saas.job"].sudo()
        bill = [("kind", "=", "bill_subscription"), ("state", "=", "waiting")]
        with self.on("2026-03-16"):
            before = events.search_count([]), jobs.search_count(bill)
            one.with_context(saas_trying=True)._change_plan(self.make_plan("Premium", 190), 1)
            after = events.search_count([]), jobs.search_count(bill)
        self.assertGreater(after[0], before[0])
        self.assertGreater(after[1], before[1])

    def test_an_upgrade_credits_the_old_plan_charges_the_new_one_and_was_previewed_exactly(self):
        premium = self.make_plan("Premium", 190)
        one = self.make_running()
        with self.on("2026-03-16"):
            told = one._documents_of(lambda one: one._change_plan(premium, 1))
            self.assertEqual(len(one._moves()), 1, "a preview leaves nothing")
            self.assertEqual(one.version_id, self.standard)
            one._change_plan(premium, 1)
            self.work()
        made = one._moves().sorted("id")[1:]
        self.assertEqual(
            self.documents(one)[1:],
            [("out_refund", "posted", 45.94), ("out_invoice", "posted", 98.06)],
        )
        self.assertEqual(
            [(paper["move_type"], paper["total"]) for paper in told],
            [
                (move.move_type, (-1 if move.move_type == "out_refund" else 1) * move.amount_total)
                for move in made
            ],
        )
        self.assertEqual(made[0].reversed_entry_id, one._moves()[-1])
        self.assertEqual(made[0].amount_tax, 9.19)
        self.assertEqual(one.version_id, premium)
        with self.on("2026-04-01"):
            self.bill()
        self.assertEqual(one._moves()[0].amount_untaxed, 190)

    def test_the_dialog_shows_the_documents_before_anything_is_changed(self):
        premium = self.make_plan("Premium", 190)
        one = self.make_running()
        with self.on("2026-03-16"):
            asked = one.with_user(self.biller).with_context(saas_change="plan").action_ask_change()
            wizard = self.env[asked["res_model"]].with_user(self.biller).browse(asked["res_id"])
            with Form(wizard) as form:
                form.version_id = premium
                self.assertEqual(form.when, "now")
            wizard.action_preview()
            self.assertEqual(wizard.net, 62.54)
            rows = [(row.document, row.amount) for row in wizard.line_ids if row.is_total]
            self.assertEqual(rows, [("Credit Note", -55.13), ("Invoice", 117.67)])
            self.assertEqual((one.version_id, len(one._moves())), (self.standard, 1))
            wizard.action_apply()
            self.work()
        self.assertEqual((one.version_id, len(one._moves())), (premium, 3))
        self.assertEqual(one.event_ids[0].user_id, self.biller)

    def test_a_cancellation_asks_for_a_reason_and_says_the_last_day(self):
        one = self.make_running()
        with self.on("2026-03-10"):
            asked = one.with_context(saas_change="cancel").action_ask_change()
            wizard = self.env[asked["res_model"]].browse(asked["res_id"])
            self.assertIn("03/31/2026", wizard.effect)
            with self.assertRaises(UserError):
                wizard.action_apply()
            wizard.reason = "not_used"
            wizard.action_apply()
        self.assertEqual(one.cancel_reason, "Not used enough")

    def test_a_downgrade_begins_with_the_next_period_and_can_be_withdrawn(self):
        basic = self.make_plan("Basic", 29)
        one = self.make_running()
        with self.on("2026-03-16"):
            one._change_plan(basic, 1)
            self.work()
            self.assertEqual(len(one._moves()), 1)
            self.assertEqual(one.version_id, self.standard)
            self.assertEqual(str(one.scheduled_phase_id.start_on), "2026-04-01")
            one.action_withdraw_change()
            self.assertFalse(one.scheduled_phase_id)
            one._change_plan(basic, 1)
        with self.on("2026-04-01"):
            self.bill()
        self.assertEqual(one._moves()[0].amount_untaxed, 29)
        self.assertEqual(one.version_id, basic)

    def test_more_seats_are_charged_alone_for_the_days_that_are_left(self):
        seats = self.make_plan("Seats", 10)
        one = self.make_running(version_id=seats.id, quantity=5)
        with self.on("2026-03-16"):
            one._change_plan(seats, 8)
            self.work()
        self.assertEqual(
            self.documents(one), [("out_invoice", "posted", 50), ("out_invoice", "posted", 15.48)]
        )

    def test_another_interval_begins_anew_on_the_day_of_the_change(self):
        yearly = self.make_plan("Yearly", 960, cycle_unit="year")
        one = self.make_running()
        with self.on("2026-03-16"):
            one._change_plan(yearly, 1, "now")
            self.work()
        self.assertEqual(
            sorted(self.documents(one)[1:]),
            [("out_invoice", "posted", 960), ("out_refund", "posted", 45.94)],
        )
        self.assertEqual(str(one.next_invoice_on), "2027-03-16")

    def test_an_add_on_is_charged_from_its_day_on(self):
        addon = self.make_plan("Extra Backups", 31, kind="addon")
        one = self.make_running()
        with self.on("2026-03-22"):
            one._add_addon(addon)
            self.work()
        self.assertEqual(self.documents(one)[1:], [("out_invoice", "posted", 10)])
        with self.on("2026-04-01"):
            self.bill()
        self.assertEqual(one._moves()[0].amount_untaxed, 120)

    # Rest and end

    def test_a_pause_is_credited_when_it_ends_and_the_anchor_stays(self):
        one = self.make_running("2026-04-01")
        with self.on("2026-04-10"):
            one.action_pause("holidays")
            self.work()
            self.assertEqual(one.state, "paused")
        with self.on("2026-04-21"):
            one.action_resume()
            self.work()
        self.assertEqual(self.documents(one)[1:], [("out_refund", "posted", 29.67)])
        self.assertEqual(str(one.next_invoice_on), "2026-05-01")

    def test_months_of_a_pause_are_skipped(self):
        one = self.make_running("2026-04-01")
        with self.on("2026-04-30"):
            one.action_pause("holidays")
        with self.on("2026-06-11"):
            self.bill()
            one.action_resume()
            self.work()
        self.assertEqual(
            one.period_ids.sorted("start_on").mapped("state"), ["posted", "skipped", "posted"]
        )
        self.assertEqual(self.documents(one)[-1], ("out_invoice", "posted", 59.33))

    def test_a_cancellation_at_the_end_is_undone_until_then_and_ends_then(self):
        one = self.make_running()
        with self.on("2026-03-10"):
            one.action_cancel_at_end("too dear")
            self.assertEqual(str(one.last_day), "2026-03-31")
            one.action_undo_cancellation()
            self.assertFalse(one.ends_on)
            one.action_cancel_at_end("too dear")
        with self.on("2026-05-02"):
            self.bill()
        self.assertEqual(one.state, "cancelled")
        self.assertEqual(len(one._moves()), 1)
        self.assertFalse(one.next_bill_at)

    def test_an_immediate_cancel_credits_the_days_after_today(self):
        one = self.make_running()
        with self.on("2026-03-10"):
            one.action_cancel_now("closed")
            self.work()
        self.assertEqual(one.state, "cancelled")
        self.assertEqual(self.documents(one)[1:], [("out_refund", "posted", 60.29)])

    def test_usage_until_the_end_is_invoiced_after_it(self):
        version = self.make_plan("Metered", 20, ({"unit_price": "0.01"},))
        one = self.make_running(version_id=version.id)
        self.use(one, "500", "2026-03-05", "2026-03-06")
        with self.on("2026-03-10"):
            one.action_cancel_at_end("too dear")
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        self.assertEqual(self.documents(one)[1:], [("out_invoice", "posted", 5)])

    def test_a_cancelled_subscription_is_won_back_and_begins_anew(self):
        one = self.make_running()
        with self.on("2026-03-10"):
            one.action_cancel_now("closed")
            self.work()
        with self.on("2026-03-20"):
            one.action_win_back()
            self.work()
        self.assertEqual(one.state, "active")
        self.assertEqual(self.documents(one)[-1], ("out_invoice", "posted", 89))
        self.assertEqual(str(one.next_invoice_on), "2026-04-20")

    # Trial

    def test_a_trial_is_free_and_becomes_what_its_plan_says(self):
        converting = self.make_plan("Trial", 30, trial_days=14, trial_end_rule="convert")
        one = self.make_running("2026-03-18", version_id=converting.id)
        self.assertEqual((one.state, str(one.trial_end_on)), ("trial", "2026-04-01"))
        self.assertFalse(one._moves())
        with self.on("2026-04-01"):
            self.bill()
        self.assertEqual(one.state, "active")
        self.assertEqual(self.documents(one), [("out_invoice", "posted", 30)])

    def test_a_trial_that_ended_waits_for_a_decision_and_bills_from_it(self):
        waiting = self.make_plan("Trial", 30, trial_days=14, trial_end_rule="suspend")
        one = self.make_running("2026-03-18", version_id=waiting.id)
        with self.on("2026-04-05"):
            self.bill()
            self.assertEqual((one.state, one.suspended_for), ("suspended", "trial_end"))
        with self.on("2026-04-10"):
            self.bill()
            self.assertFalse(one._moves())
            one.action_convert_trial()
            self.work()
        self.assertEqual(self.documents(one), [("out_invoice", "posted", 30)])
        self.assertEqual(str(one.next_invoice_on), "2026-05-10")

    def test_a_trial_cancelled_leaves_no_document(self):
        converting = self.make_plan("Trial", 30, trial_days=14, trial_end_rule="convert")
        one = self.make_running("2026-03-18", version_id=converting.id)
        with self.on("2026-03-20"):
            one.action_cancel_now("not for us")
        with self.on("2026-06-01"):
            self.bill()
        self.assertEqual(one.state, "cancelled")
        self.assertFalse(one._moves())

    # Prices

    def test_a_new_price_reaches_running_subscriptions_where_the_plan_takes_them_along(self):
        keeping = self.make_plan("Keeping", 20)
        moving = self.make_plan("Moving", 20, migrate_at_renewal=True)
        kept = self.make_running(version_id=keeping.id)
        moved = self.make_running(version_id=moving.id)
        with self.on("2026-03-15"):
            for version in (keeping, moving):
                version.plan_id.price = 25
                version.plan_id._publish_version()
        with self.on("2026-04-01"):
            self.bill()
        self.assertEqual(kept._moves()[0].amount_untaxed, 20)
        self.assertEqual(moved._moves()[0].amount_untaxed, 25)

    # Dunning, as far as billing is concerned

    def test_a_suspension_leaves_the_open_period_due_and_bills_the_rest_after_it(self):
        version = self.make_plan("Thirty", 30)
        one = self.make_running("2025-04-01", version_id=version.id)
        with self.on("2025-04-15"):
            one._fire("payment_failed", system=True)
            one._fire("dunning_suspended", system=True)
        with self.on("2025-05-20"):
            self.bill()
            self.assertEqual(len(one._moves()), 1)
        with self.on("2025-06-13"):
            one._fire("paid", system=True, nothing_overdue=True)
            one._bill_soon()
            self.work()
        self.assertEqual(self.documents(one)[1:], [("out_invoice", "posted", 18)])
        self.assertEqual(str(one.next_invoice_on), "2025-07-01")

    # Bad input

    def test_who_cannot_be_billed_does_not_hold_up_the_others(self):
        ones = self.make_running() | self.make_running()
        other = self.env["res.partner"].create({"name": "Gone Ltd"})
        gone = self.make_running(partner_id=other.id)
        other.active = False
        with self.on("2026-04-01"):
            run = self.bill()
        self.assertEqual(run.failed_count, 1)
        failed = run.failed_line_ids
        self.assertEqual((failed.subscription_id, failed.code), (gone, "customer_archived"))
        self.assertIn("Gone Ltd", failed.reason)
        self.assertEqual([len(one._moves()) for one in ones], [2, 2])
        self.assertEqual(len(gone._moves()), 1)
        other.active = True
        with self.on("2026-04-02"):
            self.bill()
        self.assertEqual(len(gone._moves()), 2)
        self.assertFalse(gone.problem_text)

    def test_what_is_missing_in_the_books_is_told_with_its_place(self):
        one = self.make_running()
        self.env["account.journal"].search([("type", "=", "sale")]).active = False
        with self.on("2026-04-01"):
            self.bill()
        self.assertEqual(one.problem_code, "no_sales_journal")
        self.assertIn(self.company.name, one.problem_text)
        self.assertEqual(one._place_to_mend(one.problem_code)["res_model"], "account.journal")

    def test_a_currency_without_a_rate_is_refused_and_one_with_is_not(self):
        chf = self.env.ref("base.CHF")
        chf.active = True
        chf.rate_ids.unlink()
        version = self.make_plan(
            "Swiss", 30, price_ids=[(0, 0, {"currency_id": chf.id, "amount": 27})]
        )
        one = self.make_running(version_id=version.id, currency_id=chf.id)
        self.assertEqual(one.problem_code, "no_currency_rate")
        self.assertFalse(one._moves())
        self.env["res.currency.rate"].create(
            {"currency_id": chf.id, "name": "2026-01-01", "rate": 0.9, "company_id": False}
        )
        with self.on("2026-03-01 07:00:00"):
            self.bill()
        self.assertEqual(self.documents(one), [("out_invoice", "posted", 27)])
        self.assertEqual(one._moves().currency_id, chf)

    def test_a_draft_that_somebody_removes_is_made_again(self):
        one = self.make_running()
        self.company.saas_billing_approval = "always"
        with self.on("2026-04-01"):
            run = self.bill()
            self.assertEqual(run.state, "to_approve")
            one._moves().filtered(lambda move: move.state == "draft").unlink()
            self.assertEqual(one.period_ids.sorted("start_on")[-1].state, "rating")

    def test_state_and_dates_are_not_written_by_hand(self):
        one = self.make_running()
        for values in ({"state": "cancelled"}, {"anchor_on": "2020-01-01"}):
            with self.assertRaises(UserError):
                one.write(values)
        with self.assertRaises(ValidationError):
            one.quantity = 4
        with self.assertRaises(UserError):
            one.event_ids.write({"reason": "nothing"})

    # Approval and dry run

    def test_a_run_over_the_limit_waits_for_somebody_who_did_not_prepare_it(self):
        self.company.saas_billing_approval = "over_limit"
        premium = self.make_plan("Premium", 190)
        one = self.make_running()
        with self.on("2026-03-16"):
            one._change_plan(premium, 1, "period_end")
            self.work()
        with self.on("2026-04-01"):
            run = self.env["saas.billing.run"].with_user(self.biller).create({})
            run.action_rate()
            self.work()
            self.assertEqual(run.state, "to_approve", run.variance_ratio)
            self.assertIn("113.5", run.approval_why)
            self.assertEqual(one._moves()[0].state, "draft")
            with self.assertRaises(UserError):
                run.with_user(self.biller).action_approve()
            run.with_user(self.approver).action_approve()
            self.work()
        self.assertEqual((run.state, run.approved_by_id), ("done", self.approver))
        self.assertEqual(one._moves()[0].state, "posted")

    def test_of_two_runs_of_a_company_one_waits_until_the_other_has_ended(self):
        runs = self.env["saas.billing.run"]
        self.make_running()
        with self.on("2026-04-01"):
            first = runs.create({})
            first.action_rate()
            second = runs.create({})
            with (
                self.assertRaises(UniqueViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                second.action_rate()
            self.assertEqual(runs.create({"dry_run": True}).state, "draft")
            self.work()
        self.assertEqual(first.state, "done")

    def test_billing_one_by_hand_is_no_way_around_the_approval(self):
        self.company.saas_billing_approval = "always"
        one = self.make_subscription()
        with self.on("2026-03-01"):
            one.with_user(self.biller).action_activate()
            self.work()
            run = one._moves().saas_run_id
            self.assertEqual((run.state, run.prepared_by_id), ("to_approve", self.biller))
            self.assertIn(self.approver, run.activity_ids.user_id)
            with self.assertRaises(UserError):
                run.with_user(self.pricer).action_approve()
            run.with_user(self.approver).action_approve()
            self.work()
        self.assertEqual(one._moves().state, "posted")

    def test_a_dry_run_shows_everything_and_makes_nothing(self):
        one = self.make_running()
        with self.on("2026-04-01"):
            action = self.env["saas.billing.run"].with_user(self.biller).action_dry_run()
            self.work()
            run = self.env["saas.billing.run"].browse(action["res_id"])
            self.assertEqual((run.state, run.total), ("done", 89))
            self.assertEqual(len(one._moves()), 1)
            self.assertEqual(len(one.period_ids), 1)
            self.bill()
        self.assertEqual(len(one._moves()), 2)

    # Tenants

    def test_the_subscription_of_a_tenant_begins_when_it_is_provisioned(self):
        plan = self.standard.plan_id
        plan.trial_days = 14
        version = plan._publish_version()
        with self.on("2026-03-01"):
            tenant = self.make_open_tenant(plan_id=plan.id)
            one = tenant.sudo().subscription_ids
            self.assertEqual((one.state, one.version_id), ("trial", version))
            self.assertEqual(one.trial_end_on, tenant.trial_end_on)
            tenant.with_user(self.operator).action_convert_trial()
            self.work()
        self.assertEqual((tenant.state, one.state), ("active", "active"))
        self.assertEqual(self.documents(one), [("out_invoice", "posted", 89)])
        with self.on("2026-03-10"):
            one.action_cancel_now("closed")
            self.assertEqual(tenant.state, "archived")
