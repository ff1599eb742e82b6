"""The dashboard: its figures are those of the records, for who may see them, in few queries."""

import re
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL, file_path

from .billing_common import BillingCommon
from .common import SaasCommon

MANY_TENANTS = """
INSERT INTO saas_tenant (name, subdomain, admin_name, admin_email, template_id, plan_id,
                         cluster_id, company_id, state, state_since, health_found,
                         health_checked_at, health_since, create_date, work_night,
                         support_rule)
SELECT 'Tenant ' || n, 'many' || n, 'Lee', 'lee@many.example', %(template)s, %(plan)s,
       %(cluster)s, %(company)s,
       CASE WHEN n %% 10 = 0 THEN 'suspended' WHEN n %% 3 = 0 THEN 'trial' ELSE 'active' END,
       %(now)s, CASE WHEN n %% 100 = 1 THEN 'critical' ELSE 'ok' END, %(now)s, %(now)s, %(now)s,
       'tier',
       (SELECT support_rule FROM saas_tenant WHERE support_rule IS NOT NULL LIMIT 1)
  FROM generate_series(1, %(many)s) AS n
"""
MANY_EVENTS = """
INSERT INTO saas_tenant_event (tenant_id, company_id, event, from_state, to_state, at)
SELECT id, company_id, 'provisioned', 'provisioning', 'active',
       %(now)s::timestamp - (id %% 400) * interval '1 day'
  FROM saas_tenant WHERE subdomain LIKE 'many%%'
"""
MANY_READINGS = """
INSERT INTO saas_usage_reading (tenant_id, company_id, meter_id, quantity, at)
SELECT t.id, t.company_id, m.id, 2, %(now)s
  FROM saas_tenant AS t, saas_meter AS m
 WHERE t.subdomain LIKE 'many%%' AND m.code IN ('storage_gb', 'users')
"""

QUOTA = """
INSERT INTO saas_quota (tenant_id, company_id, meter_id, has_limit, "limit", used, used_known,
                        has_reading, level, forced_since)
SELECT id, company_id, %(meter)s, true, 10, 9, true, true, 'blocked', %(now)s
  FROM saas_tenant WHERE id = %(tenant)s
"""
OPEN_GAP = """
INSERT INTO saas_backup_alert (tenant_id, company_id, event, text, since)
SELECT id, company_id, 'backup_gap', 'No backup for 2 days', now() AT TIME ZONE 'UTC'
  FROM saas_tenant WHERE id = %(tenant)s
"""


@tagged("post_install", "-at_install")
class TestDashboard(SaasCommon):
    def page(self, user=None, **asked):
        board = self.env["saas.dashboard"]
        return (board.with_user(user) if user else board).get_page(**asked)

    def card(self, page, key):
        return next(one for one in page["cards"] if one["key"] == key)

    def judge(self):
        """Judge health by the front door alone."""
        names = ("infrastructure", "database", "tenant", "business", "security")
        profiles = self.env["saas.monitoring.profile"].search([])
        profiles.write({f"watches_{name}": False for name in names})
        self.env["saas.tenant"]._judge_layers()

    def open_tenant(self, subdomain, **values):
        tenant = self.make_tenant(subdomain=subdomain, cluster_id=self.cluster.id, **values)
        tenant._set({"state": "active"})
        self.tell(tenant, "provisioned", "provisioning", "active")
        return tenant

    def tell(self, tenant, event, source, target, days=0):
        self.env["saas.tenant.event"].sudo().create(
            {
                "tenant_id": tenant.id,
                "event": event,
                "from_state": source,
                "to_state": target,
                "at": fields.Datetime.now() - timedelta(days=days),
            }
        )

    def test_open_tenants_are_counted_as_they_came_and_went(self):
        before = self.card(self.page(), "tenants")["value"]
        one = self.make_tenant(subdomain="early", cluster_id=self.cluster.id)
        one._set({"state": "active"})
        self.tell(one, "provisioned", "provisioning", "active", days=40)
        self.open_tenant("late")
        gone = self.make_tenant(subdomain="gone", cluster_id=self.cluster.id)
        gone._set({"state": "archived"})
        self.tell(gone, "provisioned", "provisioning", "active", days=50)
        self.tell(gone, "archived", "active", "archived", days=3)
        card = self.card(self.page(days=30), "tenants")
        self.assertEqual(card["value"], before + 2)
        self.assertEqual(card["before"], before + 2)
        self.assertEqual(card["change"], 0)
        self.assertEqual(len(card["points"]), 30)
        self.assertEqual(card["points"][-1], before + 2)
        self.assertEqual(card["points"][-2], before + 1)
        self.assertEqual(card["points"][-5], before + 2)
        growth = self.page(days=30)["growth"]
        self.assertEqual(sum(row["created"] for row in growth), 1)
        self.assertEqual(sum(row["archived"] for row in growth), 1)
        self.assertEqual(growth[-1]["net"], 1)
        year = self.page(days=365)["growth"]
        self.assertEqual(sum(row["created"] for row in year), 3)
        self.assertIn(len(year), (12, 13))

    def test_health_falls_to_unknown_when_nobody_looks(self):
        tenant = self.open_tenant("acme")
        looks = {"problem": "", "status": 200, "seconds": 0.1, "until": "", "trusted": True}
        self.assertEqual((tenant.health, bool(tenant.health_text)), ("unknown", True))
        self.cluster._step_health_seen([{"tenant": tenant.id, **looks}])
        self.assertEqual((tenant.health, tenant.health_text), ("ok", False))
        self.assertIn(tenant, tenant.search([("health", "=", "ok")]))
        self.judge()
        self.assertEqual(self.page()["health"]["counts"]["ok"], 1)
        later = fields.Datetime.now() + timedelta(minutes=16)
        with patch.object(fields.Datetime, "now", lambda *_args: later):
            tenant.invalidate_recordset()
            self.assertEqual(tenant.health, "unknown")
            self.assertNotIn(tenant, tenant.search([("health", "=", "ok")]))
            self.assertIn(tenant, tenant.search([("health", "=", "unknown")]))
            health = self.page()["health"]
            self.assertEqual((health["counts"]["ok"], health["counts"]["unknown"]), (0, 1))
            self.assertEqual(health["worst"][0]["id"], tenant.id)
            self.assertIn("15 minutes", health["worst"][0]["reason"])
            self.env["saas.cluster"]._cron_check_health()
            self.assertEqual((tenant.health_found, tenant.health_reason), ("unknown", "stale"))

    def test_two_wrong_answers_are_critical_and_one_is_a_warning(self):
        tenant = self.open_tenant("acme")
        wrong = {"problem": "", "status": 502, "seconds": 0.1, "until": "", "trusted": True}
        self.cluster._step_health_seen([{"tenant": tenant.id, **wrong}])
        self.assertEqual(tenant.health, "warning")
        self.cluster._step_health_seen([{"tenant": tenant.id, **wrong}])
        self.assertEqual(tenant.health, "critical")
        self.judge()
        page = self.page()
        self.assertEqual(page["health"]["worst"][0]["health"], "critical")
        self.assertIn({"key": "critical", "count": 1}, page["attention"])
        self.cluster._step_health_seen(
            [{"tenant": tenant.id, **wrong, "status": 200}, {"tenant": 0, **wrong}]
        )
        self.assertEqual((tenant.health, tenant.health_wrong), ("ok", 0))

    def test_closed_tenants_have_no_health_and_failed_ones_are_critical(self):
        closed = self.open_tenant("closed")
        closed._set({"state": "suspended", "reason": "manual"})
        failed = self.make_tenant(subdomain="failed")
        failed._set({"state": "failed"})
        self.assertFalse(closed.health)
        self.assertEqual(failed.health, "critical")
        self.assertEqual(failed.search([("health", "=", "critical")]), failed)
        self.assertIn(closed, closed.search([("health", "=", False)]))
        self.assertEqual(self.page()["health"]["counts"]["critical"], 1)

    def test_a_look_is_ordered_for_clusters_with_open_tenants(self):
        jobs = self.env["saas.job"].search_count([("kind", "=", "check_health")])
        self.env["saas.cluster"]._cron_check_health()
        self.assertEqual(self.env["saas.job"].search_count([("kind", "=", "check_health")]), jobs)
        tenant = self.open_tenant("acme")
        for _twice in range(2):
            self.env["saas.cluster"]._cron_check_health()
        found = self.env["saas.job"].search_count([("kind", "=", "check_health")])
        self.assertEqual(found, jobs + 1)
        due = self.cluster._step_health_due()
        self.assertEqual([one["tenant"] for one in due["tenants"]], tenant.ids)
        self.assertEqual(due["tenants"][0]["host"], tenant.host)
        found = self.env["saas.job"].search([("kind", "=", "check_health")])
        found.sudo().write({"state": "done", "ended_at": fields.Datetime.now() - timedelta(days=2)})
        self.env["saas.cluster"]._cron_check_health()
        self.assertFalse(found.exists())

    def test_storage_users_and_calls_are_sums_of_readings(self):
        one, two = self.open_tenant("one"), self.open_tenant("two")
        now = fields.Datetime.now()
        meters = {meter.code: meter.id for meter in self.env["saas.meter"].search([])}
        rows = []
        today = fields.Date.context_today(self.env["saas.dashboard"])
        for days in range(61):
            for tenant, times in ((one, 1), (two, 2)):
                at = now - timedelta(days=days)
                rows.append((at, tenant.id, meters["storage_gb"], 10 * times, 1))
                rows.append((at, tenant.id, meters["api_calls"], 100 * times, 1))
        self.env["saas.usage.sample"]._add(rows)
        self.env["saas.usage.day"]._roll_up_written()
        sources = self.env["saas.usage.source"]._of(one | two, "sizes")
        self.env["saas.usage.source"].flush_model()
        self.env["saas.usage.reading"]._put_newest(
            [(one.id, meters["storage_gb"], sources[one.id].id, 12, now)]
        )
        self.assertTrue(today)
        page = self.page(days=30)
        storage, calls = self.card(page, "storage_gb"), self.card(page, "api_calls")
        self.assertEqual((storage["value"], storage["before"], storage["unknown"]), (12, 30, 1))
        self.assertEqual(storage["points"][-2], 30)
        brute = self.env["saas.usage.day"].search(
            [
                ("meter_id.code", "=", "api_calls"),
                ("tenant_id", "in", (one | two).ids),
                ("day", ">=", page["filters"]["start"]),
            ]
        )
        self.assertEqual(calls["value"], sum(brute.mapped("quantity")))
        self.assertEqual((calls["value"], calls["before"], calls["trend"]), (9000, 9000, 0))
        users = self.card(page, "users")
        self.assertEqual((users["value"], users["trend"], users["unknown"]), (None, None, 2))

    def test_use_of_limits_is_that_of_the_quotas(self):
        tenant = self.open_tenant("acme")
        meter = self.env["saas.meter"].search([("code", "=", "users")])
        facts = {"tenant": tenant.id, "meter": meter.id, "now": fields.Datetime.now()}
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM saas_quota WHERE tenant_id = %(tenant)s", **facts))
        self.env.cr.execute(SQL(QUOTA, **facts))
        page = self.page(self.viewer)
        gauge = next(one for one in page["utilisation"] if one["key"] == "users")
        self.assertEqual((gauge["used"], gauge["limit"], gauge["ratio"]), (9, 10, 0.9))
        self.assertEqual((gauge["tenants"], gauge["near"], gauge["forced"]), (1, 1, 1))
        self.assertIn({"key": "limited", "count": 1}, page["attention"])
        storage = next(one for one in page["utilisation"] if one["key"] == "storage_gb")
        self.assertEqual((storage["used"], storage["ratio"], storage["tenants"]), (None, None, 0))

    def test_another_company_and_another_cluster_have_figures_of_their_own(self):
        self.open_tenant("acme")
        self.assertEqual(self.card(self.page(self.viewer), "tenants")["value"], 1)
        self.assertEqual(self.card(self.page(self.stranger), "tenants")["value"], 0)
        other = self.page(self.viewer, company=self.other_company.id)
        self.assertEqual(self.card(other, "tenants")["value"], 1)
        self.assertEqual(other["filters"]["company"], 0)
        self.assertEqual(self.page(cluster=self.cluster.id)["filters"]["cluster"], self.cluster.id)
        elsewhere = self.cluster.copy({"key": "elsewhere", "name": "Elsewhere"})
        self.assertEqual(self.card(self.page(cluster=elsewhere.id), "tenants")["value"], 0)
        self.env.user.company_ids |= self.other_company
        both = self.env["saas.dashboard"].with_context(
            allowed_company_ids=[self.env.company.id, self.other_company.id]
        )
        self.assertEqual(self.card(both.get_page(), "tenants")["value"], 1)
        only = both.get_page(company=self.other_company.id)
        self.assertEqual(self.card(only, "tenants")["value"], 0)
        self.assertEqual(only["filters"]["company"], self.other_company.id)

    def test_who_has_no_right_of_billing_is_told_nothing_about_money(self):
        for user in (self.viewer, self.operator, self.admin):
            page = self.page(user)
            self.assertNotIn("mrr", [one["key"] for one in page["cards"]], user.login)
            self.assertNotIn("subscriptions", [one["key"] for one in page["cards"]])
            self.assertEqual((page["billing"], page["revenue"], page["currency"]), (None,) * 3)
        for user in (self.biller, self.approver):
            page = self.page(user)
            self.assertEqual([one["key"] for one in page["cards"]], ["subscriptions", "mrr"])
            self.assertEqual((page["health"], page["feed"], page["steps"]), (None,) * 3)
        for user in (self.employee, self.customer):
            with self.assertRaises(AccessError):
                self.page(user)

    def test_odd_questions_are_answered_as_the_usual_one(self):
        for asked in ({"days": -1}, {"days": 10**9}, {"company": -5}, {"cluster": 10**9}):
            filters = self.page(**asked)["filters"]
            self.assertEqual((filters["days"], filters["company"], filters["cluster"]), (30, 0, 0))

    def test_work_going_on_and_what_happened_are_told(self):
        tenant = self.open_tenant("acme")
        job = self.env["saas.job"]._enqueue("apply_state", tenant_id=tenant.id)
        job.sudo().write({"state": "running", "progress": 0.4, "step_now": "Close"})
        page = self.page(self.viewer)
        self.assertEqual(page["operations"]["rows"][0]["percent"], 40)
        self.assertEqual(page["operations"]["rows"][0]["step"], "Close")
        self.assertEqual(page["feed"][0]["name"], tenant.name)
        job.sudo().write({"state": "dead", "ended_at": fields.Datetime.now()})
        page = self.page(self.viewer)
        self.assertIn({"key": "dead", "count": 1}, page["attention"])
        self.assertIn(f"job-{job.id}", [one["key"] for one in page["feed"]])
        self.assertEqual(page["operations"]["rows"], [])

    def test_coverage_needs_a_backup_and_no_open_gap(self):
        tenant = self.open_tenant("acme")
        database = (
            self.env["saas.database"]
            .sudo()
            .create(
                {
                    "name": "t_acme_1",
                    "cluster_id": self.cluster.id,
                    "kind": "tenant",
                    "stage": "claimed",
                    "tenant_id": tenant.id,
                }
            )
        )
        tenant._set({"database_id": database.id})
        found = self.page()["backups"]
        self.assertEqual((found["total"], found["covered"], found["coverage"]), (1, 0, 0))
        now = fields.Datetime.now()
        tenant._put_proof({"backup_last_at": now, "backup_proven_at": now - timedelta(days=2)})
        found = self.page()["backups"]
        self.assertEqual((found["coverage"], found["proven"], found["proven_lately"]), (1, 1, 1))
        self.assertEqual(found["last_proven"], fields.Datetime.to_string(now - timedelta(days=2)))
        self.env.cr.execute(SQL(OPEN_GAP, tenant=tenant.id))
        page = self.page()
        self.assertEqual((page["backups"]["covered"], page["backups"]["alert_count"]), (0, 1))
        self.assertIn({"key": "backup_alerts", "count": 1}, page["attention"])

    def test_first_steps_are_ticked_by_facts_and_fall_with_them(self):
        done = {step["key"]: step["done"] for step in self.page()["steps"]}
        self.assertTrue(done["cluster"] and done["plan"] and done["template"])
        tenant = self.open_tenant("acme")
        done = {step["key"]: step["done"] for step in self.page()["steps"]}
        self.assertTrue(done["tenant"])
        tenant._set({"state": "suspended", "reason": "manual"})
        self.cluster.sudo().state = "failing"
        done = {step["key"]: step["done"] for step in self.page()["steps"]}
        self.assertFalse(done["tenant"] or done["cluster"])
        for step in self.page()["steps"]:
            self.assertTrue(self.env.ref(step["action"]), step["key"])

    def test_figures_lead_to_actions_and_filters_that_exist(self):
        """The browser opens them by name: a name that is gone would be found by a click alone."""
        script = file_path("saas_business_management/static/src/saas_dashboard/targets.js")
        text = Path(script).read_text(encoding="utf-8")
        found = re.findall(r'(?:"(action_saas_\w+)", |tenants\()(\[?[^\])]*)', text)
        found = [(name or "action_saas_tenant", filters) for name, filters in found]
        self.assertGreater(len(found), 20)
        for name, filters in found:
            action = self.env.ref(f"saas_business_management.{name}")
            arch = self.env[action.res_model].get_view(action.search_view_id.id, "search")["arch"]
            for one in re.findall(r'"(\w+)"', filters):
                self.assertIn(f'name="{one}"', arch, f"{name}: {one}")

    def test_filters_are_remembered_for_the_person(self):
        settings = self.env["res.users.settings"]._find_or_create_for_user(self.viewer)
        settings.with_user(self.viewer).set_res_users_settings({"saas_dashboard_days": 90})
        self.assertEqual(settings.saas_dashboard_days, 90)

    def test_ten_thousand_tenants_cost_no_more_queries_than_one(self):
        self.open_tenant("acme")
        page = self.page(self.viewer, days=365)
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self.page(self.viewer, days=365)
        few = self.env.cr.sql_log_count - start
        facts = {
            "many": 10_000,
            "template": self.template.id,
            "plan": self.plan.id,
            "cluster": self.cluster.id,
            "company": self.env.company.id,
            "now": fields.Datetime.now(),
        }
        for query in (MANY_TENANTS, MANY_EVENTS, MANY_READINGS):
            self.env.cr.execute(SQL(query, **facts))
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        many = self.page(self.viewer, days=365)
        self.assertLessEqual(self.env.cr.sql_log_count - start, few)
        self.assertLess(few, 30)
        before = self.card(page, "tenants")["value"]
        self.assertEqual(self.card(many, "tenants")["value"], before + 9000)
        self.assertEqual(self.card(many, "users")["value"], 18_000)
        self.assertEqual(self.card(many, "storage_gb")["value"], 20_000)
        self.assertEqual(len(many["health"]["worst"]), 5)
        self.assertEqual(sum(many["health"]["counts"].values()), before + 9000)


@tagged("post_install", "-at_install")
class TestDashboardMoney(BillingCommon):
    def card(self, page, key):
        return next(one for one in page["cards"] if one["key"] == key)

    def make_running(self):
        one = self.make_subscription()
        with self.on("2026-03-01"):
            one.action_activate()
            self.work()
            one.sudo()._note_mrr()
        return one

    def test_money_is_that_of_the_ledger_and_of_the_report(self):
        self.make_running()
        with self.on("2026-03-02"):
            page = self.env["saas.dashboard"].with_user(self.biller).get_page(days=365)
            report = self.env["saas.analytics"].get_figures()
        mrr = self.card(page, "mrr")
        self.assertEqual(mrr["value"], report["mrr"])
        self.assertGreater(mrr["value"], 0)
        ledger = self.env["saas.mrr.movement"].search([("company_id", "=", self.env.company.id)])
        self.assertAlmostEqual(mrr["value"], sum(ledger.mapped("amount")))
        arr = next(part["value"] for part in mrr["parts"] if part["key"] == "arr")
        self.assertAlmostEqual(arr, 12 * mrr["value"])
        running, rows = 0.0, page["revenue"]
        for row in rows:
            running += sum(row[kind] for kind in ("new", "expansion", "reactivation"))
            running += sum(row[kind] for kind in ("contraction", "churn", "revaluation"))
            self.assertAlmostEqual(row["mrr"], running)
        active = self.card(page, "subscriptions")
        found = self.env["saas.subscription"].search_count(
            [("state", "in", ("active", "past_due")), ("company_id", "=", self.env.company.id)]
        )
        self.assertEqual(active["value"], found)
        self.assertEqual(page["billing"]["overdue"]["amount"], report["receivables"]["overdue"])
        self.assertEqual(page["currency"]["code"], self.env.company.currency_id.name)

    def test_a_week_of_renewals_is_told_with_its_days(self):
        one = self.make_running()
        with self.on("2026-03-02"):
            day = one.renews_on
        with self.on(str(day - timedelta(days=3))):
            found = self.env["saas.dashboard"].get_page()["billing"]["renewals"]
        self.assertEqual(found["count"], 1)
        self.assertEqual(found["rows"][0]["day"], fields.Date.to_string(day))
