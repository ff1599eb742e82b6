"""How long alerts that ended, messages about them and stretches of watching are kept."""

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
            "alerts": Kind(
                _lt("Alerts that ended"),
                _lt("What fired, where, from when until when, who had it in hand."),
                "saas.alert",
                "ended_at",
                400,
                30,
                (("ended_at", "!=", False),),
            ),
            "alert_messages": Kind(
                _lt("Messages about alerts"),
                _lt("Which group of alerts was told on which channel, and what came of it."),
                "saas.alert.message",
                "at",
                90,
                14,
                (("state", "!=", "waiting"), ("notification_ids.is_last", "=", False)),
            ),
            "alert_watch": Kind(
                _lt("Stretches of watching"),
                _lt("From when until when alerts were looked after, and the blind time between."),
                "saas.alert.watch",
                "last_at",
                400,
                30,
            ),
        }
