"""The account in the portal: more databases, pauses, mails, taking everything away, the end."""

import io
import json
import re
import zipfile
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..kernel.portal import notices, roles
from .billing_common import BillingCommon
from .test_portal import PortalCase


class AccountCase(PortalCase):
    def ref(self):
        return self.env["saas.customer.member"]._team_ref(self.account)

    def stored(self, tenant):
        target = self.env["saas.backup.target"].search([], limit=1)
        target = target or self.env["saas.backup.target"].create(
            {"name": "Disk", "folder": "/var/backups"}
        )
        key = self.env["saas.backup.key"].sudo().search([], limit=1)
        backup_sudo = self.env["saas.backup"]._begin(
            tenant, target.sudo(), "manual", fence=0, key_id=key.id
        )
        now = fields.Datetime.now() - timedelta(hours=2)
        backup_sudo._put({"state": "stored", "taken_at": now, "finished_at": now})
        return backup_sudo

    def mails_to(self, email):
        return self.env["mail.mail"].sudo().search([("email_to", "ilike", email)])


@tagged("post_install", "-at_install")
class TestPortalNew(AccountCase):
    def setUp(self):
        super().setUp()
        self.env["saas.plan"].search([]).published = False
        self.plan._publish_version()
        self.plan.published = True
        # Whether there is a provider to save a method with is another module's affair.
        self.patch(type(self.tenant), "_portal_needs_method", lambda _self: False)
        self.form = {
            "team": self.ref(),
            "plan": self.plan.code,
            "name": "Second Shop",
            "subdomain": "second-shop",
        }

    def made(self):
        return self.env["saas.tenant"].search([("subdomain", "=", "second-shop")])

    def test_who_may_pay_orders_another_database_and_nobody_else(self):
        for role, user in self.people.items():
            self.log_in(user)
            may = roles.may(role, "plan")
            with self.subTest(role=role):
                page = self.url_open("/my/databases/new")
                self.assertEqual(page.status_code, 200 if may else 404)
                if not may:
                    self.assertEqual(self.post("/my/databases/new", **self.form).status_code, 404)
        self.assertFalse(self.made())
        self.log_in(self.people["billing"])
        self.assertIn(self.plan.name, self.url_open("/my/databases/new").text)
        answer = self.post("/my/databases/new", **self.form)
        made = self.made()
        self.assertTrue(answer.headers["Location"].endswith(f"/my/databases/{made.public_id}"))
        self.assertEqual((made.state, made.partner_id), ("provisioning", self.account))
        self.assertEqual(made.admin_email, "billing@acme.example")
        self.log_in(self.outsider)
        self.form |= {"subdomain": "third"}
        self.assertEqual(self.post("/my/databases/new", **self.form).status_code, 404)

    def test_a_refusal_keeps_what_was_typed(self):
        self.log_in(self.people["owner"])
        for more, told in (
            ({"subdomain": "acme"}, "acme"),
            ({"subdomain": "-"}, "subdomain"),
            ({"plan": "nonsense"}, "not offered"),
            ({"name": "  "}, "name"),
        ):
            with self.subTest(more=more):
                page = self.post("/my/databases/new", **{**self.form, **more})
                fault = re.search(r'role="alert">([^<]*)', page.text).group(1)
                self.assertIn(told, fault)
                self.assertIn(f'value="{more.get("subdomain", "second-shop")}"', page.text)
        self.assertEqual(self.post("/my/databases/new", **self.form, price="1").status_code, 400)
        self.assertFalse(self.made())

    def test_one_at_a_time_is_tried_and_nobody_orders_without_end(self):
        self.log_in(self.people["owner"])
        self.tenant._set({"state": "suspended", "reason": "payment"})
        self.assertIn("Pay it first", self.post("/my/databases/new", **self.form).text)
        self.tenant._set({"state": "trial", "reason": False})
        self.assertIn("in its trial", self.post("/my/databases/new", **self.form).text)
        self.tenant._set({"state": "active"})
        counts = type(self.env["saas.signup.count"])
        with patch.object(counts, "_add", lambda *_args: (4, 60)):
            self.assertIn("Try again tomorrow", self.post("/my/databases/new", **self.form).text)
        with patch.object(type(self.tenant), "_portal_needs_method", lambda _self: True):
            self.assertIn("payment method first", self.post("/my/databases/new", **self.form).text)
        self.assertFalse(self.made())

    def test_a_masked_copy_is_made_refreshed_and_removed_as_far_as_the_plan_goes(self):
        self.log_in(self.people["technical"])
        path = f"{self.path}/sandbox"
        self.assertIn("has no copies", self.url_open(path).text)
        self.tenant._set({"plan_id": self.plan.id})
        tier = self.env["saas.service.tier"].create({"name": "One", "code": "one", "sandboxes": 1})
        self.plan.service_tier_id = tier
        self.plan._publish_version()
        self.tenant.database_id.sudo().stage = "claimed"
        self.assertEqual(self.post(path, subdomain="acme-try").status_code, 303)
        made = self.env["saas.tenant"].search([("subdomain", "=", "acme-try")])
        self.assertTrue(made.is_sandbox and made.is_masked)
        self.assertEqual((made.user_id, made.copied_from_id), (self.tenant.user_id, self.tenant))
        page = self.url_open(path).text
        self.assertIn("It is being made", page)
        self.assertIn("1 of 1 in use", page)
        self.post(path, subdomain="acme-more")
        self.assertIn("in use", self.url_open(path).text)
        self.assertFalse(self.env["saas.tenant"].search([("subdomain", "=", "acme-more")]))
        self.finish_copy(made)
        ours = f"/my/databases/{made.public_id}/sandbox"
        self.post(f"{ours}/refresh")
        again = made._last_copy()
        self.assertTrue(again.refresh and again.masked and again.state == "running")
        self.post(f"{ours}/remove")
        self.assertEqual(made.state, "active")
        again.sudo().job_ids.write({"state": "failed"})
        self.post(f"{ours}/remove")
        self.assertEqual(made.state, "archived")
        self.assertIn("0 of 1 in use", self.url_open(path).text)
        self.post(f"{self.path}/sandbox/remove")
        self.assertEqual(self.tenant.state, "active")

    def finish_copy(self, made):
        one = made.made_copy_ids.sudo()
        at_work = one.with_context(saas_job_id=one.job_ids.id)
        at_work._step_begin(fence=1)
        at_work._step_publish(oid=7)
        at_work._step_open()
        at_work._step_done(taken_at="2026-03-01T12:00:00+00:00")
        one.job_ids.write({"state": "done"})


@tagged("post_install", "-at_install")
class TestPortalMails(AccountCase):
    def member_of(self, role):
        return self.env["saas.customer.member"].search([("user_id", "=", self.people[role].id)])

    def test_a_role_gets_at_first_what_it_works_with_and_chooses_then(self):
        technical = self.member_of("technical")
        self.assertEqual(technical._chosen(), notices.at_first("technical"))
        self.log_in(self.people["technical"])
        page = self.url_open("/my/notifications").text
        self.assertNotIn("Closing and deletion", page)
        self.post("/my/notifications", team=self.ref(), news="1")
        self.assertEqual(technical._chosen(), {"news"})
        self.assertEqual(self.member_of("owner")._chosen(), set(notices.KINDS))
        self.log_in(self.people["owner"])
        page = self.url_open("/my/notifications").text
        self.assertIn("cannot be switched off", page)
        self.assertIn('disabled="disabled"', page)
        answer = self.post("/my/notifications", team=self.ref(), always="")
        self.assertEqual(answer.status_code, 400)
        self.log_in(self.outsider)
        self.assertEqual(self.post("/my/notifications", team=self.ref()).status_code, 404)
        self.log_in(self.person("nobody"))
        self.assertEqual(self.url_open("/my/notifications").status_code, 404)

    def test_a_mail_goes_to_who_wants_it(self):
        members = self.env["saas.customer.member"]
        told = [email for email, _lang in members._recipients(self.tenant, "limits")]
        wanted = ["owner@acme.example", "administrator@acme.example", "technical@acme.example"]
        self.assertEqual(told, ["alice@moreau.example", *wanted])
        self.member_of("owner").mail_limits = False
        told = [email for email, _lang in members._recipients(self.tenant, "limits")]
        self.assertNotIn("owner@acme.example", told)
        # The administrator of the database is a member who does not want it.
        self.member_of("owner").email = "alice@moreau.example"
        told = [email for email, _lang in members._recipients(self.tenant, "limits")]
        self.assertNotIn("alice@moreau.example", told)
        told = [email for email, _lang in members._recipients(self.tenant, notices.ALWAYS)]
        self.assertEqual(told, ["alice@moreau.example", "administrator@acme.example"])
        self.assertNotIn("outsider@acme.example", told)

    def test_closing_is_told_to_who_answers_whatever_they_chose(self):
        for role in ("owner", "administrator", "billing"):
            self.member_of(role).write({f"mail_{kind}": False for kind in notices.KINDS})
        self.tenant._fire("suspended", system=True, reason="manual", note="x")
        for role in roles.ROLES:
            mails = self.mails_to(f"{role}@acme.example")
            with self.subTest(role=role):
                self.assertEqual(len(mails), 1 if role in ("owner", "administrator") else 0)

    def test_restores_are_told_to_who_wants_to_hear(self):
        self.member_of("owner").mail_backups = False
        self.tenant._journal("restored", "x")
        self.assertFalse(self.mails_to("owner@acme.example"))
        self.assertIn("restored", self.mails_to("technical@acme.example").subject)
        self.tenant._journal("restore_failed", "x")
        self.assertEqual(len(self.mails_to("technical@acme.example")), 2)

    def test_a_warning_about_a_limit_asks_the_team(self):
        self.member_of("technical").mail_limits = False
        quota = self.env["saas.quota"].sudo().search([("tenant_id", "=", self.tenant.id)], limit=1)
        if not quota:
            meter = self.env["saas.meter"].search([("code", "=", "users")])
            quota = quota.create({"tenant_id": self.tenant.id, "meter_id": meter.id, "level": "ok"})
        setting = self.env["saas.quota.setting"]._of(self.tenant.company_id)
        quota._mail_everybody("warned", setting, False, 80)
        self.assertTrue(self.mails_to("owner@acme.example"))
        self.assertFalse(self.mails_to("technical@acme.example"))


@tagged("post_install", "-at_install")
class TestPortalExport(AccountCase):
    page = "/my/account-data"

    def setUp(self):
        super().setUp()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 60.0)
        self.exports = self.env["saas.account.export"]

    def order(self, role="owner", **more):
        self.log_in(self.people[role])
        form = {"team": self.ref(), "kind": "odoo_zip", "aware": "1", **more}
        return self.post(self.page, **form)

    def test_owner_and_administrator_order_and_nobody_else(self):
        for role in roles.ROLES:
            may = roles.may(role, "export")
            with self.subTest(role=role):
                self.assertEqual(self.order(role).status_code, 303 if may else 404)
                self.assertEqual(self.url_open(self.page).status_code, 200)
        self.assertEqual(len(self.exports.search([])), 1, "one at a time, and not twice a day")
        self.log_in(self.outsider)
        form = {"team": self.ref(), "kind": "odoo_zip", "aware": "1"}
        self.assertEqual(self.post(self.page, **form).status_code, 404)

    def test_what_is_not_safe_is_not_ordered(self):
        for more in ({"aware": ""}, {"kind": "tar"}, {"kind": "sealed", "passphrase": "short"}):
            with self.subTest(more=more):
                self.assertEqual(self.order(**more).status_code, 303)
                self.assertIn("alert-danger", self.url_open(self.page).text)
        self.assertFalse(self.exports.search([]))

    def test_all_of_it_is_offered_together_to_who_asked(self):
        shop = self.make_open_tenant(name="Shop", subdomain="second", partner_id=self.account.id)
        backups = {tenant: self.stored(tenant) for tenant in (self.tenant, shop)}
        self.order()
        self.exports._cron_tend()
        export = self.exports.search([])
        self.assertEqual(set(export.file_ids.backup_id), set(backups.values()))
        self.assertEqual(export.file_ids.user_id, self.people["owner"])
        self.assertEqual(export.state, "running")
        for file_sudo in export.file_ids.sudo():
            file_sudo._step_ready(size=1000, sha256="0" * 64)
        self.exports._cron_tend()
        self.assertEqual(export.state, "ready")
        self.assertTrue(self.mails_to("owner@acme.example").filtered("subject"))
        path = f"{self.page}/file/{export.public_id}"
        files = self.opened(self.url_open(path).content)
        facts = json.loads(files["account.json"])
        self.assertEqual([one["name"] for one in facts["databases"]], ["Acme Retail", "Shop"])
        self.assertNotIn(b"Nova", b"".join(files.values()))
        self.assertIn(b"owner@acme.example", files["team.csv"])
        self.assertTrue(
            self.env["saas.audit.entry"].search([("action", "=", "account_export_downloaded")])
        )
        for user in (self.people["administrator"], self.outsider):
            self.log_in(user)
            self.assertEqual(self.url_open(path).status_code, 404)
        export.sudo()._put({"kept_until": fields.Datetime.now() - timedelta(minutes=1)})
        self.exports._cron_tend()
        self.assertEqual((export.state, bool(export.data_id)), ("over", False))

    def test_a_database_without_a_backup_gets_one_first(self):
        self.order()
        with patch.object(type(self.tenant), "_order_backup") as order:
            self.exports._cron_tend()
        self.assertEqual(order.call_count, 1)
        self.stored(self.tenant)
        self.exports._cron_tend()
        self.assertTrue(self.exports.search([]).file_ids)

    def test_what_cannot_be_made_says_so_and_can_be_ordered_again(self):
        self.stored(self.tenant)
        self.order()
        self.exports._cron_tend()
        export = self.exports.search([])
        export.file_ids.sudo()._put({"state": "failed", "error_text": "No room."})
        self.exports._cron_tend()
        self.assertEqual(export.state, "failed")
        self.log_in(self.people["owner"])
        self.assertIn("No room.", self.url_open(self.page).text)
        self.assertEqual(self.order().status_code, 303)
        self.assertEqual(len(self.exports.search([])), 2)

    def opened(self, content):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


@tagged("post_install", "-at_install")
class TestPortalEnd(BillingCommon, HttpCase):
    """Pausing and closing, with a subscription that really runs."""

    def setUp(self):
        super().setUp()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 60.0)
        self.partner.is_company = True
        self.standard.plan_id.customer_pauses = True
        self.tenant = self.make_open_tenant(
            partner_id=self.partner.id, plan_id=self.standard.plan_id.id
        )
        self.work()
        self.one = self.tenant.sudo().subscription_id
        self.owner = self.person("owner")
        self.admin_member = self.person("administrator")
        self.path = f"/my/databases/{self.tenant.public_id}"
        self.log_in(self.owner)

    member = PortalCase.member
    log_in = PortalCase.log_in
    post = PortalCase.post
    token = PortalCase.token

    def person(self, role):
        user = PortalCase.person(self, role)
        self.member(self.partner, user, role)
        return user

    def ref(self):
        return self.env["saas.customer.member"]._team_ref(self.partner)

    def test_a_pause_closes_and_going_on_opens(self):
        page = self.url_open(self.path).text
        self.assertIn("Pause Subscription", page)
        self.post(f"{self.path}/pause")
        self.assertEqual((self.one.state, self.tenant.state), ("paused", "suspended"))
        self.assertIn("Go On with Database", self.url_open(self.path).text)
        self.post(f"{self.path}/resume")
        self.assertEqual((self.one.state, self.tenant.state), ("active", "active"))

    def test_a_plan_that_allows_no_pause_has_no_button(self):
        self.standard.plan_id.customer_pauses = False
        self.assertNotIn("Pause Subscription", self.url_open(self.path).text)
        self.post(f"{self.path}/pause")
        self.assertEqual(self.one.state, "active")

    def test_what_we_closed_the_customer_does_not_open(self):
        self.one.action_pause("they did not behave")
        self.assertEqual(self.tenant.state, "suspended")
        self.assertNotIn("Go On with Database", self.url_open(self.path).text)
        self.post(f"{self.path}/resume")
        self.assertEqual((self.one.state, self.tenant.state), ("paused", "suspended"))

    def test_nobody_pauses_to_open_what_we_closed(self):
        self.tenant.with_user(self.operator).action_suspend("manual", "x")
        self.post(f"{self.path}/pause")
        self.assertEqual(self.one.state, "active")

    def test_cancelling_offers_a_pause_and_a_smaller_plan_once(self):
        small = self.make_plan("Small", 9, published=True)
        self.make_plan("Big", 900, published=True)
        page = self.url_open(f"{self.path}/cancel").text
        self.assertIn("Pause Subscription", page)
        self.assertIn(f"plan?plan={small.plan_id.code}", page)
        self.assertNotIn("Big", page)
        self.post(f"{self.path}/cancel", reason="other")
        self.assertTrue(self.one.ends_on)
        self.assertNotIn("Before you go", self.url_open(self.path).text)

    def close(self, **more):
        form = {"team": self.ref(), "typed": self.partner.name, "password": self.owner.login}
        return self.post("/my/account-data/close", **{**form, **more})

    def export(self, state):
        rows = self.env["saas.account.export"]._at_work()
        values = {"account_id": self.partner.id, "user_id": self.owner.id, "kind": "odoo_zip"}
        return rows.create({**values, "state": state, "ready_at": fields.Datetime.now()})

    def closing(self):
        return self.env["saas.account.closing"].search([])

    def test_closing_waits_for_the_export_then_ends_everything_and_can_be_undone(self):
        page = self.url_open("/my/account-data/close").text
        self.assertIn(self.tenant.name, page)
        self.assertIn("destroyed after", page)
        self.close()
        self.assertFalse(self.closing(), "the data first")
        export = self.export("running")
        self.close()
        self.assertEqual(self.closing().state, "waiting")
        self.assertFalse(self.one.ends_on)
        export._put({"state": "ready"})
        self.env["saas.account.export"]._cron_tend()
        self.assertEqual(self.closing().state, "planned")
        self.assertEqual(self.closing().ends_on, self.one.ends_on)
        self.assertIn("is being closed", self.url_open("/my/account-data").text)
        self.post("/my/account-data/close/undo", team=self.ref())
        self.assertEqual(self.closing().state, "undone")
        self.assertFalse(self.one.ends_on)

    def test_closing_is_the_owners_alone_and_takes_name_and_password(self):
        self.export("ready")
        for more in ({"typed": "Acme"}, {"password": "wrong"}, {"typed": ""}):
            with self.subTest(more=more):
                self.assertEqual(self.close(**more).status_code, 303)
                self.assertFalse(self.closing())
        self.assertEqual(self.close(state="done").status_code, 400)
        for role in ("administrator", "billing", "technical", "viewer"):
            user = self.admin_member if role == "administrator" else self.person(role)
            self.log_in(user)
            with self.subTest(role=role):
                self.assertEqual(self.url_open("/my/account-data/close").status_code, 404)
                self.assertEqual(self.close(password=user.login).status_code, 404)
                undo = self.post("/my/account-data/close/undo", team=self.ref())
                self.assertEqual(undo.status_code, 404)
        self.assertFalse(self.closing())

    def test_a_closing_is_done_when_the_last_database_is_archived(self):
        self.export("ready")
        self.close()
        self.assertEqual(self.closing().state, "planned")
        self.tenant._fire("archived", system=True, reason="subscription_ended", note="x")
        self.env["saas.account.export"]._cron_tend()
        self.assertEqual(self.closing().state, "done")
