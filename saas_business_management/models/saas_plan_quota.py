"""What other limits of a plan would do to its tenants today, told while they are edited.

Owns: that sentence. Does not own: the limits (`saas_limits.py`), who is over one now
(`saas_quota.py`).

Who was sold a version keeps its limits until the subscription gets another one.
"""

from odoo import api, fields, models

from ..kernel.billing.subscription import RUNNING
from ..kernel.quota.enforcement import COUNTED
from ..kernel.quota.verdict import Use, is_over
from .saas_quota_facts import NAMES
from .saas_quota_setting import exactly

# Where the limit of a plan is in force, or would be if it said anything.
MOVED_BY_A_PLAN = ("plan", "template", "none")


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    limits_effect = fields.Char(
        compute="_compute_limits_effect", string="What These Limits Do Today"
    )

    @api.depends(*NAMES.values(), "version_id")
    def _compute_limits_effect(self):
        for plan in self:
            at_once, later = plan._newly_over_limits()
            plan.limits_effect = " ".join(
                filter(None, [plan._at_once_text(at_once), plan._later_text(later)])
            )

    def _newly_over_limits(self):
        """Return how many tenants these limits put over one that they keep today: at once, and
        when their subscription gets the next version.
        """
        lowered = self._lowered_limits()
        if not lowered:
            return 0, 0
        found_sudo = self.env["saas.quota"].sudo().search(self._moved_domain(lowered))
        sold = self._sold_tenants(found_sudo.tenant_id)
        settings = {one: self.env["saas.quota.setting"]._of(one) for one in found_sudo.company_id}
        terms = {one: setting._to_terms() for one, setting in settings.items()}
        over = set()
        for row_sudo in found_sudo:
            company = row_sudo.company_id
            told = settings[company]._terms_for(terms[company], row_sudo)
            if self._is_newly_over(row_sudo, lowered, told):
                over.add(row_sudo.tenant_id.id)
        return len(over - sold), len(over & sold)

    def _lowered_limits(self):
        """Return the limits that say less than the stored ones or those that are sold, by meter."""
        known = [one for one in (self._origin, self._origin.version_id) if one]
        return {
            code: exactly(self[name])
            for code, name in NAMES.items()
            if self[name] and any(not one[name] or self[name] < one[name] for one in known)
        }

    def _moved_domain(self, lowered):
        return [
            ("plan_id", "=", self._origin.id),
            ("company_id", "in", self.env.companies.ids),
            ("meter_id.code", "in", list(lowered)),
            ("source", "in", MOVED_BY_A_PLAN),
            ("used_known", "=", True),
            ("used", ">", 0),
        ]

    def _sold_tenants(self, tenants):
        """Return the ids of those whose subscription has a version of this plan."""
        domain = [
            ("tenant_id", "in", tenants.ids),
            ("state", "in", tuple(RUNNING)),
            ("version_id.plan_id", "=", self._origin.id),
        ]
        return set(self.env["saas.subscription"].sudo().search(domain).tenant_id.ids)

    def _is_newly_over(self, row_sudo, lowered, terms):
        code = row_sudo.meter_id.code
        use = Use(exactly(row_sudo.used), True, code in COUNTED)
        now = exactly(row_sudo.limit) if row_sudo.has_limit else None
        will = lowered[code] + exactly(row_sudo.addons)
        return is_over(use, will, terms) and not is_over(use, now, terms)

    def _at_once_text(self, count):
        if count == 1:
            return self.env._("These limits put 1 tenant over its limit at once.")
        told = count and self.env._(
            "These limits put %(count)s tenants over their limit at once.", count=count
        )
        return told or ""

    def _later_text(self, count):
        if count == 1:
            return self.env._("1 tenant would be over when it gets this as its next version.")
        told = count and self.env._(
            "%(count)s tenants would be over when they get this as their next version.", count=count
        )
        return told or ""
