"""What a price and a charge have in common: they belong to a plan or to one of its versions.

Owns: that there is one of both, that a row of a version is frozen, and its company. Does not own:
what the row says.
"""

from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

PUBLISHING = object()


class SaasPlanPart(models.AbstractModel):
    _name = "saas.plan.part"
    _description = "Part of a Plan"
    _inherit = ["saas.number"]

    plan_id = fields.Many2one("saas.plan", index="btree_not_null", ondelete="cascade")
    version_id = fields.Many2one(
        "saas.plan.version", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, index=True
    )

    _one_owner = models.Constraint(
        "CHECK ((plan_id IS NULL) <> (version_id IS NULL))",
        "A price or charge belongs to a plan or to one of its versions.",
    )

    @api.depends("plan_id.company_id", "version_id.company_id")
    def _compute_company_id(self) -> None:
        for part in self:
            part.company_id = (part.plan_id or part.version_id).company_id

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        self._refuse_frozen(any(vals.get("version_id") for vals in vals_list))
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        self._refuse_frozen(bool(vals.get("version_id")))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_frozen(self) -> None:
        self._refuse_frozen()

    def _refuse_frozen(self, joins: bool = False) -> None:
        """Refuse to change a row of a version, and to make one, unless it is being published."""
        publishing = self.env.context.get("saas_publishing") is PUBLISHING
        if not publishing and (joins or self.version_id):
            raise UserError(frozen_text(self.env))


def frozen_text(env: api.Environment) -> str:
    """Return why nothing of a version can be changed, and what to do instead."""
    return env._(
        "A plan version is frozen: subscriptions are billed by it. Change the plan and publish a "
        "new version."
    )
