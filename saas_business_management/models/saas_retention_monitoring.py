"""How long findings of noisy neighbours and impacts of changes of modules are kept."""

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
            "noisy_findings": Kind(
                _lt("Noisy neighbours that are over"),
                _lt("Who took how much of a cluster, who became slow, what was done about it."),
                "saas.noisy.finding",
                "ended_at",
                400,
                60,
                (("ended_at", "!=", False),),
            ),
            "module_impacts": Kind(
                _lt("Impact of changes of modules"),
                _lt("Time of answers and load in the week before and after a change."),
                "saas.module.impact",
                "at",
                400,
                60,
            ),
        }
