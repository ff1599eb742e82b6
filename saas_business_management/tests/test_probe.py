"""Probes and audits of tenants: who is due, what is kept, what is unknown, what has changed."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..kernel.monitoring.question import AUDITS, PROBES
from .common import SaasCommon

AT = "2026-03-10 12:00:00"
MARKS = {"admins": "2", "admins_mark": "a1", "code_mark": "c1", "own_code_mark": "o1"}


@tagged("post_install", "-at_install")
class TestProbe(SaasCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="probed")
        self.cluster = self.cluster.sudo()

    def told(self, source="probe", problem="", tenant=None, **answers):
        told = {
            code: ["", one[1:]] if one.startswith("!") else [one, ""]
            for code, one in answers.items()
        }
        look = {"tenant": (tenant or self.tenant).id, "told": told, "problem": problem}
        return self.cluster._step_probe_read(source=source, looks=[look])

    def row(self, source="probe"):
        return self.tenant.probe_ids.filtered(lambda one: one.source == source)

    def latest(self, *codes):
        found = self.env["saas.metric"]._latest(list(codes), [self.tenant.id])
        return {code: value for code, (value, _at) in found.get(self.tenant.id, {}).items()}

    def events(self):
        return self.env["saas.security.event"].search([("tenant_id", "=", self.tenant.id)])

    # The questions themselves

    def test_odoos_own_tables_answer_every_question_about_them(self):
        installed = set(
            self.env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
        )
        asks = [one for one in (*PROBES, *AUDITS) if not one.module or one.module in installed]
        self.assertGreater(len(asks), 25)
        for ask in asks:
            with self.subTest(code=ask.code):
                self.env.cr.execute(ask.text, {"now": fields.Datetime.now()})
                rows = self.env.cr.fetchall()
                self.assertEqual(len(rows), 1)
                self.assertLessEqual(len(str(rows[0][0])), 64)

    def test_the_administrators_that_a_question_counts_are_those_odoo_knows(self):
        (ask,) = [one for one in AUDITS if one.code == "admins"]
        known = self.env.ref("base.group_system").all_user_ids.filtered(
            lambda user: user.active and user.id != 1
        )
        self.assertTrue(known)
        self.env.flush_all()
        self.env.cr.execute(ask.text, {"now": fields.Datetime.now()})
        self.assertEqual(self.env.cr.fetchone()[0], len(known))

    # Who is due

    def test_an_open_tenant_is_asked_and_then_rests_for_its_minutes(self):
        with freeze_time(AT):
            self.assertEqual(self.cluster._probe_due("probe"), self.tenant)
            (one,) = self.cluster._step_probe_due(source="probe")["tenants"]
            self.assertEqual(one["database"], self.tenant.database_id.name)
            self.told(sessions="3")
            self.assertFalse(self.cluster._probe_due("probe"))
            self.assertEqual(self.cluster._probe_due("audit"), self.tenant)
        with freeze_time(fields.Datetime.to_datetime(AT) + timedelta(minutes=5)):
            self.assertEqual(self.cluster._probe_due("probe"), self.tenant)

    def test_full_monitoring_or_a_warning_asks_each_minute_and_an_idle_tenant_seldom(self):
        seconds = lambda: self.cluster._probe_seconds(self.tenant, "probe")[self.tenant.id]  # noqa: E731
        tier = self.env.ref("saas_business_management.service_tier_premium")
        self.assertEqual(seconds(), 300)
        self.env["ir.config_parameter"].sudo().set_param("saas.probe_minutes", "15")
        self.assertEqual(seconds(), 900)
        self.plan.sudo().service_tier_id = tier
        self.tenant.sudo()._set({"plan_id": self.plan.id})
        tier.sudo().monitoring_depth = "full"
        self.assertEqual(seconds(), 60)
        with patch.object(type(self.cluster), "_at_work_tenants", lambda _self: set()):
            self.assertEqual(seconds(), 1800)
            look = {"problem": "", "status": 500, "seconds": 0.1, "until": "", "trusted": True}
            self.cluster._step_health_seen([{"tenant": self.tenant.id, **look}])
            self.assertEqual((self.tenant.health, seconds()), ("warning", 60))

    def test_a_closed_tenant_is_not_asked(self):
        self.tenant.sudo()._fire("suspended", reason="manual")
        self.assertFalse(self.cluster._probe_due("probe"))
        with self.assertRaises(UserError):
            self.tenant.action_probe()

    def test_the_round_is_ordered_once_and_only_when_somebody_is_due(self):
        jobs = self.env["saas.job"].search([("kind", "=", "probe_tenants")])
        self.env["saas.cluster"]._cron_probe()
        self.env["saas.cluster"]._cron_probe()
        ordered = self.env["saas.job"].search([("kind", "=", "probe_tenants")]) - jobs
        self.assertEqual(ordered.cluster_id, self.cluster)
        self.assertEqual(len(ordered), 1)
        ordered.sudo().write({"state": "done", "ended_at": fields.Datetime.now()})
        self.told(sessions="1")
        self.told("audit", admins="1")
        self.env["saas.cluster"]._cron_probe()
        self.assertFalse(
            self.env["saas.job"].search([("kind", "=", "probe_tenants"), ("state", "!=", "done")])
        )

    # What is kept

    def test_figures_are_kept_and_shown_on_the_tenant(self):
        self.told(sessions="7", cron_lag_s="5400", mail_waiting="!absent")
        self.assertEqual(
            self.latest("sessions", "cron_lag_s", "mail_waiting"),
            {"sessions": 7, "cron_lag_s": 5400},
        )
        self.assertEqual((self.row().state, self.tenant.probe_state), ("known", "known"))
        shown = str(self.tenant.probe_values)
        self.assertIn("Delay of scheduled actions", shown)
        self.assertIn("90 min", shown)
        self.assertNotIn("Mails waiting", shown)

    def test_what_could_not_be_told_is_listed_with_its_reason_and_has_no_figure(self):
        self.told(sessions="7", orders_hour="!column_missing", crons_dead="-4")
        self.assertEqual(self.latest("orders_hour", "crons_dead"), {})
        self.assertEqual(self.row().state, "partly")
        self.assertIn("Orders in the last hour", self.row().reason)
        self.assertIn(self.row(), self.row().search([("state", "!=", "known")]))

    def test_three_times_without_an_answer_pause_a_tenant_until_it_is_asked_by_hand(self):
        for _number in range(3):
            self.told(problem="server_unreachable")
        self.assertEqual((self.row().state, self.row().failures), ("paused", 3))
        self.assertEqual(self.latest("sessions"), {})
        self.assertTrue(self.row().paused_until)
        soon = fields.Datetime.now() + timedelta(minutes=10)
        with freeze_time(soon):
            self.assertFalse(self.cluster._probe_due("probe"))
        with freeze_time(soon + timedelta(minutes=6)):
            self.assertEqual(self.cluster._probe_due("probe"), self.tenant)
        found = [one for one in self.env["saas.doctor"]._run() if one["code"] == "probes_paused"]
        self.assertEqual([one["level"] for one in found], ["warning"])
        self.row().with_user(self.operator).action_probe_now()
        self.assertEqual(self.cluster._probe_due("probe"), self.tenant)
        self.told(sessions="1")
        self.assertEqual((self.row().state, self.row().failures), ("known", 0))

    def test_who_only_looks_cannot_have_tenants_asked(self):
        self.told(sessions="1")
        for user in (self.viewer, self.stranger):
            with self.assertRaises(Exception) as refused:
                self.row().with_user(user).action_probe_now()
            self.assertEqual(type(refused.exception).__name__, "AccessError")

    def test_doctor_says_who_was_not_probed_for_long(self):
        levels = lambda: [  # noqa: E731
            one["level"] for one in self.env["saas.doctor"]._run() if one["code"] == "probes_late"
        ]
        self.assertEqual(levels(), ["ok"])
        with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
            self.assertEqual(levels(), ["warning"])
            self.told(sessions="1")
            self.assertEqual(levels(), ["ok"])

    # Audits

    def test_the_first_audit_remembers_and_the_next_finds_a_new_administrator(self):
        self.told("audit", **MARKS, code_actions="4")
        self.assertFalse(self.events())
        self.told("audit", **{**MARKS, "admins": "3", "admins_mark": "a2"})
        self.assertEqual(self.events().mapped("rule"), ["tenant_admins_changed"])
        self.assertEqual(self.events().facts, {"before": 2, "now": 3})
        self.assertEqual(self.latest("admins", "admins_added"), {"admins": 3, "admins_added": 1})
        self.assertEqual(self.row("audit").sudo().remembered["admins_mark"], "a2")

    def test_an_audit_without_an_answer_forgets_nothing(self):
        self.told("audit", **MARKS)
        self.told("audit", problem="login_refused")
        self.assertEqual(self.row("audit").state, "unknown")
        self.told("audit", **{**MARKS, "own_code_mark": "o2"})
        self.assertEqual(self.events().mapped("rule"), ["tenant_code_changed"])

    def test_days_behind_the_clusters_version_are_counted_where_it_is_known(self):
        self.told("audit", base_version="19.0.1.2")
        self.assertEqual(self.latest("patch_behind_days"), {})
        self.make_modules("base", version="19.0.1.3")
        start = fields.Datetime.now()
        self.told("audit", base_version="19.0.1.2")
        self.assertEqual(self.latest("patch_behind_days"), {"patch_behind_days": 0})
        with freeze_time(start + timedelta(days=20)):
            self.told("audit", base_version="19.0.1.2")
            self.assertEqual(self.latest("patch_behind_days"), {"patch_behind_days": 20})
        with freeze_time(start + timedelta(days=21)):
            self.told("audit", base_version="19.0.1.3")
            self.assertEqual(self.latest("patch_behind_days"), {"patch_behind_days": 0})

    def test_the_end_of_a_certificate_is_what_the_last_look_at_the_door_met(self):
        until = fields.Datetime.now() + timedelta(days=9, hours=1)
        look = {"problem": "", "status": 200, "seconds": 0.1, "trusted": True}
        self.cluster._step_health_seen(
            [{"tenant": self.tenant.id, "until": f"{until.isoformat()}+00:00", **look}]
        )
        self.told("audit", admins="1")
        self.assertEqual(self.latest("certificate_days"), {"certificate_days": 9})


@tagged("post_install", "-at_install")
class TestDoorCadence(SaasCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="door")
        self.cluster = self.cluster.sudo()

    def look(self, **seen):
        look = {"problem": "", "status": 200, "seconds": 0.25, "until": "", "trusted": True}
        self.cluster._step_health_seen([{"tenant": self.tenant.id, **look, **seen}])

    def due_after(self, minutes, start):
        with freeze_time(start + timedelta(minutes=minutes)):
            return self.tenant in self.cluster._health_due()

    def test_the_setting_says_how_often_and_a_service_tier_says_it_better(self):
        start = fields.Datetime.now()
        self.look()
        self.assertFalse(self.due_after(4, start))
        self.assertTrue(self.due_after(5, start))
        self.env["ir.config_parameter"].sudo().set_param("saas.door_minutes", "15")
        self.assertFalse(self.due_after(5, start))
        tier = self.env.ref("saas_business_management.service_tier_premium").sudo()
        tier.check_minutes = "1"
        self.plan.sudo().service_tier_id = tier
        self.tenant.sudo()._set({"plan_id": self.plan.id})
        self.assertTrue(self.due_after(1, start))

    def test_a_look_counts_three_times_as_long_as_until_the_next(self):
        for minutes in (1, 5, 15):
            self.env["ir.config_parameter"].sudo().set_param("saas.door_minutes", str(minutes))
            start = fields.Datetime.now()
            self.look()
            for age, health in ((3 * minutes, "ok"), (3 * minutes + 1, "unknown")):
                with freeze_time(start + timedelta(minutes=age)), self.subTest(age=age):
                    self.tenant.invalidate_recordset(["health"])
                    self.assertEqual(self.tenant.health, health)
                    self.assertIn(self.tenant, self.tenant.search([("health", "=", health)]))

    def test_each_look_leaves_figures_and_one_without_an_answer_leaves_none(self):
        latest = self.env["saas.metric"]._latest
        codes = ["door_open", "door_ms", "door_misses"]
        self.look(problem="node_silent", status=0)
        self.assertFalse(latest(codes, [self.tenant.id]))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            self.look()
            found = latest(codes, [self.tenant.id])[self.tenant.id]
            self.assertEqual([found[code][0] for code in codes], [1, 250, 0])
        with freeze_time(fields.Datetime.now() + timedelta(minutes=2)):
            self.look(status=502)
            found = latest(codes, [self.tenant.id])[self.tenant.id]
            self.assertEqual([found[code][0] for code in codes], [0, 250, 1])

    def test_who_is_due_is_found_with_as_many_queries_for_many_as_for_few(self):
        self.cluster._health_due()
        with self.assertQueryCount(6):
            self.env.invalidate_all()
            self.cluster._health_due()
