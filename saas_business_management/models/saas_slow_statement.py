"""Statements that keep clusters busy: how often they ran and how long that took, by tenant.

Owns: one row for each cluster, database and statement, its sums since it was first seen. Does not
own: reading them (`adapters/postgres/watch_questions.py`), what of a text may be kept
(`kernel/monitoring/statement.py`).
"""

from datetime import timedelta

from odoo import api, fields, models

from ..kernel.monitoring.statement import kept_text

KEPT_DAYS = 14
SHORT = 160


class SaasSlowStatement(models.Model):
    _name = "saas.slow.statement"
    _description = "Slow Statement"
    _inherit = ["saas.ledger"]
    _order = "time_s desc, id"
    _rec_name = "text"

    cluster_id = fields.Many2one(
        "saas.cluster", required=True, readonly=True, index=True, ondelete="cascade"
    )
    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    queryid = fields.Char(string="Number", required=True, readonly=True)
    text = fields.Text(
        string="Statement", readonly=True, help="Values are left out: ? and $1 stand for them."
    )
    calls = fields.Integer(string="Runs", readonly=True, aggregator="sum")
    time_s = fields.Float(
        string="Time (s)", readonly=True, aggregator="sum", help="All runs together."
    )
    mean_ms = fields.Float(
        string="Average (ms)", compute="_compute_mean_ms", store=True, aggregator="avg"
    )
    lately_s = fields.Float(
        string="Lately (s)",
        readonly=True,
        aggregator="sum",
        help="All runs between the last two looks, some five minutes.",
    )
    lately_calls = fields.Integer(string="Runs Lately", readonly=True, aggregator="sum")
    first_at = fields.Datetime(string="First Seen", readonly=True)
    last_at = fields.Datetime(string="Last Run Seen", readonly=True, index=True)
    # What the server told last, to see what was added.
    told_reset = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    told_calls = fields.Float(readonly=True, groups=fields.NO_ACCESS)
    told_ms = fields.Float(readonly=True, groups=fields.NO_ACCESS)

    _once = models.Constraint(
        "UNIQUE (cluster_id, tenant_id, queryid)", "A statement of a tenant is one row."
    )

    @api.depends("calls", "time_s")
    def _compute_mean_ms(self):
        for one in self:
            one.mean_ms = 1000 * one.time_s / one.calls if one.calls else 0.0

    def _short_text(self):
        """Return the beginning of the statement in one line."""
        line = " ".join((self.text or "").split())
        return line if len(line) <= SHORT else f"{line[:SHORT]}…"

    def _lately_text(self):
        """Return how much it took when it was read last."""
        if not self.lately_calls:
            return self.env._("seen for the first time")
        return self.env._(
            "%(seconds)s s in %(runs)s runs within five minutes",
            seconds=round(self.lately_s, 1),
            runs=self.lately_calls,
        )

    def _by_hand_text(self):
        return self.env._("Statements are read from the cluster, never written by hand.")

    def _may_go(self):
        return self._is_at_work()

    @api.model
    @api.private
    def _keep(self, cluster, statements, tenants, now):
        """Add what statements took since they were told last; forget those that run no more.

        `statements` are dictionaries with `database, queryid, text, reset, calls, total_ms`.
        """
        mine = self._at_work()
        known = {
            (row.tenant_id.id, row.queryid): row
            for row in mine.search([("cluster_id", "=", cluster.id)])
        }
        new = []
        for one in statements:
            tenant, text = tenants.get(one["database"]), kept_text(one["text"])
            row = known.get((tenant, one["queryid"]))
            if row:
                row._add_runs(one, now)
            elif tenant and text:
                new.append(self._new_vals(cluster, tenant, text, one, now))
        mine.create(new)
        old = now - timedelta(days=KEPT_DAYS)
        mine.search([("cluster_id", "=", cluster.id), ("last_at", "<", old)]).unlink()

    def _new_vals(self, cluster, tenant, text, one, now):
        """A statement counts from now on: how long the server counted before, nobody knows."""
        return {
            "cluster_id": cluster.id,
            "tenant_id": tenant,
            "queryid": one["queryid"],
            "text": text,
            "first_at": now,
            "last_at": now,
            "told_reset": one["reset"],
            "told_calls": one["calls"],
            "told_ms": one["total_ms"],
        }

    def _add_runs(self, one, now):
        same = self.told_reset == one["reset"] and one["calls"] >= self.told_calls
        ran = one["calls"] - self.told_calls if same else one["calls"]
        took = one["total_ms"] - self.told_ms if same else one["total_ms"]
        if not ran and same:
            return
        self.write(
            {
                "calls": self.calls + ran,
                "time_s": self.time_s + max(took, 0.0) / 1000,
                "lately_calls": ran,
                "lately_s": max(took, 0.0) / 1000,
                "last_at": now,
                "told_reset": one["reset"],
                "told_calls": one["calls"],
                "told_ms": one["total_ms"],
            }
        )
