"""How long states of status pages are kept, and addresses that were never confirmed."""

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
            "status_periods": Kind(
                _lt("States of status pages"),
                _lt("Which part of the service was in which state, from when until when."),
                "saas.status.period",
                "end_at",
                400,
                100,
                (("end_at", "!=", False),),
            ),
            "status_unconfirmed": Kind(
                _lt("Addresses for a status page that were not confirmed"),
                _lt("E-mail addresses whose people never followed the link."),
                "saas.status.reader",
                "asked_at",
                14,
                7,
                (("state", "=", "waiting"),),
            ),
        }
