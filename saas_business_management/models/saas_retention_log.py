"""How long lines of the log are kept."""

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
            "log_lines": Kind(
                _lt("Lines of the log"),
                _lt("Warnings, requests that failed or were slow; the whole log stays at nodes."),
                "saas.log.line",
                "at",
                14,
                1,
            ),
        }
