"""What customers were told before an automatic move: each notice once.

Owns: the rows. Does not own: when one is due (`kernel/lifecycle/schedule.py`), the mails.
"""

from odoo import fields, models


class SaasTenantNotice(models.Model):
    _name = "saas.tenant.notice"
    _description = "Notice to a Customer"
    _order = "id desc"
    _rec_name = "event"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    event = fields.Char(required=True, readonly=True)
    planned_on = fields.Date(required=True, readonly=True)
    days = fields.Integer(required=True, readonly=True, string="Days Before")
    sent_on = fields.Date(required=True, readonly=True)
    email = fields.Char(readonly=True)

    _once = models.Constraint(
        "UNIQUE (tenant_id, event, planned_on, days)", "This notice was sent already."
    )
