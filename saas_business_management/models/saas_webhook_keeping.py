"""How long events of webhooks are kept, and that they go with a customer who is erased."""

from odoo import api, models
from odoo.tools import LazyTranslate

from .saas_retention_rule import Kind

_lt = LazyTranslate(__name__)


class SaasRetentionRule(models.Model):
    _inherit = "saas.retention.rule"

    @api.model
    @api.private
    def _kinds(self):
        return {
            **super()._kinds(),
            "webhook_events": Kind(
                _lt("Events told to webhooks"),
                _lt("Events with their deliveries and tries; what waits to be sent stays."),
                "saas.webhook.event",
                "at",
                90,
                7,
                (("delivery_ids", "not any", [("state", "=", "waiting")]),),
            ),
        }


class SaasErasure(models.Model):
    _inherit = "saas.erasure"

    @api.model
    @api.private
    def _erase(self, partner, reason):
        """Forget events about the customer: their bodies hold its name."""
        made = super()._erase(partner, reason)
        family = partner.commercial_partner_id or partner
        events_sudo = self.env["saas.webhook.event"].sudo()
        events_sudo.search([("partner_id", "child_of", family.ids)])._expire()
        return made
