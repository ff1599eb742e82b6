"""The service level of a tenant on its own form and in the portal of its customer.

Owns: the figure of the button, what the portal page shows. Does not own: measuring.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import date_utils, format_datetime, formatLang

MOST_MONTHS = 12
MOST_ROWS = 20


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    service_level_ids = fields.One2many("saas.service.level", "tenant_id", readonly=True)
    service_level_id = fields.Many2one(
        "saas.service.level", compute="_compute_service", string="Newest Service Level"
    )
    service_target = fields.Float(compute="_compute_service", digits=(6, 3), string="Promised (%)")
    service_availability = fields.Float(
        compute="_compute_service", digits=(6, 3), string="Available This Month (%)"
    )
    service_shown = fields.Char(compute="_compute_service", string="Service")
    service_missed = fields.Boolean(compute="_compute_service")
    service_credit_count = fields.Integer(compute="_compute_service")

    @api.depends("service_level_ids.availability")
    def _compute_service(self):
        levels_sudo = self.env["saas.service.level"].sudo()
        newest = {}
        for row in levels_sudo.search([("tenant_id", "in", self.ids)], order="month"):
            newest[row.tenant_id.id] = row
        counted = (
            self.env["saas.service.credit"]
            .sudo()
            ._read_group([("tenant_id", "in", self.ids)], ["tenant_id"], ["__count"])
        )
        credits_ = {tenant.id: count for tenant, count in counted}
        for tenant in self:
            row = newest.get(tenant.id, levels_sudo.browse())
            tenant.service_level_id = row
            tenant.service_target = row.target
            tenant.service_availability = row.availability
            tenant.service_missed = row.missed
            tenant.service_shown = row._shown() if row else False
            tenant.service_credit_count = credits_.get(tenant.id, 0)

    def action_view_service(self) -> dict:
        """Open the months of this tenant."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_service_level"
        )
        return dict(action, domain=[("tenant_id", "=", self.id)], context={}, path=False)

    # The portal

    @api.private
    def _portal_service(self, money):
        """Return what the page *Service* shows; credits when the person may see `money`."""
        self.ensure_one()
        levels_sudo = (
            self.env["saas.service.level"]
            .sudo()
            .search([("tenant_id", "=", self.id)], order="month desc", limit=MOST_MONTHS + 1)
        )
        this = date_utils.start_of(fields.Date.context_today(self), "month")
        now_sudo = levels_sudo.filtered(lambda row: row.month == this)
        # The promise of the tier holds from the first day on, before anything was counted.
        target = self._service_tier().availability_target
        return {
            "promised": f"{target:g} %" if target else "",
            "now": now_sudo._portal_month() if now_sudo else None,
            "months": [row._portal_month() for row in levels_sudo - now_sudo][:MOST_MONTHS],
            "downtimes": levels_sudo[:MOST_MONTHS]._portal_downtimes(),
            "credits": self._portal_service_credits() if money else [],
            "reviews": self._portal_reviews() if money else [],
            "zone": self._service_zone(),
        }

    def _portal_service_credits(self):
        given = [("tenant_id", "=", self.id), ("state", "in", ("approved", "credited"))]
        return [
            {
                "month": credit._month_words(),
                "amount": formatLang(self.env, credit.amount, currency_obj=credit.currency_id),
                "url": credit.move_id.get_portal_url() if credit.state == "credited" else "",
                "document": credit.move_id.name if credit.state == "credited" else "",
            }
            for credit in self.env["saas.service.credit"].sudo().search(given, limit=MOST_MONTHS)
        ]


class SaasServiceLevel(models.Model):
    _inherit = "saas.service.level"

    def _shown(self):
        """Return the percentage as people read it."""
        return f"{self.availability:.2f} %" if self.has_result else self.env._("Unknown")

    def _portal_month(self):
        """Return one month as the customer reads it."""
        return {
            "month": self._month_words(),
            "shown": f"{self.availability:.3f} %" if self.has_result else self.env._("Not known"),
            "promised": f"{self.target:g} %" if self.target else "—",
            "down": self._span_words(self.bad),
            "left_out": self._span_words(self.excluded),
            "unknown": self._span_words(self.unknown),
            "missed": self.missed,
            "known": self.has_result,
        }

    def _portal_downtimes(self):
        """Return the last interruptions in plain words, the newest first."""
        rows = []
        for level in self:
            for start, end in reversed(level._downtimes()):
                minutes = int((end - start) / timedelta(minutes=1))
                begun = format_datetime(self.env, start, tz=level.timezone, dt_format="short")
                rows.append({"begun": begun, "lasted": self._span_words(minutes)})
                if len(rows) >= MOST_ROWS:
                    return rows
        return rows

    @api.model
    def _span_words(self, minutes):
        """Return a number of minutes in words."""
        _ = self.env._
        if not minutes:
            return _("none")
        hours, rest = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        parts = []
        if days:
            parts.append(_("%(count)s d", count=days))
        if hours:
            parts.append(_("%(count)s h", count=hours))
        if rest and not days:
            parts.append(_("%(count)s min", count=rest))
        return " ".join(parts)
