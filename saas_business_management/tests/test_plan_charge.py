"""Charges: numbers that are kept exactly, price tiers without gaps, the preview."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import SaasCommon

OURS = "saas_business_management"


@tagged("post_install", "-at_install")
class TestPlanCharge(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meter = cls.env.ref(f"{OURS}.meter_api_calls")

    def charge(self, model="per_unit", tiers=(), **values):
        rows = [
            Command.create({"up_to": bound, "unit_price": price, "flat_fee": fee})
            for bound, price, fee in tiers
        ]
        vals = {"plan_id": self.plan.id, "meter_id": self.meter.id, "model": model}
        return self.env["saas.plan.charge"].create({**vals, "tier_ids": rows, **values})

    def at(self, charge, quantity):
        charge.preview_quantity = quantity
        return charge.preview

    def test_digits_are_kept_as_they_were_written(self):
        charge = self.charge(unit_price="0.000000000123")
        self.assertEqual(charge.unit_price, "0.000000000123")
        charge.unit_price = "12345678901234567890123456.000000000001"
        charge.invalidate_recordset()
        self.assertEqual(charge.unit_price, "12345678901234567890123456.000000000001")

    def test_a_number_has_one_spelling(self):
        charge = self.charge(unit_price="1")
        for typed, kept in (
            ("0.50", "0.5"),
            ("+2", "2"),
            ("1e-3", "0.001"),
            ("007", "7"),
            ("-0", "0"),
        ):
            charge.unit_price = typed
            self.assertEqual(charge.unit_price, kept)

    def test_what_is_no_price_is_refused(self):
        for bad in (
            "-1",
            "NaN",
            "inf",
            "Infinity",
            "1,5",
            "1 000",
            "ten",
            "1e999",
            "0.0000000000001",
            float("nan"),
            float("inf"),
            -0.5,
            "1" * 27,
            "٣",
        ):
            with self.subTest(bad=bad), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.charge(unit_price=bad)

    def test_each_price_model_says_what_it_misses(self):
        for model, values in (
            ("per_unit", {}),
            ("flat", {}),
            ("package", {"package_size": "10"}),
            ("package", {"package_size": "0", "package_price": "1"}),
            ("percentage", {}),
            ("percentage", {"rate_percent": "101"}),
            (
                "percentage",
                {"rate_percent": "1", "per_transaction_min": "2", "per_transaction_max": "1"},
            ),
            ("graduated", {}),
            ("volume", {}),
        ):
            with (
                self.subTest(model=model, values=values),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                self.charge(model, **values)

    def test_tiers_that_overlap_or_do_not_reach_the_end_are_refused(self):
        for tiers in (
            [("10", "1", False), ("10", "2", False), (False, "3", False)],
            [("10", "1", False), ("20", "2", False)],
            [("10", "1", False), (False, "2", False), (False, "3", False)],
            [("0", "1", False), (False, "2", False)],
            [("-5", "1", False), (False, "2", False)],
            [("NaN", "1", False), (False, "2", False)],
            [("10", "-1", False), (False, "2", False)],
            [("10", False, False), (False, "2", False)],
        ):
            with (
                self.subTest(tiers=tiers),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                self.charge("graduated", tiers)

    def test_a_tier_begins_where_the_one_below_ends_in_whatever_order_they_come(self):
        charge = self.charge(
            "graduated", [(False, "1", False), ("1000", "3", False), ("5000", "2", False)]
        )
        charge.invalidate_recordset()
        self.assertEqual(
            [(one.over, one.up_to) for one in charge.tier_ids],
            [("0", "1000"), ("1,000", "5000"), ("5,000", False)],
        )

    def test_a_plan_has_one_charge_for_a_meter_and_currency(self):
        self.charge(unit_price="1")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.charge(unit_price="2")

    def test_the_preview_rates_and_explains_every_price_model(self):
        cases = (
            ("per_unit", {"unit_price": "0.002", "included": "10000"}, "12400", "$ 4.80"),
            ("flat", {"flat_fee": "15"}, "7", "$ 15.00"),
            (
                "package",
                {"package_size": "1000", "package_price": "2", "free_units": "100"},
                "1101",
                "$ 4.00",
            ),
            ("percentage", {"rate_percent": "1.2", "fixed_fee": "0.1"}, "100", "$ 1.30"),
            ("per_unit", {"unit_price": "0.1", "maximum": "50"}, "632", "$ 50.00"),
        )
        for model, values, quantity, amount in cases:
            with self.subTest(model=model):
                charge = self.charge(model, **values)
                told = self.at(charge, quantity)
                self.assertEqual(told["amount"].replace("\N{NO-BREAK SPACE}", " "), amount)
                self.assertTrue(told["lines"] and told["points"] and len(told["compare"]) == 5)
                charge.unlink()

    def test_the_preview_of_tiers_shows_each_tier(self):
        charge = self.charge("graduated", [("10000", "0", False), (False, "0.002", "1")])
        told = self.at(charge, "12400")
        self.assertEqual(
            [row["reading"] for row in told["lines"]],
            ["10,000 × 0", "2,400 × 0.002", "1 × 1"],
        )
        charge.model = "volume"
        self.assertIn("25.80", self.at(charge, "12400")["amount"])

    def test_a_preview_of_nonsense_is_a_sentence(self):
        charge = self.charge(unit_price="1")
        self.assertIn("is not a number", self.at(charge, "many")["problem"])
        self.assertIn("below zero", self.at(charge, "-3")["problem"])
        self.assertIn("points", self.at(charge, "9" * 26))

    def test_the_editor_keeps_tiers_whole_while_they_are_typed(self):
        charge = self.charge("graduated", [("10000", "0", False), (False, "0.002", False)])
        with Form(charge) as form, form.tier_ids.new() as tier:
            tier.unit_price = "0.001"
        self.assertEqual(
            [(one.over, one.up_to, one.unit_price) for one in charge.tier_ids._sorted()],
            [("0", "10000", "0"), ("10,000", "100000", "0.002"), ("100,000", False, "0.001")],
        )

    def test_a_charge_tells_its_price_in_a_line(self):
        for model, values, told in (
            (
                "per_unit",
                {"unit_price": "0.002", "included": "10000"},
                "$ 0.002 each · 10,000 included",
            ),
            ("flat", {"flat_fee": "15"}, "$ 15 for a period"),
            ("package", {"package_size": "1000", "package_price": "2"}, "$ 2 for each 1,000 begun"),
            ("percentage", {"rate_percent": "1.2", "fixed_fee": "0.1"}, "1.2 % and $ 0.1 for each"),
        ):
            charge = self.charge(model, **values)
            self.assertEqual(charge.summary, told)
            charge.unlink()
        charge = self.charge("volume", [("10", "2", False), (False, "1", "5")])
        self.assertEqual(charge.summary, "Volume: to 10 $ 2; above $ 1 and $ 5 once")

    def test_another_price_model_forgets_the_numbers_of_the_one_before(self):
        form = Form(self.charge(unit_price="1", included="5"))
        form.model = "flat"
        form.flat_fee = "3"
        found = form.save()
        self.assertEqual((found.unit_price, found.included, found.flat_fee), (False, False, "3"))
