"""How long it is kept who got a copy, what was proposed about placement, and who approved what."""

from odoo import api, models
from odoo.tools import LazyTranslate

from .saas_placement_proposal import SPARED
from .saas_retention_rule import Kind

_lt = LazyTranslate(__name__)


class SaasRetentionRule(models.Model):
    _inherit = "saas.retention.rule"

    @api.model
    @api.private
    def _kinds(self):
        return {
            **super()._kinds(),
            "copies": Kind(
                _lt("Copies that are gone"),
                _lt("Who got a customer's data, why, and what was masked."),
                "saas.copy",
                "finished_at",
                730,
                90,
                (
                    ("state", "in", ("done", "failed")),
                    ("into_id.state", "=", "deleted"),
                    ("job_ids", "=", False),
                ),
            ),
            "placement_proposals": Kind(
                _lt("Placement proposals that were settled"),
                _lt("Which tenant should have moved, why, and who decided what."),
                "saas.placement.proposal",
                "found_at",
                400,
                SPARED.days,
                (("state", "in", ("rejected", "done")),),
            ),
            "approvals": Kind(
                _lt("Approvals that no longer count"),
                _lt("Who asked for a risky operation and who decided; the audit log has it, too."),
                "saas.approval",
                "asked_at",
                730,
                90,
                (("state", "in", ("used", "declined", "expired")),),
            ),
        }
