"""The customer's ways in a real browser, as wide as a phone: sign up, confirm, change the plan for
the sum that was shown, pay, ask for a restore, cancel, undo; own addresses, team, keys, export.

Operations of databases are done by the tests' doubles between two tours; billing really runs.
"""

import re

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .billing_common import PaymentCommon
from .signup_common import SignupCommon
from .test_portal_account import AccountCase

LOGIN = "nora@cedar.example"


@tagged("post_install", "-at_install")
class TestCustomerTour(SignupCommon, PaymentCommon, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    def setUp(self):
        super().setUp()
        self.bigger = self.make_plan("Bigger", 190, published=True, template_ids=self.template.ids)
        self.plan.trial_days = 0
        self.plan.product_id = self.product
        self.plan._publish_version()
        self.provider.is_published = True

    def sign_up(self):
        """Return the tenant of a person who signed up and confirmed."""
        self.start_tour("/saas/signup?plan=test-plan", "saas_customer_signs_up")
        wanted = [("subdomain", "=", "cedar")]
        self.assertFalse(self.env["saas.tenant"].search(wanted), "before the click in the mail")
        self.start_tour(f"/saas/signup/confirm/{self.token()}", "saas_customer_confirms")
        tenant = self.env["saas.tenant"].search(wanted)
        self.assertEqual(tenant.state, "provisioning")
        self.finish(tenant)
        reference = self.env["saas.signup"].search([("email", "=", LOGIN)]).reference
        self.start_tour(f"/saas/signup/progress/{reference}", "saas_customer_sees_it_open")
        self.work()
        self.assertEqual(tenant.state, "active")
        self.env["res.users"].search([("login", "=", LOGIN)]).password = LOGIN
        return tenant

    def tour(self, path, name):
        """Run a tour as the person who signed up; leave what was ordered to billing."""
        self.start_tour(path, name, login=LOGIN)
        self.work()
        self.env.flush_all()

    def shown_sum(self, base):
        self.authenticate(LOGIN, LOGIN)
        page = self.url_open(f"{base}/plan?plan={self.bigger.plan_id.code}&when=now").text
        return re.search(r'name="sum" value="([^"]*)"', page).group(1)

    def test_from_the_first_form_to_a_cancellation_that_was_undone(self):
        tenant = self.sign_up()
        base = f"/my/databases/{tenant.public_id}"
        one = tenant.sudo().subscription_id
        before = one._moves()

        shown = self.shown_sum(base)
        self.tour("/my", "saas_customer_changes_plan")
        self.assertEqual(one.version_id, self.bigger)
        papers = one._moves() - before
        self.assertTrue(papers)
        self.assertEqual(shown, f"{sum(papers.mapped('amount_total_signed')):.2f}", shown)

        for move in one._moves().filtered(lambda move: move.state == "posted"):
            if move.move_type == "out_invoice" and move.amount_residual > 0:
                self.tour(move.get_portal_url(), "saas_customer_pays")
                self.assertIn(move.payment_state, ("paid", "in_payment"), move.name)
        self.assertFalse(one.amount_due)

        self.stored_backup(tenant)
        self.tour(base, "saas_customer_asks_for_a_restore")
        self.assertIn("the price list is gone", str(tenant.activity_ids.mapped("note")))

        self.tour(base, "saas_customer_cancels_and_comes_back")
        self.assertFalse(one.ends_on)
        told = self.env["saas.audit.entry"].search([("tenant_id", "=", tenant.id)])
        self.assertTrue(told)

    stored_backup = AccountCase.stored


@tagged("post_install", "-at_install")
class TestAccountTour(AccountCase):
    browser_size = "390x844"
    touch_enabled = True

    def setUp(self):
        super().setUp()
        self.cluster.front_addresses = "203.0.113.9"
        self.owner = self.people["owner"]

    def test_an_address_of_their_own_with_records_to_copy(self):
        self.start_tour(self.path, "saas_customer_uses_an_own_address", login=self.owner.login)
        row = self.tenant.host_ids.filtered(lambda one: one.host == "shop.acme.example")
        self.assertEqual(row.mapped("state"), ["waiting"])
        looks = self.env["saas.job"].search([("tenant_id", "=", self.tenant.id)])
        self.assertTrue(looks.filtered(lambda job: "host" in job.kind), looks.mapped("kind"))

    @mute_logger("odoo.addons.base.models.res_users")
    def test_a_colleague_a_key_and_everything_to_take_away(self):
        self.start_tour(
            "/my/databases", "saas_customer_looks_after_the_account", login=self.owner.login
        )
        members = self.env["saas.customer.member"].search([("email", "=", "tom@acme.example")])
        self.assertEqual((members.role, members.state), ("technical", "waiting"))
        self.assertTrue(self.mails_to("tom@acme.example"))
        key = self.env["saas.api.key"].search([("account_id", "=", self.account.id)])
        self.assertEqual((key.name, key.state), ("Monthly report", "revoked"))
        self.assertEqual(key.scopes, "tenants:read")
        self.assertEqual(key.expires_on, fields.Date.add(fields.Date.today(), days=90))
        order = self.env["saas.account.export"].search([])
        self.assertEqual((order.state, order.account_id), ("running", self.account))
