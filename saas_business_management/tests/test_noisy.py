"""Noisy neighbours are named, told, held back and let go; their victims are never named."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..kernel.monitoring.noisy_steps import Hold
from .monitoring_common import MonitoringCommon


@tagged("post_install", "-at_install")
class TestNoisy(MonitoringCommon):
    def setUp(self):
        super().setUp()
        self.noisy = self.make_watched("acme")
        self.victim = self.make_watched("nova")
        self.third = self.make_watched("birch")
        self.start = self.now
        self.findings = self.env["saas.noisy.finding"]
        for minute in range(60):
            self.minute(minute - 60, heavy=False)

    def minute(self, number, heavy):
        at = self.start + timedelta(minutes=number)
        pressure = 60.0 if heavy else 3.0
        machine = {"pressure_cpu_percent": pressure, "pressure_io_percent": 0.0, "cores": 4}
        self.metrics._add("machine", [(at, self.machine.id, machine)])
        for tenant in (self.noisy, self.victim, self.third):
            busy = heavy and tenant == self.noisy
            slow = heavy and tenant == self.victim
            figures = {
                "active_sessions_average": 4.0 if busy else (2.0 if slow else 0.1),
                "database_cpu_ms": 50_000 if busy else 300,
                "blocks_read": 100,
                "temp_bytes": 0,
                "wal_bytes": 1000,
            }
            self.metrics._add("database", [(at, tenant.id, figures)])
            gateway = {
                "latency_p95_ms": 2000.0 if slow else 200.0,
                "response_ms": 30_000 if slow else 500,
                "requests": 60,
                "api_calls": 50 if busy else 1,
                "cron_ms": 4500 if busy else 0,
            }
            self.metrics._add("gateway", [(at, tenant.id, gateway)])

    def play(self, minutes, first=0, heavy=True):
        """Let so many minutes pass, looking each minute; return the minute of the first finding."""
        found = None
        for number in range(first, first + minutes):
            self.minute(number, heavy)
            with self.at(minutes=number + 1):
                if self.findings._look() and found is None:
                    found = number + 1
        return found

    def test_it_is_named_within_ten_minutes_and_the_victim_is_not(self):
        minute = self.play(11)
        self.assertLessEqual(minute, 10)
        finding = self.findings.search([])
        self.assertEqual(finding.tenant_id, self.noisy)
        self.assertEqual(finding.victim_ids, self.victim)
        self.assertEqual((finding.state, finding.resource), ("found", "cpu"))
        self.assertGreater(finding.share_cpu, 90)
        self.assertIn("processor", finding.summary)
        self.assertIn("Scheduled work", finding.evidence_text)
        self.assertIn("API", finding.evidence_text)
        self.assertTrue(finding.activity_id)
        entry = self.env["saas.audit.entry"].search([("action", "=", "tenant_named_noisy")])
        self.assertEqual(entry.tenant_id, self.noisy)

    def test_a_calm_cluster_names_nobody(self):
        self.assertIsNone(self.play(12, heavy=False))
        self.assertFalse(self.findings.search([]))

    def test_nothing_is_done_by_itself_unless_the_cluster_says_so(self):
        self.play(30)
        self.assertFalse(self.findings.search([]).step_ids)
        self.assertFalse(self.noisy.noisy_rate)

    def test_by_itself_it_writes_then_holds_back_and_lets_go_when_it_is_over(self):
        self.cluster.noisy_automatic = "limit"
        self.play(12)
        finding = self.findings.search([])
        self.assertEqual(finding.step_ids.mapped("kind"), ["inform"])
        self.play(20, first=12)
        self.assertEqual(set(finding.step_ids.mapped("kind")), {"inform", "limit"})
        self.assertEqual(finding.state, "acting")
        self.assertEqual(self.noisy.noisy_rate, 30)
        limits = self.noisy._route_values()["limits"]
        told = limits["api"]
        self.assertEqual((told["policy"], told["rate"]), ("throttle", 30))
        self.assertEqual(told["until"], told["since"] + 24 * 3600)
        whole = self.cluster.connections_per_tenant
        half = max(6, whole // 2)
        self.assertEqual(limits["work"], {"requests": max(2, (whole - 3) // 2)})
        self.assertEqual(self.noisy._share().connections, half)
        self.assertIn("held back", self.noisy.work_connections_text)
        self.play(45, first=32, heavy=False)
        self.assertEqual(finding.state, "over")
        self.assertFalse(self.noisy.noisy_rate)
        self.assertFalse(self.noisy._route_values()["limits"])
        self.assertEqual(self.noisy._share().connections, 0)
        step = finding.step_ids.filtered(lambda one: one.kind == "limit")
        self.assertTrue(step.ended_by_itself and not step.undone_by_id)
        entry = self.env["saas.audit.entry"].search(
            [("action", "=", "tenant_noisy_undone")], limit=1
        )
        self.assertEqual((entry.facts["step"], entry.facts["alone"]), ("limit", True))
        self.assertFalse(finding.activity_id.active)

    def test_buttons_take_steps_and_undo_takes_them_back(self):
        self.play(11)
        finding = self.findings.search([]).with_user(self.operator)
        finding.action_limit()
        finding.action_limit()
        self.assertEqual(len(finding.step_ids), 1)
        self.assertTrue(finding.limited and self.noisy.noisy_rate)
        finding.step_ids.action_undo()
        self.assertFalse(finding.limited or self.noisy.noisy_rate)
        self.assertEqual(finding.state, "found")
        with self.assertRaises(UserError):
            finding.step_ids.action_undo()
        finding.action_night()
        finding.action_move()
        self.assertEqual(self.noisy.work_night, "night")
        self.assertIn("night", self.noisy._route_values()["limits"]["work"])
        asked = finding.step_ids.filtered("activity_id")
        self.assertEqual(asked.kind, "night")
        proposals = self.env["saas.placement.proposal"].search([])
        self.assertEqual((proposals.tenant_id, proposals.reason), (self.noisy, "noisy"))
        moved = finding.step_ids.filtered(lambda one: one.kind == "move")
        activities = asked.activity_id
        (asked | moved).action_undo()
        self.assertFalse(activities.exists())
        self.assertEqual(proposals.state, "done")
        self.assertEqual(self.noisy.work_night, "tier")
        codes = self.env["saas.audit.entry"].search([("tenant_id", "=", self.noisy.id)])
        wanted = {"tenant_noisy_limit", "tenant_noisy_undone", "tenant_noisy_night"}
        self.assertLessEqual(wanted, set(codes.mapped("action")))

    def test_holding_back_ends_after_a_day_even_when_nobody_measures(self):
        self.play(11)
        finding = self.findings.search([])
        finding.with_user(self.operator).action_limit()
        step = finding.step_ids
        self.assertEqual(step.until, self.now + timedelta(days=1))
        self.env["saas.noisy.step"]._end_holds(step.until - timedelta(minutes=1))
        self.assertTrue(self.noisy.noisy_rate)
        self.env["saas.noisy.step"]._end_holds(step.until)
        self.assertFalse(self.noisy.noisy_rate or self.noisy.noisy_connections)
        self.assertTrue(step.ended_by_itself)

    def test_what_a_person_took_ends_with_the_noise_too_but_work_stays_at_night(self):
        self.play(11)
        finding = self.findings.search([])
        finding.with_user(self.operator).action_limit()
        finding.with_user(self.operator).action_night()
        self.play(45, first=12, heavy=False)
        self.assertEqual(finding.state, "over")
        self.assertFalse(self.noisy.noisy_rate)
        self.assertEqual(self.noisy.work_night, "night")

    def test_a_stricter_share_of_its_own_stays(self):
        self.noisy.write({"work_requests": 1, "work_connections": 4})
        self.noisy._hold_back(Hold(50, 1, 4), self.now + timedelta(hours=1))
        self.assertIn("set here", self.noisy.work_requests_text)
        self.noisy.work_requests = 9
        self.assertEqual(self.noisy._route_values()["limits"]["work"]["requests"], 1)

    def test_heavy_statements_are_evidence(self):
        rows = self.env["saas.slow.statement"]
        tenants = {"d": self.noisy.id, "e": self.victim.id}
        told = {"reset": "r", "calls": 0, "total_ms": 0.0}
        texts = [("d", "1", "SELECT heavy"), ("d", "2", "SELECT light"), ("e", "3", "SELECT other")]
        first = [{"database": d, "queryid": n, "text": t, **told} for d, n, t in texts]
        rows._keep(self.cluster, first, tenants, self.now)
        took = {"1": 90_000.0, "2": 1000.0, "3": 99_000.0}
        later = [{**one, "calls": 30, "total_ms": took[one["queryid"]]} for one in first]
        rows._keep(self.cluster, later, tenants, self.now + timedelta(minutes=5))
        self.play(11)
        lines = self.findings.search([]).evidence["statements"]
        self.assertEqual([one["what"] for one in lines], ["SELECT heavy", "SELECT light"])
        self.assertIn("90.0 s in 30 runs", lines[0]["much"])

    def test_a_mail_goes_to_the_customer_and_stays_sent(self):
        self.play(11)
        finding = self.findings.search([]).with_user(self.operator)
        finding.action_inform()
        about = [("model", "=", finding._name), ("res_id", "=", finding.id)]
        mail = self.env["mail.mail"].sudo().search(about)
        self.assertIn("alice@moreau.example", mail.email_to)
        self.assertIn("processor time", mail.body_html)
        with self.assertRaises(UserError):
            finding.step_ids.action_undo()

    def test_a_stricter_limit_of_a_quota_stays(self):
        self.noisy.quota_route = {"api": {"policy": "block", "rate": 0}}
        self.noisy._hold_back(Hold(50, 5, 8), self.now + timedelta(days=1))
        self.assertEqual(self.noisy._route_values()["limits"]["api"]["policy"], "block")
        self.noisy.quota_route = {"api": {"policy": "throttle", "rate": 600}, "apps": {}}
        limits = self.noisy._route_values()["limits"]
        self.assertEqual((limits["api"]["rate"], "apps" in limits), (50, True))

    def test_viewers_take_no_step(self):
        self.play(11)
        finding = self.findings.search([]).with_user(self.viewer)
        for name in ("action_inform", "action_limit", "action_night", "action_move"):
            with self.assertRaises(AccessError):
                getattr(finding, name)()
        self.assertFalse(finding.step_ids)

    def test_looking_costs_no_more_queries_with_more_tenants(self):
        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            with self.at(minutes=0):
                self.findings._look()
            return self.env.cr.sql_log_count - start

        few = cost()
        for number in range(20):
            self.make_watched(f"more{number}")
        self.assertLessEqual(cost(), few)


@tagged("post_install", "-at_install")
class TestModuleImpact(MonitoringCommon):
    def test_a_change_that_made_it_slower_is_worse(self):
        tenant = self.make_watched("acme")
        changed = (self.now - timedelta(days=3)).replace(minute=0)
        self.metrics._add("audit", [(changed, tenant.id, {"modules_changed": 2})])
        for hours in range(-72, 72, 6):
            at = changed + timedelta(hours=hours)
            slow = 600.0 if hours >= 0 else 200.0
            self.metrics._add("gateway", [(at, tenant.id, {"latency_p95_ms": slow})])
            self.metrics._average_again("gateway", at, at + timedelta(minutes=1))
        impacts = self.env["saas.module.impact"]
        impacts._compare()
        row = impacts.search([("tenant_id", "=", tenant.id)])
        self.assertEqual((row.count, row.verdict, row.response_verdict), (2, "worse", "worse"))
        self.assertEqual((row.response_before, row.response_after), (200, 600))
        self.assertEqual(row.sessions_verdict, "unknown")
        impacts._compare()
        self.assertEqual(impacts.search_count([("tenant_id", "=", tenant.id)]), 1)

    def test_what_is_usual_is_told_when_there_is_history(self):
        tenant = self.make_watched("acme")
        self.assertIn("nothing was measured", tenant.usual_text)
        lately = self.now - timedelta(minutes=1)
        for weeks, value in ((0, 900.0), (1, 210.0), (2, 200.0), (3, 190.0)):
            at = lately - timedelta(weeks=weeks)
            self.metrics._add("gateway", [(at, tenant.id, {"latency_p95_ms": value})])
            self.metrics._average_again("gateway", at, at + timedelta(minutes=1))
        tenant.invalidate_recordset(["usual_text"])
        with self.at():
            self.assertIn("900.0 ms, usual 200.0 ms", tenant.usual_text)
            self.assertIn("far more than usual", tenant.usual_text)


@tagged("post_install", "-at_install")
class TestAlertCause(MonitoringCommon):
    """The alert names the cause, to whom it may be named."""

    def setUp(self):
        super().setUp()
        self.loud = self.make_watched("sample-healthy")
        self.slow = self.make_watched("sample-warning")
        self.other = self.make_watched("birch")
        self.env["ir.model.data"].create(
            {
                "module": "saas_business_management",
                "name": "demo_cluster_samples",
                "model": "saas.cluster",
                "res_id": self.cluster.id,
            }
        )
        self.alerts = self.env["saas.alert"]
        self.alerts._at_work().search([])._drop()
        self.alerts._make_demo()
        self.finding = self.env["saas.noisy.finding"].search([])
        self.during = self.finding.since + timedelta(minutes=15)

    def raised(self, tenant, layer="application", **values):
        links = {"tenant_id": tenant.id, "cluster_id": tenant.cluster_id.id}
        return self.fire(
            layer=layer,
            subject_id=tenant.id,
            since=self.during,
            **{**links, **values},
        )

    def test_the_demonstration_shows_a_neighbour_and_alerts_that_are_over_and_is_made_once(self):
        self.alerts._make_demo()
        self.assertEqual(self.finding.tenant_id, self.loud)
        self.assertEqual((self.finding.state, self.finding.victim_ids), ("over", self.slow))
        rows = self.alerts.search([])
        self.assertEqual(set(rows.mapped("state")), {"resolved"})
        self.assertEqual(len(rows), 3)
        named = rows.filtered(lambda one: one.code == "noisy_neighbour")
        self.assertIn("Yearly report", self.finding.evidence_text)
        self.assertIn(self.loud.name, named.cause_text)

    def test_who_was_slowed_down_reads_who_did_it_and_nobody_else_does(self):
        self.assertEqual(self.raised(self.slow).cause_id, self.finding)
        self.assertFalse(self.raised(self.other).cause_text)
        self.assertFalse(self.raised(self.slow, layer="business").cause_text)

    def test_the_cluster_they_share_is_explained_too(self):
        alert = self.raised(self.slow, scope="cluster", layer="database", tenant_id=False)
        self.assertIn("temporary files", alert.cause_text)
        self.assertEqual(alert.cause_id, self.finding)

    def test_what_ended_before_or_began_later_has_another_cause(self):
        before = self.finding.since - timedelta(minutes=30)
        early = self.raised(self.slow, ended_at=before + timedelta(minutes=5))
        early._put({"since": before, "state": "resolved"})
        late = self.raised(self.slow)
        late._put({"since": self.finding.ended_at + timedelta(minutes=1)})
        self.assertFalse(early.cause_id or late.cause_id)

    def test_a_message_names_the_cause_inside_and_not_over_a_webhook_or_outside(self):
        channel = self.env["saas.alert.channel"].create({"name": "Ops", "kind": "inbox"})
        alert = self.raised(self.slow)
        message = (
            self.env["saas.alert.message"]
            ._at_work()
            .create(
                {
                    "uid": "msg_cause",
                    "channel_id": channel.id,
                    "at": self.now,
                    "subject": "x",
                    "state": "handed",
                }
            )
        )
        told = {
            "group_key": alert.group_key,
            "rule_id": alert.rule_id.id,
            "cluster_id": alert.cluster_id.id,
            "severity": "critical",
            "why": "first",
            "hash": "x",
            "number": 1,
            "alert_count": 1,
            "firing_ids": alert.ids,
        }
        row = self.env["saas.alert.notification"]._note(message, [told])
        self.assertIn(("Likely cause", alert.cause_text), row._lines())
        channel.addresses = "partner@outside.example"
        self.assertNotIn("Likely cause", [name for name, _words in row._lines()])
