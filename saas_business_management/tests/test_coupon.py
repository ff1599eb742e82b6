"""Coupons: what they take off, from when to when, and what is refused."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestCoupon(SaasCommon):
    def coupon(self, **values):
        vals = {"name": "Welcome", "code": "welcome20", "percent": "20"}
        return self.env["saas.coupon"].with_user(self.pricer).create({**vals, **values})

    def test_a_code_is_kept_in_capitals(self):
        coupon = self.coupon(code="  welcome20 ")
        self.assertEqual((coupon.code, coupon.discount), ("WELCOME20", "20 %"))

    def test_what_takes_off_nothing_or_too_much_is_refused(self):
        today = fields.Date.today()
        for vals in (
            {"percent": False},
            {"percent": "0"},
            {"percent": "101"},
            {"percent": "-5"},
            {"percent": "NaN"},
            {"kind": "amount", "amount": 0},
            {"kind": "amount", "amount": 5, "currency_id": False},
            {"valid_from": today, "valid_to": today - timedelta(days=1)},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                self.coupon(**vals)
        for vals in (
            {"code": "a b"},
            {"duration": "periods", "period_count": 0},
            {"max_redemptions": -1},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.coupon(**vals)

    def test_a_coupon_is_valid_from_its_first_to_its_last_day(self):
        today = fields.Date.today()
        later, before = today + timedelta(days=1), today - timedelta(days=1)
        for vals, stage in (
            ({}, "active"),
            ({"valid_from": later}, "waiting"),
            ({"valid_to": today}, "active"),
            ({"valid_to": before}, "expired"),
        ):
            coupon = self.coupon(code=f"C{len(vals)}{stage}", **vals)
            self.assertEqual(coupon.stage, stage)
            self.assertIn(coupon, self.env["saas.coupon"].search([("stage", "=", stage)]))
            coupon.unlink()

    def test_a_spec_counts_what_the_form_says(self):
        coupon = self.coupon(
            duration="periods", period_count=3, max_redemptions=7, plan_ids=self.plan.ids
        )
        spec = coupon._to_spec()
        self.assertEqual((str(spec.percent_off), spec.most_invoices, spec.most_uses), ("20", 3, 7))
        self.assertEqual(spec.plans, {self.plan.code})

    def test_the_log_says_who_made_and_changed_a_coupon(self):
        coupon = self.coupon()
        coupon.percent = "30"
        entries = self.env["saas.audit.entry"].search([("res_model", "=", "saas.coupon")])
        self.assertEqual(entries.mapped("action"), ["coupon_changed", "coupon_created"])
        self.assertEqual(entries[0].facts["percent"], ["20", "30"])
        self.assertEqual(set(entries.mapped("kind")), {"prices"})
