"""Incidents and maintenance of a tenant: on its form, in the customer's portal.

Owns: the smart button, what the portal shows, its place among the banners. Does not own: the page
(`controllers/portal_incident.py`), banners that go before (`saas_tenant_portal_words.py`).
"""

from odoo import api, fields, models
from odoo.fields import Domain

from ..kernel.monitoring import incident, maintenance
from .saas_tenant_portal_words import WARN, WORK

SOON_DAYS = 7
MOST_SHOWN = 20


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    open_incident_count = fields.Integer(
        compute="_compute_open_incident_count", string="Open Incidents"
    )

    def _compute_open_incident_count(self):
        opened = self.env["saas.incident"].search([("state", "in", incident.OPEN)])
        touched = {one.id: one.affected_ids for one in opened}
        for tenant in self:
            tenant.open_incident_count = sum(tenant in found for found in touched.values())

    def action_view_incidents(self):
        """Open its incidents of the last year."""
        self.ensure_one()
        found = self._incidents_of_a_year()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_incident"
        )
        return dict(action, domain=[("id", "in", found.ids)], context={}, path=False)

    def _incidents_of_a_year(self):
        """Return those of the last year; one that began in this second is among them."""
        until = fields.Datetime.add(fields.Datetime.now(), seconds=1)
        since = fields.Datetime.subtract(until, days=365)
        return self.env["saas.incident"]._of_tenant(self, since, until)

    # Portal

    @api.private
    def _portal_incidents(self):
        """Return the published incidents that touched it, the newest first, as plain values."""
        self.ensure_one()
        found = self._incidents_of_a_year().filtered("is_public")
        return [self._portal_incident(one) for one in found[:MOST_SHOWN]]

    def _portal_incident(self, one_sudo):
        labels = dict(one_sudo._fields["state"]._description_selection(self.env))
        updates = self.env["saas.incident.update"]._public_of(one_sudo)
        return {
            "title": one_sudo.public_title,
            "state": labels[one_sudo.state],
            "open": one_sudo.state in incident.OPEN,
            "began": one_sudo.started_at,
            "over": one_sudo.resolved_at,
            "updates": [
                {
                    "at": row.at,
                    "state": labels[row.state],
                    "text": row._text_for(self.shown_brand_id),
                }
                for row in updates
            ],
        }

    @api.private
    def _portal_maintenance(self):
        """Return the announced maintenance of it that is to come or under way."""
        self.ensure_one()
        standing = [("state", "in", maintenance.STANDING), ("published_at", "!=", False)]
        found = self.env["saas.maintenance"].sudo().search(standing, order="start_at, id")
        return found.filtered(lambda one: one._touches(self))[:MOST_SHOWN]

    def _portal_banner_news(self):
        """Say what goes wrong or is planned, after everything that the customer can change."""
        told = super()._portal_banner_news()
        return told or self._portal_banner_incident() or self._portal_banner_maintenance()

    def _portal_banner_incident(self):
        domain = Domain("is_public", "=", True) & Domain("state", "in", incident.OPEN)
        found = self.env["saas.incident"].sudo().search(domain)
        for one_sudo in found.filtered(lambda one: one._touches(self))[:1]:
            text = self.env._("%(title)s: we are working on it.", title=one_sudo.public_title)
            return {"look": WARN, "text": text, "action": "incidents"}
        return {}

    def _portal_banner_maintenance(self):
        latest = fields.Datetime.add(fields.Datetime.now(), days=SOON_DAYS)
        zone = self.env.user.tz or self.partner_id.tz or "UTC"
        for one_sudo in self._portal_maintenance()[:1]:
            if one_sudo.start_at <= latest:
                text = self.env._(
                    "Maintenance on %(window)s: %(title)s.",
                    window=one_sudo._window_text(zone),
                    title=one_sudo.title,
                )
                return {"look": WORK, "text": text, "action": "incidents"}
        return {}
