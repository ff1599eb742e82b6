"""Which apps a customer on a plan may install; what the template brought is there in any case.

Owns: the names on the plan. Does not own: refusing others (nodes), when nodes hear of it
(`saas_tenant_limits.py`).
"""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

MODULE = re.compile(r"[a-z][a-z0-9_]{0,62}")
MOST = 500


class SaasPlanTerms(models.AbstractModel):
    _inherit = "saas.plan.terms"

    allowed_apps = fields.Char(
        string="Apps That Can Be Installed",
        help="Technical names with commas, such as crm, sale_management. Empty: any app. What the "
        "template brings, and what an app needs, is never refused.",
    )

    @api.constrains("allowed_apps")
    def _check_allowed_apps(self):
        for plan in self:
            names = app_names(plan.allowed_apps)
            wrong = [name for name in names if not MODULE.fullmatch(name)]
            if wrong:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is no technical name of an app. Write names with commas, such "
                        "as crm, sale_management.",
                        name=wrong[0],
                    )
                )
            if len(names) > MOST:
                raise ValidationError(self.env._("Name at most %(most)s apps.", most=MOST))


def app_names(text):
    """Return the technical names of a text, in order, each once."""
    parts = (part.strip() for part in (text or "").replace("\n", ",").split(","))
    return sorted({part for part in parts if part})
