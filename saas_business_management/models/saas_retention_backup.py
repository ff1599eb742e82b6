"""How long rows of backups are kept that are gone from their targets."""

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
            "backup_records": Kind(
                _lt("Records of past backups"),
                _lt("Rows of backups that failed or were deleted; the others follow their policy."),
                "saas.backup",
                "started_at",
                400,
                30,
                (("state", "in", ("failed", "deleted")),),
            ),
            "backup_alerts": Kind(
                _lt("Alerts of backups that have ended"),
                _lt("What went wrong with backups, since when and until when."),
                "saas.backup.alert",
                "ended_at",
                400,
                30,
                (("ended_at", "!=", False),),
            ),
        }
