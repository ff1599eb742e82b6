"""Who was last asked for readings of a tenant, and what came of it.

Owns: one row for each tenant and source, opening and closing gaps, the newest reading of each
meter. Does not own: when to ask again (`kernel/metering/cadence.py`), gaps (`saas_usage_gap.py`).
"""

from datetime import timezone

from odoo import api, fields, models

from ..kernel.metering.cadence import Look
from .saas_meter_source import SOURCES


class SaasUsageSource(models.Model):
    _name = "saas.usage.source"
    _description = "Source of Readings"
    _inherit = ["saas.ledger"]
    _order = "tenant_id, source"
    _rec_name = "source"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    source = fields.Selection(SOURCES, required=True, readonly=True)
    asked_at = fields.Datetime(string="Last Asked", readonly=True)
    answered_at = fields.Datetime(string="Last Answer", readonly=True)
    failures = fields.Integer(string="Without Answer in a Row", readonly=True)
    problem = fields.Char(string="Error", readonly=True)

    _once = models.Constraint("UNIQUE (tenant_id, source)", "A source is one row.")

    def _may_go(self):
        return True

    def _to_look(self):
        """Return what tells when to ask again."""
        asked = self.asked_at and self.asked_at.replace(tzinfo=timezone.utc)
        return Look(asked or None, self.failures)

    @api.model
    @api.private
    def _of(self, tenants, source):
        """Return the rows of these tenants by tenant id, making those that are not there."""
        domain = [("tenant_id", "in", tenants.ids), ("source", "=", source)]
        found = self._at_work().search(domain)
        missing = tenants - found.tenant_id
        found |= self._at_work().create(
            [{"tenant_id": tenant.id, "source": source} for tenant in missing]
        )
        return {row.tenant_id.id: row for row in found}

    @api.private
    def _note(self, at, problem):
        """Write down what came of asking; without an answer the readings are unknown from the last
        answer on.
        """
        self.ensure_one()
        gaps = self.env["saas.usage.gap"]
        if problem:
            gaps._open(self, self.answered_at or at, at, problem)
            vals = {"failures": self.failures + 1, "problem": problem}
        else:
            gaps._close(self, at)
            vals = {"failures": 0, "problem": False, "answered_at": at}
        self._put({"asked_at": at, **vals})

    def _by_hand_text(self):
        return self.env._("When a tenant was asked is written by metering, never by hand.")

    def _stays_text(self):
        return self.env._("What metering knows of a tenant cannot be deleted by hand.")
