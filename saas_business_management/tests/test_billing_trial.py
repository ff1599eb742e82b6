"""Usage of a trial: free, or charged with the first period that is paid, as the plan says."""

from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingTrial(BillingCommon):
    def try_out(self, rule, **values):
        """Return a subscription that uses 1,200 in its trial and 300 after it."""
        charges = ({"unit_price": "0.01"},)
        terms = {"trial_days": 14, "trial_end_rule": "convert", "trial_usage_rule": rule, **values}
        one = self.make_subscription(version_id=self.make_plan("Tried", 30, charges, **terms).id)
        with self.on("2025-03-18"):
            one.action_activate()
            self.work()
        self.use(one, "1200", "2025-03-25", "2025-03-26")
        self.use(one, "300", "2025-04-02", "2025-04-03")
        return one

    def bill_until(self, *days):
        for day in days:
            with self.on(day):
                self.bill()

    def usage_lines(self, one):
        return one._moves().invoice_line_ids.filtered("saas_rating_id")

    def test_usage_of_a_trial_is_free_unless_the_plan_charges_it(self):
        one = self.try_out("free")
        self.bill_until("2025-04-01", "2025-05-01 12:00:00")
        line = self.usage_lines(one)
        self.assertEqual((line.price_subtotal, line.saas_rating_id.quantity), (3, "300"))
        self.assertNotIn("trial", line.name)

    def test_usage_of_a_trial_is_charged_with_the_first_period_and_the_line_says_so(self):
        one = self.try_out("billed")
        self.bill_until("2025-04-01")
        self.assertEqual(one._moves().amount_untaxed, 30, "the fee alone begins after the trial")
        self.bill_until("2025-05-01 12:00:00")
        line = self.usage_lines(one)
        rating = line.saas_rating_id
        self.assertEqual((line.price_subtotal, rating.quantity), (15, "1500"))
        self.assertIn("03/18/2025 – 04/30/2025, with the trial: 1,500 calls", line.name)
        self.assertEqual(str(line.saas_start_on), "2025-03-18")
        self.assertIn("with the trial", rating.days_text)
        shown = self.env["saas.usage.bucket"].search(rating.action_view_usage()["domain"])
        self.assertEqual(len(shown), 2)
        self.bill_until("2025-06-01 12:00:00")
        self.assertEqual(len(self.usage_lines(one)), 1, "the trial is charged once")

    def test_usage_of_a_trial_that_comes_too_late_is_settled_like_any_other(self):
        one = self.try_out("billed")
        self.bill_until("2025-04-01", "2025-05-01 12:00:00")
        with self.on("2025-05-02"):
            self.env["saas.usage.bucket"].create(
                {
                    "subscription_id": one.id,
                    "meter_id": self.meter.id,
                    "start_at": "2025-03-20",
                    "end_at": "2025-03-21",
                    "quantity": "500",
                }
            )
        self.bill_until("2025-06-01 12:00:00")
        self.assertEqual(sorted(self.usage_lines(one).mapped("price_subtotal")), [5, 15])

    def test_who_pays_before_the_trial_ends_is_charged_for_its_usage_too(self):
        one = self.try_out("billed")
        with self.on("2025-03-28"):
            one.action_convert_trial()
            self.work()
        self.bill_until("2025-04-28 12:00:00")
        self.assertEqual(self.usage_lines(one).price_subtotal, 15)

    def test_a_level_that_was_reached_in_a_trial_is_not_charged(self):
        self.meter.aggregation = "max"
        one = self.try_out("billed")
        self.bill_until("2025-04-01", "2025-05-01 12:00:00")
        self.assertEqual(self.usage_lines(one).saas_rating_id.quantity, "300")

    def test_a_trial_that_is_cancelled_is_never_charged(self):
        one = self.try_out("billed")
        with self.on("2025-03-27"):
            one.action_cancel_now("not for us")
            self.work()
        self.bill_until("2025-05-01 12:00:00")
        self.assertFalse(one._moves())
