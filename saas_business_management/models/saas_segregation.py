"""Who sets prices does not approve what is billed by them.

Owns: that nobody is in both groups, by whatever way. Does not own: what the groups may do.
"""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

APPROVER = "saas_business_management.group_saas_billing_approver"
# The integrator comes with metering; a group that is not there is passed over.
PREPARERS = (
    "saas_business_management.group_saas_billing_manager",
    "saas_business_management.group_saas_integrator",
)


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _saas_segregated(self) -> tuple[models.BaseModel, models.BaseModel]:
        """Return the approvers, and the groups that no approver may be in."""
        groups = self.env["res.groups"]
        found = [self.env.ref(place, raise_if_not_found=False) or groups for place in PREPARERS]
        approver = self.env.ref(APPROVER, raise_if_not_found=False) or groups
        return approver.sudo(), groups.union(*found).sudo()

    def _compute_disjoint_ids(self) -> None:
        super()._compute_disjoint_ids()
        approver, preparers = self._saas_segregated()
        for group in self:
            if group in approver:
                group.disjoint_ids |= preparers
            elif group in preparers:
                group.disjoint_ids |= approver

    @api.constrains("user_ids", "implied_ids", "implied_by_ids")
    def _check_saas_segregation(self) -> None:
        self.env.registry.clear_cache("groups")
        approver, preparers = self._saas_segregated()
        both = Domain("all_group_ids", "in", approver.ids) & Domain(
            "all_group_ids", "in", preparers.ids
        )
        self.env["res.users"].search(both, limit=1)._check_saas_segregation()


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.constrains("group_ids")
    def _check_saas_segregation(self) -> None:
        approver, preparers = self.env["res.groups"]._saas_segregated()
        for user in self:
            groups = user.sudo().all_group_ids
            if groups & approver and groups & preparers:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot set prices and approve what is billed by them: "
                        "%(groups)s. Give one of both to somebody else.",
                        user=user.name,
                        groups=", ".join((groups & (approver | preparers)).mapped("full_name")),
                    )
                )
