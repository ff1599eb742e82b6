"""Lines of usage: what cuts a period and what does not, how a line explains itself, the way from it
to what was counted.
"""

from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingLines(BillingCommon):
    def run_month(self, charge, usage, between=None, **values):
        """Return the lines of usage of March 2026, in which something may happen on the 10th."""
        version = self.make_plan("Metered", 20, (charge,), **values)
        one = self.make_subscription(version_id=version.id)
        with self.on("2026-03-01"):
            one.action_activate()
            self.work()
        for quantity, day in usage:
            self.use(one, quantity, f"{day} 08:00:00", f"{day} 09:00:00")
        if between:
            with self.on("2026-03-10"):
                between(one)
                self.work()
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        return one._moves().invoice_line_ids.filtered("saas_rating_id")

    def test_an_add_on_in_the_middle_does_not_cut_the_usage_of_the_plan(self):
        self.meter.write({"aggregation": "max", "carry_forward": True})
        addon = self.make_plan("Users", 5, kind="addon")
        line = self.run_month(
            {"unit_price": "2"}, [("23.5", "2026-03-05")], lambda one: one._add_addon(addon)
        )
        self.assertEqual(line.price_subtotal, 47, "the level of the month is charged once")
        self.assertEqual(
            (str(line.saas_start_on), str(line.saas_end_on)), ("2026-03-01", "2026-04-01")
        )

    def test_more_seats_in_the_middle_leave_price_tiers_and_allowance_as_they_are(self):
        tiers = [(0, 0, {"up_to": "1000", "unit_price": "0"}), (0, 0, {"unit_price": "0.1"})]
        line = self.run_month(
            {"model": "graduated", "tier_ids": tiers},
            [("900", "2026-03-05"), ("900", "2026-03-20")],
            lambda one: one._change_plan(one.version_id, 3),
        )
        self.assertEqual(line.price_subtotal, 80)

    def test_another_plan_in_the_middle_does_cut_it(self):
        other = self.make_plan("Other", 30, ({"unit_price": "0.2"},))
        lines = self.run_month(
            {"unit_price": "0.1"},
            [("100", "2026-03-05"), ("100", "2026-03-20")],
            lambda one: one._change_plan(other, 1),
        )
        self.assertEqual(sorted(lines.mapped("price_subtotal")), [10, 20])

    # Words

    def told(self, line):
        return line.name.replace("\N{NO-BREAK SPACE}", " ")

    def test_a_line_tells_included_units_and_each_price_tier(self):
        tiers = [(0, 0, {"up_to": "10000", "unit_price": "0.002"}), (0, 0, {"unit_price": "0.001"})]
        line = self.run_month(
            {"model": "graduated", "tier_ids": tiers, "included": "2000"}, [("15000", "2026-03-05")]
        )
        self.assertEqual(
            self.told(line),
            "Calls of Tests, 03/01/2026 – 03/31/2026: 15,000 calls, 2,000 included: "
            "10,000 × 0.002 + 3,000 × 0.001 = $ 23.00",
        )

    def test_a_line_tells_packages_and_what_was_free(self):
        charge = {"model": "package", "package_size": "10", "package_price": "4", "free_units": "5"}
        line = self.run_month(charge, [("23.5", "2026-03-05")])
        self.assertIn("23.5 calls, 5 included: 2 packages of 10 × 4 = $ 8.00", self.told(line))

    def test_what_came_late_tells_what_was_charged_before(self):
        line = self.run_month({"unit_price": "0.1"}, [("100", "2026-03-05")])
        one = line.saas_rating_id.subscription_id
        with self.on("2026-04-03"):
            self.env["saas.usage.bucket"].create(
                {
                    "subscription_id": one.id,
                    "meter_id": self.meter.id,
                    "start_at": "2026-03-07",
                    "end_at": "2026-03-08",
                    "quantity": "30",
                }
            )
        with self.on("2026-05-01 12:00:00"):
            self.bill()
        late = one._moves().invoice_line_ids.filtered(lambda row: row.saas_rating_id.corrects_id)
        self.assertEqual(late.price_subtotal, 3)
        self.assertIn("130 × 0.1 = $ 13.00, less $ 10.00 charged before", self.told(late))

    # The way from a line to what was counted, and back

    def test_a_line_opens_its_rating_which_leads_to_usage_and_back(self):
        line = self.run_month({"unit_price": "0.1"}, [("100", "2026-03-05"), ("7", "2026-03-09")])
        opened = line.with_user(self.biller).action_saas_rating()
        rating = self.env[opened["res_model"]].with_user(self.biller).browse(opened["res_id"])
        self.assertEqual(rating.steps_text, "Units: 107 × 0.1 = 10.7")
        self.assertEqual(rating.days_text, "03/01/2026 – 03/31/2026")
        self.assertEqual(str(rating.last_day), "2026-03-31")
        usage = self.env["saas.usage.bucket"].with_user(self.biller)
        counted = usage.search(rating.action_view_usage()["domain"])
        self.assertEqual(sorted(counted.mapped("quantity")), ["100", "7"])
        self.assertEqual(rating.action_view_document()["res_id"], line.move_id.id)
        self.assertEqual(rating.period_id.action_view_ratings()["res_id"], rating.id)

    def test_a_document_leads_to_its_subscription_and_its_run(self):
        line = self.run_month({"unit_price": "0.1"}, [("100", "2026-03-05")])
        move = line.move_id.with_user(self.biller)
        one = line.saas_rating_id.subscription_id
        self.assertEqual(move.saas_subscription_count, 1)
        self.assertEqual(move.action_saas_subscriptions()["res_id"], one.id)
        self.assertEqual(move.action_saas_run()["res_id"], move.saas_run_id.id)
        opened = one.action_view_moves()
        found = self.env["account.move"].search(opened["domain"])
        self.assertEqual(found, one._moves())
        self.assertEqual(opened["views"][0][1], "list")
        self.assertEqual(one.amount_due, sum(found.mapped("amount_residual")))
