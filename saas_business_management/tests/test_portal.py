"""The customer portal: who sees which database, what each role may do, nothing for the rest.

The matrix below has every route of the portal; a new one without a row fails here.
"""

import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from ..kernel.errors import Refused
from ..kernel.portal import roles
from .common import SaasCommon

# What differs between two answers that say the same: tokens of the session.
CHANGING = re.compile(r'csrf_token: "[^"]*"|name="csrf_token" value="[^"]*"|session_info__ = .*')
# Route below a database → what of the table `kernel/portal/roles.py` it needs.
GET = {
    "": "view",
    "/plan": "plan",
    "/addon": "plan",
    "/cancel": "plan",
    "/backups": "backup",
    "/backups/download/{uuid}": "backup",
    "/backups/restore/{uuid}": "backup",
    "/addresses": "address",
    "/sandbox": "backup",
    "/incidents": "view",
    "/service": "view",
    "/service/review/{month}": "money",
}
POST = {
    "/plan": "plan",
    "/plan/withdraw": "plan",
    "/addon": "plan",
    "/addon/remove": "plan",
    "/cancel": "plan",
    "/cancel/undo": "plan",
    "/backups/now": "backup",
    "/backups/download/{uuid}": "backup",
    "/backups/fetch": "backup",
    "/backups/restore/{uuid}": "backup",
    "/backups/undo": "backup",
    "/addresses": "address",
    "/addresses/change": "address",
    "/sandbox": "backup",
    "/sandbox/refresh": "backup",
    "/sandbox/remove": "backup",
    "/pause": "plan",
    "/resume": "plan",
}
OTHERS = {
    "/my/databases",
    "/my/databases/page/<int:page>",
    "/my/team",
    "/my/team/join/<string:token>",
    # Tested in test_portal_account.py and test_portal_connect.py, each with every role.
    "/my/databases/new",
    "/my/api-keys",
    "/my/webhooks",
    "/my/webhooks/<string:ref>",
    "/my/notifications",
    "/my/account-data",
    "/my/account-data/file/<string:ref>",
    "/my/account-data/close",
    "/my/account-data/close/undo",
}
BASE = "/my/databases/<string:ref>"
# Pages of Odoo's own controller, from which the card on the first page is made.
ODOOS = {
    "/my",
    "/my/home",
    "/my/counters",
    "/my/deactivate_account",
    "/my/address",
    "/address/archive",
}


def rule_of(path):
    """Return the route of a path of the table."""
    return BASE + path.replace("{", "<string:").replace("}", ">")


class PortalCase(SaasCommon, HttpCase):
    """A tenant of Acme, its people in each role, and strangers with one of their own."""

    def setUp(self):
        super().setUp()
        self.account = self.env["res.partner"].create(
            {"name": "Acme Ltd", "is_company": True, "email": "office@acme.example"}
        )
        self.tenant = self.make_open_tenant(partner_id=self.account.id)
        self.people = {role: self.person(role) for role in roles.ROLES}
        for role, user in self.people.items():
            self.member(self.account, user, role)
        self.other_account = self.env["res.partner"].create({"name": "Nova SA"})
        self.other_tenant = self.make_open_tenant(
            name="Nova", subdomain="nova", partner_id=self.other_account.id
        )
        self.outsider = self.person("outsider")
        self.member(self.other_account, self.outsider, "owner")
        self.path = f"/my/databases/{self.tenant.public_id}"

    def person(self, name):
        return new_test_user(
            self.env, f"{name}@acme.example", groups="base.group_portal", name=name.title()
        )

    def member(self, account, user, role):
        values = {"account_id": account.id, "user_id": user.id, "email": user.login, "role": role}
        return self.env["saas.customer.member"].create(values)

    def log_in(self, user):
        self.authenticate(user.login, user.login)

    def token(self):
        page = self.url_open("/my/databases").text
        return re.search(r'csrf_token: "([^"]+)"', page).group(1)

    def post(self, path, **form):
        return self.url_open(path, data={"csrf_token": self.token(), **form}, allow_redirects=False)

    def same(self, answer):
        return answer.status_code, CHANGING.sub("", answer.text)

    def events(self, rule):
        return self.env["saas.security.event"].search([("rule", "=", rule)])

    def routed(self, path):
        path = path.replace("{uuid}", "0b7e6a0e-0000-4000-8000-000000000000")
        return f"{self.path}{path}".replace("{month}", "2020-01")


@tagged("post_install", "-at_install")
class TestPortalMatrix(PortalCase):
    def test_every_route_of_the_portal_is_in_the_table(self):
        found = {
            (rule.rule, method)
            for rule in self.env["ir.http"].routing_map().iter_rules()
            for method in rule.methods or ()
            if rule.endpoint.func.__module__.startswith(
                "odoo.addons.saas_business_management.controllers.portal"
            )
            and not rule.rule.startswith(("/my/account", "/my/addresses", "/my/security"))
        }
        ours = {one for one in found if one[0] not in ODOOS}
        known = {(rule_of(path), "GET") for path in GET}
        known |= {(rule_of(path), "POST") for path in POST}
        known |= {(path, method) for path in OTHERS for method in ("GET", "POST")}
        self.assertLessEqual({one for one in ours if one[1] in ("GET", "POST")}, known)
        table = {rule_of(path) for path in (*GET, *POST)}
        self.assertLessEqual(table, {rule for rule, _method in ours})

    def test_each_role_may_what_the_table_says(self):
        for role, user in self.people.items():
            self.log_in(user)
            for path, action in GET.items():
                with self.subTest(role=role, path=path):
                    status = self.url_open(self.routed(path), allow_redirects=False).status_code
                    # Without a subscription or a backup the page leads back, or is not there.
                    allowed = (200, 303) if "{" not in path else (404,)
                    self.assertIn(status, allowed if roles.may(role, action) else (403,))
            token = self.token()
            for path, action in POST.items():
                with self.subTest(role=role, path=path, method="POST"):
                    answer = self.url_open(
                        self.routed(path), data={"csrf_token": token}, allow_redirects=False
                    )
                    allowed = (303, 404) if path == "/addresses/change" else (303,)
                    if roles.may(role, action):
                        self.assertIn(answer.status_code, allowed)
                    else:
                        self.assertEqual(answer.status_code, 403)
                        self.assertIn("Ask Owner (owner)", answer.text)
        self.assertTrue(self.events("portal_role"))

    def test_a_stranger_gets_the_same_bytes_as_for_what_never_existed(self):
        never = "/my/databases/" + "x" * 22
        users = (self.outsider, self.customer, self.operator, self.person("nobody"))
        for user in users:
            self.log_in(user)
            for path in GET:
                with self.subTest(user=user.login, path=path):
                    gone = self.url_open(self.routed(path).replace(self.path, never))
                    foreign = self.url_open(self.routed(path))
                    self.assertEqual(gone.status_code, 404)
                    self.assertEqual(self.same(foreign), self.same(gone))
                    self.assertNotIn("Acme", foreign.text)
            token = self.token()
            for path in POST:
                with self.subTest(user=user.login, path=path, method="POST"):
                    form = {"csrf_token": token, "unknown": "1"}
                    gone = self.url_open(self.routed(path).replace(self.path, never), data=form)
                    foreign = self.url_open(self.routed(path), data=form)
                    self.assertEqual(gone.status_code, 404)
                    self.assertEqual(self.same(foreign), self.same(gone))
        self.assertTrue(self.events("portal_unknown"))

    def test_visitors_are_led_to_the_login(self):
        for path in (*GET, *POST):
            method = "GET" if path in GET else "POST"
            with self.subTest(path=path):
                data = {"csrf_token": "x"} if method == "POST" else None
                answer = self.url_open(self.routed(path), data=data, allow_redirects=False)
                self.assertIn(answer.status_code, (303, 400))
                self.assertNotIn("Acme", answer.text)

    def test_a_button_without_its_token_or_with_a_foreign_field_does_nothing(self):
        self.log_in(self.people["owner"])
        backups = self.env["saas.backup"].search_count([])
        for path in POST:
            with self.subTest(path=path):
                without = self.url_open(self.routed(path), data={"x": "1"}, allow_redirects=False)
                self.assertEqual(without.status_code, 400)
                self.assertEqual(self.post(self.routed(path), state="active").status_code, 400)
        self.assertEqual(self.env["saas.backup"].search_count([]), backups)

    def test_what_a_page_gets_changes_nothing(self):
        self.log_in(self.people["owner"])
        jobs = self.env["saas.job"].search_count([])
        for path in POST:
            if path not in GET:
                answer = self.url_open(self.routed(path), allow_redirects=False)
                self.assertIn(answer.status_code, (404, 405))
        self.assertEqual(self.env["saas.job"].search_count([]), jobs)


@tagged("post_install", "-at_install")
class TestPortalPages(PortalCase):
    def test_the_card_and_the_list_have_the_databases_of_the_person_alone(self):
        self.log_in(self.people["viewer"])
        home = self.url_open("/my")
        self.assertIn("Your Databases", home.text)
        page = self.url_open("/my/databases").text
        self.assertIn("Acme Retail", page)
        self.assertNotIn("Nova", page)
        self.assertIn("Open", page)
        counted = self.make_jsonrpc_request("/my/counters", {"counters": ["saas_database_count"]})
        self.assertEqual(counted["saas_database_count"], 1)

    def test_a_person_without_databases_reads_what_would_be_here(self):
        self.log_in(self.customer)
        page = self.url_open("/my/databases")
        self.assertEqual(page.status_code, 200)
        self.assertIn("No databases yet", page.text)

    def test_search_filter_and_sorting_take_any_input(self):
        self.log_in(self.people["viewer"])
        for query, seen in (
            ("search=acme", True),
            ("search=zebra", False),
            ("search=%25", False),
            ("search=%27%3B--", False),
            ("filterby=closed", False),
            ("filterby=open&sortby=newest", True),
            ("filterby=nonsense&sortby=password", True),
        ):
            with self.subTest(query=query):
                page = self.url_open(f"/my/databases?{query}")
                self.assertEqual(page.status_code, 200)
                self.assertEqual(self.tenant.public_id in page.text, seen)
        self.assertEqual(self.url_open("/my/databases/page/99999999999").status_code, 200)
        self.assertEqual(self.url_open("/my/databases/" + "%00" * 9).status_code, 404)

    def test_the_page_says_state_plan_address_and_team_in_words(self):
        self.log_in(self.people["owner"])
        page = self.url_open(self.path).text
        for told in ("Acme Retail", self.tenant.host, "Open Database", "Not proven yet", "Team"):
            self.assertIn(told, page)
        for never in ("None", "False", "Traceback", str(self.tenant.database_id.name)):
            self.assertNotIn(f">{never}<", page)

    def test_each_state_is_told_in_the_customers_words(self):
        tenant = self.tenant.sudo()
        told = {
            "active": "Open",
            "provisioning": "Being prepared",
            "failed": "We are working on it",
            "migrating": "Maintenance",
            "archived": "Archived",
            "deleting": "Will be deleted",
        }
        for state, words in told.items():
            with self.subTest(state=state):
                tenant._set({"state": state, "reason": False})
                self.assertIn(words, tenant._portal_state()["text"])
        looked = {"state": "active", "health_checked_at": fields.Datetime.now()}
        for found, words in (
            ("ok", "Operational"),
            ("critical", "outage"),
            ("warning", "Degraded"),
        ):
            with self.subTest(health=found):
                tenant._set({**looked, "health_found": found})
                self.assertIn(words, tenant._portal_state()["text"])
        tenant._set({"health_checked_at": fields.Datetime.now() - timedelta(hours=2)})
        self.assertEqual(tenant._portal_state()["text"], "Open", "an old look is no evidence")
        tenant._set({"state": "suspended", "reason": "payment"})
        self.assertEqual(tenant._portal_state()["text"], "Closed: unpaid invoice")
        self.assertEqual(tenant._portal_banner()["action"], "money")
        self.assertEqual(tenant._portal_open_url(), "")
        tenant._set({"state": "active", "reason": False, "restricted": True})
        self.assertIn("no new users or apps", tenant._portal_state()["text"])

    def test_an_operators_words_never_stand_in_the_activity_log(self):
        self.tenant.with_user(self.operator).action_suspend("manual", "this customer is a pain")
        self.log_in(self.people["owner"])
        page = self.url_open(self.path).text
        self.assertIn("Database closed", page)
        self.assertNotIn("pain", page)
        self.assertIn("Support", page)

    def test_names_are_written_as_text(self):
        self.tenant.name = "<script>alert(1)</script>"
        self.log_in(self.people["owner"])
        for path in ("/my/databases", self.path):
            page = self.url_open(path).text
            self.assertNotIn("<script>alert(1)", page)

    def test_a_backup_is_asked_for_and_not_too_often(self):
        self.log_in(self.people["technical"])
        with patch.object(type(self.tenant), "_order_backup") as order:
            self.assertEqual(self.post(f"{self.path}/backups/now").status_code, 303)
            self.assertEqual(order.call_count, 1)
        with patch.object(type(self.tenant), "_portal_backups_today", lambda _self: 5):
            self.post(f"{self.path}/backups/now")
            self.assertIn("most for a day", self.url_open(f"{self.path}/backups").text)

    def test_an_own_address_is_added_shown_checked_and_removed(self):
        self.log_in(self.people["technical"])
        path = f"{self.path}/addresses"
        self.assertEqual(self.post(path, host="shop.acme-corp.com").status_code, 303)
        page = self.url_open(path).text
        for told in ("shop.acme-corp.com", "CNAME", "TXT", "_saas-verify.shop.acme-corp.com"):
            self.assertIn(told, page)
        self.post(path, host="not a host")
        self.assertIn("alert-danger", self.url_open(path).text)
        self.post(f"{path}/change", host="shop.acme-corp.com", action="check")
        self.post(f"{path}/change", host="shop.acme-corp.com", action="primary")
        self.assertIn("does not lead", self.url_open(path).text)
        self.post(f"{path}/change", host="shop.acme-corp.com", action="remove")
        self.assertFalse(self.tenant._portal_hosts())
        answer = self.post(f"{path}/change", host=self.other_tenant.host, action="remove")
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(self.other_tenant.host_ids)

    def test_a_restore_is_asked_of_support_unless_the_policy_allows_more(self):
        backup = self.stored_backup()
        self.log_in(self.people["technical"])
        path = f"{self.path}/backups/restore/{backup.uuid}"
        self.assertIn("Support does it for you", self.url_open(path).text)
        self.post(path, note="invoices are gone")
        self.assertIn("invoices are gone", self.tenant.activity_ids.note)
        self.post(path, note="again")
        self.assertEqual(len(self.tenant.activity_ids), 1)
        with patch.object(type(self.tenant), "_portal_may_restore", lambda _self: True):
            self.assertIn("Your password here", self.url_open(path).text)
            self.post(path, typed="acme", password="wrong")
            self.assertFalse(self.tenant.restore_ids)
            self.assertTrue(self.events("portal_password"))
            login = self.people["technical"].login
            self.post(path, typed="nova", password=login)
            self.assertFalse(self.tenant.restore_ids)
            self.post(path, typed="acme", password=login)
            self.assertEqual(self.tenant.restore_ids.where, "in_place")

    def test_a_download_belongs_to_who_ordered_it_and_still_has_the_role(self):
        backup = self.stored_backup()
        self.log_in(self.people["technical"])
        path = f"{self.path}/backups/download/{backup.uuid}"
        self.assertEqual(self.url_open(path).status_code, 200)
        self.post(path, kind="odoo_zip")
        self.assertIn("Tick the box", self.url_open(f"{self.path}/backups").text)
        self.post(path, kind="sealed", passphrase="short", again="short")
        export = self.env["saas.backup.export"].search([])
        self.assertFalse(export)
        self.post(path, kind="odoo_zip", aware="1")
        export = self.env["saas.backup.export"].search([])
        technical = self.people["technical"]
        self.assertEqual((export.user_id, export.state), (technical, "running"))
        self.assertTrue(export._is_of_customer(technical))
        self.assertFalse(export._is_of_customer(self.outsider))
        self.assertTrue(export._page_url().endswith(f"{self.path}/backups"))
        self.env["saas.customer.member"].search([("user_id", "=", technical.id)]).unlink()
        self.assertFalse(export._is_of_customer(technical))

    def stored_backup(self):
        """Return a backup of the tenant as an operation leaves it."""
        target = self.env["saas.backup.target"].create({"name": "Disk", "folder": "/var/backups"})
        key = self.env["saas.backup.key"].sudo().search([], limit=1)
        backup_sudo = self.env["saas.backup"]._begin(
            self.tenant, target.sudo(), "manual", fence=0, key_id=key.id, user_id=self.env.uid
        )
        now = fields.Datetime.now() - timedelta(hours=2)
        backup_sudo._put({"state": "stored", "taken_at": now, "finished_at": now})
        return backup_sudo


@tagged("post_install", "-at_install")
class TestPortalTeam(PortalCase):
    def row(self, user):
        return self.env["saas.customer.member"].search([("user_id", "=", user.id)])

    def ref(self):
        members = self.env["saas.customer.member"]
        return members._team_ref(self.account)

    def test_the_customer_itself_founds_its_team_and_nobody_else_does(self):
        alone = self.env["res.partner"].create({"name": "Zen GmbH", "is_company": True})
        self.make_open_tenant(subdomain="zen", partner_id=alone.id, admin_email="lena@zen.example")
        admin = new_test_user(self.env, "lena@zen.example", groups="base.group_portal")
        colleague = new_test_user(self.env, "max@zen.example", groups="base.group_portal")
        stranger = new_test_user(self.env, "x@x.example", groups="base.group_portal")
        (admin | colleague).partner_id.parent_id = alone
        colleague.partner_id.email = "lena@zen.example"
        stranger.partner_id.email = "lena@zen.example"
        members = self.env["saas.customer.member"]
        self.assertEqual(members._roles(admin), {alone.id: "owner"})
        self.assertEqual(members._roles(colleague), {})
        self.assertEqual(members._roles(stranger), {}, "nobody founds a team without a database")
        self.member(alone, colleague, "owner")
        self.assertEqual(members._roles(admin), {})

    def test_an_invitation_is_mailed_and_accepted_once(self):
        self.log_in(self.people["owner"])
        answer = self.post(
            "/my/team", action="invite", team=self.ref(), email=" Lee@New.example ", role="viewer"
        )
        self.assertEqual(answer.status_code, 303)
        row = self.env["saas.customer.member"].search([("email", "=", "lee@new.example")])
        self.assertEqual((row.state, row.role), ("waiting", "viewer"))
        mail = self.env["mail.mail"].sudo().search([("email_to", "=", "lee@new.example")])
        path = re.search(r"/my/team/join/[A-Za-z0-9_-]+", mail.body_html).group(0)
        self.assertNotIn(path.rsplit("/", 1)[1], str(row.read()))
        self.authenticate(None, None)
        page = self.url_open(path)
        self.assertIn("Join Acme Ltd", page.text)
        self.assertEqual(row.state, "waiting")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        form = {"csrf_token": token, "name": "Lee", "password": "short"}
        self.assertIn("at least 8", self.url_open(path, data=form).text)
        form["password"] = "long enough"
        self.url_open(path, data=form, allow_redirects=False)
        self.assertEqual((row.state, row.user_id.login), ("active", "lee@new.example"))
        self.assertTrue(row.user_id._is_portal())
        self.assertEqual(self.url_open(path).status_code, 404)
        self.authenticate("lee@new.example", "long enough")
        self.assertEqual(self.url_open(self.path).status_code, 200)

    def test_an_old_invitation_leads_nowhere(self):
        row = self.env["saas.customer.member"]._invite(
            self.account, "old@new.example", "viewer", "owner"
        )
        mail = self.env["mail.mail"].sudo().search([("email_to", "=", "old@new.example")])
        path = re.search(r"/my/team/join/[A-Za-z0-9_-]+", mail.body_html).group(0)
        row.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        old = self.url_open(path)
        never = self.url_open("/my/team/join/" + "x" * 43)
        self.assertEqual(old.status_code, 404)
        self.assertEqual(self.same(old), self.same(never))

    def test_roles_are_changed_by_who_may_and_the_last_owner_stays(self):
        self.log_in(self.people["administrator"])
        viewer, owner = self.row(self.people["viewer"]), self.row(self.people["owner"])
        self.post("/my/team", action="role", member=viewer.public_id, role="billing")
        self.assertEqual(viewer.role, "billing")
        self.post("/my/team", action="role", member=viewer.public_id, role="owner")
        self.assertEqual(viewer.role, "billing")
        self.post("/my/team", action="remove", member=owner.public_id)
        self.assertTrue(owner.exists())
        self.log_in(self.people["owner"])
        self.post("/my/team", action="remove", member=owner.public_id)
        self.assertTrue(owner.exists())
        self.post("/my/team", action="remove", member=viewer.public_id)
        self.assertFalse(viewer.exists())
        self.log_in(self.people["viewer"])
        self.assertEqual(self.url_open(self.path).status_code, 404)

    def test_nobody_reaches_into_another_team(self):
        theirs = self.row(self.outsider)
        self.log_in(self.people["owner"])
        for form in (
            {"action": "remove", "member": theirs.public_id},
            {"action": "role", "member": theirs.public_id, "role": "viewer"},
            {"action": "again", "member": theirs.public_id},
            {"action": "invite", "team": "0" * 32, "email": "a@b.example", "role": "viewer"},
            {"action": "remove", "member": "x" * 22},
            {"action": "nonsense"},
            {},
        ):
            with self.subTest(form=form):
                self.assertEqual(self.post("/my/team", **form).status_code, 404)
        self.assertEqual(theirs.role, "owner")
        for role in ("billing", "technical", "viewer"):
            self.log_in(self.people[role])
            form = {"action": "invite", "team": self.ref(), "email": "a@b.example"}
            self.assertEqual(self.post("/my/team", role="viewer", **form).status_code, 404)
        self.assertFalse(self.env["saas.customer.member"].search([("email", "=", "a@b.example")]))

    def test_invitations_have_bounds(self):
        members = self.env["saas.customer.member"]
        for email in ("", "nonsense", "x" * 300 + "@acme.example"):
            with self.subTest(email=email[:20]), self.assertRaises(Refused):
                members._invite(self.account, email, "viewer", "owner")
        row = members._invite(self.account, "a@b.example", "viewer", "owner")
        with self.assertRaises(Refused) as told:
            members._invite(self.account, "A@b.example", "viewer", "owner")
        self.assertEqual(told.exception.code, "team_twice")
        with self.assertRaises(Refused) as told:
            row._send_again()
        self.assertEqual(told.exception.code, "team_again_soon")
        for number in range(19):
            members._invite(self.account, f"a{number}@b.example", "viewer", "owner")
        with self.assertRaises(Refused) as told:
            members._invite(self.account, "one@more.example", "viewer", "owner")
        self.assertEqual(told.exception.code, "team_invited_enough")

    def test_what_happens_to_a_team_stands_in_the_audit_log(self):
        row = self.row(self.people["viewer"])
        row.role = "billing"
        row.unlink()
        actions = self.env["saas.audit.entry"].search(
            [("res_model", "=", "saas.customer.member")], limit=2
        )
        self.assertEqual(
            actions.mapped("action"), ["rights_member_removed", "rights_member_changed"]
        )
        self.assertEqual(set(actions.mapped("kind")), {"rights"})


@tagged("post_install", "-at_install")
class TestPortalHealth(PortalCase):
    def test_parts_of_the_health_stand_in_words_and_nowhere_else(self):
        part = {"name": "Servers", "look": "success", "icon": "fa-check", "word": "Operational"}
        self.patch(type(self.tenant), "_portal_layers", lambda _self: [part])
        self.log_in(self.people["owner"])
        page = self.url_open(self.path).text
        self.assertEqual(page.count("o_saas_portal_part"), 1)
        self.assertNotIn("&#39;word&#39;", page)
        self.assertNotIn("'word'", page)
