"""Whether the administrators of a plan's tenants may write Python code of their own.

Owns: the choice and telling the nodes. Does not own: refusing (`gateway/install_code.py`).
"""

from odoo import fields, models


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    allow_code = fields.Boolean(
        string="Python Code Allowed",
        tracking=True,
        help="Administrators of its tenants may write server actions, computed fields and page "
        "templates with code. What modules bring works either way.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "allow_code" in vals:
            for tenant in self.env["saas.tenant"].sudo().search([("plan_id", "in", self.ids)]):
                tenant._sync_route()
        return result
