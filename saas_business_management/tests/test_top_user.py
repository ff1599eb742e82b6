"""Top users: what nodes told of them, added up once, kept short, shown by number."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.saas_usage_user import KEPT_DAYS, MOST, MOST_TODAY
from .common import SaasCommon

TOLD = """
INSERT INTO saas_node_usage (node_role, process, sequence, at, database, requests, users)
VALUES (%s, %s, %s, %s, %s, 1, %s)
"""
KEPT = """
INSERT INTO saas_usage_user
SELECT %s, %s, n, n, 0, 1, now() FROM generate_series(1, %s) AS n
"""


@tagged("post_install", "-at_install")
class TestTopUser(SaasCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="busy")
        self.users = self.env["saas.top.user"]
        self.now = fields.Datetime.now()
        self.sequence = 0

    def tell(self, *users, tenant=None, role=None, days_ago=0):
        tenant, self.sequence = tenant or self.tenant, self.sequence + 1
        at, name = self.now - timedelta(days=days_ago), tenant.database_id.name
        told = [role or self.cluster.node_role, "p", self.sequence, at, name, json.dumps(users)]
        self.env.cr.execute(TOLD, told)

    def fold(self):
        while self.env["saas.node.usage"]._fold_some():
            pass
        self.users.invalidate_model()

    def top(self):
        rows = self.users.search([("tenant_id", "=", self.tenant.id)])
        return [(one.label, one.requests, one.api_calls) for one in rows]

    def count(self, day):
        self.env.cr.execute(
            "SELECT count(*), sum(requests)::int FROM saas_usage_user WHERE day = %s", [day]
        )
        return self.env.cr.fetchone()

    def test_what_nodes_told_is_added_up_once_the_busiest_first(self):
        self.tell([7, 10, 4, 60000.0], [9, 20, 0, 30000.0])
        self.tell([7, 15, 5, 60000.0], [0, 2, 0, 10.0])
        self.tell([7, 5, 0, 60000.0], days_ago=1)
        for _again in range(2):
            self.fold()
        self.assertEqual(self.top(), [("User 7", 30, 9), ("User 9", 20, 0), ("All Others", 2, 0)])
        first = self.users.search([("tenant_id", "=", self.tenant.id)], limit=1)
        self.assertEqual((first.minutes, first.days, first.number), (3.0, 2, 7))
        self.assertEqual(first.plan_id, self.tenant.plan_id)

    def test_each_tenant_has_its_own_users_and_its_own_button(self):
        other = self.make_open_tenant(subdomain="calm")
        self.tell([7, 10, 0, 1.0])
        self.tell([7, 90, 0, 1.0], tenant=other)
        self.fold()
        found = self.users.search([("tenant_id", "in", (self.tenant | other).ids)])
        self.assertEqual(found.tenant_id.ids, [other.id, self.tenant.id])
        self.assertEqual(len(set(found.ids)), 2)
        action = other.with_user(self.viewer).action_view_top_users()
        shown = self.users.with_user(self.viewer).search(action["domain"])
        self.assertEqual([one.requests for one in shown], [90])

    def test_what_is_no_count_or_of_another_cluster_counts_for_nobody(self):
        self.tell([7, 10, 0, 1.0], role="saas_node_elsewhere")
        self.tell([-1, 5, 0, 1.0], [2**31, 5, 0, 1.0], ["7", 5, 0, 1.0], [7, 5, 6, 1.0], [7, -5, 0])
        self.tell([8, 10**30, 0, 1.0], 5, "x", {"a": 1}, [[7], 1, 1, 1])
        self.fold()
        self.assertEqual(self.top(), [])

    def test_a_day_keeps_its_busiest_users_and_the_sum_of_all(self):
        today = fields.Date.to_date(self.now)
        yesterday = today - timedelta(days=1)
        for day in (today, yesterday):
            self.env.cr.execute(KEPT, [self.tenant.id, day, MOST_TODAY + 5])
        whole = sum(range(1, MOST_TODAY + 6))
        for _again in range(2):
            self.env["saas.node.usage"]._keep_users()
            self.assertEqual(self.count(today), (MOST_TODAY + 1, whole))
            self.assertEqual(self.count(yesterday), (MOST + 1, whole))

    def test_no_day_is_kept_longer_than_a_month_and_none_of_a_tenant_that_is_gone(self):
        today = fields.Date.to_date(self.now)
        for ago in (KEPT_DAYS, KEPT_DAYS + 1):
            self.env.cr.execute(KEPT, [self.tenant.id, today - timedelta(days=ago), 3])
        self.env["saas.node.usage"]._keep_users()
        self.assertEqual(self.count(today - timedelta(days=KEPT_DAYS)), (3, 6))
        self.assertEqual(self.count(today - timedelta(days=KEPT_DAYS + 1)), (0, None))
        self.assertEqual(self.top(), [], "the screen tells of 30 days")

    def test_who_runs_the_platform_sees_them_of_own_companies_billing_does_not(self):
        self.tell([7, 10, 0, 1.0])
        self.fold()
        for user in (self.viewer, self.operator, self.admin):
            self.assertTrue(self.users.with_user(user).search([]))
        with self.assertRaises(AccessError):
            self.users.with_user(self.biller).search([])
        self.assertFalse(self.users.with_user(self.stranger).search([]), "of another company")
