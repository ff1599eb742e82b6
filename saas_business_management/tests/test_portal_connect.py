"""API keys and webhooks in the portal: shown once, of one account, by the roles that may."""

import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..kernel.integration.kinds import CUSTOMER_KINDS, KINDS
from .test_portal import PortalCase

MAY = ("owner", "administrator", "technical")
URL = "https://hooks.example.com/acme"


class ConnectCase(PortalCase):
    def ref(self, account=None):
        return self.env["saas.customer.member"]._team_ref(account or self.account)

    def key_form(self, **more):
        return {
            "action": "make",
            "team": self.ref(),
            "name": "Report",
            "days": "90",
            "scope.tenants:read": "1",
            **more,
        }

    def hook_form(self, **more):
        return {
            "team": self.ref(),
            "name": "Stock",
            "url": URL,
            "kind.tenant.suspended": "1",
            **more,
        }

    def hooks(self):
        return self.env["saas.webhook.endpoint"].search([("of_customer", "=", True)])


@tagged("post_install", "-at_install")
class TestPortalKeys(ConnectCase):
    def keys(self):
        return self.env["saas.api.key"].search([("account_id", "=", self.account.id)])

    def test_a_key_is_shown_once_and_kept_as_a_hash(self):
        self.log_in(self.people["owner"])
        page = self.post("/my/api-keys", **self.key_form())
        key = re.search(r'value="(saas_[A-Za-z0-9_-]{43})"', page.text).group(1)
        row = self.keys()
        self.assertTrue(key.startswith(row.prefix))
        self.assertEqual(row.expires_on, fields.Date.today() + timedelta(days=90))
        self.assertNotIn(key, str(row.sudo().read()))
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        again = self.url_open("/my/api-keys").text
        self.assertIn(row.prefix, again)
        self.assertNotIn(key, again)

    def test_who_may_makes_and_revokes_and_nobody_else(self):
        for role, user in self.people.items():
            self.log_in(user)
            with self.subTest(role=role):
                self.assertEqual(self.url_open("/my/api-keys").status_code, 200)
                before = self.keys()
                status = self.post("/my/api-keys", **self.key_form()).status_code
                self.assertEqual(status, 200 if role in MAY else 404)
                made = self.keys() - before
                self.assertEqual(len(made), 1 if role in MAY else 0)
        one = self.keys()[:1]
        form = {"action": "revoke", "team": self.ref(), "key": one.public_id}
        for user in (self.people["viewer"], self.outsider):
            self.log_in(user)
            self.assertEqual(self.post("/my/api-keys", **form).status_code, 404)
            self.assertFalse(one.revoked_at)
        self.log_in(self.people["technical"])
        self.assertEqual(self.post("/my/api-keys", **form).status_code, 303)
        self.assertEqual(one.state, "revoked")
        done = self.env["saas.audit.entry"].search([("action", "=like", "customer_api_key_%")])
        self.assertEqual(set(done.mapped("kind")), {"rights"})

    def test_wishes_beyond_the_role_or_the_year_are_refused_with_what_was_typed(self):
        self.log_in(self.people["technical"])
        for more in (
            {"scope.invoices:read": "1"},
            {"days": "366"},
            {"days": "0"},
            {"days": "x"},
            {"name": " "},
            {"scope.everything": "1"},
        ):
            with self.subTest(more=more):
                page = self.post("/my/api-keys", **self.key_form(**more))
                self.assertIn("alert-danger", page.text)
        self.assertFalse(self.keys())
        self.assertEqual(self.post("/my/api-keys", **self.key_form(user="2")).status_code, 400)

    def test_who_has_no_team_finds_nothing(self):
        self.log_in(self.person("nobody"))
        for path in ("/my/api-keys", "/my/webhooks", "/my/webhooks/" + "x" * 22):
            self.assertEqual(self.url_open(path).status_code, 404)

    def test_an_operator_revokes_a_key_that_leaked(self):
        self.log_in(self.people["owner"])
        self.post("/my/api-keys", **self.key_form())
        self.keys().with_user(self.operator).action_revoke()
        self.assertEqual(self.keys().state, "revoked")


@tagged("post_install", "-at_install")
class TestPortalWebhooks(ConnectCase):
    def setUp(self):
        super().setUp()
        self.env["saas.webhook.endpoint"].search([]).active = False

    def make(self, **more):
        self.log_in(self.people["technical"])
        page = self.post("/my/webhooks", **self.hook_form(**more))
        return page, self.hooks()

    def test_it_is_told_of_its_account_and_of_what_was_chosen_alone(self):
        page, hook = self.make()
        secret = re.search(r'value="(whsec_[A-Za-z0-9_-]+)"', page.text).group(1)
        self.assertEqual((hook.state, hook.partner_id), ("enabled", self.account))
        self.assertFalse(hook.user_id)
        self.assertNotIn(secret, self.url_open(f"/my/webhooks/{hook.public_id}").text)
        self.tenant._fire("suspended", system=True, reason="manual", note="x")
        self.tenant._fire("resumed", system=True)
        self.other_tenant._fire("suspended", system=True, reason="manual", note="x")
        self.assertEqual(hook.delivery_ids.mapped("code"), ["tenant.suspended"])

    def test_kinds_that_name_our_own_affairs_cannot_be_chosen(self):
        self.assertLessEqual(set(CUSTOMER_KINDS), set(KINDS) - {"backup.failed"})
        page, hook = self.make(**{"kind.backup.failed": "1"})
        self.assertIn("alert-danger", page.text)
        self.assertFalse(hook)

    def test_addresses_inside_and_unknown_fields_are_refused(self):
        for url in ("http://hooks.example.com/x", "https://10.0.0.1:5432/x", "file:///etc/passwd"):
            with self.subTest(url=url):
                page, hook = self.make(url=url)
                self.assertIn("alert-danger", page.text)
                self.assertFalse(hook)
        page, hook = self.make(inside_allowed="1")
        self.assertEqual(page.status_code, 400)

    def test_a_test_is_sent_and_sent_again_and_the_answer_stands_there(self):
        _page, hook = self.make()
        path = f"/my/webhooks/{hook.public_id}"
        self.assertEqual(self.post(path, action="test").status_code, 303)
        row = hook.delivery_ids
        self.assertEqual((row.code, row.state), ("webhook.test", "waiting"))
        row.sudo()._put({"state": "dead_letter", "last_status": 500, "last_text": "It said 500."})
        self.assertIn("It said 500.", self.url_open(path).text)
        self.post(path, action="again", delivery=row.sudo()._portal_ref())
        self.assertEqual(len(hook.delivery_ids), 2)
        self.post(path, action="again", delivery="0" * 32)
        self.assertEqual(len(hook.delivery_ids), 2)

    def test_tests_have_a_bound(self):
        _page, hook = self.make()
        path = f"/my/webhooks/{hook.public_id}"
        with patch.object(type(self.env["saas.signup.count"]), "_add", lambda *_args: (1000, 5)):
            self.post(path, action="test")
        self.assertFalse(hook.delivery_ids)
        self.assertIn("Enough tests", self.url_open(path).text)

    def test_it_is_paused_goes_on_gets_another_secret_and_is_removed(self):
        _page, hook = self.make()
        path = f"/my/webhooks/{hook.public_id}"
        self.post(path, action="pause")
        self.assertEqual(hook.state, "paused")
        self.post(path, action="enable")
        self.assertEqual(hook.state, "enabled")
        self.assertIn("whsec_", self.post(path, action="rotate").text)
        self.assertTrue(hook.former_until)
        self.assertEqual(self.post(path, action="nonsense").status_code, 303)
        self.post(path, action="remove")
        self.assertFalse(hook.active)
        self.assertEqual(self.url_open(path).status_code, 404)

    def test_other_roles_and_other_accounts_reach_none(self):
        _page, hook = self.make()
        path = f"/my/webhooks/{hook.public_id}"
        for user in (self.people["billing"], self.people["viewer"], self.outsider):
            self.log_in(user)
            with self.subTest(user=user.login):
                gone = self.url_open("/my/webhooks/" + "x" * 22)
                self.assertEqual(self.same(self.url_open(path)), self.same(gone))
                self.assertEqual(self.post(path, action="remove").status_code, 404)
                self.assertEqual(self.post("/my/webhooks", **self.hook_form()).status_code, 404)
        self.assertTrue(hook.active)
        ours = self.env["saas.webhook.endpoint"].create({"name": "Ours", "url": URL})
        self.log_in(self.people["owner"])
        self.assertEqual(self.url_open(f"/my/webhooks/{ours.id}").status_code, 404)

    def test_an_account_has_a_few(self):
        for number in range(5):
            self.make(name=f"Hook {number}")
        page, hooks = self.make()
        self.assertIn("Remove one before", page.text)
        self.assertEqual(len(hooks), 5)

    def test_who_looks_after_it_hears_when_it_is_switched_off(self):
        _page, hook = self.make()
        hook.sudo()._failed("gone", fields.Datetime.now())
        self.assertEqual(hook.state, "disabled")
        mails = self.env["mail.mail"].sudo().search([("subject", "ilike", "Stock: Disabled")])
        told = {f"{role}@acme.example" for role in MAY}
        self.assertEqual(set(mails.mapped("email_to")), told)
        self.assertFalse(hook.activity_ids)
