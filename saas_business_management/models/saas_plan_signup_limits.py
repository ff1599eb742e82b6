"""What the card of a plan says about its limits: the policies that are in force there, in a
stranger's words.

Owns: these sentences. Does not own: the policies (`saas_quota_setting.py`, `saas_quota_rule.py`).
"""

from odoo import models

from ..kernel.quota.enforcement import CALLS, STORAGE, TRAFFIC, USERS
from ..kernel.quota.terms import BLOCK, CHARGE, NOTIFY, SUSPEND, THROTTLE

LIMITED = {
    USERS: "limit_users",
    STORAGE: "limit_storage_gb",
    CALLS: "limit_api_calls",
    TRAFFIC: "limit_bandwidth_gb",
}


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    def _signup_at_limit(self, currency):
        """Return lines on what happens at a limit: what is charged, slowed down, refused."""
        version_sudo = self.sudo().version_id
        charges = {one.meter_id.code: one for one in version_sudo._charges_in(currency)}
        lines = [f"{one.meter_id.name}: {one._told()}" for one in charges.values()]
        for code, field in LIMITED.items():
            policy = self._signup_policy(code, code in charges)
            if version_sudo[field] and policy != CHARGE:
                lines.append(self._signup_limit_words()[code, policy])
        return lines or [self.env._("Nothing: there is no limit.")]

    def _signup_policy(self, code, charged):
        """Return the policy that is in force for a meter of this plan."""
        settings = self.env["saas.quota.setting"]._of(self.company_id or self.env.company)
        terms = settings._to_terms()
        own = terms.get((self.id, code))
        if not own and charged and settings.charged_is_allowed:
            return CHARGE
        return (own or terms[False, code])["terms"].policy

    def _signup_limit_words(self):
        _ = self.env._
        told = {
            USERS: (
                _("Users: we write to you; nobody is locked out."),
                _("Users: no further ones; nobody is locked out."),
                _("Users: the database is closed until there are fewer or the plan is bigger."),
            ),
            STORAGE: (
                _("Storage: we write to you; nothing is refused."),
                _("Storage: no new uploads; reading and deleting go on."),
                _("Storage: the database is closed until less is used or the plan is bigger."),
            ),
            CALLS: (
                _("API calls: we write to you; nothing is refused."),
                _("API calls: no further ones this month; pages work as before."),
                _("API calls: the database is closed until the next month or a bigger plan."),
            ),
            TRAFFIC: (
                _("Traffic: we write to you; nothing is refused."),
                _("Traffic: calls are refused until the next month."),
                _("Traffic: the database is closed until the next month or a bigger plan."),
            ),
        }
        slowed = {
            CALLS: _("API calls: slower until the next month; pages work as before."),
            TRAFFIC: _("Traffic: calls are slower until the next month."),
        }
        return {
            (code, policy): text
            for code, texts in told.items()
            for policy, text in {
                **dict(zip((NOTIFY, BLOCK, SUSPEND), texts, strict=True)),
                THROTTLE: slowed.get(code, texts[1]),
            }.items()
        }
