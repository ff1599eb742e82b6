"""Taking an own host name from a tenant: the reason, and what happens.

Owns: the preview. Does not own: the removal (`models/saas_tenant_host.py`).
"""

from odoo import api, fields, models


class SaasTenantHostRemove(models.TransientModel):
    _name = "saas.tenant.host.remove"
    _description = "Remove Host Name"

    host_id = fields.Many2one("saas.tenant.host", required=True, readonly=True)
    tenant_id = fields.Many2one(related="host_id.tenant_id")
    host_shown = fields.Char(related="host_id.host_shown")
    is_served = fields.Boolean(compute="_compute_effects")
    effects = fields.Text(compute="_compute_effects", string="What Happens")
    reason = fields.Char(required=True)

    @api.depends("host_id")
    def _compute_effects(self):
        for wizard in self:
            wizard.is_served = wizard.host_id.holds and wizard.host_id.state in ("live", "change")
            wizard.effects = "\n".join(wizard._told_effects())

    def _told_effects(self):
        _ = self.env._
        host, subdomain = self.host_id.host_shown, self.tenant_id.host
        if not self.is_served:
            return [_("%(host)s leads nowhere yet, so nobody notices.", host=host)]
        told = [
            _("%(host)s stops working at once for everybody who uses it.", host=host),
            _("The tenant stays open at %(subdomain)s.", subdomain=subdomain),
            _("For 30 days only this tenant can have %(host)s again.", host=host),
        ]
        if self.host_id.is_primary:
            told.append(_("Links in its mails use %(subdomain)s again.", subdomain=subdomain))
        return told

    def action_remove(self):
        """Remove it."""
        self.ensure_one()
        self.host_id._remove_own(self.reason)
        return {"type": "ir.actions.act_window_close"}
