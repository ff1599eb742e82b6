"""Where unused days go after a cancellation, and usage that comes too late by each rule."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_wallet import WalletCommon


@tagged("post_install", "-at_install")
class TestSettlement(WalletCommon):
    def cancel(self, one, settlement, day="2026-03-16"):
        with self.on(day):
            one.action_cancel_now("closed", settlement)
            self.work()
        self.env.invalidate_all()
        return one._moves().filtered(lambda move: move.move_type == "out_refund")

    def make_paid(self, **values):
        one = self.make_running(**values)
        with self.on("2026-03-02"):
            self.pay(one._moves())
        return one

    def test_paid_money_for_unused_days_is_paid_back_and_a_person_is_asked(self):
        one = self.make_paid()
        refund = self.cancel(one, "refund")
        self.assertEqual((one.settlement, refund.saas_settlement), ("refund", "refund"))
        self.assertEqual(refund.amount_untaxed, 43.06)
        self.assertEqual(refund.saas_to_pay_back, refund.amount_total)
        (activity,) = refund.activity_ids
        self.assertIn("51.67", activity.summary)
        other = self.make_running("2026-03-17")
        self.assertEqual(other._moves().amount_residual, 106.8, "it pays no other invoice")
        self.pay(refund)
        self.assertFalse(refund.activity_ids)

    def test_nobody_is_paid_back_what_he_had_not_paid(self):
        one = self.make_running()
        invoice = one._moves()
        payment = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        with self.on("2026-03-02"):
            payment.create({"amount": 80, "payment_difference_handling": "open"})._create_payments()
        refund = self.cancel(one, "refund")
        # 106.80 charged, 51.67 of it unused, 80.00 paid, 55.13 kept
        self.assertAlmostEqual(refund.saas_to_pay_back, 24.87)
        self.assertEqual(invoice.amount_residual, 0)

    def test_what_the_wallet_paid_is_not_paid_back_in_money(self):
        self.buy(200)
        one = self.make_running()
        refund = self.cancel(one, "refund")
        self.assertEqual(refund.saas_to_pay_back, 0)
        self.assertEqual(refund.amount_residual, refund.amount_total)

    def test_an_offset_pays_other_open_invoices_at_once_and_a_credit_waits(self):
        for settlement, left in (("offset", 106.8 - 51.67), ("credit", 106.8)):
            with self.subTest(settlement=settlement):
                customer = self.env["res.partner"].create({"name": settlement})
                one = self.make_paid(partner_id=customer.id)
                other = self.make_running("2026-03-03", partner_id=customer.id)
                self.cancel(one, settlement)
                self.assertAlmostEqual(other._moves().amount_residual, left)

    def test_nothing_is_given_back_when_that_was_chosen_and_a_wrong_choice_is_refused(self):
        one = self.make_paid()
        with self.assertRaisesRegex(UserError, "no way to settle"):
            self.cancel(one, "gift")
        self.assertFalse(self.cancel(one, "none"))
        self.assertEqual((one.state, one.settlement), ("cancelled", "none"))
        with self.on("2026-03-20"):
            one.action_win_back("back")
            self.work()
        self.assertFalse(one.settlement)

    def test_the_dialog_shows_the_documents_of_each_choice(self):
        one = self.make_paid()
        with self.on("2026-03-16"):
            wizard = self.env["saas.subscription.change"].create(
                {"change": "cancel", "subscription_id": one.id, "when": "now"}
                | {"settlement": "refund"}
            )
            wizard.action_preview()
            self.assertAlmostEqual(wizard.net, -51.67)
            wizard.settlement = "none"
            wizard.action_preview()
            self.assertEqual(wizard.net, 0)
        self.assertEqual(one.state, "active")

    # Usage that comes too late

    def late_usage(self, policy):
        """Return a subscription with 2000 calls of March that came on 3 April."""
        version = self.make_plan(
            f"Late {policy[:6]}", 20, ({"unit_price": "0.01"},), late_policy=policy
        )
        one = self.make_running(version_id=version.id)
        self.use(one, "500", "2026-03-05", "2026-03-06")
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        with self.on("2026-04-03"):
            self.env["saas.usage.bucket"].create(
                {
                    "subscription_id": one.id,
                    "meter_id": self.meter.id,
                    "start_at": "2026-03-30",
                    "end_at": "2026-03-31",
                    "quantity": "2000",
                }
            )
        return one

    def next_months(self, one):
        """Return the sums of the documents of May and June."""
        known = one._moves()
        for day in ("2026-05-01 12:00:00", "2026-06-01 12:00:00"):
            with self.on(day):
                self.bill()
        return sorted((one._moves() - known).mapped("amount_untaxed"))

    def test_late_usage_has_an_invoice_of_its_own_where_the_plan_wants_it(self):
        one = self.late_usage("separate_document")
        self.assertEqual(self.next_months(one), [20, 20, 20])
        late = one._moves().filtered(lambda move: move.invoice_line_ids.saas_rating_id.corrects_id)
        self.assertEqual(late.invoice_line_ids.mapped("saas_start_on")[0].month, 3)

    def test_a_removed_draft_of_late_usage_is_made_again(self):
        one = self.late_usage("separate_document")
        self.company.saas_billing_approval = "always"
        with self.on("2026-05-01 12:00:00"):
            self.bill()
            late = one._moves().filtered(
                lambda move: move.invoice_line_ids.saas_rating_id.corrects_id
            )
            late.unlink()
        self.company.saas_billing_approval = "never"
        with self.on("2026-06-01 12:00:00"):
            self.bill()
        late = one._moves().invoice_line_ids.filtered("saas_rating_id.corrects_id")
        self.assertEqual(late.mapped("price_subtotal"), [20])

    def test_late_usage_that_is_ignored_is_told_once(self):
        one = self.late_usage("ignore")
        self.assertEqual(self.next_months(one), [20, 20])
        told = one.period_ids.rating_ids.filtered("left_out")
        self.assertEqual((told.left_out, told.amount), (20, 0))

    # By the second

    def test_a_change_by_the_second_charges_both_plans_for_their_part_of_the_day(self):
        old = self.make_plan("By Second", 31, proration_upgrade="second")
        new = self.make_plan("Twice", 62)
        one = self.make_running(version_id=old.id)
        with self.on("2026-03-16 12:00:00"):
            one._change_plan(new, 1)
            self.work()
        sums = [(move.move_type, move.amount_untaxed) for move in one._moves().sorted("id")]
        self.assertEqual(sums, [("out_invoice", 31), ("out_refund", 15.5), ("out_invoice", 31)])
        line = one._moves().sorted("id")[-1].invoice_line_ids
        self.assertIn("1,339,200 of 2,678,400 seconds", line.name)
        with self.on("2026-04-01"):
            self.bill()
        self.assertEqual(one._moves()[0].amount_untaxed, 62)
