"""Deferred revenue: schedules of invoices, one entry a month, credit notes and early ends.

The books are looked at on two accounts: what waits on the deferred one is what schedules still
plan, and both together are what was invoiced.
"""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestDeferral(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"]
        cls.deferred = accounts.create(
            {"name": "Deferred Revenue", "code": "209902", "account_type": "liability_current"}
        )
        cls.income = accounts.create(
            {"name": "Fees of Tests", "code": "409902", "account_type": "income"}
        )
        cls.product.property_account_income_id = cls.income
        cls.journal = cls.env["account.journal"].create(
            {"name": "Deferrals", "code": "DEFT", "type": "general"}
        )
        cls.company.write(
            {
                "saas_deferral_method": "days",
                "saas_deferred_account_id": cls.deferred.id,
                "saas_deferral_journal_id": cls.journal.id,
            }
        )
        cls.yearly = cls.make_plan("Yearly", 1200, cycle_unit="year")
        cls.deferrals = cls.env["saas.deferral"]

    def make_running(self, day="2025-01-01", **values):
        one = self.make_subscription(**{"version_id": self.yearly.id, **values})
        with self.on(day):
            one.action_activate()
            self.work()
        return one

    def recognize(self, day):
        """Let the daily work of a day be done."""
        with self.on(day):
            self.deferrals._order_recognition(self.company)
            self.work()
        self.env.invalidate_all()

    def on_account(self, account, until="2099-12-31"):
        """Return what stands on an account at the end of a day, revenue and debts above zero."""
        self.env.flush_all()
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", account.id),
                ("parent_state", "=", "posted"),
                ("tax_line_id", "=", False),
                ("date", "<=", until),
            ]
        )
        return round(-sum(lines.mapped("balance")), 2)

    def check_books(self):
        """What waits in the books is what is planned; each schedule comes to nothing."""
        rows = self.env["saas.deferral.row"].search([])
        booked = rows.filtered("entry_id")
        self.assertAlmostEqual(self.on_account(self.deferred), -sum(booked.mapped("amount")))
        for one in self.deferrals.search([]):
            self.assertAlmostEqual(sum(one.row_ids.mapped("amount")), 0, msg=one.display_name)

    def months_of(self, one):
        """Return what a schedule says is revenue of each month."""
        rows = one.row_ids.filtered(lambda row: row.kind == "recognize").sorted("month")
        return [(f"{row.month:%Y-%m}", row.amount) for row in rows]

    # Schedules and entries

    def test_a_year_is_revenue_of_its_months_by_days(self):
        self.make_running()
        self.recognize("2025-02-03")
        one = self.deferrals.search([])
        self.assertEqual(
            self.months_of(one)[:3], [("2025-01", 101.92), ("2025-02", 92.05), ("2025-03", 101.92)]
        )
        self.assertEqual(len(one.row_ids), 13)
        self.assertEqual(self.on_account(self.income, "2025-01-31"), 101.92)
        self.assertEqual(self.on_account(self.deferred), 1098.08)
        self.assertEqual((one.amount_recognized, one.amount_deferred), (101.92, 1098.08))
        self.recognize("2026-01-02")
        self.assertEqual(self.on_account(self.income, "2025-06-30"), 595.07)
        self.assertEqual((self.on_account(self.deferred), one.state), (0, "done"))
        self.check_books()

    def test_a_month_has_one_entry_however_many_subscriptions_and_runs(self):
        for _one in range(3):
            self.make_running()
        for day in ("2025-02-01", "2025-02-01", "2025-02-02", "2025-03-05"):
            self.recognize(day)
        entries = self.env["saas.deferral.entry"].search([], order="month")
        self.assertEqual(entries.mapped("state"), ["posted", "posted"])
        self.assertEqual([str(one.month) for one in entries], ["2025-01-01", "2025-02-01"])
        self.assertEqual(entries.mapped("amount_recognized"), [305.76, 276.15])
        self.assertEqual(entries.mapped("amount_deferred"), [3600, 0])
        self.assertEqual([str(one.move_id.date) for one in entries], ["2025-01-31", "2025-02-28"])
        self.assertEqual([len(one.move_id.line_ids) for one in entries], [4, 2])
        self.assertEqual(entries.mapped("row_count"), [6, 3])
        self.check_books()
        same = entries[0].copy_data()[0]
        muted = mute_logger("odoo.sql_db")
        with self.assertRaises(UniqueViolation), muted, self.env.cr.savepoint():
            self.env["saas.deferral.entry"]._at_work().create(same)
            self.env.flush_all()

    def test_after_a_standstill_each_month_has_its_own_entry(self):
        self.make_running()
        self.recognize("2025-06-10")
        entries = self.env["saas.deferral.entry"].search([], order="month")
        self.assertEqual(len(entries), 5)
        self.assertEqual(self.on_account(self.income, "2025-03-31"), 295.89)
        self.check_books()

    def test_full_months_get_the_same_each(self):
        self.company.saas_deferral_method = "full_months"
        self.make_running("2025-01-15")
        self.recognize("2025-02-01")
        one = self.deferrals.search([])
        self.assertEqual({amount for _month, amount in self.months_of(one)}, {100})
        self.assertEqual(self.months_of(one)[-1][0], "2025-12")

    def test_a_month_within_the_calendar_and_usage_in_arrears_are_revenue_at_once(self):
        version = self.make_plan("Metered", 31, ({"unit_price": "0.01"},))
        one = self.make_running("2025-03-01", version_id=version.id)
        self.use(one, "1000", "2025-03-05", "2025-03-06")
        with self.on("2025-04-01 12:00:00"):
            self.bill()
        self.recognize("2025-05-02")
        self.assertFalse(self.deferrals.search([]))
        half = self.make_running("2025-03-15", version_id=version.id)
        self.use(half, "1000", "2025-03-20", "2025-03-21")
        self.recognize("2025-04-02")
        self.assertEqual(
            self.months_of(self.deferrals.search([])), [("2025-03", 17), ("2025-04", 14)]
        )

    def test_what_was_missed_is_revenue_of_the_month_that_invoices_it(self):
        quarterly = self.make_plan("Quarterly", 90, cycle_unit="quarter", timing="arrears")
        one = self.make_running("2025-01-10", version_id=quarterly.id)
        with self.on("2025-04-10"):
            self.bill()
        self.recognize("2025-05-01")
        self.assertEqual(len(one._moves()), 1)
        self.assertFalse(self.deferrals.search([]), "what is invoiced afterwards is over")
        late = self.make_subscription(version_id=self.yearly.id)
        with self.on("2025-05-03"):
            late.action_activate()
            late._set({"anchor_on": "2025-02-03"})
            late.sudo().phase_ids.write({"start_on": "2025-02-03", "anchor_on": "2025-02-03"})
            self.work()
        self.recognize("2025-06-01")
        plan = self.months_of(self.deferrals.search([]))
        self.assertEqual((plan[0][0], len(plan)), ("2025-05", 10))
        self.check_books()

    def test_an_invoice_that_comes_when_its_month_is_booked_goes_into_the_next_entry(self):
        self.make_running()
        self.recognize("2025-02-01")
        late = self.make_subscription(version_id=self.yearly.id)
        with self.on("2025-01-20"):
            late.action_activate()
            self.work()
        self.recognize("2025-02-02")
        entries = self.env["saas.deferral.entry"].search([], order="month")
        self.assertEqual(len(entries), 1)
        self.recognize("2025-03-01")
        entries = self.env["saas.deferral.entry"].search([], order="month")
        self.assertEqual(entries.mapped("amount_deferred"), [1200, 1200])
        self.check_books()

    # Credit notes and early ends

    def test_a_cancel_keeps_what_was_recognized_and_reverses_the_rest_with_the_credit_note(self):
        one = self.make_running()
        for day in ("2025-02-01", "2025-06-01"):
            self.recognize(day)
        with self.on("2025-06-30"):
            one.action_cancel_now("closed")
            self.work()
        refund = one._moves()[0]
        self.assertEqual(refund.amount_untaxed, 604.93)
        self.recognize("2025-07-01")
        deferral = self.deferrals.search([])
        self.assertEqual(self.months_of(deferral)[-1], ("2025-06", 98.63))
        self.assertEqual(
            (deferral.amount_recognized, deferral.amount_reversed, deferral.amount_deferred),
            (595.07, 604.93, 0),
        )
        reverse = deferral.row_ids.filtered(lambda row: row.kind == "reverse")
        self.assertEqual(
            (str(reverse.month), reverse.refund_line_id.move_id), ("2025-06-01", refund)
        )
        self.assertEqual(self.on_account(self.income), 595.07)
        self.assertEqual((self.on_account(self.deferred), deferral.state), (0, "done"))
        self.check_books()
        self.recognize("2025-09-01")
        self.assertEqual(len(self.env["saas.deferral.entry"].search([])), 6)

    def test_a_cancel_without_credit_is_revenue_of_the_month_it_ends_in(self):
        one = self.make_running()
        with self.on("2025-03-10"):
            one.action_cancel_now("closed", "none")
            self.work()
        self.recognize("2025-04-01")
        deferral = self.deferrals.search([])
        self.assertEqual(
            self.months_of(deferral),
            [("2025-01", 101.92), ("2025-02", 92.05), ("2025-03", 1006.03)],
        )
        self.assertEqual((self.on_account(self.income), self.on_account(self.deferred)), (1200, 0))
        self.check_books()

    def test_another_plan_reverses_the_old_fee_and_spreads_the_new_one(self):
        bigger = self.make_plan("Bigger", 2400, cycle_unit="year")
        one = self.make_running()
        self.recognize("2025-03-01")
        with self.on("2025-04-01"):
            one._change_plan(bigger, 1, "now")
            self.work()
        self.recognize("2025-05-01")
        old, new = self.deferrals.search([], order="id")
        self.assertEqual(self.months_of(old)[-1], ("2025-03", 101.92))
        self.assertAlmostEqual(old.amount_deferred, 0)
        self.assertEqual((self.months_of(new)[0][0], len(self.months_of(new))), ("2025-04", 9))
        self.check_books()

    def test_a_credit_by_hand_lowers_the_months_to_come(self):
        one = self.make_running()
        self.recognize("2025-07-01")
        invoice = one._moves()
        with self.on("2025-07-05"):
            reversal = self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
            made = reversal.create({"journal_id": invoice.journal_id.id, "date": "2025-07-05"})
            refund = self.env["account.move"].browse(made.refund_moves()["res_id"])
            refund.invoice_line_ids.price_unit = 184
            refund.action_post()
        self.recognize("2025-08-01")
        deferral = self.deferrals.search([])
        plan = dict(self.months_of(deferral))
        self.assertAlmostEqual(sum(plan.values()), 1200 - 184)
        self.assertAlmostEqual(
            plan["2025-08"], round((1200 - 184 - 595.07) * 31 / 184, 2), delta=0.01
        )
        self.check_books()

    def test_discounts_are_spread_like_the_fee(self):
        coupon = self.env["saas.coupon"].create(
            {"name": "Off", "code": "OFF365", "kind": "amount", "amount": 365}
            | {"currency_id": self.usd.id}
        )
        one = self.make_subscription(version_id=self.yearly.id)
        with self.on("2025-01-01"):
            one.coupon_ids.create(
                {"subscription_id": one.id, "coupon_id": coupon.id, "start_on": "2025-01-01"}
            )
            one.action_activate()
            self.work()
        self.recognize("2025-02-01")
        self.assertAlmostEqual(self.on_account(self.income), 101.92 - 31)
        with self.on("2025-02-10"):
            one.action_cancel_now("closed")
            self.work()
        self.recognize("2025-03-01")
        self.assertEqual(self.on_account(self.deferred), 0)
        self.check_books()

    # Settings

    def test_the_demonstration_defers_a_year_and_chooses_only_what_is_missing(self):
        self.company.saas_deferral_journal_id = False
        one = self.make_subscription(version_id=self.yearly.id)
        with self.on("2025-01-01"):
            self.deferrals._add_demo(one.ids)
            self.work()
        self.assertEqual(self.company.saas_deferred_account_id, self.deferred)
        self.assertEqual(self.company.saas_deferral_journal_id.code, "DEFR")
        self.recognize("2025-02-01")
        self.assertEqual(self.on_account(self.deferred), 1098.08)

    def test_what_is_missing_is_told_with_its_place(self):
        person = self.deferrals.with_user(self.biller)
        cases = (
            ("saas_deferral_journal_id", False, "no journal of deferred revenue"),
            ("saas_deferred_account_id", False, "no account of deferred revenue"),
            ("saas_deferral_method", "at_once", "spreads no revenue"),
        )
        for name, value, text in cases:
            self.company[name] = value
            with self.subTest(name=name), self.assertRaisesRegex(UserError, text):
                person.row_ids.action_recognize()
            self.assertFalse(self.company._saas_defers())
        with self.assertRaises(UserError):
            self.env["saas.deferral.row"].with_user(self.operator).action_recognize()

    def test_a_person_has_revenue_recognized_and_reaches_it_from_the_subscription(self):
        one = self.make_running()
        with self.on("2025-02-03"):
            action = self.env["saas.deferral.row"].with_user(self.biller).action_recognize()
            self.assertEqual(action["res_model"], "saas.job")
            self.work()
        self.env.invalidate_all()
        self.assertEqual((one.deferred_count, one.deferred_amount), (1, 1098.08))
        self.assertEqual(self.partner.saas_deferred_count, 1)
        entry = self.env["saas.deferral.entry"].search([])
        self.assertIn("January 2025", entry.display_name)
        for action in (
            one.action_view_deferred(),
            self.partner.action_view_saas_deferred(),
            entry.action_view_rows(),
            entry.action_view_move(),
            self.deferrals.search([]).action_view_document(),
        ):
            self.assertIn(action["res_model"], self.env)

    def test_nobody_writes_schedules_and_entries_by_hand(self):
        self.make_running()
        self.recognize("2025-02-01")
        for name in ("saas.deferral", "saas.deferral.row", "saas.deferral.entry"):
            row = self.env[name].search([], limit=1).sudo()
            with self.subTest(model=name), self.assertRaises(UserError):
                row.write({"month": "2025-09-01"} if "month" in row._fields else {"amount": 1})
            with self.subTest(model=name), self.assertRaises(UserError):
                row.unlink()

    def test_the_doctor_tells_what_nobody_booked_and_what_is_missing(self):
        def told(code):
            return [one for one in self.env["saas.doctor"]._run() if one["code"] == code]

        self.make_running()
        with self.on("2025-02-03"):
            self.deferrals._step_revenue_schedule(self.company.id, "2025-01-01")
            self.assertFalse(told("deferral_late"), "a few days are left for it")
        with self.on("2025-02-06"):
            [found] = told("deferral_late")
            self.assertIn("January 2025", found["what"])
            self.recognize("2025-02-06")
            self.assertFalse(told("deferral_late"))
        self.make_running()
        self.company.saas_deferred_account_id = False
        self.assertTrue(told("deferral_books"))
        self.company.saas_deferral_method = "at_once"
        self.assertFalse(told("deferral_books"))
