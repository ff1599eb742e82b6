"""The customers' API: who gets what with which key, and what everybody else reads."""

import json
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import file_open

from ..controllers import api as controller
from ..kernel.errors import Refused
from ..kernel.portal import api, scope
from .test_portal import PortalCase

NEVER = "x" * 22


class ApiCase(PortalCase):
    def setUp(self):
        super().setUp()
        self.keys = self.env["saas.api.key"]

    def make(self, role="owner", scopes=scope.SCOPES, days=90):
        user = self.people[role]
        row, key = self.keys.with_user(user)._make(self.account, role, "Report", scopes, days)
        return row, key.reveal()

    def ask(self, path, key="", method="GET", **more):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        send = self.opener.get if method == "GET" else self.opener.post
        url = self.base_url() + (path if path.startswith("/") else f"{api.BASE}/{path}")
        return send(url, headers=headers, timeout=30, allow_redirects=False, **more)

    def asked(self, one, ref):
        return api.BASE + one.path.replace("{tenant}", ref)


@tagged("post_install", "-at_install")
class TestApiMatrix(ApiCase):
    def test_each_operation_needs_its_scope_and_nothing_else(self):
        keys = {one: self.make(scopes=[one])[1] for one in scope.SCOPES}
        refused = Refused("portal_no_pause")
        tenant = type(self.tenant)
        with (
            patch.object(tenant, "_order_backup", lambda self, *_a, **_m: self.backup_ids),
            patch.object(tenant, "_portal_running", side_effect=refused),
        ):
            for one in api.OPERATIONS:
                for held, key in keys.items():
                    with self.subTest(operation=one.name, scope=held):
                        answer = self.ask(self.asked(one, self.tenant.public_id), key, one.method)
                        # Nothing here has a subscription: a pause is refused, with its reason.
                        allowed = (one.status, 409) if one.method == "POST" else (200,)
                        wanted = allowed if held == one.scope else (403,)
                        self.assertIn(answer.status_code, wanted)
        self.assertTrue(self.events("api_scope"))

    def test_a_key_never_may_more_than_its_maker_today(self):
        row, key = self.make("technical", ["backups:read"])
        path = f"tenants/{self.tenant.public_id}/backups"
        self.assertEqual(self.ask(path, key).status_code, 200)
        member = self.env["saas.customer.member"].search([("user_id", "=", row.user_id.id)])
        member.role = "viewer"
        self.assertEqual(self.ask(path, key).status_code, 403)
        member.unlink()
        self.assertEqual(self.ask(path, key).status_code, 401)

    def test_what_is_foreign_and_what_never_existed_answer_the_same_bytes(self):
        _row, key = self.make()
        for one in api.OPERATIONS:
            if "{tenant}" in one.path:
                with self.subTest(operation=one.name):
                    foreign = self.asked(one, self.other_tenant.public_id)
                    gone = self.ask(self.asked(one, NEVER), key, one.method)
                    theirs = self.ask(foreign, key, one.method)
                    self.assertEqual(gone.status_code, 404)
                    self.assertEqual((gone.status_code, gone.text), (404, theirs.text))
        self.assertTrue(self.events("api_unknown"))

    def test_a_person_in_two_teams_has_a_key_of_one(self):
        self.member(self.other_account, self.people["owner"], "owner")
        _row, key = self.make()
        found = [one["name"] for one in self.ask("tenants", key).json()["data"]]
        self.assertEqual(found, ["Acme Retail"])
        theirs = self.ask(f"tenants/{self.other_tenant.public_id}", key)
        self.assertEqual(theirs.status_code, 404)

    def test_without_a_key_that_works_nothing_is_told(self):
        row, key = self.make()
        answers = [self.ask("tenants"), self.ask("tenants", "saas_" + "x" * 43)]
        answers.append(self.ask("tenants", key + "x"))
        answers.append(self.ask("tenants", row.prefix))
        row._put({"expires_on": fields.Date.today() - timedelta(days=1)})
        answers.append(self.ask("tenants", key))
        row._put({"expires_on": fields.Date.today()})
        self.assertEqual(self.ask("tenants", key).status_code, 200)
        row._revoke()
        answers.append(self.ask("tenants", key))
        self.assertEqual({one.status_code for one in answers}, {401})
        self.assertEqual(len({one.text for one in answers}), 1)
        self.assertEqual(answers[0].headers["Content-Type"], "application/problem+json")
        self.assertIn("Bearer", answers[0].headers["WWW-Authenticate"])
        self.assertTrue(self.events("api_unauthorized"))

    def test_a_session_is_no_key(self):
        self.log_in(self.people["owner"])
        self.assertEqual(self.ask("tenants").status_code, 401)

    def test_a_key_that_asks_too_often_waits(self):
        _row, key = self.make()
        limit = type(self.env["saas.api.limit"])
        with patch.object(limit, "_count_request", lambda *_args: 17):
            answer = self.ask("tenants", key)
        self.assertEqual((answer.status_code, answer.headers["Retry-After"]), (429, "17"))
        counts = self.env["saas.api.limit"]
        row = self.keys.sudo().search([], limit=1)
        waits = [counts._count_request(row) for _one in range(api.KEY_A_MINUTE + 1)]
        self.assertFalse(any(waits[:100]), "whatever the clock says, the first hundred pass")

    def test_who_guesses_keys_waits_even_with_a_right_one(self):
        _row, key = self.make()
        for _number in range(api.FAULTS):
            self.env["saas.api.limit"]._count_fault("127.0.0.1")
        answer = self.ask("tenants", key)
        self.assertEqual(answer.status_code, 429)
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        self.assertTrue(self.events("api_flood"))


@tagged("post_install", "-at_install")
class TestApiAnswers(ApiCase):
    def test_answers_are_what_the_file_says(self):
        _row, key = self.make()
        now = fields.Datetime.now() - timedelta(hours=1)
        target = self.env["saas.backup.target"].create({"name": "Disk", "folder": "/var/backups"})
        backup_key = self.env["saas.backup.key"].sudo().search([], limit=1)
        backup = self.env["saas.backup"]._begin(
            self.tenant, target.sudo(), "manual", fence=0, key_id=backup_key.id
        )
        backup._put({"state": "stored", "taken_at": now, "finished_at": now})
        for one in api.OPERATIONS:
            if one.method == "GET":
                answer = self.ask(self.asked(one, self.tenant.public_id), key)
                told = answer.json()
                rows = told["data"] if one.many else [told]
                with self.subTest(operation=one.name):
                    self.assertEqual(answer.headers["Cache-Control"], "no-store")
                    self.assertRegex(answer.headers["X-Request-Id"], r"^[0-9a-f]{16}$")
                    for row in rows:
                        self.assertEqual(set(row), set(api.SCHEMAS[one.answer]))
                    if one.many:
                        self.assertEqual((told["page"], told["total"]), (1, len(rows)))
        backups = self.ask(f"tenants/{self.tenant.public_id}/backups", key).json()["data"]
        self.assertEqual([one["id"] for one in backups], [backup.uuid])

    def test_changes_are_told_the_newest_first_and_rehearsals_are_not(self):
        upgrades, moves, copies = (
            self.env[name]._at_work() for name in ("saas.upgrade", "saas.move", "saas.copy")
        )
        mine = {"tenant_id": self.tenant.id}
        to = {**mine, "to_version_id": self.version.id}
        upgrades.create({**to, "state": "done", "rehearsal": True})
        began = {"started_at": "2026-03-01 08:00:00"}
        upgrades.create({**to, **began, "state": "rolled_back", "outage_seconds": 1.5})
        ends = {"source_id": self.cluster.id, "destination_id": self.cluster.id}
        moves.create({**mine, **ends, "started_at": "2026-03-02 08:00:00", "state": "frozen"})
        copies.create({**mine, "into_id": self.tenant.id, "use": "sandbox", "state": "done"})
        _row, key = self.make(scopes=["tenants:read"])
        told = self.ask(f"tenants/{self.tenant.public_id}/changes?per_page=2", key).json()
        self.assertEqual(told["total"], 3)
        self.assertEqual(
            [(row["kind"], row["state"]) for row in told["data"]],
            [("copy", "done"), ("move", "running")],
        )
        (last,) = self.ask(
            f"tenants/{self.tenant.public_id}/changes?per_page=2&page=2", key
        ).json()["data"]
        self.assertEqual(
            (last["state"], last["version"], last["outage_seconds"], last["started_at"]),
            ("undone", self.version.number, 1.5, "2026-03-01T08:00:00Z"),
        )

    def test_pages_go_on_where_the_last_one_ended(self):
        self.make_open_tenant(name="Two", subdomain="two", partner_id=self.account.id)
        _row, key = self.make()
        names = [
            self.ask(f"tenants?per_page=1&page={page}", key).json()["data"][0]["name"]
            for page in (1, 2)
        ]
        self.assertEqual(names, ["Acme Retail", "Two"])
        self.assertEqual(self.ask("tenants?page=9", key).json()["data"], [])

    def test_questions_that_make_no_sense_are_bad_requests(self):
        _row, key = self.make()
        usage = f"tenants/{self.tenant.public_id}/usage"
        for path in (
            "tenants?order=name",
            "tenants?page=0",
            "tenants?per_page=101",
            "tenants?page=1;drop",
            f"{usage}?since=yesterday",
            f"{usage}?since=2027-13-01",
            f"{usage}?since=2027-03-02&until=2027-03-01",
            f"{usage}?since=2020-01-01&until=2027-03-01",
        ):
            with self.subTest(path=path):
                answer = self.ask(path, key)
                self.assertEqual(answer.status_code, 400)
                self.assertEqual(set(answer.json()), set(api.SCHEMAS["Problem"]))

    def test_a_refusal_says_why(self):
        _row, key = self.make()
        with patch.object(type(self.tenant), "_portal_backups_today", lambda _self: 5):
            answer = self.ask(f"tenants/{self.tenant.public_id}/backups", key, "POST")
        self.assertEqual(answer.status_code, 409)
        self.assertIn("most for a day", answer.json()["detail"])

    def test_the_numbers_of_the_gate_are_those_of_the_table(self):
        self.assertEqual(controller.BASE, api.BASE)
        self.assertEqual(controller.MOST_A_PAGE, api.MOST_A_PAGE)
        self.assertEqual(controller.USUAL_A_PAGE, api.USUAL_A_PAGE)

    def test_every_own_route_is_in_the_open_file(self):
        answer = self.ask(api.FILE)
        told = answer.json()
        with file_open("saas_business_management/static/api/openapi.json") as file:
            self.assertEqual(told, json.load(file))
        for rule in self.env["ir.http"].routing_map().iter_rules():
            module = rule.endpoint.func.__module__
            if module.startswith("odoo.addons.saas_business_management.controllers"):
                path = re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", rule.rule)
                with self.subTest(path=path):
                    self.assertIn(path, told["paths"])

    def test_the_page_for_people_shows_every_operation_and_loads_nothing_from_elsewhere(self):
        page = self.ask(api.DOCS).text
        for one in api.OPERATIONS:
            self.assertIn(one.summary, page)
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*? (?:src|href)="([^"]+)"', page)
        self.assertTrue(loaded)
        for address in loaded:
            self.assertRegex(address, r"^/[^/]", "only what this server has itself")

    def test_the_examples_of_the_page_on_the_api_work(self):
        with file_open("saas_business_management/docs/api.md") as file:
            section = file.read().split("## API of customers")[1].split("\n## ")[0]
        _row, key = self.make()
        tried = re.findall(r"^curl(?P<post> -X POST)? .*?\$API/(\S+?)['\"]?$", section, re.M)
        self.assertGreaterEqual(len(tried), 5)
        with patch.object(
            type(self.tenant), "_order_backup", lambda self, *_a, **_m: self.backup_ids
        ):
            for post, path in tried:
                with self.subTest(path=path):
                    path = path.replace("$TENANT", self.tenant.public_id)
                    answer = self.ask(path, key, "POST" if post else "GET")
                    self.assertIn(answer.status_code, (200, 202))
