"""Plans in the customer portal: what is shown is what is paid; cancelled, and undone."""

import re

from odoo.tests import HttpCase, new_test_user, tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestPortalPlan(BillingCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.partner.is_company = True
        self.premium = self.make_plan("Premium", 190, published=True)
        self.addon = self.make_plan("Helpers", 10, kind="addon", published=True)
        self.standard.plan_id.published = True
        self.tenant = self.make_open_tenant(
            partner_id=self.partner.id, plan_id=self.standard.plan_id.id
        )
        self.work()
        self.one = self.tenant.sudo().subscription_id
        self.billing = new_test_user(self.env, "bill@acme.example", groups="base.group_portal")
        self.env["saas.customer.member"].create(
            {
                "account_id": self.partner.id,
                "user_id": self.billing.id,
                "email": "bill@acme.example",
                "role": "billing",
            }
        )
        self.authenticate("bill@acme.example", "bill@acme.example")
        self.path = f"/my/databases/{self.tenant.public_id}"

    def post(self, path, **form):
        page = self.url_open("/my/databases").text
        token = re.search(r'csrf_token: "([^"]+)"', page).group(1)
        return self.url_open(
            f"{self.path}{path}", data={"csrf_token": token, **form}, allow_redirects=False
        )

    def shown(self, path):
        page = self.url_open(f"{self.path}{path}").text
        return page, re.search(r'name="sum" value="([^"]*)"', page).group(1)

    def test_the_subscription_of_the_tenant_is_the_one_of_the_page(self):
        self.assertEqual(self.one.state, "active")
        page = self.url_open(self.path).text
        for told in ("Standard", "89.00", "Invoices", "Cancel Subscription…", "Payment Methods"):
            self.assertIn(told, page)
        self.assertNotIn("None", re.sub(r"<[^>]*>", "", page.split('id="wrap"')[1]))

    def test_a_plan_is_changed_for_the_sum_that_was_shown(self):
        code = self.premium.plan_id.code
        page, total = self.shown(f"/plan?plan={code}")
        self.assertIn("Today you pay", page)
        self.assertIn("How we count", page)
        moves = self.one._moves()
        self.assertEqual(self.one.version_id, self.standard)
        wrong = self.post("/plan", plan=code, when="now", sum="1.00")
        self.assertEqual((wrong.status_code, self.one.version_id), (303, self.standard))
        self.assertIn("another one", self.url_open(f"{self.path}/plan").text)
        self.post("/plan", plan=code, when="now", sum=total)
        self.assertEqual(self.one.version_id, self.premium)
        self.work()
        made = self.one._moves() - moves
        signed = [
            -move.amount_total if move.move_type == "out_refund" else move.amount_total
            for move in made
        ]
        self.assertEqual(f"{sum(signed):.2f}", total)
        self.assertIn("Plan changed", self.url_open(self.path).text)

    def test_a_change_for_later_can_be_withdrawn(self):
        code = self.premium.plan_id.code
        page, total = self.shown(f"/plan?plan={code}&when=period_end")
        self.assertIn("Nothing is paid today", page)
        self.post("/plan", plan=code, when="period_end", sum=total)
        self.assertEqual(self.one.version_id, self.standard)
        self.assertTrue(self.one.scheduled_phase_id)
        self.assertIn("Withdraw Planned Change", self.url_open(self.path).text)
        self.post("/plan/withdraw")
        self.assertFalse(self.one.scheduled_phase_id)

    def test_only_what_is_offered_can_be_had(self):
        hidden = self.make_plan("Hidden", 1)
        for code in (hidden.plan_id.code, "nothing", "", "' OR 1=1", self.addon.plan_id.code):
            with self.subTest(code=code):
                self.post("/plan", plan=code, when="now", sum="0.00")
                self.assertEqual(self.one.version_id, self.standard)
        answer = self.url_open(f"{self.path}/plan?plan=nothing", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertNotIn("Hidden", self.url_open(f"{self.path}/plan").text)

    def test_an_addon_is_added_and_ends_with_the_period(self):
        code = self.addon.plan_id.code
        _page, total = self.shown(f"/addon?plan={code}")
        self.post("/addon", plan=code, when="now", sum=total)
        self.assertEqual(self.one.addon_ids.version_id, self.addon)
        self.assertIn("Helpers", self.url_open(self.path).text)
        self.post("/addon/remove", plan=code)
        self.assertTrue(self.one.addon_ids.end_on)
        self.post("/addon/remove", plan=code)
        self.assertIn("not there any more", self.url_open(self.path).text)

    def test_cancelling_asks_why_and_is_undone_until_the_end(self):
        page = self.url_open(f"{self.path}/cancel").text
        self.assertIn("The last day of", page)
        self.post("/cancel", reason="nonsense")
        self.assertFalse(self.one.ends_on)
        self.post("/cancel", reason="too_expensive", note="we are small")
        self.assertEqual(self.one.cancel_reason, "Too expensive: we are small")
        page = self.url_open(self.path).text
        self.assertIn("Your subscription ends on", page)
        self.assertIn("Undo", page)
        self.post("/cancel/undo")
        self.assertFalse(self.one.ends_on)
