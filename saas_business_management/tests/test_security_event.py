"""Security events: counted by rule, tenant, source and hour; written by the platform alone."""

from datetime import datetime

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestSecurityEvent(SaasCommon):
    def setUp(self):
        super().setUp()
        self.events = self.env["saas.security.event"]
        self.tenant = self.make_open_tenant()

    def row(self, **values):
        at = "2026-03-01T10:15:00Z"
        base = {"rule": "rpc_foreign_database", "database": self.tenant.database_id.name}
        return {**base, "source": "10.0.0.1", "at": at, "count": 1, "facts": {}, **values}

    def test_events_of_one_hour_are_one_row_with_a_count(self):
        later = self.row(at="2026-03-01T10:45:00+00:00", count=4, facts={"path": "/jsonrpc"})
        self.events._record_many([self.row(), later, self.row(at="2026-03-01T11:00:00Z")])
        first, second = self.events.search([], order="hour")
        self.assertEqual((first.count, second.count), (5, 1))
        self.assertEqual(first.first_at, datetime.fromisoformat("2026-03-01 10:15:00"))
        self.assertEqual(first.last_at, datetime.fromisoformat("2026-03-01 10:45:00"))
        self.assertEqual(first.tenant_id, self.tenant)
        self.assertEqual(first.company_id, self.tenant.company_id)
        self.assertEqual((first.severity, first.facts), ("grave", {"path": "/jsonrpc"}))
        self.assertEqual(first.rule_label, "Call that named another tenant's database")

    def test_other_sources_tenants_and_rules_are_rows_of_their_own(self):
        rows = [self.row(), self.row(source="10.0.0.2"), self.row(database="t_unknown")]
        self.events._record_many([*rows, self.row(rule="bad_host", database=None)])
        self.assertEqual(self.events.search_count([]), 4)
        self.assertEqual(self.events.search_count([("tenant_id", "=", False)]), 2)

    def test_malformed_words_of_a_node_are_taken_as_empty_and_never_raise(self):
        self.events._record_many(
            [
                {},
                self.row(rule="a\nb" + "x" * 100, source="\r\n\x00 1" + "y" * 100, at="yesterday"),
                self.row(rule="many", count=-3, facts="no mapping", at=10**30),
                self.row(rule="deep", facts={"x": "z" * 9000, "nul": "\x00"}, count="7"),
                self.row(rule="future", at="2999-01-01T00:00:00Z"),
            ]
        )
        rows = self.events.search([])
        self.assertEqual(len(rows), 5)
        self.assertTrue(all(row.count == 1 for row in rows))
        self.assertTrue(all(row.last_at <= fields.Datetime.now() for row in rows))
        self.assertFalse(any("\n" in row.rule + row.source for row in rows))
        self.assertEqual(max(map(len, rows.mapped("rule"))), 64)

    def test_people_cannot_write_change_or_delete_them(self):
        self.events._record("link_unknown", source="10.0.0.3")
        row = self.events.search([])
        for change in (
            lambda: self.events.create({"rule": "x"}),
            lambda: row.write({"count": 9}),
            row.unlink,
        ):
            with self.assertRaises(UserError):
                change()

    def test_another_company_does_not_see_events_of_our_tenants(self):
        self.events._record("link_used", self.tenant, source="10.0.0.4")
        self.assertTrue(self.events.with_user(self.operator).search([]))
        self.assertFalse(self.events.with_user(self.stranger).search([]))
