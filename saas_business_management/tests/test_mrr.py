"""Recurring revenue: its ledger, what it says of months and customers, and who may read it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .billing_common import BillingCommon

# 10,000 subscriptions with a movement in every third month, as by a database that was busy.
MANY = """
    INSERT INTO saas_mrr_movement (subscription_id, sequence, company_id, customer_id, plan_id,
           kind, date, month, amount, contract_currency_id, amount_contract, rate)
    SELECT %(one)s, n * 36 + m, %(company)s, %(first)s + n, %(plan)s,
           CASE WHEN m = 0 THEN 'new' WHEN m %% 2 = 0 THEN 'expansion' ELSE 'contraction' END,
           day, day, CASE WHEN m = 0 THEN 100 WHEN m %% 2 = 0 THEN 10 ELSE -10 END,
           %(currency)s, 0, 1
      FROM generate_series(1, 1000) n, generate_series(0, 35, %(every)s) m,
   LATERAL (SELECT (date '2023-04-01' + m * interval '1 month')::date AS day) d
"""
CUSTOMERS = """
    INSERT INTO res_partner (name, active, type, autopost_bills)
    SELECT 'Customer ' || n, true, 'contact', 'ask' FROM generate_series(1, 1001) n RETURNING id
"""


@tagged("post_install", "-at_install")
class TestMrr(BillingCommon):
    def make_running(self, day="2026-03-01", **values):
        one = self.make_subscription(**values)
        with self.on(day):
            one.action_activate()
            self.work()
        return one

    def work(self):
        count = super().work()
        while job := self.env["saas.job"].search(
            [("state", "=", "waiting"), ("kind", "=", "note_revenue")], limit=1
        ):
            self.carry(job)
        return count

    def rows(self, ones):
        return [(row.kind, str(row.date), row.amount) for row in ones.mrr_movement_ids.sorted("id")]

    def figures(self, day, **asked):
        with self.on(day):
            return self.env["saas.analytics"].get_figures(**asked)

    # The ledger

    def test_each_change_of_a_subscription_adds_its_row(self):
        premium = self.make_plan("Premium", 190)
        one = self.make_running()
        with self.on("2026-03-16"):
            one._change_plan(premium, 2)
            self.work()
        with self.on("2026-04-10"):
            one.action_pause("holidays")
            self.work()
        with self.on("2026-05-10"):
            one.action_resume()
            self.work()
        with self.on("2026-05-20"):
            one.action_cancel_now("too dear")
            self.work()
        with self.on("2026-06-05"):
            one.action_win_back()
            self.work()
        self.assertEqual(
            self.rows(one),
            [
                ("new", "2026-03-01", 89),
                ("expansion", "2026-03-16", 291),
                ("churn", "2026-04-10", -380),
                ("reactivation", "2026-05-10", 380),
                ("churn", "2026-05-20", -380),
                ("reactivation", "2026-06-05", 380),
            ],
        )
        self.assertEqual(one.mrr_movement_ids.sorted("id").mapped("sequence"), [1, 2, 3, 4, 5, 6])
        self.assertEqual((one.mrr, one.mrr_company), (380, 380))
        self.assertEqual(str(one.renews_on), "2026-07-05")

    def test_looking_again_writes_nothing_and_a_ledger_never_kept_is_written_as_it_would_be(self):
        premium = self.make_plan("Premium", 190)
        one, two = self.make_running(), self.make_running("2026-03-05", quantity=2)
        with self.on("2026-03-16"):
            one._change_plan(premium, 1)
            self.work()
        with self.on("2026-04-20"):
            two.action_cancel_now("moved")
            self.bill()
        kept = self.rows(one), self.rows(two)
        with self.on("2026-05-01"):
            self.env["saas.subscription"]._order_mrr()
            self.work()
        self.assertEqual((self.rows(one), self.rows(two)), kept)
        (one | two).mrr_movement_ids._drop()
        self.env.invalidate_all()
        with self.on("2026-05-01"):
            self.env["saas.subscription"]._order_mrr()
            self.work()
        self.assertEqual((self.rows(one), self.rows(two)), kept)
        self.assertEqual(
            kept,
            (
                [("new", "2026-03-01", 89), ("expansion", "2026-03-16", 101)],
                [("expansion", "2026-03-05", 178), ("contraction", "2026-04-20", -178)],
            ),
            "the customer of both never left",
        )

    def test_what_was_missed_is_dated_on_its_day_and_what_differs_is_put_right_today(self):
        one = self.make_running()
        with self.on("2026-03-10"):
            one._change_plan(self.standard, 3)
        self.env["saas.job"].search([("state", "=", "waiting")]).sudo().state = "cancelled"
        with self.on("2026-03-20"):
            self.env["saas.subscription"]._order_mrr()
            self.work()
        self.assertEqual(self.rows(one)[-1], ("expansion", "2026-03-10", 178))
        one.mrr_movement_ids.sorted("id")[-1]._drop()
        with self.on("2026-03-20"):
            one._note_mrr()
        self.assertEqual(self.rows(one)[-1], ("expansion", "2026-03-10", 178))

    def test_trials_do_not_count_and_who_is_suspended_stays_counted_at_risk(self):
        trial = self.make_plan("Trial", 50, trial_days=14)
        one = self.make_running(version_id=trial.id)
        self.assertEqual(self.rows(one), [])
        self.assertEqual(str(one.renews_on), "2026-03-15")
        with self.on("2026-03-05"):
            one.action_convert_trial()
            self.work()
        self.assertEqual(self.rows(one), [("new", "2026-03-05", 50)])
        with self.on("2026-03-20"):
            one._fire("dunning_suspended", system=True)
            one._bill_soon()
            self.work()
        self.assertEqual(len(self.rows(one)), 1)
        found = self.figures("2026-03-20")
        self.assertEqual((found["mrr"], found["at_risk"]), (50, 50))
        with self.on("2026-03-30"):
            one._fire("dunning_cancelled", system=True)
            one._bill_soon()
            self.work()
        self.assertEqual(self.rows(one)[-1], ("churn", "2026-03-30", -50))
        self.assertEqual(self.figures("2026-03-30")["at_risk"], 0)

    def test_who_was_suspended_because_a_trial_ended_never_counted(self):
        trial = self.make_plan("Trial", 50, trial_days=14, trial_end_rule="suspend")
        one = self.make_running(version_id=trial.id)
        with self.on("2026-03-15"):
            self.bill()
        self.assertEqual((one.state, self.rows(one)), ("suspended", []))
        self.assertFalse(one.renews_on)

    def test_years_quarters_and_weeks_are_told_a_month_without_tax_and_usage(self):
        for unit, price, mrr in (("year", 1200, 100), ("quarter", 300, 100), ("week", 12, 52)):
            version = self.make_plan(
                f"By the {unit}", price, ({"unit_price": "1"},), cycle_unit=unit
            )
            one = self.make_running(version_id=version.id)
            self.use(one, "500", "2026-03-01", "2026-03-02")
            self.assertEqual(one.mrr, mrr, unit)

    def test_a_lasting_coupon_counts_and_one_for_a_single_invoice_does_not(self):
        coupons = self.env["saas.coupon"].create(
            [
                {"name": "Ever", "code": "EVER", "kind": "percent", "percent": 10,
                 "duration": "forever"},
                {"name": "Once", "code": "ONCE", "kind": "percent", "percent": 50,
                 "duration": "once"},
            ]
        )  # fmt: skip
        one = self.make_subscription(version_id=self.make_plan("Hundred", 100).id)
        with self.on("2026-03-01"):
            one.action_activate()
            for coupon in coupons:
                one._redeem(coupon)
            self.work()
        self.assertEqual(self.rows(one), [("new", "2026-03-01", 90)])

    def test_another_currency_counts_at_the_rate_of_the_month_and_leaves_nothing(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        for day, rate in (("2026-01-01", 0.5), ("2026-04-01", 0.4)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "company_id": self.company.id, "name": day, "rate": rate}
            )
        version = self.make_plan("Euro", 100, currency_id=euro.id)
        one = self.make_running(version_id=version.id, currency_id=euro.id)
        self.assertEqual(self.rows(one), [("new", "2026-03-01", 200)])
        with self.on("2026-04-11"):
            one._note_mrr()
        self.assertEqual(self.rows(one)[1:], [("revaluation", "2026-04-01", 50)])
        with self.on("2026-04-12"):
            one.action_cancel_now("gone")
            self.work()
        self.assertEqual(self.rows(one)[2:], [("churn", "2026-04-12", -250)])
        self.assertEqual(sum(one.mrr_movement_ids.mapped("amount_contract")), 0)

    def test_a_subscription_of_another_customer_leaves_the_former_one(self):
        one = self.make_running()
        other = self.env["res.partner"].create({"name": "Heir Ltd"})
        with self.on("2026-03-09"):
            one.partner_id = other
            one._note_mrr()
        rows = [(row.customer_id, row.kind, row.amount) for row in one.mrr_movement_ids]
        self.assertEqual(sorted(rows, key=lambda row: row[2])[0], (self.partner, "churn", -89))
        self.assertIn((other, "new", 89), rows)

    def test_nobody_writes_movements_by_hand(self):
        row = self.make_running().mrr_movement_ids
        for change in (
            lambda: row.sudo().write({"amount": 1}),
            lambda: row.sudo().unlink(),
            lambda: row.sudo().copy(),
        ):
            with self.assertRaisesRegex(UserError, "MRR movements"):
                change()

    def test_the_doctor_adds_up_the_movements(self):
        def level():
            found = self.env["saas.doctor"]._run()
            return next(one for one in found if one["code"] == "mrr_ledger")["level"]

        one, two = self.make_running(), self.make_running(quantity=2)
        self.assertEqual(level(), "ok")
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE saas_mrr_movement SET amount = 88 WHERE subscription_id = %s", one.id)
        )
        self.env.invalidate_all()
        self.assertEqual(level(), "failing")
        self.env.cr.execute(
            SQL("UPDATE saas_mrr_movement SET amount = 89 WHERE subscription_id = %s", one.id)
        )
        two.mrr_movement_ids._drop()
        self.assertEqual(level(), "failing")
        with self.on("2026-03-02"):
            two._note_mrr()
        self.assertEqual(level(), "ok")

    # The figures

    def test_movements_of_months_lead_from_one_figure_to_the_next(self):
        premium = self.make_plan("Premium", 190)
        other = self.env["res.partner"].create({"name": "Other Ltd"})
        one = self.make_running("2026-01-05")
        two = self.make_running("2026-02-05", partner_id=other.id, version_id=premium.id)
        with self.on("2026-03-05"):
            self.bill()
            two.action_cancel_now("gone")
            self.work()
        with self.on("2026-04-02"):
            one._change_plan(self.standard, 2)
            self.work()
        found = self.figures("2026-04-03", months=4)
        told = [
            (row["month"], row["start"], row["new"], row["expansion"], row["churn"], row["end"])
            for row in found["movements"]
        ]
        self.assertEqual(
            told,
            [
                ("2026-01-01", 0, 89, 0, 0, 89),
                ("2026-02-01", 89, 190, 0, 0, 279),
                ("2026-03-01", 279, 0, 0, -190, 89),
                ("2026-04-01", 89, 0, 89, 0, 178),
            ],
        )
        kinds = ("new", "expansion", "reactivation", "contraction", "churn", "revaluation")
        for row in found["movements"]:
            change = round(sum(row[kind] for kind in kinds), 2)
            self.assertEqual(change, round(row["end"] - row["start"], 2), row["month"])
        march = found["movements"][2]
        self.assertEqual((march["customers"], march["customers_lost"]), (1, 1))
        self.assertEqual(march["customer_churn_percent"], 50)
        self.assertEqual(march["revenue_churn_percent"], 68.1)
        self.assertEqual((found["mrr"], found["arr"], found["customers"]), (178, 2136, 1))
        self.assertEqual(found["arpa"], 178)
        month = found["retention"]["last_month"]
        self.assertEqual((month["start"], month["end"]), ("2026-03-01", "2026-04-01"))
        self.assertEqual((month["net_percent"], month["gross_percent"]), (31.9, 31.9))
        self.assertEqual(month["customer_churn_percent"], 50)
        self.assertIsNone(found["retention"]["last_12_months"]["net_percent"])
        (plan,) = found["plans"]
        self.assertEqual((plan["name"], plan["mrr"], plan["share_percent"]), ("Standard", 178, 100))
        self.assertEqual(found["subscriptions"]["cancelled"], 1)

    def test_what_is_due_has_its_age_and_what_renews_its_day(self):
        term = self.env.ref("account.account_payment_term_15days", raise_if_not_found=False)
        one = self.make_running("2026-01-31", payment_term_id=term.id if term else False)
        days = 15 if term else 0
        found = self.figures("2026-01-31")["receivables"]
        self.assertEqual((found["total"], found["overdue"]), (106.8, 0))
        self.assertEqual(found["aging"][0], {"age": "not_due", "amount": 106.8, "invoices": 1})
        with self.on("2026-02-28"):
            self.bill()
        late = self.figures(f"2026-03-{1 + days:02}")
        self.assertEqual(late["receivables"]["total"], 213.6)
        self.assertEqual(late["receivables"]["overdue_customers"], 1)
        self.assertEqual(late["receivables"]["aging"][1]["age"], "days_1_30")
        renewals = self.figures("2026-03-01")["renewals"]
        self.assertEqual(renewals["days_30"], {"subscriptions": 1, "mrr": 89})
        self.assertEqual(renewals["days_90"], {"subscriptions": 1, "mrr": 89})
        with self.on("2026-03-01"):
            one.action_cancel_at_end("enough")
        renewals = self.figures("2026-03-01")["renewals"]
        self.assertEqual(renewals["days_90"]["subscriptions"], 0)
        self.assertEqual(renewals["ending"], {"subscriptions": 1, "mrr": 89})

    def test_figures_are_those_of_the_company_at_hand_and_zero_where_nothing_is(self):
        self.make_running()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= other
        with self.on("2026-03-02"):
            found = self.env["saas.analytics"].with_company(other).get_figures()
        self.assertEqual((found["mrr"], found["customers"], found["arpa"]), (0, 0, None))
        self.assertEqual(found["company"]["name"], "Elsewhere")
        self.assertEqual(len(found["movements"]), 12)
        self.assertEqual(found["plans"], [])

    def test_viewers_and_billing_may_read_figures_and_nobody_else(self):
        figures = self.env["saas.analytics"]
        for user in (self.viewer, self.biller, self.pricer, self.approver):
            self.assertIn("mrr", figures.with_user(user).get_figures(), user.login)
        for user in (self.employee, self.customer):
            with self.assertRaises(AccessError):
                figures.with_user(user).get_figures()

    def test_a_thousand_subscriptions_over_three_years_are_summed_by_the_database(self):
        one = self.make_running()
        self.env.flush_all()
        self.env.cr.execute(SQL(CUSTOMERS))
        facts = {
            "one": one.id,
            "company": self.company.id,
            "first": min(number for (number,) in self.env.cr.fetchall()) - 1,
            "plan": one.plan_id.id,
            "currency": self.usd.id,
            "every": 3,
        }
        self.env.cr.execute(SQL(MANY, **facts))
        self.env.cr.execute(SQL("ANALYZE saas_mrr_movement"))
        with self.on("2026-04-02"):
            asked = self.cr.sql_log_count
            found = self.env["saas.analytics"].get_figures(months=36)
            asked = self.cr.sql_log_count - asked
        self.assertEqual(found["customers"], 1001)
        self.assertEqual(len(found["movements"]), 36)
        self.assertLessEqual(asked, 40)
