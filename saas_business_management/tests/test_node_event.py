"""What nodes noticed: each row is handed over once, whatever a node wrote."""

from unittest.mock import patch

import psycopg2
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SaasCommon

NODE = "saas_node_eventtest"
ADD = """
INSERT INTO saas_node_event (node_role, process, sequence, at, rule, database, source, count, facts)
VALUES (%s, 'p1', %s, now() AT TIME ZONE 'UTC', 'bad_host', %s, '192.0.2.1', 2, %s)
ON CONFLICT DO NOTHING
"""


@tagged("post_install", "-at_install")
class TestNodeEvent(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["saas.node.event"]
        cls.events.search([]).unlink()

    def add(self, sequence, facts="{}", role=NODE, database="t_a"):
        self.env.cr.execute(ADD, [role, sequence, database, facts])

    def handed_over(self):
        found = []
        handed = type(self.env["saas.security.event"])
        with (
            patch.object(handed, "_record_many", lambda _self, rows: found.extend(rows)),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kw: 0),
        ):
            self.events._cron_fold()
        return found

    def test_each_row_is_handed_over_once_even_when_it_was_told_twice(self):
        self.add(1, '{"method": "drop"}')
        self.add(1, '{"method": "drop"}')
        self.add(2)
        first = self.handed_over()
        self.assertEqual([row["facts"] for row in first], [{"method": "drop"}, {}])
        self.assertEqual(set(first[0]), {"rule", "database", "source", "at", "count", "facts"})
        self.add(1)
        self.assertEqual(self.handed_over(), [])

    def test_nonsense_of_a_node_is_no_fact(self):
        for sequence, facts in enumerate(("{", "[]", "7", ""), start=1):
            self.add(sequence, facts)
        self.assertEqual([row["facts"] for row in self.handed_over()], [{}] * 4)

    def test_what_was_handed_over_days_ago_is_forgotten(self):
        self.add(1)
        self.handed_over()
        self.env.cr.execute("UPDATE saas_node_event SET at = at - interval '3 days'")
        self.events.invalidate_model()
        self.handed_over()
        self.assertFalse(self.events.search([]))

    def test_a_huge_row_is_refused(self):
        with (
            self.assertRaises(psycopg2.errors.CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.add(1, '"' + "x" * 3000 + '"')
