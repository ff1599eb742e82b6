"""How long sign-ups are kept, confirmed or not, and how long their counters."""

from odoo import api, models
from odoo.tools import LazyTranslate

from .saas_retention_rule import Kind
from .saas_signup import UNCONFIRMED

_lt = LazyTranslate(__name__)


class SaasRetentionRule(models.Model):
    _inherit = "saas.retention.rule"

    @api.model
    @api.private
    def _kinds(self):
        return {
            **super()._kinds(),
            "signups_unconfirmed": Kind(
                _lt("Sign-ups that were not confirmed"),
                _lt("Name, company and e-mail of people who never confirmed."),
                "saas.signup",
                "create_date",
                30,
                7,
                (("state", "in", UNCONFIRMED),),
            ),
            "signup_counts": Kind(
                _lt("Counters of sign-ups"),
                _lt("How often something was asked for; nobody reads from it by whom."),
                "saas.signup.count",
                "start",
                2,
                2,
            ),
        }
