"""Whether the administrators of a plan's tenants may write Python code of their own.

Owns: the choice, who may make it, and telling the nodes. Does not own: refusing
(`gateway/install_code.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError

ADMINISTRATOR = "saas_business_management.group_saas_admin"


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    allow_code = fields.Boolean(
        string="Python Code Allowed",
        tracking=True,
        help="Administrators of its tenants may write server actions, computed fields and page "
        "templates with code. What modules bring works either way.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("allow_code") for vals in vals_list):
            self._check_may_allow_code()
        return super().create(vals_list)

    def write(self, vals):
        if "allow_code" in vals and any(plan.allow_code != vals["allow_code"] for plan in self):
            self._check_may_allow_code()
        result = super().write(vals)
        if "allow_code" in vals:
            for tenant in self.env["saas.tenant"].sudo().search([("plan_id", "in", self.ids)]):
                tenant._sync_route()
        return result

    def _check_may_allow_code(self):
        """Refuse whoever sets prices, but not up the platform: code is a matter of its safety."""
        if not self.env.su and not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(
                self.env._(
                    "Only an administrator of the platform can allow or forbid Python code in "
                    "tenants. Nothing was changed."
                )
            )
