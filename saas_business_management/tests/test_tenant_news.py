"""What users read above their web client of incidents and maintenance, and that it ends."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .test_maintenance import MaintenanceCommon


@tagged("post_install", "-at_install")
class TestTenantNews(MaintenanceCommon):
    def shown(self, tenant=None):
        """Return the banner that each route of a tenant tells nodes."""
        tenant = tenant or self.tenant
        routes = self.env["saas.route"].search(
            [("database_id", "=", tenant.database_id.id), ("host", "!=", False)]
        )
        self.assertTrue(routes)
        [found] = {str((one.limits or {}).get("banner")) for one in routes}
        return (routes[0].limits or {}).get("banner") if found != "None" else None

    def test_a_published_incident_is_told_to_those_it_touches_until_it_is_over(self):
        one = self.make_incident()
        one._post("We look into it.", "investigate")
        self.assertIsNone(self.shown(), "nothing is told before it is published")
        one._post("Logging in is slow.", public=True)
        told = self.shown()
        self.assertEqual((told["level"], told["news"]), ("warning", True))
        self.assertEqual(told["texts"]["en"], "Slow login: we are working on it.")
        self.assertIsNone(self.shown(self.other))
        one.public_title = "Slow pages"
        self.assertIn("Slow pages", self.shown()["texts"]["en"])
        one.tenant_ids = [Command.set(self.other.ids)]
        self.assertIsNone(self.shown())
        self.assertTrue(self.shown(self.other))
        one._post("All is well.", "resolve", public=True)
        self.assertIsNone(self.shown(self.other))

    def test_maintenance_is_told_from_two_days_ahead_until_its_end(self):
        one = self.make_window(hours=72)
        one._publish()
        self.assertIsNone(self.shown())
        with self.at(self.now + timedelta(hours=25)):
            self.env["saas.tenant"]._tell_news()
            told = self.shown()
            self.assertEqual((told["level"], told["news"]), ("info", True))
            self.assertIn("Security updates. Expected interruption", told["texts"]["en"])
        with self.at(self.now + timedelta(hours=73)):
            self.env["saas.tenant"]._tell_news()
            self.assertIsNone(self.shown())

    def test_a_limit_that_blocks_stays_and_one_that_only_warns_waits(self):
        one = self.make_incident()
        one._post("Logging in is slow.", public=True)
        limit = {"level": "danger", "texts": {"en": "Storage is full."}, "link": None}
        self.tenant.quota_route = {"banner": limit}
        self.tenant._sync_route()
        self.assertEqual(self.shown(), limit)
        self.tenant.quota_route = {"banner": {**limit, "level": "warning"}}
        self.tenant._sync_route()
        self.assertTrue(self.shown()["news"])

    def test_nodes_hear_only_what_is_new(self):
        one = self.make_incident()
        one._post("Logging in is slow.", public=True)
        self.assertFalse(self.env["saas.tenant"]._tell_news())
