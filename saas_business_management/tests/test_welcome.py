"""The welcome link: opening it changes nothing, using it works once, an old one can be replaced."""

from datetime import timedelta
from urllib.parse import parse_qs, urlparse

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestWelcome(SaasCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="acme")
        self.address = self.tenant._send_welcome()
        self.path = urlparse(self.address).path

    def post(self, path):
        return self.url_open(path, data={"csrf_token": self.csrf(self.path)}, allow_redirects=False)

    def csrf(self, path):
        page = self.url_open(path).text
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    def test_opening_the_link_shows_the_tenant_and_uses_nothing_up(self):
        for _time in range(2):
            answer = self.url_open(self.path)
            self.assertEqual(answer.status_code, 200)
            self.assertIn(self.tenant.admin_email, answer.text)
        self.assertFalse(self.link().used_at)

    def link(self):
        return self.env["saas.link"].search([("tenant_id", "=", self.tenant.id)], limit=1)

    def test_the_button_leads_to_the_password_page_of_the_tenant_once(self):
        first = self.post(self.path)
        self.assertEqual(first.status_code, 303)
        target = urlparse(first.headers["Location"])
        self.assertEqual((target.hostname, target.path), (self.tenant.host, "/web/reset_password"))
        self.assertTrue(parse_qs(target.query)["token"][0])
        self.assertTrue(self.link().used_at)
        second = self.url_open(self.path)
        self.assertEqual(second.status_code, 410)
        self.assertIn("was used already", second.text)

    def test_an_unknown_link_says_the_same_for_everybody(self):
        answer = self.url_open("/saas/welcome/" + "x" * 43)
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn(self.tenant.name, answer.text)

    def test_an_expired_link_sends_a_fresh_one_to_the_administrator_only(self):
        link = self.link()
        link.write(
            {
                "expires_at": fields.Datetime.now() - timedelta(days=1),
                "sent_at": fields.Datetime.now() - timedelta(days=8),
            }
        )
        self.assertEqual(self.url_open(self.path).status_code, 410)
        answer = self.url_open(self.path + "/again", data={"csrf_token": self.csrf(self.path)})
        self.assertEqual(answer.status_code, 200)
        mails = self.env["mail.mail"].search([("subject", "=", f"{self.tenant.name} is ready")])
        self.assertEqual(len(mails), 2)
        reached = mails[0].recipient_ids.mapped("email") or [mails[0].email_to]
        self.assertEqual(reached, [self.tenant.admin_email])

    def test_the_fresh_link_of_a_moment_ago_is_not_sent_again(self):
        self.link().expires_at = fields.Datetime.now() - timedelta(days=1)
        count = self.env["saas.link"].search_count([("tenant_id", "=", self.tenant.id)])
        self.url_open(self.path + "/again", data={"csrf_token": self.csrf(self.path)})
        self.assertEqual(
            self.env["saas.link"].search_count([("tenant_id", "=", self.tenant.id)]), count
        )

    def test_a_fresh_link_replaces_the_former_one(self):
        self.tenant._send_welcome()
        self.assertEqual(self.url_open(self.path).status_code, 410)

    def test_nobody_finds_the_link_on_the_record(self):
        token = self.path.rsplit("/", 1)[1]
        messages = self.env["mail.message"].search([("body", "ilike", token)])
        self.assertTrue(messages)
        self.assertFalse(messages.with_user(self.viewer)._filtered_access("read"))
        self.assertNotIn(token, "".join(self.tenant.message_ids.mapped("body")))

    def test_only_the_hash_of_the_token_is_kept(self):
        token = self.path.rsplit("/", 1)[1]
        self.env.cr.execute(
            "SELECT count(*) FROM saas_link WHERE token_hash LIKE %s", (f"%{token}%",)
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_the_link_goes_to_the_administrator_whoever_is_the_customer(self):
        self.tenant.partner_id.email = "board@acme.example"
        self.tenant._send_welcome()
        mails = self.env["mail.mail"].search([("subject", "=", f"{self.tenant.name} is ready")])
        reached = mails[0].recipient_ids.mapped("email") or [mails[0].email_to]
        self.assertEqual(reached, [self.tenant.admin_email])
