"""Time in which nobody knows what a tenant used.

Owns: the rows: since when, until when, why. Does not own: when one begins and ends
(`saas_usage_source.py`, `saas_node_usage.py`).
"""

from odoo import api, fields, models

from .. import messages
from .saas_meter_source import SOURCES


class SaasUsageGap(models.Model):
    _name = "saas.usage.gap"
    _description = "Unknown Usage"
    _inherit = ["saas.ledger"]
    _order = "until_at desc nulls first, since_at desc, id desc"
    _rec_name = "tenant_id"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    cluster_id = fields.Many2one(related="tenant_id.cluster_id", store=True, index=True)
    source = fields.Selection(SOURCES, required=True, readonly=True)
    since_at = fields.Datetime(string="Unknown Since", required=True, readonly=True)
    until_at = fields.Datetime(string="Known Again", readonly=True)
    state = fields.Selection(
        [("unknown", "Unknown"), ("over", "Over")], compute="_compute_state", search="_search_state"
    )
    hours = fields.Float(compute="_compute_hours", digits=(12, 1), help="How long it lasts.")
    problem = fields.Char(string="Code", readonly=True)
    reason = fields.Char(compute="_compute_reason")

    _open_idx = models.UniqueIndex("(tenant_id, source) WHERE until_at IS NULL")

    def _may_go(self):
        return all(gap.until_at for gap in self)

    @api.depends("until_at")
    def _compute_state(self):
        for gap in self:
            gap.state = "over" if gap.until_at else "unknown"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = []
        if "unknown" in value:
            wanted.append([("until_at", "=", False)])
        if "over" in value:
            wanted.append([("until_at", "!=", False)])
        return fields.Domain.OR(wanted)

    def _compute_hours(self):
        now = fields.Datetime.now()
        for gap in self:
            gap.hours = ((gap.until_at or now) - gap.since_at).total_seconds() / 3600

    def _compute_reason(self):
        for gap in self:
            gap.reason = gap.problem and messages.code_text(self.env, gap.problem)

    @api.model
    @api.private
    def _open(self, source, since, at, problem):
        """Begin a gap, or keep the one there is, with the newest reason."""
        gap = self._current(source)
        if gap:
            gap._put({"problem": problem})
        else:
            self._at_work().create(
                {
                    "tenant_id": source.tenant_id.id,
                    "source": source.source,
                    "since_at": min(since, at),
                    "problem": problem,
                }
            )

    @api.model
    @api.private
    def _close(self, source, at):
        """End the gap there is."""
        gap = self._current(source)
        if gap:
            gap._put({"until_at": max(at, gap.since_at)})

    @api.model
    def _current(self, source):
        domain = [("tenant_id", "=", source.tenant_id.id), ("source", "=", source.source)]
        return self.sudo().search([*domain, ("until_at", "=", False)], limit=1)

    def _by_hand_text(self):
        return self.env._("Unknown usage is written by metering, never by hand. Use a correction.")

    def _stays_text(self):
        return self.env._("Unknown usage cannot be deleted: a gap is no zero.")
