"""What runtime nodes noticed, as they write it down: nodes may add rows and nothing else.

Owns: the table of docs/internals.md §3, its grants, handing rows over. Does not own: what follows
from them (`saas_security_event.py`).
"""

import json

from odoo import api, fields, models
from odoo.tools import SQL

from .saas_route_brand import EACH_NODE

FOLD_ROWS = 1000
KEPT_DAYS = 2
TABLE_SQL = """
ALTER TABLE saas_node_event ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS saas_node_event_node ON saas_node_event;
CREATE POLICY saas_node_event_node ON saas_node_event FOR INSERT
    WITH CHECK (node_role = current_user);
"""
GRANT_SQL = EACH_NODE.replace(
    "ORDER",
    "GRANT INSERT (node_role, process, sequence, at, rule, database, source, count, facts)"
    " ON saas_node_event",
)
SEQUENCE_SQL = EACH_NODE.replace("ORDER", "GRANT USAGE ON SEQUENCE saas_node_event_id_seq")


class SaasNodeEvent(models.Model):
    _name = "saas.node.event"
    _description = "Event Noticed by a Node"
    _order = "id"
    _rec_name = "rule"
    _log_access = False

    node_role = fields.Char(required=True, readonly=True)
    process = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    rule = fields.Char(required=True, readonly=True)
    database = fields.Char(readonly=True)
    source = fields.Char(readonly=True)
    count = fields.Integer(required=True, readonly=True)
    facts = fields.Char(readonly=True)
    folded = fields.Boolean(readonly=True)

    # A flush that is repeated because its answer was lost counts once.
    _told_once = models.Constraint("UNIQUE (node_role, process, sequence)", "It was told before.")
    _waiting_idx = models.Index("(id) WHERE folded IS NOT TRUE")
    _sizes = models.Constraint(
        "CHECK (count BETWEEN 1 AND 1000000000 AND char_length(rule) <= 40 AND"
        " char_length(process) <= 40 AND char_length(database) <= 63 AND"
        " char_length(source) <= 64 AND char_length(facts) <= 2000)",
        "An event is small.",
    )

    def init(self):
        """Complete the table with what the ORM cannot declare: who may add which row."""
        self.env.cr.execute(SQL(TABLE_SQL))
        self.env.cr.execute(SQL(GRANT_SQL))
        self.env.cr.execute(SQL(SEQUENCE_SQL))

    @api.model
    def _cron_fold(self):
        """Hand over what nodes told, and forget what was handed over days ago."""
        while rows := self.search([("folded", "!=", True)], limit=FOLD_ROWS):
            rows._fold()
            self.env["ir.cron"]._commit_progress(len(rows))
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        self.search([("folded", "=", True), ("at", "<", limit)]).unlink()

    def _fold(self):
        self.env["saas.security.event"]._record_many([one._as_told() for one in self])
        self.write({"folded": True})

    def _as_told(self):
        return {
            "rule": self.rule,
            "database": self.database or "",
            "source": self.source or "",
            "at": self.at,
            "count": self.count,
            "facts": self._read_facts(),
        }

    def _read_facts(self):
        """Return the facts; a node that writes nonsense told none."""
        try:
            found = json.loads(self.facts or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
