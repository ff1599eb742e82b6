"""What nodes counted beside requests: failed logins, requests that waited, who was busiest."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import SaasCommon

ADD = """
INSERT INTO saas_node_usage (node_role, process, sequence, at, database, requests, answered,
                             response_ms, failed_logins, held_requests, routes)
VALUES (%s, %s, 1, %s, %s, 10, 10, 500, 2, 3, %s)
"""


@tagged("post_install", "-at_install")
class TestNodeUsageTotal(SaasCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="minutes")
        self.usage = self.env["saas.node.usage"]
        self.now = fields.Datetime.now()

    def add(self, process="a", role=None, routes=()):
        name, role = self.tenant.database_id.name, role or self.cluster.node_role
        at = self.now - timedelta(minutes=2)
        self.env.cr.execute(ADD, [role, process, at, name, json.dumps(routes)])

    def top(self):
        return self.usage._top_routes(self.tenant, self.now - timedelta(hours=1))

    def test_failed_logins_and_held_requests_are_metrics_of_their_minute(self):
        self.add(), self.add("b"), self.add("c", role="saas_node_elsewhere")
        metrics, codes = self.env["saas.metric"], ["failed_logins", "held_requests"]
        for _again in range(2):
            metrics._collect_gateway()
            told = metrics._latest(codes, [self.tenant.id])[self.tenant.id]
            self.assertEqual([told[code][0] for code in codes], [4, 6])

    def test_what_took_the_most_time_is_added_up_and_at_most_ten(self):
        self.add(routes=[["/web/login", 2, 100.0], ["/odoo", 1, 50.0]])
        self.add("b", routes=[["/odoo", 4, 500.0]])
        self.add("c", routes=[[f"/r{number}", 1, 1.0] for number in range(12)])
        self.add("d", role="saas_node_elsewhere", routes=[["/x", 1, 9999.0]])
        self.assertEqual(self.top()[:2], (("/odoo", 5, 550.0), ("/web/login", 2, 100.0)))
        self.assertEqual(len(self.top()), 10)

    def test_rows_without_response_times_are_added_to_the_totals_of_the_cluster(self):
        for process in ("a", "b"):
            self.add(process)
            self.assertEqual(self.usage._fold_some(), 1, "one row never stops all others")
        sums, latency = self.usage._totals()[self.cluster.node_role]
        self.assertEqual((sums["requests"], list(latency)), (20, []))

    def test_a_row_of_another_form_tells_no_routes(self):
        self.add(routes={"a": 1}), self.add("b", routes=[["/odoo"], 7])
        self.assertEqual(self.top(), ())

    def test_one_source_is_added_up_over_tenants_and_forgotten_after_an_hour(self):
        other = self.make_open_tenant(subdomain="other")
        events, metrics = self.env["saas.security.event"], self.env["saas.metric"]
        for tenant, source, count in (
            (self.tenant, "192.0.2.0/24", 20),
            (other, "192.0.2.0/24", 15),
            (other, "198.51.100.0/24", 30),
        ):
            row = {"rule": "login_failed", "database": tenant.database_id.name, "source": source}
            events._record_many([{**row, "at": self.now, "count": count}])
        self.assertEqual(events._login_failures_one_source(self.now), 35)
        later = self.now + timedelta(minutes=61)
        self.assertEqual(events._login_failures_one_source(later), 0)
        metrics._collect_platform()
        told = metrics._latest(["login_failures_one_source"])[0]
        self.assertEqual(told["login_failures_one_source"][0], 35)
