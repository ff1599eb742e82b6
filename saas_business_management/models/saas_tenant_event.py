"""The timeline of a tenant: every move of its state, who made it, why, and on which facts.
Append-only.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .saas_tenant import STATES


class SaasTenantEvent(models.Model):
    _name = "saas.tenant.event"
    _description = "Timeline Entry"
    _order = "id desc"
    _rec_name = "event"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    event = fields.Char(required=True, readonly=True)
    event_label = fields.Char(compute="_compute_event_label", string="What")
    from_state = fields.Selection(STATES, readonly=True, string="From")
    to_state = fields.Selection(STATES, readonly=True, string="To")
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, string="By")
    facts = fields.Json(readonly=True)
    at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="When"
    )

    @api.depends("event")
    def _compute_event_label(self):
        for row in self:
            row.event_label = (row.event or "").replace("_", " ").capitalize()

    @api.private
    def _forget_reasons(self):
        """Take the words out of entries of a customer who is erased; what happened stays."""
        super().write({"reason": False, "facts": False})

    def write(self, vals):
        raise UserError(self.env._("The timeline cannot be changed."))

    def unlink(self):
        raise UserError(self.env._("The timeline cannot be deleted."))
