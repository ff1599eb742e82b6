"""How long the journal of quotas and ended limits set by hand are kept."""

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
            "quota_events": Kind(
                _lt("Journal of quotas"),
                _lt("When which limit was reached, came into force and was lifted; who was told."),
                "saas.quota.event",
                "at",
                400,
                60,
            ),
            "quota_overrides": Kind(
                _lt("Limits set by hand that ended"),
                _lt("Which limit, why, until when and by whom."),
                "saas.quota.override",
                "ended_at",
                1095,
                90,
                (("ended_at", "!=", False),),
            ),
        }
