"""Wallets: promotions before tax, prepaid money after credit notes, what expires, what fills them.

The figures of the books are looked at on the account of prepaid money: it holds what is left of
paid grants, always.
"""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .billing_common import BillingCommon


class WalletCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"]
        cls.liability = accounts.create(
            {
                "name": "Prepaid by Customers",
                "code": "209901",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        cls.breakage = accounts.create(
            {"name": "Expired Prepaid Money", "code": "409901", "account_type": "income_other"}
        )
        cls.journal = cls.env["account.journal"].create(
            {"name": "Wallets", "code": "WALT", "type": "general"}
        )
        cls.company.write(
            {
                "saas_wallet_account_id": cls.liability.id,
                "saas_breakage_account_id": cls.breakage.id,
                "saas_wallet_journal_id": cls.journal.id,
            }
        )
        cls.wallets = cls.env["saas.wallet"]
        cls.wallet = cls.wallets._open_for(cls.company, cls.partner, cls.usd)

    def give(self, amount, day="2026-02-01", name="Welcome", **terms):
        with self.on(day):
            return self.wallet._give_promo(amount, name, **terms)

    def buy(self, amount, day="2026-02-01", wallet=None, **terms):
        """Top up and pay for it; return the grant."""
        with self.on(day):
            grant = (wallet or self.wallet)._top_up(amount, **terms)
            self.work()
            self.pay(grant.move_id)
        self.env.invalidate_all()
        return grant

    def pay(self, invoice):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()

    def make_running(self, day="2026-03-01", **values):
        one = self.make_subscription(**values)
        with self.on(day):
            one.action_activate()
            self.work()
        return one

    def owed_by_books(self, account=None):
        """Return what stands on an account, a debt as a positive amount."""
        self.env.flush_all()
        lines = self.env["account.move.line"].search(
            [("account_id", "=", (account or self.liability).id), ("parent_state", "=", "posted")]
        )
        return round(-sum(lines.mapped("balance")), 2)

    def check_ledger(self):
        """The rows of each grant add up to what is left of it, and the books owe what is paid."""
        grants = self.env["saas.wallet.grant"].search([("wallet_id", "=", self.wallet.id)])
        for grant in grants:
            told = sum(grant.entry_ids.mapped("amount"))
            self.assertAlmostEqual(told, grant.amount_left, msg=grant.name)
        paid = grants.filtered(lambda one: one.kind == "paid" and one.state != "waiting")
        self.assertAlmostEqual(sum(paid.mapped("amount_left")), self.owed_by_books())


@tagged("post_install", "-at_install")
class TestWallet(WalletCommon):
    # Promotions

    def test_a_promotion_lowers_the_next_invoices_before_tax_until_it_is_used_up(self):
        grant = self.give(100)
        one = self.make_running()
        (first,) = one._moves()
        self.assertEqual((first.amount_untaxed, first.amount_tax), (0, 0))
        self.assertIn("Promotion: Welcome", first.invoice_line_ids.mapped("name"))
        with self.on("2026-04-01"):
            self.bill()
        second = one._moves()[0]
        self.assertEqual((second.amount_untaxed, second.amount_tax), (78, 15.6))
        self.assertEqual((grant.amount_left, grant.state), (0, "used"))
        burned = grant.entry_ids.filtered(lambda row: row.kind == "burned").sorted("id")
        self.assertEqual(burned.mapped("amount"), [-89, -11])
        self.assertEqual(burned.move_id, first | second)
        self.check_ledger()

    def test_a_promotion_comes_after_a_coupon_and_each_tax_loses_its_part(self):
        coupon = self.env["saas.coupon"].create(
            {"name": "Ten", "code": "TEN", "kind": "amount", "amount": 10}
            | {"currency_id": self.usd.id}
        )
        self.give(20)
        one = self.make_subscription()
        with self.on("2026-03-01"):
            one.coupon_ids.create(
                {"subscription_id": one.id, "coupon_id": coupon.id, "start_on": "2026-03-01"}
            )
            one.action_activate()
            self.work()
        self.assertEqual(sorted(one._moves().invoice_line_ids.mapped("price_unit")), [-20, -10, 89])
        self.assertEqual(one._moves().amount_tax, 11.8)

    def test_grants_are_used_by_priority_then_by_their_last_day(self):
        last = self.give(10, name="Last", priority=60)
        soon = self.give(10, name="Soon", expires_on="2026-12-31")
        first = self.give(10, name="First", priority=10)
        never = self.give(80, name="Never")
        self.make_running()
        left = {one.name: one.amount_left for one in last | soon | first | never}
        self.assertEqual(left, {"First": 0, "Soon": 0, "Never": 11, "Last": 10})

    def test_a_grant_for_usage_or_for_another_plan_leaves_the_fee_alone(self):
        version = self.make_plan("Metered", 20, ({"unit_price": "0.01"},))
        usage = self.give(100, name="Usage", scope="usage")
        other = self.give(100, name="Other", plan_ids=[(6, 0, self.standard.plan_id.ids)])
        one = self.make_running(version_id=version.id)
        self.assertEqual(one._moves().amount_untaxed, 20)
        self.use(one, "3000", "2026-03-05", "2026-03-06")
        with self.on("2026-04-01 12:00:00"):
            self.bill()
        self.assertEqual(one._moves()[0].amount_untaxed, 20, "30 for usage are given")
        self.assertEqual((usage.amount_left, other.amount_left), (70, 100))

    def test_a_draft_that_is_removed_gives_its_promotion_back_once(self):
        grant = self.give(50)
        self.company.saas_billing_approval = "always"
        one = self.make_running()
        draft = one._moves()
        self.assertEqual((draft.state, grant.amount_left), ("draft", 0))
        with self.on("2026-03-01"):
            draft.unlink()
        self.assertEqual((grant.amount_left, grant.state), (50, "open"))
        with self.on("2026-03-02"):
            self.bill()
        self.assertEqual(grant.amount_left, 0)
        self.check_ledger()

    def test_looking_at_documents_and_dry_runs_take_nothing(self):
        grant = self.give(200)
        one = self.make_running()
        left = grant.amount_left
        with self.on("2026-03-10"):
            wizard = self.env["saas.subscription.change"].create(
                {"change": "plan", "subscription_id": one.id, "version_id": self.standard.id}
                | {"quantity": 2}
            )
            wizard.action_preview()
            self.assertTrue(wizard.line_ids)
            self.assertFalse(wizard.problem)
        with self.on("2026-04-01"):
            self.env["saas.billing.run"].action_dry_run()
            self.work()
        self.env.invalidate_all()
        self.assertEqual(grant.amount_left, left)

    def test_only_a_billing_manager_gives_and_withdraws(self):
        dialog = self.env["saas.wallet.add"].with_user(self.biller)
        wizard = dialog.browse(
            dialog._open_for(self.company, self.partner, self.usd, "promo")["res_id"]
        )
        wizard.write({"amount": 5, "name": "Gift"})
        with self.assertRaisesRegex(UserError, "Only a billing manager gives"):
            wizard.action_apply()
        mine = self.env["saas.wallet.add"].with_user(self.pricer)
        wizard = mine.browse(
            mine._open_for(self.company, self.partner, self.usd, "promo")["res_id"]
        )
        wizard.write({"amount": 5, "name": "Gift"})
        wizard.action_apply()
        grant = self.wallet.grant_ids
        self.assertEqual((grant.amount_left, grant.user_id), (5, self.pricer))
        with self.assertRaises(UserError):
            grant.with_user(self.biller).action_withdraw()
        grant.with_user(self.pricer).action_withdraw()
        self.assertEqual((grant.amount_left, grant.state), (0, "withdrawn"))
        told = self.env["saas.audit.entry"].search([("action", "like", "wallet_")])
        self.assertEqual(
            set(told.mapped("action")), {"wallet_promo_given", "wallet_grant_withdrawn"}
        )

    # Prepaid money

    def test_a_top_up_is_a_debt_without_tax_and_can_be_used_when_it_is_paid(self):
        with self.on("2026-02-01"):
            grant = self.wallet._top_up(150)
            self.work()
        invoice = grant.move_id
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 150))
        self.assertEqual(invoice.invoice_line_ids.account_id, self.liability)
        self.assertFalse(invoice.invoice_line_ids.tax_ids)
        self.assertEqual(
            (grant.state, self.wallet.balance, self.wallet.ordered), ("waiting", 0, 150)
        )
        self.pay(invoice)
        self.assertEqual((grant.state, grant.amount_left), ("open", 150))
        self.assertEqual((self.wallet.balance, self.wallet.ordered), (150, 0))
        self.check_ledger()

    def test_prepaid_money_settles_the_posted_invoice_with_its_tax(self):
        grant = self.buy(150)
        one = self.make_running()
        (invoice,) = one._moves()
        self.assertEqual((invoice.amount_total, invoice.amount_residual), (106.8, 0))
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertAlmostEqual(grant.amount_left, 43.2)
        (row,) = grant.entry_ids.filtered(lambda row: row.kind == "burned")
        entry = row.settlement_id
        self.assertEqual((entry.state, entry.journal_id), ("posted", self.journal))
        self.check_ledger()
        with self.on("2026-04-01"):
            self.bill()
        rest = one._moves()[0]
        self.assertAlmostEqual(rest.amount_residual, 106.8 - 43.2)
        self.assertEqual((grant.state, self.owed_by_books()), ("used", 0))
        bought = grant.move_id.line_ids.filtered(lambda line: line.account_id == self.liability)
        self.assertTrue(bought.reconciled, "the top-up is matched with what used it")

    def test_credit_notes_pay_before_the_wallet(self):
        self.buy(250)
        one = self.make_running()
        with self.on("2026-03-10"):
            one.action_pause("holidays")
        with self.on("2026-03-21"):
            one.action_resume()
            self.work()
        refund = one._moves()[0]
        self.assertEqual(refund.move_type, "out_refund")
        credit = refund.amount_residual
        before = self.wallet.balance
        with self.on("2026-04-01"):
            self.bill()
        self.env.invalidate_all()
        used = before - self.wallet.balance
        self.assertGreater(credit, 0)
        self.assertAlmostEqual(used, 106.8 - credit)
        self.assertEqual(refund.amount_residual, 0)
        self.check_ledger()

    def test_one_invoice_for_several_subscriptions_is_paid_by_what_each_grant_is_for(self):
        other = self.make_plan("Other", 20)
        self.partner.saas_one_invoice = True
        self.buy(500, plan_ids=[(6, 0, other.plan_id.ids)])
        self.give(9, plan_ids=[(6, 0, self.standard.plan_id.ids)])
        ones = self.make_running() | self.make_running(version_id=other.id)
        with self.on("2026-04-01"):
            self.bill()
        invoice = ones[0]._moves()[0]
        self.assertEqual(invoice, ones[1]._moves()[0])
        self.assertEqual((invoice.amount_untaxed, invoice.amount_residual), (109, 106.8))
        self.check_ledger()

    def test_a_wallet_in_another_currency_pays_nothing(self):
        eur = self.env.ref("base.EUR")
        eur.active = True
        other = self.wallets._open_for(self.company, self.partner, eur)
        self.buy(500, wallet=other)
        one = self.make_running()
        self.assertAlmostEqual(one._moves().amount_residual, 106.8)
        self.assertEqual(other.balance, 500)

    def test_a_payment_that_is_registered_twice_fills_once(self):
        grant = self.buy(30)
        grant.move_id._invoice_paid_hook()
        grant._paid()
        self.assertEqual(grant.amount_left, 30)

    def test_a_credit_note_on_a_top_up_takes_the_money_back_and_never_more_than_is_left(self):
        grant = self.buy(150)
        self.make_running()
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=grant.move_id.ids
        )
        refund = self.env["account.move"].browse(
            reversal.create({"journal_id": grant.move_id.journal_id.id}).refund_moves()["res_id"]
        )
        told = self.assertRaisesRegex(UserError, "43.20 of this top-up is left")
        with told, self.env.cr.savepoint():
            refund.action_post()
        self.env.invalidate_all()
        refund.invoice_line_ids.price_unit = 40
        refund.action_post()
        self.assertAlmostEqual(grant.amount_left, 3.2)
        self.check_ledger()

    def test_a_cancelled_invoice_gives_prepaid_money_back(self):
        grant = self.buy(150)
        one = self.make_running()
        invoice = one._moves()
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual((grant.amount_left, grant.state), (150, "open"))
        self.check_ledger()

    # Expiry

    def test_paid_money_that_expires_is_revenue_and_a_promotion_is_nothing(self):
        self.buy(40, expires_on="2026-06-30")
        self.give(10, expires_on="2026-06-30")
        for day, left in (("2026-06-30", 50), ("2026-07-01", 0), ("2026-07-02", 0)):
            with self.on(day):
                self.tend()
            self.assertEqual(sum(self.wallet.grant_ids.mapped("amount_left")), left, day)
        self.assertEqual(self.owed_by_books(self.breakage), 40)
        self.assertEqual(set(self.wallet.grant_ids.mapped("state")), {"expired"})
        self.check_ledger()

    def tend(self):
        for company in self.wallets._companies_to_tend():
            self.wallets._order_tending(company)
        self.work()
        self.env.invalidate_all()

    def test_the_billing_contact_is_told_once_before_paid_money_expires(self):
        grant = self.buy(40, expires_on="2026-06-30")
        self.give(10, expires_on="2026-06-30")
        mails = self.env["mail.mail"].search([])
        for day, count in (("2026-05-30", 0), ("2026-05-31", 1), ("2026-06-01", 1)):
            with self.on(day):
                self.tend()
            told = self.env["mail.mail"].search([("model", "=", "saas.wallet")]) - mails
            self.assertEqual(len(told), count, day)
        self.assertIn("40.00", told.subject)
        self.assertIn("a@acme.example", told.email_to)
        self.assertIn("30", told.body_html.split("until")[1][:40])
        self.assertNotIn("10.00", told.body_html)
        self.assertEqual(str(grant.expiry_told_on), "2026-05-31")

    def test_nobody_is_told_where_that_is_off_and_who_has_no_address_when_there_is_one(self):
        self.buy(40, expires_on="2026-06-30")
        self.partner.email = False
        with self.on("2026-06-10"):
            self.tend()
            self.assertFalse(self.wallet.grant_ids.expiry_told_on)
            self.partner.email = "a@acme.example"
            self.company.saas_wallet_notice_days = 0
            self.assertFalse(self.wallets._companies_to_tend() & self.company)
            self.company.saas_wallet_notice_days = 30
            self.tend()
        self.assertTrue(self.wallet.grant_ids.expiry_told_on)

    def test_what_expired_is_not_used_by_an_invoice(self):
        self.give(50, expires_on="2026-02-28")
        one = self.make_running()
        self.assertEqual(one._moves().amount_untaxed, 89)

    # Top-ups by themselves

    def test_a_wallet_that_runs_low_orders_one_top_up_until_that_is_paid(self):
        self.wallet.write({"topup_kind": "threshold", "topup_threshold": 50, "topup_target": 200})
        self.buy(110)
        self.make_running()
        waiting = self.wallet.grant_ids.filtered(lambda one: one.state == "waiting")
        self.assertAlmostEqual(waiting.amount, 200 - 3.2)
        with self.on("2026-03-02"):
            self.tend()
            self.tend()
        self.assertEqual(len(self.wallet.grant_ids), 2, "what is on its way counts as there")
        self.pay(waiting.move_id)
        self.assertAlmostEqual(self.wallet.balance, 200)

    def test_scheduled_top_ups_keep_their_day_and_expire_when_told(self):
        with self.on("2026-01-15"):
            self.wallet.write(
                {
                    "topup_kind": "schedule",
                    "topup_amount": 25,
                    "topup_from_on": "2026-01-31",
                    "topup_months": 6,
                }
            )
        days = []
        for day in ("2026-01-30", "2026-01-31", "2026-02-01", "2026-02-28", "2026-05-01"):
            with self.on(day):
                self.tend()
            days.append((len(self.wallet.grant_ids), str(self.wallet.topup_next_on)))
        self.assertEqual(
            days,
            [
                (0, "2026-01-31"),
                (1, "2026-02-28"),
                (1, "2026-02-28"),
                (2, "2026-03-31"),
                (3, "2026-05-31"),
            ],
        )
        grant = self.wallet.grant_ids.sorted("id")[:1]
        with self.on("2026-02-03"):
            self.pay(grant.move_id)
        self.assertEqual(str(grant.expires_on), "2026-08-03")

    def test_a_top_up_that_cannot_be_made_asks_a_person_once(self):
        self.wallet.write({"topup_kind": "threshold", "topup_threshold": 1, "topup_target": 20})
        self.company.saas_wallet_journal_id = False
        for _again in range(2):
            self.tend()
        (activity,) = self.wallet.activity_ids
        self.assertIn("no journal of wallets", activity.note)

    # Bad input

    def test_what_is_wrong_is_told_with_the_place_to_mend_it(self):
        self.company.saas_wallet_account_id = False
        dialog = self.env["saas.wallet.add"]
        wizard = dialog.browse(
            dialog._open_for(self.company, self.partner, self.usd, "paid")["res_id"]
        )
        cases = (
            ({"amount": 0}, "above zero"),
            ({"amount": -5}, "above zero"),
            ({"amount": 5, "priority": 101}, "from 0 to 100"),
            ({"amount": 5, "priority": 5, "expires_on": "2020-01-01"}, "passed already"),
            ({"amount": 5, "expires_on": False}, "account of prepaid money"),
        )
        for values, text in cases:
            wizard.write(values)
            with self.subTest(values=values), self.assertRaisesRegex(UserError, text):
                wizard.action_apply()
        self.assertFalse(self.wallet.grant_ids)
        with self.assertRaisesRegex(ValidationError, "would never stop"):
            self.wallet.write({"topup_kind": "threshold", "topup_threshold": 5, "topup_target": 5})
        with self.assertRaisesRegex(ValidationError, "first day"):
            self.wallet.write({"topup_kind": "schedule", "topup_amount": 5})
        contact = self.env["res.partner"].create({"name": "Ina", "parent_id": self.partner.id})
        with self.assertRaisesRegex(ValidationError, "for all of its contacts"):
            self.wallets.create({"partner_id": contact.id})

    def test_the_account_stays_while_money_is_owed_and_the_doctor_tells_what_is_missing(self):
        self.buy(10)
        self.company.saas_breakage_account_id = False
        [found] = [one for one in self.env["saas.doctor"]._run() if one["code"] == "wallet_books"]
        self.assertIn("Expired Prepaid Money", found["why"])
        with self.assertRaisesRegex(ValidationError, "owes prepaid money"):
            self.company.saas_wallet_account_id = False
        with self.assertRaisesRegex(ValidationError, "keeps its customer"):
            self.wallet.currency_id = self.env.ref("base.EUR")
        with self.assertRaises(UserError):
            self.wallet.unlink()

    def test_nothing_is_ever_taken_below_zero_whoever_writes_it(self):
        grant = self.give(10)
        with self.assertRaises(UserError):
            grant.sudo().write({"amount_left": 5})
        with self.assertRaises(UserError):
            grant.entry_ids.sudo().unlink()
        muted = mute_logger("odoo.sql_db")
        with self.assertRaises(CheckViolation), muted, self.env.cr.savepoint():
            grant._put({"amount_left": -1})
            self.env.flush_all()

    # Screens

    def test_a_wallet_is_reached_from_the_subscription_and_the_customer(self):
        self.buy(120)
        one = self.make_running()
        one.invalidate_recordset()
        self.assertEqual(one.with_user(self.biller).wallet_id, self.wallet)
        self.assertEqual(one.action_view_wallet()["res_id"], self.wallet.id)
        self.assertEqual(self.partner.saas_wallet_count, 1)
        self.assertIn("13.20", self.partner.saas_wallet_label)
        for action in (
            self.partner.action_view_saas_wallets(),
            self.wallet.action_view_entries(),
            self.wallet.action_view_moves(),
            self.wallet.action_view_subscriptions(),
            self.wallet.grant_ids.action_view_entries(),
            self.wallet.entry_ids[:1].action_view_document(),
        ):
            self.assertIn(action["res_model"], self.env)
        with Form(self.wallet) as form:
            form.topup_kind = "threshold"
            form.topup_threshold = 10
            form.topup_target = 20

    def test_a_customer_whose_money_is_left_is_not_erased(self):
        self.buy(30)
        self.wallet.note = "<p>Ask for Ina</p>"
        erasures = self.env["saas.erasure"]
        self.assertIn("30.00", erasures._hindrance(self.partner))
        self.give(5)
        grant = self.wallet.grant_ids.filtered(lambda one: one.kind == "paid")
        grant.wallet_id._take_turn()
        grant._book("withdrawn", -self.usd._exactly(30), moved_on="2026-02-02")
        self.assertFalse(erasures._hindrance(self.partner))
        erasures._erase(self.partner, "asked")
        self.assertFalse(self.wallet.note)
        self.assertEqual(len(self.wallet.entry_ids), 3, "the books keep their rows")
