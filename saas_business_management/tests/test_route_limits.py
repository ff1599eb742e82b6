"""The limits that a route tells its nodes, as the model writes them and a node reads them."""

from odoo.tests import tagged
from odoo.tools import SQL

from ..kernel.gateway.limits import NO_LIMITS, Rule, read_limits
from .common import SaasCommon

READ = "SELECT coalesce(to_jsonb(r) ->> 'limits', '') FROM saas_route AS r WHERE r.id = %s"


@tagged("post_install", "-at_install")
class TestRouteLimits(SaasCommon):
    def read(self, host=None):
        """Return what a node understands of the row of a host name."""
        route = self.env["saas.route"].sudo().search([("host", "=", host or self.tenant.host)])
        self.env.flush_all()
        ((text,),) = self.env.execute_query(SQL(READ, route.id))
        return read_limits(text)

    def database(self):
        return self.env["saas.database"].sudo().search([("tenant_id", "=", self.tenant.id)])

    def put(self, limits):
        self.env["saas.route"]._put(self.database(), {"limits": limits})

    def test_what_is_written_is_read_and_what_is_taken_away_is_gone(self):
        self.tenant = self.make_open_tenant(plan_id=self.plan.id)
        self.assertEqual(self.read(), NO_LIMITS)
        texts = {"en": "Full.", "de": "Voll."}
        self.put(
            {
                "api": {"policy": "throttle", "rate": 60, "until": None, "limit": 2**63 + 1},
                "banner": {"level": "danger", "texts": texts, "link": None},
            }
        )
        found = self.read()
        self.assertEqual(found.api, Rule("api", "throttle", 60, limit=2**63 + 1))
        self.assertEqual(found.banner.texts, (("de", "Voll."), ("en", "Full.")))
        self.assertEqual(found.problems, ())
        self.put(False)
        self.assertEqual(self.read(), NO_LIMITS)

    def test_another_host_name_is_no_way_around(self):
        self.tenant = self.make_open_tenant(plan_id=self.plan.id)
        self.put({"api": {"policy": "block"}})
        hosts = {self.tenant.host: False, "shop.acme.example": False}
        self.env["saas.route"]._put_hosts(self.database(), hosts, {"state": "active"})
        for host in hosts:
            self.assertEqual(self.read(host).api, Rule("api", "block"), host)

    def test_a_tenant_without_routes_is_told_nothing(self):
        self.tenant = self.make_open_tenant(plan_id=self.plan.id)
        routes = self.env["saas.route"].sudo()
        routes.search([("database_id", "=", self.database().id)]).unlink()
        self.put({"api": {"policy": "block"}})
        self.assertFalse(routes.search([("database_id", "=", self.database().id)]))
