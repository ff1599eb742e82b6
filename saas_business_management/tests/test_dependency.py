"""Dependencies: what a check makes of them, who is affected, who calls us, where none may lead."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import SaasCommon

GOOD = {"problem": "", "refused": False, "silent": False, "milliseconds": 40}
SILENT = {"problem": "address_silent", "refused": False, "silent": True, "milliseconds": None}
INSIDE = {"problem": "address_inside", "refused": True, "silent": False, "milliseconds": None}


class DependencyCommon(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["saas.dependency"].search([]).unlink()

    def make(self, name="Payment Provider", **values):
        vals = {"name": name, "address": "https://pay.example.com/status", **values}
        return self.env["saas.dependency"].create(vals)

    def check(self, *pairs):
        looks = [{"dependency": one.id, **seen} for one, seen in pairs]
        self.env["saas.dependency"]._step_seen(looks=looks, only=pairs[0][0].id)

    def latest(self, one):
        codes = ["dependency_up", "dependency_ms", "dependency_misses"]
        found = self.env["saas.metric"]._latest(codes, [one.id]).get(one.id, {})
        return {code: value for code, (value, _at) in found.items()}


@tagged("post_install", "-at_install")
class TestDependency(DependencyCommon):
    def test_it_is_down_after_two_misses_and_up_with_the_next_answer(self):
        one = self.make()
        self.assertEqual((one.state, one.reason), ("unknown", "never_checked"))
        self.check((one, GOOD))
        self.assertEqual((one.state, one.reason_text, one.misses), ("up", False, 0))
        self.assertEqual(
            self.latest(one), {"dependency_up": 1, "dependency_ms": 40, "dependency_misses": 0}
        )
        self.check((one, SILENT))
        self.assertEqual((one.state, one.misses), ("up", 1))
        self.assertEqual(one.reason_text, "Nobody answers at its address.")
        self.check((one, SILENT))
        self.assertEqual((one.state, one.misses), ("down", 2))
        self.assertEqual(self.latest(one)["dependency_up"], 0)
        found = [row for row in self.env["saas.doctor"]._run() if row["code"] == "dependency_down"]
        self.assertEqual(found[0]["level"], "warning")
        self.check((one, GOOD))
        self.assertEqual((one.state, one.misses), ("up", 0))

    def test_a_name_that_leads_inside_makes_it_unknown_and_is_a_security_event(self):
        one = self.make()
        self.check((one, GOOD))
        self.check((one, INSIDE))
        self.assertEqual((one.state, one.misses), ("unknown", 0))
        rules = self.env["saas.security.event"].search([]).mapped("rule")
        self.assertIn("dependency_inside", rules)

    def test_when_nobody_outside_answers_it_is_our_own_network(self):
        services = [self.make(f"Service {place}") for place in range(3)]
        inside = self.make("Ours", address="http://10.0.0.5/health", inside_allowed=True)
        for _number in range(2):
            self.check(*((one, SILENT) for one in (*services, inside)))
        self.assertEqual({one.state for one in services}, {"unknown"})
        self.assertIn("our own network", services[0].reason_text)
        self.assertEqual(inside.state, "down")

    def test_addresses_that_may_not_be_called_are_refused_when_they_are_entered(self):
        for kind, address in (
            ("http", "http://pay.example.com/"),
            ("http", "https://pay.example.com:5432/"),
            ("http", "https://me@pay.example.com/"),
            ("http", ""),
            ("tcp", "db.example.com:5432"),
            ("tcp", "smtp.example.com"),
        ):
            with self.subTest(address=address), self.assertRaises(ValidationError):
                self.make(kind=kind, address=address)
        self.make(kind="tcp", address="smtp.example.com:587")
        self.make(kind="tcp", address="10.0.0.1:5432", inside_allowed=True)
        self.make(kind="heartbeat", address="")

    def test_how_it_stands_is_not_written_by_hand(self):
        one = self.make()
        for vals in ({"state": "up"}, {"misses": 0}, {"beat_hash": "x"}):
            with self.assertRaises(UserError):
                one.sudo().write(vals)
        with self.assertRaises(UserError):
            self.make(state="up")

    def test_only_what_is_due_is_asked_and_a_button_asks_at_once(self):
        one, calls = self.make(), self.make("Bank", kind="heartbeat", address="")
        (told,) = self.env["saas.dependency"]._step_due()["services"]
        self.assertEqual((told["dependency"], told["kind"]), (one.id, "http"))
        self.check((one, GOOD))
        self.assertFalse(self.env["saas.dependency"]._step_due()["services"])
        self.assertTrue(self.env["saas.dependency"]._step_due(only=one.id)["services"])
        with freeze_time(fields.Datetime.now() + timedelta(minutes=5)):
            self.assertTrue(self.env["saas.dependency"]._step_due()["services"])
        calls.active = False
        one.with_user(self.operator).action_check()
        job = self.env["saas.job"].search([("kind", "=", "check_dependencies")], limit=1)
        self.assertEqual((job.sudo().spec, job.priority), ({"only": one.id}, 1))
        with self.assertRaises(AccessError):
            one.with_user(self.viewer).action_check()
        with self.assertRaises(UserError):
            calls.with_user(self.operator).action_check()

    def test_checks_are_ordered_once(self):
        self.make()
        self.env["saas.dependency"]._cron_check()
        self.env["saas.dependency"]._cron_check()
        self.assertEqual(
            self.env["saas.job"].search_count([("kind", "=", "check_dependencies")]), 1
        )

    def test_what_nobody_checked_for_too_long_is_unknown(self):
        one = self.make()
        self.check((one, GOOD))
        for minutes, state in ((15, "up"), (16, "unknown")):
            with freeze_time(fields.Datetime.now() + timedelta(minutes=minutes)):
                self.env["saas.dependency"]._cron_check()
                self.assertEqual(one.state, state)
        self.assertEqual(one.reason, "stale")

    def test_the_map_tells_each_open_tenant_once(self):
        first = self.make_open_tenant(subdomain="one")
        second = self.make_open_tenant(subdomain="two")
        closed = self.make_open_tenant(subdomain="three")
        closed.sudo()._fire("suspended", reason="manual")
        every = self.make("All")
        few = self.make("Few", serves="tenants", tenant_ids=[Command.set((first | closed).ids)])
        here = self.make("Here", serves="clusters", cluster_ids=[Command.set(self.cluster.ids)])
        ours = self.make("Ours", serves="platform")
        theirs = self.make("Theirs", company_id=self.other_company.id)
        self.env.invalidate_all()
        both = first | second
        self.assertLessEqual(both, every.map_ids.tenant_id)
        self.assertEqual(few.map_ids.tenant_id, first)
        self.assertEqual(here.map_ids.tenant_id & (both | closed), both)
        self.assertEqual((len(ours.map_ids), len(ours.map_ids.tenant_id)), (1, 0))
        self.assertFalse(theirs.map_ids)
        self.assertEqual((few.tenant_count, ours.tenant_count), (1, 0))
        few.active = False
        self.assertFalse(self.env["saas.dependency.map"].search([("dependency_id", "=", few.id)]))

    def test_another_company_sees_those_of_all_and_nothing_of_ours(self):
        ours = self.make("Ours", company_id=self.env.company.id)
        shared = self.make("Shared")
        theirs = self.env["saas.dependency"].with_user(self.stranger)
        self.assertEqual(theirs.search([]), shared.with_user(self.stranger))
        with self.assertRaises(AccessError):
            ours.with_user(self.stranger).read(["name"])

    def test_changes_stand_in_the_audit_log(self):
        one = self.make()
        one.with_user(self.admin).address = "https://pay.example.com/other"
        actions = self.env["saas.audit.entry"].sudo().search([], order="id desc", limit=2)
        self.assertEqual(actions.mapped("action"), ["dependency_changed", "dependency_created"])


@tagged("post_install", "-at_install")
class TestHeartbeat(DependencyCommon, HttpCase):
    def beat(self, token, method="GET"):
        answer = self.url_open(f"/saas/heartbeat/{token}", method=method)
        return answer.status_code, answer.content, answer.headers.get("Set-Cookie")

    def address_of(self, one):
        action = one.with_user(self.admin).action_make_beat_address()
        return action["context"]["default_url"].rpartition("/")[2]

    def test_a_call_is_written_down_and_its_absence_is_down(self):
        one = self.make("Bank", kind="heartbeat", address="", minutes=10)
        token = self.address_of(one)
        self.env["saas.dependency"]._step_seen(looks=[], only=one.id)
        self.assertEqual(one.state, "unknown")
        for method in ("GET", "POST"):
            self.assertEqual(self.beat(token, method)[:2], (200, b"ok"))
        one.invalidate_recordset()
        self.assertTrue(one.beat_at)
        self.env["saas.dependency"]._step_seen(looks=[], only=one.id)
        self.assertEqual(one.state, "up")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=21)):
            self.env["saas.dependency"]._step_seen(looks=[], only=one.id)
            self.assertEqual((one.state, one.reason), ("up", "heartbeat_late"))
            self.env["saas.dependency"]._step_seen(looks=[], only=one.id)
            self.assertEqual(one.state, "down")

    def test_every_address_that_leads_nowhere_is_answered_alike(self):
        one = self.make("Bank", kind="heartbeat", address="")
        former = self.address_of(one)
        current = self.address_of(one)
        archived = self.make("Gone", kind="heartbeat", address="")
        gone = self.address_of(archived)
        archived.active = False
        answers = {
            self.beat(token) for token in (former, gone, "x" * 43, "x", "y" * 500, "%00", "%F0%9F")
        }
        self.assertEqual(answers, {(404, b"unknown", None)})
        self.assertEqual(self.beat(current)[0], 200)

    def test_only_the_hash_of_an_address_is_kept_and_nobody_reads_it(self):
        one = self.make("Bank", kind="heartbeat", address="")
        token = self.address_of(one)
        self.assertNotIn(token, str(one.sudo().read()))
        self.env.cr.execute("SELECT beat_hash FROM saas_dependency WHERE id = %s", [one.id])
        self.assertEqual(len(self.env.cr.fetchone()[0]), 64)
        with self.assertRaises(AccessError):
            one.with_user(self.admin).read(["beat_hash"])
        with self.assertRaises(AccessError):
            one.with_user(self.operator).action_make_beat_address()

    def test_a_service_that_calls_without_end_is_written_down_once_in_ten_seconds(self):
        one = self.make("Bank", kind="heartbeat", address="")
        token, hear = self.address_of(one), self.env["saas.dependency"]._hear
        start = fields.Datetime.now()
        for seconds, written in ((0, 0), (5, 0), (11, 11)):
            with freeze_time(start + timedelta(seconds=seconds)):
                self.assertTrue(hear(token))
            one.invalidate_recordset()
            self.assertEqual(one.beat_at, start + timedelta(seconds=written))
