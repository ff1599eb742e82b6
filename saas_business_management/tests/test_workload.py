"""The share of a cluster: whose number is in force, who is told, and the way back."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..kernel.quota.share import Share
from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestWorkload(SaasCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="busy")
        self.tier = self.env["saas.service.tier"].create({"name": "Small", "code": "small"})
        self.plan.service_tier_id = self.tier
        self.tenant.plan_id = self.plan

    def told(self):
        """Return what nodes are told about the tenant's work."""
        routes = self.env["saas.route"].search(
            [("database_id", "=", self.tenant.database_id.id), ("host", "!=", False)]
        )
        self.assertTrue(routes)
        found = [(route.limits or {}).get("work") for route in routes]
        self.assertTrue(all(one == found[0] for one in found))
        return found[0]

    def orders(self):
        return self.env["saas.job"].search(
            [("kind", "=", "apply_limits"), ("tenant_id", "=", self.tenant.id)]
        )

    def test_the_tiers_number_holds_until_the_tenant_has_one(self):
        self.assertIsNone(self.told())
        self.tier.work_requests = 6
        self.assertEqual(self.told(), {"requests": 6})
        self.assertIn("by service tier Small", self.tenant.work_requests_text)
        self.tenant.work_requests = 2
        self.assertEqual(self.told(), {"requests": 2})
        self.assertIn("set here", self.tenant.work_requests_text)
        self.tenant.work_requests = 0
        self.assertEqual(self.told(), {"requests": 6})
        self.tier.work_requests = 0
        self.assertIsNone(self.told())

    def test_more_connections_let_more_requests_in_and_fewer_keep_them_out(self):
        self.tenant.work_connections = 20
        self.assertEqual(self.told(), {"requests": 17})
        self.tenant.work_requests = 5
        self.assertEqual(self.told(), {"requests": 5})
        self.tenant.work_connections = 6
        self.assertEqual(self.told(), {"requests": 3})

    def test_limits_of_a_plan_stay_beside_it(self):
        self.tenant.quota_route = {"api": {"policy": "block"}}
        self.tenant.work_cron_minutes = 10
        limits = self.tenant._route_values()["limits"]
        self.assertEqual(limits, {"api": {"policy": "block"}, "work": {"cron_seconds": 600}})

    def test_the_server_is_told_by_an_operation_and_told_back(self):
        before = self.orders()
        self.assertIsNone(self.tenant._share())
        self.tenant.write({"work_temp_mb": 256, "work_connections": 8})
        self.assertTrue(self.orders() - before)
        self.assertEqual(self.tenant._share(), Share(8, 256, 0))
        row = self.cluster.sudo()._limits_row(self.tenant.sudo())
        self.assertEqual(row["share"], {"connections": 8, "temp_mb": 256, "statement_seconds": 0})
        self.assertEqual(self.tenant._share_expected(), {"connections": 8, "temp_mb": 256})
        self.tenant.write({"work_temp_mb": 0, "work_connections": 0})
        self.assertEqual(self.tenant._share(), Share())
        self.assertIn("share", self.cluster.sudo()._limits_row(self.tenant.sudo()))

    def test_only_a_share_leaves_nothing_inside_the_database(self):
        self.tenant.work_temp_mb = 256
        row = self.cluster.sudo()._limits_row(self.tenant.sudo())
        nothing = {"users": None, "storage_room": None}
        told = {**row, "wanted": nothing, "problem": "", "tampered": [], "only_share": True}
        self.tenant.database_id.sudo().limits_applied = False
        self.cluster.sudo()._step_limits_applied([told])
        self.assertFalse(self.tenant.database_id.limits_applied)

    def test_every_change_is_in_the_audit_log_with_both_numbers(self):
        self.tenant.with_user(self.operator).work_cron_minutes = 15
        entry = self.env["saas.audit.entry"].search(
            [("action", "=", "workload_changed")], order="id desc", limit=1
        )
        self.assertEqual(entry.facts["was"], {"work_cron_minutes": 0})
        self.assertEqual(entry.facts["now"], {"work_cron_minutes": 15})
        self.assertEqual(entry.tenant_id, self.tenant)
        count = self.env["saas.audit.entry"].search_count([("action", "=", "workload_changed")])
        self.tenant.work_cron_minutes = 15
        self.assertEqual(
            self.env["saas.audit.entry"].search_count([("action", "=", "workload_changed")]), count
        )

    def test_the_night_is_the_platforms_in_the_zone_of_the_company(self):
        self.tenant.company_id.partner_id.tz = "Europe/Berlin"
        self.tier.work_night = "night"
        self.assertEqual(
            self.told(), {"night": {"since": 1320, "until": 360, "zone": "Europe/Berlin"}}
        )
        self.tenant.work_night = "any"
        self.assertIsNone(self.told())
        self.tenant.work_night = "night"
        self.env["res.config.settings"].create(
            {"saas_night_since": 0, "saas_night_until": 5}
        ).execute()
        self.assertEqual(
            self.told(), {"night": {"since": 0, "until": 300, "zone": "Europe/Berlin"}}
        )
        with self.assertRaises(ValidationError):
            self.env["res.config.settings"].create({"saas_night_since": 24})

    def test_numbers_that_would_stop_a_tenant_are_refused(self):
        for name, value in (
            ("work_connections", 3),
            ("work_temp_mb", 1),
            ("work_statement_seconds", 5),
            ("work_cron_minutes", 61),
            ("work_requests", -1),
        ):
            for record in (self.tenant, self.tier):
                with self.subTest(name=name), self.assertRaises(ValidationError):
                    record[name] = value

    def test_viewers_read_the_page_and_change_nothing(self):
        tenant = self.tenant.with_user(self.viewer)
        self.assertTrue(tenant.read(["work_requests_text", "work_now", "work_busiest"]))
        with self.assertRaises(AccessError):
            tenant.work_requests = 1
