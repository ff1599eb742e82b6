"""What people enter wrongly, or what is missing in the books: each gives a sentence that says what
to do.
"""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .billing_common import BillingCommon

NO_NUMBERS = (float("nan"), float("inf"), float("-inf"))


@tagged("post_install", "-at_install")
class TestBillingInput(BillingCommon):
    def make_running(self, day="2026-03-01", **values):
        one = self.make_subscription(**values)
        with self.on(day):
            one.action_activate()
            self.work()
        return one

    def billed_with(self, one, day="2026-04-01"):
        """Return code and sentence of what kept it from being billed."""
        with self.on(day), mute_logger("odoo.addons.account.models.account_move"):
            self.bill()
        return one.problem_code, one.problem_text or ""

    # Numbers

    def test_what_is_no_number_is_refused_wherever_a_price_is_entered(self):
        plan, euro = self.standard.plan_id, self.env.ref("base.EUR")
        euro.active = True
        coupon = {"name": "Off", "code": "OFF", "kind": "amount", "currency_id": self.usd.id}
        tries = (
            lambda value: plan.write({"price": value}),
            lambda value: plan.write({"minimum_commitment": value}),
            lambda value: plan.write({"maximum_spend": value}),
            lambda value: plan.write({"limit_storage_gb": value}),
            lambda value: plan.write(
                {"price_ids": [(0, 0, {"currency_id": euro.id, "amount": value})]}
            ),
            lambda value: plan.copy({"price": value}),
            lambda value: self.env["saas.coupon"].create({**coupon, "amount": value}),
        )
        for number, attempt in enumerate(tries):
            for value in NO_NUMBERS:
                with (
                    self.subTest(number=number, value=value),
                    self.assertRaisesRegex(ValidationError, "has to be a number"),
                    self.env.cr.savepoint(),
                ):
                    attempt(value)
        self.assertEqual(plan.price, 89)

    def test_usage_that_is_no_number_is_refused(self):
        one = self.make_running()
        for quantity in ("NaN", "Infinity", "1,5", "a few", "1e400"):
            with (
                self.subTest(quantity=quantity),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                self.use(one, quantity, "2026-03-02", "2026-03-03")

    # What was closed

    def test_usage_of_a_closed_period_is_refused_and_of_the_newest_two_it_is_not(self):
        version = self.make_plan("Metered", 20, ({"unit_price": "0.002"},))
        one = self.make_running("2026-01-01", version_id=version.id)
        self.use(one, "1000", "2026-01-05", "2026-01-06")
        for day in ("2026-02-01 12:00:00", "2026-03-01 12:00:00", "2026-04-01 12:00:00"):
            with self.on(day):
                self.bill()
        usage = one.period_ids.filtered(lambda period: period.kind == "usage")
        self.assertEqual(len(usage), 3)
        self.use(one, "7", "2026-02-05", "2026-02-06")
        self.use(one, "7", "2026-03-05", "2026-03-06")
        with self.assertRaisesRegex(UserError, "01/05/2026 was not stored.*by hand"):
            self.use(one, "7", "2026-01-05", "2026-01-06")

    def test_a_pause_does_not_begin_in_the_past(self):
        one = self.make_running()
        with self.on("2026-03-16"):
            for day in ("2026-03-01", "2026-03-16"):
                with self.assertRaisesRegex(UserError, "tomorrow at the earliest"):
                    one.action_pause("holidays", day)
            one.action_pause("holidays", "2026-03-20")
        self.assertEqual(str(one.rest_ids.start_on), "2026-03-20")

    def test_the_dialog_says_what_is_not_possible_before_anything_is_done(self):
        one = self.make_running()
        with self.on("2026-03-16"):
            asked = one.with_user(self.biller).action_ask_change()
            wizard = self.env[asked["res_model"]].with_user(self.biller).browse(asked["res_id"])
            self.assertEqual(wizard.version_id, self.standard, "seats alone keep the plan")
            wizard.action_preview()
            self.assertIn("in this quantity already", wizard.problem)
            wizard.quantity = 3
            wizard.action_preview()
            self.assertFalse(wizard.problem)
            self.assertEqual(wizard.line_ids.filtered("is_total").mapped("document"), ["Invoice"])
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                wizard.quantity = 0
                wizard.flush_recordset()

    # What is missing in the books

    def test_a_company_without_a_chart_of_accounts_is_told_where_to_install_one(self):
        company = self.env["res.company"].create({"name": "Without Books"})
        self.env.user.company_ids |= company
        bare = self.make_running(company_id=company.id)
        self.assertEqual(bare.problem_code, "no_chart")
        self.assertIn("Without Books", bare.problem_text)
        self.assertEqual(bare.action_mend()["res_model"], "account.account")
        self.assertFalse(bare._moves())

    def test_a_product_without_a_tax_is_told_with_the_product(self):
        self.company.account_sale_tax_id = self.tax
        one = self.make_running()
        self.product.taxes_id = False
        code, text = self.billed_with(one)
        self.assertEqual(code, "tax_missing")
        self.assertIn("VAT 20 %", text)
        self.assert_mended_on(one, self.product)
        self.product.taxes_id = self.tax
        self.assertEqual(self.billed_with(one, "2026-04-02"), (False, ""))
        self.assertEqual(len(one._moves()), 2)

    def test_an_archived_tax_is_as_good_as_none(self):
        self.company.account_sale_tax_id = self.tax.copy({"name": "Another"})
        one = self.make_running()
        self.tax.active = False
        self.assertEqual(self.billed_with(one)[0], "tax_missing")

    def test_a_product_without_an_income_account_is_told_with_the_product(self):
        one = self.make_running()
        self.product.property_account_income_id = False
        self.product.categ_id.property_account_income_categ_id = False
        self.env["account.journal"].search([("type", "=", "sale")]).default_account_id = False
        accounts = type(self.product.product_tmpl_id).get_product_accounts
        self.patch(
            type(self.product.product_tmpl_id),
            "get_product_accounts",
            lambda product, *args: dict(
                accounts(product, *args), income=self.env["account.account"]
            ),
        )
        code, text = self.billed_with(one)
        self.assertEqual(code, "no_income_account")
        self.assertIn("Fee", text)
        self.assert_mended_on(one, self.product)

    def test_an_archived_product_is_told_with_the_plan_that_chooses_it(self):
        one = self.make_running()
        self.product.active = False
        code, text = self.billed_with(one)
        self.assertEqual(code, "no_fee_product")
        self.assertIn("Standard", text)
        self.assert_mended_on(one, self.standard.plan_id)

    def test_an_archived_currency_is_told_with_the_currency(self):
        chf = self.env.ref("base.CHF")
        chf.active = True
        version = self.make_plan(
            "Swiss", 30, price_ids=[(0, 0, {"currency_id": chf.id, "amount": 27})]
        )
        self.env["res.currency.rate"].create(
            {"currency_id": chf.id, "name": "2026-01-01", "rate": 0.9, "company_id": False}
        )
        one = self.make_running(version_id=version.id, currency_id=chf.id)
        chf.active = False
        code, text = self.billed_with(one)
        self.assertEqual(code, "currency_archived")
        self.assertIn("CHF", text)
        self.assert_mended_on(one, chf)

    def assert_mended_on(self, one, record):
        """The button of the warning opens this record."""
        opened = one.with_user(self.biller).action_mend()
        self.assertEqual((opened["res_model"], opened["res_id"]), (record._name, record.id))

    def test_the_dialog_before_publishing_counts_who_keeps_the_old_price(self):
        addon = self.make_plan("Users", 5, kind="addon")
        one = self.make_running()
        with self.on("2026-03-02"):
            one._add_addon(addon)
        for version in (self.standard, addon):
            plan = version.plan_id
            self.assertEqual((plan.subscription_count, version.subscription_count), (1, 1))
            self.assertEqual(one.search(plan.action_view_subscriptions()["domain"]), one)
            plan.price += 1
            wizard = self.env["saas.plan.publish"].create({"plan_id": plan.id})
            self.assertRegex(wizard.effect, r"keep the price of .* v1: 1\.")

    # People and things that are gone

    def test_an_archived_customer_begins_nothing_and_is_told_so(self):
        one = self.make_subscription()
        self.partner.active = False
        with self.on("2026-03-01"), self.assertRaisesRegex(UserError, "Bring the contact back"):
            one.action_activate()
        self.assertEqual(one.state, "draft")

    def test_a_subscription_says_what_is_wrong_with_its_currency(self):
        chf = self.env.ref("base.CHF")
        chf.active = True
        with self.assertRaisesRegex(ValidationError, "no price in CHF.*sold in: USD"):
            self.make_subscription(currency_id=chf.id)
        one, swiss = self.make_running(), self.make_plan("Swiss", 30, currency_id=chf.id)
        with self.on("2026-03-10"), self.assertRaisesRegex(UserError, "no price in USD"):
            one._change_plan(swiss, 1)

    def test_a_move_that_is_not_possible_is_told_in_words(self):
        one = self.make_running()
        with self.on("2026-03-10"):
            with self.assertRaises(UserError) as told:
                one.action_resume()
            self.assertNotRegex(str(told.exception), r"%\(|resumed|subscription_refused|\bactive\b")
            self.assertIn("Active", str(told.exception))
            with self.assertRaisesRegex(UserError, "needs a reason"):
                one.action_cancel_now("")
