"""The whole way of a customer, page by page: sign up, confirm, change the plan, pay, ask for a
restore, cancel, undo. Operations of databases are done by the tests' doubles, billing really runs.
"""

import re
from datetime import timedelta
from urllib.parse import urlparse

from odoo import fields
from odoo.tests import HttpCase, tagged

from .billing_common import BillingCommon
from .signup_common import SignupCommon


@tagged("post_install", "-at_install")
class TestPortalJourney(SignupCommon, BillingCommon, HttpCase):
    def csrf(self, text):
        return re.search(r'name="csrf_token" value="([^"]+)"', text).group(1)

    def send(self, path, page, **values):
        data = {"csrf_token": self.csrf(page.text), **values}
        return self.url_open(path, data=data, allow_redirects=False)

    def go(self, path):
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200, path)
        return page

    def test_from_the_first_form_to_a_cancellation_that_was_undone(self):
        bigger = self.make_plan("Bigger", 190, published=True, template_ids=self.template.ids)
        self.plan.trial_days = 0
        self.plan.product_id = self.product
        self.plan._publish_version()

        # Sign up and confirm: nothing is made before the click in the mail.
        self.send("/saas/signup", self.go("/saas/signup?plan=test-plan"), **self.form())
        tenants = self.env["saas.tenant"].search([("subdomain", "=", "cedar")])
        self.assertFalse(tenants)
        confirm = f"/saas/signup/confirm/{self.token()}"
        done = self.send(confirm, self.go(confirm))
        tenant = self.env["saas.tenant"].search([("subdomain", "=", "cedar")])
        self.assertEqual(tenant.state, "provisioning")

        # The operation makes the database; its person gets a login for the portal.
        self.finish(tenant)
        self.assertIn("is ready", self.go(urlparse(done.headers["Location"]).path).text)
        self.work()
        self.assertEqual(tenant.state, "active")
        user = self.env["res.users"].search([("login", "=", "nora@cedar.example")])
        user.password = "a-password-of-nora"
        self.authenticate("nora@cedar.example", "a-password-of-nora")
        self.assertIn("Cedar Books Ltd", self.go("/my/databases").text)
        base = f"/my/databases/{tenant.public_id}"
        one = tenant.sudo().subscription_id
        self.assertEqual(one.state, "active")

        # Another plan, for the sum that the page shows.
        page = self.go(f"{base}/plan?plan={bigger.plan_id.code}&when=now")
        total = re.search(r'name="sum" value="([^"]*)"', page.text).group(1)
        change = {"plan": bigger.plan_id.code, "when": "now", "sum": total}
        self.assertEqual(self.send(f"{base}/plan", page, **change).status_code, 303)
        self.work()
        self.assertEqual(one.version_id, bigger)

        # Pay what is due: the page says so, then no more.
        due = one._moves().filtered(
            lambda move: move.state == "posted" and move.payment_state == "not_paid"
        )
        self.assertTrue(due)
        page = self.go(base)
        self.assertIn("To pay:", page.text)
        self.assertIn("/my/invoices/", page.text)
        for move in due:
            register = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            )
            register.create({})._create_payments()
        self.env.flush_all()
        self.assertFalse(one.amount_due)
        self.assertNotIn("To pay:", self.go(base).text)

        # A restore is asked for.
        backup = self.stored_backup(tenant)
        path = f"{base}/backups/restore/{backup.uuid}"
        self.send(path, self.go(path), note="the price list is gone")
        self.assertIn("the price list is gone", str(tenant.activity_ids.mapped("note")))

        # Cancel, and undo from the banner.
        page = self.go(f"{base}/cancel")
        self.send(f"{base}/cancel", page, reason="too_expensive", note="")
        self.assertTrue(one.ends_on)
        page = self.go(base)
        self.assertIn("you can undo", page.text)
        self.send(f"{base}/cancel/undo", page)
        self.assertFalse(one.ends_on)
        told = self.go(base).text
        happened = ("Database created", "Plan changed", "Restore asked for", "Cancellation undone")
        for what in happened:
            self.assertIn(what, told)

    def stored_backup(self, tenant):
        target = self.env["saas.backup.target"].create({"name": "Disk", "folder": "/var/backups"})
        key = self.env["saas.backup.key"].sudo().search([], limit=1)
        backup_sudo = self.env["saas.backup"]._begin(
            tenant, target.sudo(), "manual", fence=0, key_id=key.id
        )
        now = fields.Datetime.now() - timedelta(hours=2)
        backup_sudo._put({"state": "stored", "taken_at": now, "finished_at": now})
        return backup_sudo
