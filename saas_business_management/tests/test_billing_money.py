"""What documents come to: coupons, bounds of a period, late usage, credit, interrupted work."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingMoney(BillingCommon):
    def make_running(self, day="2026-03-01", **values):
        one = self.make_subscription(**values)
        with self.on(day):
            one.action_activate()
            self.work()
        return one

    def sums(self, one):
        """Return kind and sum before tax of each document, in the order of their making."""
        return [(move.move_type, move.amount_untaxed) for move in one._moves().sorted("id")]

    def make_coupon(self, **values):
        values = {
            "name": "Spring",
            "code": f"SPRING{len(self.env['saas.coupon'].search([]))}",
        } | values
        return self.env["saas.coupon"].create(values)

    # Coupons

    def test_a_percentage_is_taken_inside_the_amount_for_as_many_periods_as_it_holds(self):
        coupon = self.make_coupon(percent="10", duration="periods", period_count=2)
        one = self.make_running()
        with self.on("2026-03-10"):
            one._redeem(coupon)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                one._redeem(coupon)
        for day in ("2026-04-01", "2026-05-01", "2026-06-01"):
            with self.on(day):
                self.bill()
        self.assertEqual([total for _kind, total in self.sums(one)], [89, 80.1, 80.1, 89])
        line = one._moves().sorted("id")[1].invoice_line_ids
        self.assertIn("less 10 %", line.name)

    def test_an_amount_is_taken_once_from_an_invoice_and_never_given_back(self):
        coupon = self.make_coupon(kind="amount", amount=20, currency_id=self.usd.id)
        one = self.make_subscription()
        with self.on("2026-03-01"):
            one.coupon_ids.create(
                {"subscription_id": one.id, "coupon_id": coupon.id, "start_on": "2026-03-01"}
            )
            one.action_activate()
            self.work()
        self.assertEqual(self.sums(one), [("out_invoice", 69)])
        self.assertEqual(one._moves().amount_tax, 13.8)
        with self.on("2026-03-01"):
            one.action_cancel_now("closed")
            self.work()
        self.assertEqual(self.sums(one)[1:], [("out_refund", 69)], "never more than was invoiced")

    # The least and the most of a period

    def test_what_is_missing_to_the_minimum_is_invoiced_with_the_last_usage(self):
        version = self.make_plan("Least", 50, ({"unit_price": "0.01"},), minimum_commitment=100)
        one = self.make_running(version_id=version.id)
        self.use(one, "3000", "2026-03-05", "2026-03-06")
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        latest = one._moves()[0]
        self.assertEqual(sorted(latest.invoice_line_ids.mapped("price_subtotal")), [20, 30, 50])

    def test_usage_beyond_the_maximum_is_not_invoiced(self):
        version = self.make_plan("Most", 50, ({"unit_price": "0.01"},), maximum_spend=100)
        one = self.make_running(version_id=version.id)
        self.use(one, "9000", "2026-03-05", "2026-03-06")
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        latest = one._moves()[0]
        self.assertEqual(sorted(latest.invoice_line_ids.mapped("price_subtotal")), [-40, 50, 90])

    # Usage

    def test_usage_is_split_where_the_plan_changed_and_each_part_has_its_share_of_the_allowance(
        self,
    ):
        old = self.make_plan("Old", 20, ({"unit_price": "0.002", "included": "10000"},))
        new = self.make_plan("New", 50, ({"unit_price": "0.001", "included": "50000"},))
        one = self.make_running(version_id=old.id)
        self.use(one, "6000", "2026-03-05", "2026-03-06")
        with self.on("2026-03-16"):
            one._change_plan(new, 1)
            self.work()
        self.use(one, "30000", "2026-03-20", "2026-03-21")
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        ratings = one.period_ids.rating_ids.sorted("start_on")
        self.assertEqual(ratings.mapped("included"), ["4839", "25806"])
        self.assertEqual(ratings.mapped("amount"), [2.32, 4.19])

    def test_a_percentage_is_taken_of_each_transaction_and_one_taken_back_is_none(self):
        charge = {"model": "percentage", "rate_percent": "1.2", "fixed_fee": "0.10"}
        one = self.make_running(version_id=self.make_plan("Share", 0, (charge,)).id)
        for day, amount in (
            ("05", "100"),
            ("06", "250"),
            ("07", "40"),
            ("08", "70"),
            ("08", "-70"),
        ):
            self.use(one, amount, f"2026-03-{day}", f"2026-03-{int(day) + 1:02}")
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        self.assertEqual(self.sums(one), [("out_invoice", 4.98)])
        self.assertEqual(one.period_ids.rating_ids.quantity, "390")

    def test_fractions_of_units_are_added_up_exactly(self):
        one = self.make_running(version_id=self.make_plan("Tenths", 0, ({"unit_price": "50"},)).id)
        for day in ("05", "06", "07"):
            self.use(one, "0.1", f"2026-03-{day}", f"2026-03-{int(day) + 1:02}")
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        rating = one.period_ids.rating_ids
        self.assertEqual((rating.quantity, rating.amount), ("0.3", 15))

    def test_usage_that_came_too_late_is_settled_with_the_next_invoice(self):
        version = self.make_plan("Late", 20, ({"unit_price": "0.002", "included": "10000"},))
        one = self.make_running(version_id=version.id)
        self.use(one, "10500", "2026-03-05", "2026-03-06")
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
        with self.on("2026-05-01 12:00:00"):
            self.bill()
        line = one._moves()[0].invoice_line_ids.filtered("saas_rating_id")
        self.assertEqual((line.price_subtotal, str(line.saas_start_on)), (4, "2026-03-01"))
        with self.on("2026-06-01 12:00:00"):
            self.bill()
        self.assertEqual(self.sums(one)[-1], ("out_invoice", 20), "it is settled once")

    def test_usage_that_was_taken_back_is_credited_on_its_invoice(self):
        version = self.make_plan("Void", 20, ({"unit_price": "0.01"},))
        one = self.make_running(version_id=version.id)
        self.use(one, "500", "2026-03-05", "2026-03-06")
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        charged = one._moves()[0]
        with self.on("2026-04-03"):
            self.env["saas.usage.bucket"].create(
                {
                    "subscription_id": one.id,
                    "meter_id": self.meter.id,
                    "start_at": "2026-03-05",
                    "end_at": "2026-03-06",
                    "quantity": "-300",
                }
            )
        with self.on("2026-05-01 12:00:00"):
            self.bill()
        refund = one._moves().filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((refund.amount_untaxed, refund.reversed_entry_id), (3, charged))

    def test_a_meter_keeps_its_highest_or_last_reading_and_carries_it_on(self):
        highest = self.env["saas.meter"].create(
            {"name": "Seats", "code": "test_seats", "unit_label": "seats", "aggregation": "max"}
        )
        last = self.env["saas.meter"].create(
            {
                "name": "Stock",
                "code": "test_stock",
                "unit_label": "pieces",
                "aggregation": "last",
                "carry_forward": True,
            }
        )
        (highest | last).product_id = self.product
        charges = [{"meter_id": meter.id, "unit_price": "1"} for meter in (highest, last)]
        one = self.make_running(version_id=self.make_plan("Gauges", 0, tuple(charges)).id)
        for meter in (highest, last):
            self.use(one, "7", "2026-03-02", "2026-03-03", meter)
            self.use(one, "4", "2026-03-04", "2026-03-05", meter)
        for day in ("2026-04-01 12:00:00", "2026-05-01 12:00:00"):
            with self.on(day):
                self.bill()
        self.assertEqual([total for _kind, total in self.sums(one)], [11, 4])

    # Credit and mail

    def test_an_open_credit_pays_the_next_invoices_first(self):
        one = self.make_running()
        with self.on("2026-03-01"):
            self.pay(one._moves())
        with self.on("2026-03-10"):
            one.action_pause("holidays")
        with self.on("2026-03-21"):
            one.action_resume()
            self.work()
        refund = one._moves()[0]
        self.assertEqual((refund.move_type, refund.payment_state), ("out_refund", "not_paid"))
        with self.on("2026-04-01"):
            self.bill()
        invoice = one._moves()[0]
        self.assertAlmostEqual(invoice.amount_residual, invoice.amount_total - refund.amount_total)

    def pay(self, invoice):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()

    def test_the_billing_contact_is_mailed_once_about_each_document(self):
        contact = self.env["res.partner"].create({"name": "Ina", "email": "ina@acme.example"})
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        woken = [("cron_id", "=", queue.id)]
        before = self.env["ir.cron.trigger"].sudo().search_count(woken)
        one = self.make_running(billing_contact_id=contact.id)
        after = self.env["ir.cron.trigger"].sudo().search_count(woken)
        self.assertGreater(after, before, "an invoice does not wait for the hourly queue")
        mails = self.env["mail.mail"].sudo().search([("model", "=", "account.move")])
        self.assertEqual((len(mails), mails.recipient_ids), (1, contact))
        self.assertIn(one._moves().name, mails.subject)
        self.assertFalse(one._moves().invoice_user_id, "nobody is named whom customers can't reach")
        self.assertIn("$\xa0106.80", mails.body_html)

    # Interrupted

    def test_steps_that_run_twice_make_the_same_documents(self):
        ones = self.make_running() | self.make_running()
        with self.on("2026-04-01"):
            run = self.env["saas.billing.run"].create({})
            order = {"subscriptions": ones.ids, "run": run.id}
            steps = self.env["saas.subscription"]
            for _again in range(2):
                steps._step_bill_close(**order)
            made = steps._step_bill_draft(**order)["moves"]
            self.assertEqual(len(made), 2)
            self.assertEqual(steps._step_bill_draft(**order)["moves"], [])
            for _again in range(2):
                steps._step_bill_post(moves=made, run=run.id)
        self.assertEqual([len(one._moves()) for one in ones], [2, 2])
        self.assertEqual(set(ones._moves().mapped("state")), {"posted"})

    def test_a_document_that_odoo_refuses_does_not_hold_up_the_others(self):
        ones = self.make_running() | self.make_running()
        with self.on("2026-04-01"):
            self.company.saas_billing_approval = "always"
            run = self.bill()
            broken = run.move_ids.filtered(lambda move: ones[0] in move.saas_subscription_ids)
            broken.partner_id = False
            run.with_user(self.approver).action_approve()
            self.work()
        self.assertEqual(broken.state, "draft")
        self.assertEqual(ones[1]._moves()[0].state, "posted")
        self.assertEqual(ones[0].problem_code, "document_refused")
        self.assertEqual(run.state, "done", "what was refused waits for the next run")
        self.company.saas_billing_approval = "never"
        broken.partner_id = self.partner
        with self.on("2026-04-02"):
            self.bill()
        self.assertEqual((broken.state, ones[0].problem_code), ("posted", False))
