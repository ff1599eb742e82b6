"""Health by layer: from what fires and how old figures are, with whose problem it is."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from psycopg2.errors import UniqueViolation

from .monitoring_common import MonitoringCommon


@tagged("post_install", "-at_install")
class TestHealth(MonitoringCommon):
    def test_a_tenant_with_fresh_figures_and_no_alert_is_healthy(self):
        tenant = self.make_watched("acme")
        self.feed(tenant)
        self.judge()
        self.assertEqual(tenant.health_whole, "ok")
        found = [tenant[f"health_{one}"] for one in ("infrastructure", "application", "database")]
        self.assertEqual(found, ["ok"] * 3)
        self.assertFalse(tenant.health_business, "the usual profile does not watch business")
        self.assertFalse(tenant.health_whose or tenant.health_whole_text)
        self.assertEqual(tenant.health_points, 100)

    def test_each_source_that_stops_makes_its_layer_unknown_and_no_other(self):
        tenant = self.make_watched("acme")
        layers = {"machine": "infrastructure", "database": "database", "size": "tenant"}
        layers["audit"] = "security"
        # Each a few hours later, so that nothing of the one before is fresh any more.
        for place, (family, layer) in enumerate(layers.items()):
            hours = 4 * place
            self.feed(tenant, at=self.now + timedelta(hours=hours), but=(family,))
            with self.subTest(family=family), self.at(hours=hours):
                self.look(tenant, 200)
                self.judge()
                told = (tenant[f"health_{layer}"], tenant.health_whole, tenant.health_whose)
                self.assertEqual(told, ("unknown", "unknown", "platform"))
                others = set(layers.values()) - {layer}
                self.assertEqual({tenant[f"health_{one}"] for one in others}, {"ok"})

    def test_figures_fall_to_unknown_after_three_cadences(self):
        tenant = self.make_watched("acme")
        self.feed(tenant)
        with self.at(minutes=3):
            self.judge()
            self.assertEqual(tenant.health_database, "ok")
        with self.at(minutes=4):
            self.judge()
            self.assertEqual(tenant.health_database, "unknown")
            self.assertIn("too long", tenant.health_whole_text)
        self.assertEqual(tenant.health_tenant, "ok", "sizes come every quarter of an hour")

    def test_alerts_of_cluster_and_machine_are_the_platforms(self):
        tenant, other = self.make_watched("acme"), self.make_watched("nova")
        self.feed(tenant, other)
        alert = self.fire(scope="cluster", cluster_id=self.cluster.id)
        self.judge()
        for one in (tenant, other):
            told = (one.health_database, one.health_whole, one.health_whose)
            self.assertEqual(told, ("critical", "critical", "platform"))
        alert.state = "resolved"
        self.fire("infrastructure", "warning", "machine", machine_id=self.machine.id)
        self.judge()
        self.assertEqual((tenant.health_whole, tenant.health_whose), ("warning", "platform"))
        self.assertEqual(tenant.health_database, "ok")

    def test_an_alert_of_a_tenant_is_its_own_and_nobody_elses(self):
        tenant, other = self.make_watched("acme"), self.make_watched("nova")
        self.feed(tenant, other)
        self.fire("security", "warning", tenant_id=tenant.id)
        self.judge()
        self.assertEqual((tenant.health_security, tenant.health_whose), ("warning", "tenant"))
        self.assertIn("Security: It is too much.", tenant.health_whole_text)
        self.assertEqual(other.health_whole, "ok")
        self.assertEqual(tenant.search([("health_whole", "=", "warning")]), tenant)

    def test_pending_and_resolved_alerts_do_not_count(self):
        tenant = self.make_watched("acme")
        self.feed(tenant)
        for state in ("pending", "resolved"):
            self.fire(tenant_id=tenant.id, state=state)
        self.judge()
        self.assertEqual(tenant.health_whole, "ok")

    def test_the_front_door_is_part_of_the_application(self):
        tenant = self.make_watched("acme")
        self.feed(tenant)
        self.look(tenant, 503)
        self.judge()
        self.assertEqual((tenant.health_application, tenant.health_whole), ("warning",) * 2)
        self.look(tenant, 503)
        self.judge()
        self.assertEqual(tenant.health_application, "critical")
        self.assertIn("login page", tenant.health_whole_text)

    def test_who_opens_for_the_first_time_is_looked_at_at_once_and_nobody_twice(self):
        orders = [("kind", "=", "check_health"), ("cluster_id", "=", self.cluster.id)]
        jobs = self.env["saas.job"]
        self.cluster.sudo().state = "draft"
        self.make_open_tenant(subdomain="early", name="Early")
        self.assertFalse(jobs.search(orders), "nobody looks at a cluster that is not ready")
        self.cluster.sudo().state = "ready"
        for name in ("first", "second"):
            self.make_open_tenant(subdomain=name, name=name.title())
        self.assertEqual(len(jobs.search(orders)), 1, "one look is for both")

    def test_a_second_wrong_answer_is_judged_at_once(self):
        tenant = self.make_watched("acme")
        cron = self.env.ref("saas_business_management.ir_cron_alerts")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        seen = {"problem": "", "seconds": 0.1, "until": "", "trusted": True, "status": 503}
        looks = [{"tenant": tenant.id, **seen}]
        self.assertEqual(self.cluster._step_health_seen(looks)["doubtful"], [tenant.id])
        triggers = self.env["ir.cron.trigger"]
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before)
        self.assertEqual(self.cluster._step_health_seen(looks)["doubtful"], [])
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_since_stays_while_health_stays(self):
        tenant = self.make_watched("acme")
        self.feed(tenant)
        self.judge()
        since = tenant.health_whole_since
        self.feed(tenant, at=self.now + timedelta(minutes=2))
        with self.at(minutes=2):
            self.judge()
        self.assertEqual(tenant.health_whole_since, since)
        self.fire(tenant_id=tenant.id)
        with self.at(minutes=3):
            self.judge()
        self.assertEqual(tenant.health_whole_since, self.now + timedelta(minutes=3))

    def test_intervals_are_noted_when_a_layer_changes_and_only_then(self):
        tenant = self.make_watched("acme")
        self.feed(tenant)
        self.judge()
        self.judge()
        here = [("tenant_id", "=", tenant.id), ("layer", "=", "database")]
        rows = self.env["saas.status.interval"].sudo()
        self.assertEqual(rows.search(here).mapped("state"), ["ok"])
        self.fire(tenant_id=tenant.id)
        with self.at(minutes=1):
            self.judge()
        found = rows.search(here, order="start_at")
        self.assertEqual(found.mapped("state"), ["ok", "critical"])
        self.assertEqual(found[0].end_at, found[1].start_at)

    def test_a_closed_tenant_has_no_health_and_a_failed_one_is_critical(self):
        tenant, failed = self.make_watched("acme"), self.make_watched("nova")
        self.feed(tenant)
        self.judge()
        tenant._set({"state": "suspended", "reason": "manual"})
        failed._set({"state": "failed"})
        self.judge()
        self.assertFalse(tenant.health_whole or tenant.health_database or tenant.health_whose)
        self.assertEqual((failed.health_whole, failed.health_whose), ("critical", "tenant"))
        self.assertIn("Provisioning failed", failed.health_whole_text)

    def test_a_judgement_nobody_renews_is_said_to_be_old(self):
        tenant = self.make_watched("acme")
        self.feed(tenant)
        self.judge()
        self.assertFalse(tenant.health_old)
        with self.at(minutes=16):
            tenant.invalidate_recordset()
            self.assertTrue(tenant.health_old)
            page = self.env["saas.dashboard"].get_page()
            self.assertEqual(page["health"]["counts"]["ok"], 0)
            self.assertIn("not judged", page["health"]["worst"][0]["reason"])

    def test_a_cluster_has_a_health_of_its_own(self):
        self.feed()
        self.judge()
        self.assertEqual(self.cluster.health, "ok")
        self.fire(scope="cluster", severity="warning", cluster_id=self.cluster.id)
        self.judge()
        self.assertEqual(self.cluster.health, "warning")
        self.assertIn("It is too much.", self.cluster.health_text)
        with self.at(minutes=5):
            self.judge()
        self.assertEqual(self.cluster.health, "unknown")

    def test_the_dashboard_names_the_worst_with_reason_and_whose(self):
        tenant, other = self.make_watched("acme"), self.make_watched("nova")
        self.feed(tenant, other)
        self.fire(tenant_id=tenant.id)
        self.judge()
        health = self.env["saas.dashboard"].with_user(self.viewer).get_page()["health"]
        self.assertEqual((health["counts"]["critical"], health["counts"]["ok"]), (1, 1))
        (row,) = health["worst"]
        self.assertEqual((row["id"], row["whose"]), (tenant.id, "tenant"))
        self.assertEqual(row["reason"], "Database: It is too much.")

    def test_rings_show_the_fullest_and_nothing_that_is_old(self):
        second = self.env["saas.machine"].create(
            {"name": "db-1", "host": "db-1", "use": "database", "cluster_id": self.cluster.id}
        )
        full = {"disk_used_percent": 91.0}
        self.metrics._add("machine", [(self.now, self.machine.id, {"disk_used_percent": 40.0})])
        self.metrics._add("machine", [(self.now, second.id, full)])
        self.metrics._add("cluster", [(self.now, self.cluster.id, {"connections_percent": 30.0})])
        rings = {one["key"]: one for one in self.env["saas.dashboard"].get_page()["capacity"]}
        self.assertEqual((rings["disk"]["percent"], rings["disk"]["name"]), (91.0, "db-1"))
        self.assertEqual(rings["connections"]["percent"], 30.0)
        self.assertIsNone(rings["cpu"]["percent"])
        with self.at(minutes=16):
            rings = {one["key"]: one for one in self.env["saas.dashboard"].get_page()["capacity"]}
            self.assertIsNone(rings["disk"]["percent"])

    def test_customers_read_what_serves_them_and_whose_it_is(self):
        tenant = self.make_watched("acme")
        self.feed(tenant)
        self.judge()
        self.assertEqual(tenant._portal_health()[1], "Operational")
        self.assertEqual(
            [(one["name"], one["word"]) for one in tenant._portal_layers()],
            [
                ("Application", "Operational"),
                ("Database", "Operational"),
                ("Servers and backups", "Operational"),
            ],
        )
        alert = self.fire("security", tenant_id=tenant.id)
        self.judge()
        self.assertEqual(tenant._portal_health()[1], "Operational")
        alert.state = "resolved"
        self.fire(scope="cluster", cluster_id=self.cluster.id)
        self.judge()
        self.assertIn("Degraded on our side", tenant._portal_health()[1])
        self.look(tenant, 503)
        self.look(tenant, 503)
        self.judge()
        self.assertIn("Major outage on our side", tenant._portal_health()[1])

    def test_a_thousand_tenants_are_judged_in_as_many_queries_as_one(self):
        tenant = self.make_watched("acme")
        self.feed(tenant)
        self.judge()
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self.judge()
        few = self.env.cr.sql_log_count - start
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO saas_tenant (name, subdomain, admin_name, admin_email, template_id,
                       plan_id, cluster_id, company_id, state, state_since, support_rule,
                       work_night, health_whole, health_infrastructure, health_application,
                       health_database, health_tenant, health_security)
                SELECT 'Many ' || n, 'many' || n, 'Lee', 'lee@many.example', template_id, plan_id,
                       cluster_id, company_id, state, state_since, support_rule,
                       work_night, 'unknown', 'ok', 'unknown', 'unknown', 'unknown', 'unknown'
                  FROM saas_tenant, generate_series(1, 1000) AS n WHERE id = %s
                """,
                tenant.id,
            )
        )
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self.assertGreater(self.env["saas.tenant"]._judge_layers(), 1000)
        self.assertLessEqual(self.env.cr.sql_log_count - start, few)


@tagged("post_install", "-at_install")
class TestMonitoringProfile(MonitoringCommon):
    def test_three_profiles_come_with_the_product_and_tiers_have_them(self):
        for name, minutes in (("basic", 15), ("standard", 5), ("premium", 1)):
            tier = self.env.ref(f"saas_business_management.service_tier_{name}")
            self.assertEqual(tier.monitoring_profile_id.check_minutes, minutes, name)

    def test_a_profile_says_what_is_watched_and_for_how_long_a_look_counts(self):
        tenant = self.make_watched("acme")
        premium = self.env.ref("saas_business_management.service_tier_premium")
        self.feed(tenant)
        self.plan.service_tier_id = premium
        self.judge()
        self.assertEqual(tenant.health_business, "ok")
        self.feed(tenant, at=self.now + timedelta(minutes=4))
        with self.at(minutes=4):
            self.judge()
            self.assertEqual(tenant.health_application, "unknown", "looks come every minute")
            self.plan.service_tier_id = self.env.ref("saas_business_management.service_tier_basic")
            self.judge()
            self.assertEqual(tenant.health_application, "ok")
            self.assertFalse(tenant.health_business)

    def test_what_is_not_watched_is_no_reason(self):
        tenant = self.make_watched("acme")
        self.feed(tenant)
        self.fire("business", tenant_id=tenant.id)
        self.judge()
        self.assertEqual(tenant.health_whole, "ok")

    def test_thresholds_are_told_by_rule_and_severity(self):
        rule = self.env.ref("saas_business_management.alert_rule_door_closed")
        profile = self.env.ref("saas_business_management.monitoring_profile_basic")
        line = {"profile_id": profile.id, "rule_id": rule.id, "severity": "critical"}
        self.env["saas.monitoring.threshold"].create({**line, "value": 30})
        self.assertEqual(profile._thresholds(), {rule.id: {"critical": 30.0}})
        with self.assertRaises(ValidationError):
            self.env["saas.monitoring.threshold"].create(
                {**line, "severity": "warning", "value": -1}
            )

    def test_one_profile_is_for_all_others(self):
        usual = self.env.ref("saas_business_management.monitoring_profile_standard")
        found = self.env["saas.monitoring.profile"]._of_plans(self.plan)
        self.assertEqual(found, {False: usual, self.plan.id: usual})
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["saas.monitoring.profile"].create({"name": "Two", "is_default": True})

    def test_operators_read_profiles_and_do_not_change_them(self):
        profile = self.env.ref("saas_business_management.monitoring_profile_basic")
        with self.assertRaises(AccessError):
            profile.with_user(self.operator).write({"probe_minutes": 1})


@tagged("post_install", "-at_install")
class TestCapacity(MonitoringCommon):
    def test_a_disk_that_grows_is_full_on_a_day(self):
        for back in range(10):
            at = self.now - timedelta(days=back)
            used = {"disk_used_percent": 80.0 - back}
            self.metrics._add("machine", [(at, self.machine.id, used)])
            self.metrics._average_again("machine", at, at + timedelta(minutes=1))
        self.cluster._forecast()
        today = fields.Date.to_date(self.now.date())
        self.assertEqual(self.cluster.full_disk_on, today + timedelta(days=20))
        self.assertEqual(self.cluster.full_on, self.cluster.full_disk_on)
        self.assertIn("disk is full", self.cluster.full_text)
        self.assertFalse(self.cluster.full_connections_on)

    def test_nothing_is_foreseen_without_a_week_of_figures(self):
        self.assertIn("Not looked at yet", self.cluster.full_text)
        self.metrics._add("cluster", [(self.now, self.cluster.id, {"connections_percent": 50.0})])
        self.cluster._forecast()
        self.assertFalse(self.cluster.full_on)
        self.assertIn("7 days", self.cluster.full_text)
