"""What customers owe by its age, and what tenants bring and cost."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, ExclusionViolation

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestProfitability(BillingCommon):
    def make_running(self, day="2026-03-01", **values):
        one = self.make_subscription(**values)
        with self.on(day):
            one.action_activate()
            self.work()
        return one

    def make_cost(self, amount, resource="tenant", **values):
        return self.env["saas.cost.rate"].create(
            {"amount": amount, "resource": resource, "start_on": "2026-01-01", **values}
        )

    def make_served(self, name="shop", day="2026-01-10"):
        tenant = self.make_tenant(name=name, subdomain=name, cluster_id=self.cluster.id)
        tenant._set({"state": "active"})
        with self.on(day):
            self.env["saas.tenant.event"].sudo().create(
                {"tenant_id": tenant.id, "event": "provisioned", "to_state": "active"}
            )
        return tenant

    def rows(self, tenant, day):
        self.env["saas.profitability"].invalidate_model()
        with self.on(day):
            found = self.env["saas.profitability"].search(
                [("tenant_id", "=", tenant.id)], order="date"
            )
            return [(str(row.date)[:7], round(row.revenue, 2), round(row.cost, 2)) for row in found]

    # What is owed

    def test_each_open_line_has_its_age(self):
        one = self.make_running("2026-01-01")
        with self.on("2026-02-01"):
            self.bill()
        with self.on("2026-03-15"):
            rows = self.env["saas.aging"].search([("partner_id", "=", self.partner.id)])
            told = [(row.age, row.days_late, row.amount) for row in rows]
        self.assertEqual(told, [("days_61_90", 73, 106.8), ("days_31_60", 42, 106.8)])
        self.assertEqual(rows[0].action_view_document()["res_id"], one._moves()[-1].id)

    def test_what_is_settled_is_not_owed(self):
        one = self.make_running("2026-01-01")
        with self.on("2026-01-02"):
            one._moves()._reverse_moves(cancel=True)
            self.assertFalse(self.env["saas.aging"].search([("partner_id", "=", self.partner.id)]))

    # What tenants bring and cost

    def test_a_year_that_is_paid_at_once_is_earned_month_by_month(self):
        tenant = self.make_served()
        yearly = self.make_plan("Yearly", 365, cycle_unit="year")
        self.make_running("2026-01-10", tenant_id=tenant.id, version_id=yearly.id)
        self.assertEqual(
            self.rows(tenant, "2026-03-20"),
            [("2026-01", 22, 0), ("2026-02", 28, 0), ("2026-03", 31, 0)],
        )

    def test_a_tenant_costs_what_holds_on_the_first_day_of_each_month(self):
        tenant = self.make_served()
        general = self.make_cost("5")
        self.make_cost("7.5", start_on="2026-03-01", cluster_id=tenant.cluster_id.id)
        self.assertEqual(
            self.rows(tenant, "2026-03-20"),
            [("2026-01", 0, 5), ("2026-02", 0, 5), ("2026-03", 0, 7.5)],
        )
        general.end_on = "2026-02-01"
        self.assertEqual([row[2] for row in self.rows(tenant, "2026-03-20")], [5, 0, 7.5])

    def test_tenants_share_the_cost_of_their_cluster_and_pay_for_what_they_use(self):
        one, two = self.make_served("first"), self.make_served("second", "2026-02-10")
        version = self.make_plan("Metered", 0, ({"unit_price": "0.01"},))
        paid = self.make_running("2026-01-10", tenant_id=one.id, version_id=version.id)
        self.make_cost("100", "cluster", cluster_id=self.cluster.id)
        self.make_cost("0.002", "meter", meter_id=self.meter.id)
        self.use(paid, "1000", "2026-02-01", "2026-02-02")
        self.use(paid, "500", "2026-02-03", "2026-02-04")
        self.assertEqual(self.rows(one, "2026-02-20"), [("2026-01", 0, 100), ("2026-02", 0, 53)])
        self.assertEqual(self.rows(two, "2026-02-20"), [("2026-02", 0, 50)])

    def test_costs_that_cannot_be_are_refused(self):
        for values in (
            {"resource": "meter"},
            {"resource": "tenant", "meter_id": self.meter.id},
            {"resource": "cluster"},
            {"end_on": "2025-01-01"},
        ):
            muted = mute_logger("odoo.sql_db")
            with self.assertRaises(CheckViolation), muted, self.env.cr.savepoint():
                self.make_cost("1", **values)
                self.env.flush_all()
        with self.assertRaises(ValidationError):
            self.make_cost("1,5")
        with self.assertRaises(ValidationError):
            self.make_cost("-1")
        self.make_cost("1")
        muted = mute_logger("odoo.sql_db")
        with self.assertRaises(ExclusionViolation), muted, self.env.cr.savepoint():
            self.make_cost("2", start_on="2026-05-01")
            self.env.flush_all()

    def test_a_cluster_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.cluster.company_id = other
        with self.assertRaisesRegex(ValidationError, "that of Elsewhere"):
            self.make_cost("1", cluster_id=self.cluster.id)

    def test_managers_of_billing_edit_costs_and_users_read_them(self):
        cost = self.make_cost("5")
        cost.with_user(self.pricer).amount = "6"
        self.assertEqual(cost.with_user(self.biller).amount, "6")
        with self.assertRaises(AccessError):
            cost.with_user(self.biller).amount = "7"

    def test_buttons_lead_from_tenant_and_plan_to_their_figures(self):
        tenant = self.make_served()
        one = self.make_running("2026-01-10", tenant_id=tenant.id)
        self.assertEqual((tenant.mrr, one.plan_id.mrr), (89, 89))
        rows = self.env["saas.mrr.movement"]
        for record in (one, tenant, one.plan_id):
            action = record.action_view_mrr()
            self.assertEqual(rows.search(action["domain"]), one.mrr_movement_ids)
        action = tenant.action_view_profitability()
        with self.on("2026-01-20"):
            self.assertTrue(self.env["saas.profitability"].search(action["domain"]))
