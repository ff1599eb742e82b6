"""A service tier: what the provider promises beside the software, and how it hosts.

Owns: the promises. Does not own: keeping them; backups, monitoring, support and gateway read them.
"""

from odoo import fields, models


class SaasServiceTier(models.Model):
    _name = "saas.service.tier"
    _description = "Service Tier"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    rpo_hours = fields.Float(
        string="Work That May Be Lost (h)",
        digits=(8, 2),
        default=24,
        required=True,
        help="Recovery point objective: the last proven backup is never older.",
    )
    rto_hours = fields.Float(
        string="Time to Be Back (h)",
        digits=(8, 2),
        default=8,
        required=True,
        help="Recovery time objective: a restore takes no longer.",
    )
    monitoring_depth = fields.Selection(
        [
            ("front_door", "Front Door"),
            ("login", "Front Door and Login"),
            ("full", "Front Door, Login, Mail and Scheduled Work"),
        ],
        string="Monitoring",
        default="front_door",
        required=True,
    )
    check_minutes = fields.Selection(
        [("1", "Every Minute"), ("5", "Every 5 Minutes"), ("15", "Every 15 Minutes")],
        string="Look at the Front Door",
        help="How often the login page of such a tenant is asked for. Empty: as set for all.",
    )
    support_response_hours = fields.Float(
        string="Support Answers Within (h)", digits=(8, 2), default=24, required=True
    )
    sandboxes = fields.Integer(help="Copies to try things out, at the same time.")
    api_per_second = fields.Integer(
        string="API Calls a Second", default=10, help="0 means no limit."
    )
    hosting = fields.Selection(
        [("shared", "Shared Cluster"), ("dedicated", "Cluster of Its Own")],
        default="shared",
        required=True,
    )

    _code_unique = models.Constraint("UNIQUE (code)", "Another service tier has this code already.")
    _borders = models.Constraint(
        "CHECK (rpo_hours > 0 AND rto_hours > 0 AND support_response_hours > 0 "
        "AND sandboxes >= 0 AND api_per_second >= 0)",
        "Hours are more than 0; sandboxes and API calls cannot be negative.",
    )
