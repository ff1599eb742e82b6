"""Host names of tenants: reserved, live, released. A name that served pages stays out of reach for
a while.

Owns: uniqueness and the time a released name rests. Does not own: the route map (`saas_route.py`).
"""

from odoo import api, fields, models

from ..const import RELEASED_SUBDOMAIN_DAYS


class SaasTenantHost(models.Model):
    _name = "saas.tenant.host"
    _description = "Host Name"
    _order = "host"
    _rec_name = "host"

    host = fields.Char(required=True, readonly=True)
    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        [("subdomain", "Subdomain"), ("custom", "Own Host Name")],
        default="subdomain",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [("reserved", "Reserved"), ("live", "Live"), ("released", "Released")],
        default="reserved",
        required=True,
        readonly=True,
    )
    served = fields.Boolean(
        readonly=True,
        help="It has shown a page, so a stranger could mistake its next owner for this one.",
    )
    released_at = fields.Datetime(readonly=True)

    _host_uniq = models.Constraint("UNIQUE (host)", "This host name is taken.")

    @api.private
    def _release(self):
        """Give names back: at once when they never served a page, after a rest otherwise."""
        served_sudo = self.sudo().filtered("served")
        served_sudo.write({"state": "released", "released_at": fields.Datetime.now()})
        (self.sudo() - served_sudo).unlink()

    @api.autovacuum
    def _gc_released(self):
        """Free the released names whose rest is over."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=RELEASED_SUBDOMAIN_DAYS)
        self.sudo().search([("state", "=", "released"), ("released_at", "<", limit)]).unlink()
