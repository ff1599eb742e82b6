"""How long days of usage and times without it are kept."""

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
            "usage_days": Kind(
                _lt("Usage by day"),
                _lt("What each tenant used of each meter; what was billed stays with its invoice."),
                "saas.usage.day",
                "end_at",
                1095,
                400,
                (("told", "=", True),),
            ),
            "usage_gaps": Kind(
                _lt("Times of unknown usage that are over"),
                _lt("Since when and until when a tenant could not be read, and why."),
                "saas.usage.gap",
                "until_at",
                400,
                30,
                (("until_at", "!=", False),),
            ),
        }
