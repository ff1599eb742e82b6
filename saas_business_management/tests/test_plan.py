"""Plans: the offer, its borders, what tenants and customers see of it."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestPlan(SaasCommon):
    def test_a_cycle_is_told_in_words(self):
        self.assertEqual(self.plan.cycle_label, "per month")
        self.plan.write({"cycle_count": 2, "cycle_unit": "week"})
        self.assertEqual(self.plan.cycle_label, "every 2 × week")

    def test_numbers_out_of_their_borders_are_refused(self):
        for vals in (
            {"price": -1},
            {"cycle_count": 0},
            {"cycle_count": 61},
            {"trial_days": -1},
            {"trial_days": 366},
            {"limit_users": -1},
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.plan.write(vals)
                self.plan.flush_recordset()

    def test_two_plans_cannot_share_a_code(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["saas.plan"].create(
                {"name": "Other", "code": self.plan.code}
            ).flush_recordset()

    def test_a_new_plan_begins_with_the_trial_of_the_settings(self):
        self.env["ir.config_parameter"].set_param("saas.trial_days", "21")
        self.assertEqual(self.env["saas.plan"].create({"name": "New"}).trial_days, 21)
        self.env["ir.config_parameter"].set_param("saas.trial_days", "nonsense")
        self.assertEqual(self.env["saas.plan"].create({"name": "Newer"}).trial_days, 14)

    def test_a_plan_in_use_is_archived_instead_of_removed(self):
        self.make_tenant(plan_id=self.plan.id)
        self.assertEqual(self.plan.tenant_count, 1)
        with self.assertRaises(ValidationError):
            self.plan.unlink()

    def test_a_copy_is_not_on_the_pricing_page(self):
        self.plan.published = True
        twin = self.plan.copy()
        self.assertFalse(twin.published)
        self.assertNotEqual(twin.code, self.plan.code)

    def test_a_tenant_shows_what_its_plan_includes_and_else_its_template(self):
        self.plan.limit_users = 10
        self.template.write({"limit_users": 5, "limit_storage_gb": 2.5})
        tenant = self.make_tenant(plan_id=self.plan.id)
        self.assertEqual(tenant.included_users, "10 users")
        self.assertEqual(tenant.included_storage, "2.5 GB")
        self.assertEqual(tenant.included_api_calls, "No limit")

    def test_a_reserved_name_is_kept_as_subdomains_are_written(self):
        reserved = self.env["saas.reserved.name"].create({"name": "  PayMe "})
        self.assertEqual(reserved.name, "payme")
        with self.assertRaises(ValidationError):
            self.env["saas.reserved.name"].create({"name": "not_possible"})

    def test_a_customer_counts_the_tenants_of_its_contacts(self):
        company = self.env["res.partner"].create({"name": "Moreau Group", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Alice", "parent_id": company.id})
        self.make_tenant(partner_id=contact.id)
        self.make_tenant(subdomain="second", partner_id=company.id)
        self.assertEqual((company.saas_tenant_count, contact.saas_tenant_count), (2, 1))
        action = company.action_view_saas_tenants()
        self.assertEqual(self.env["saas.tenant"].search_count(action["domain"]), 2)
