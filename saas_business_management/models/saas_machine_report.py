"""What nodes tell of their machines: they may add rows and nothing else.

Owns: the table, its grants, making metrics of it. Does not own: reading figures
(`adapters/machine.py`), telling them (`gateway/machine.py`).

A row holds the instant of the node's clock beside the one at which it came: the difference is by
how much that clock is off.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from .saas_route_brand import EACH_NODE

SOME = 2000
# Whoever has the login of a node may write any name; so many computers one cluster does not have.
MOST_MACHINES = 200
KEPT = timedelta(days=1)
COLUMNS = "node_role, machine, told_at, figures"
TABLE = """
CREATE TABLE IF NOT EXISTS saas_machine_report (
    node_role varchar(63) NOT NULL,
    machine varchar(63) NOT NULL,
    told_at timestamp NOT NULL,
    figures jsonb NOT NULL CHECK (pg_column_size(figures) < 8000),
    arrived_at timestamp NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC'),
    folded boolean
);
CREATE UNIQUE INDEX IF NOT EXISTS saas_machine_report_minute
    ON saas_machine_report (node_role, machine, date_trunc('minute', arrived_at));
CREATE INDEX IF NOT EXISTS saas_machine_report_waiting
    ON saas_machine_report (arrived_at) WHERE folded IS NOT TRUE;
ALTER TABLE saas_machine_report ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS saas_machine_report_node ON saas_machine_report;
CREATE POLICY saas_machine_report_node ON saas_machine_report FOR INSERT
    WITH CHECK (node_role = current_user)
"""
GRANT = EACH_NODE.replace("ORDER", f"GRANT INSERT ({COLUMNS}) ON saas_machine_report")
TAKE = """
UPDATE saas_machine_report SET folded = true
 WHERE ctid IN (SELECT ctid FROM saas_machine_report WHERE folded IS NOT TRUE
                 ORDER BY arrived_at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING node_role, machine, arrived_at, figures,
          extract(epoch FROM told_at - arrived_at)::float8
"""


class SaasMachineReport(models.AbstractModel):
    _name = "saas.machine.report"
    _description = "Figures Told by a Node"

    def init(self):
        self.env.cr.execute(SQL(TABLE))
        self.env.cr.execute(SQL(GRANT))

    @api.model
    @api.private
    def _fold_some(self):
        """Make metrics of what nodes told, once each; return how many rows there were."""
        rows = self.env.execute_query(SQL(TAKE, SOME))
        machines = self.env["saas.machine"]
        for (role, name), told in groupby(rows, key=lambda row: row[:2]):
            looks = [
                (at, _numbers(figures) | {"clock_skew_s": abs(skew)})
                for _role, _name, at, figures, skew in told
            ]
            machine = machines._of(name, role, MOST_MACHINES)
            if machine:
                machine._keep(looks)
        if not rows:
            old = fields.Datetime.now() - KEPT
            self.env.cr.execute(
                SQL("DELETE FROM saas_machine_report WHERE folded AND arrived_at < %s", old)
            )
        return len(rows)


def _numbers(figures):
    """Return what is a number at all: a node may write anything."""
    if not isinstance(figures, dict):
        return {}
    return {
        code: float(value)
        for code, value in figures.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
    }
