"""A plan version: the terms and prices that a plan had when it was published, for ever.

Owns: that a version is frozen, and its course published → retired. Does not own: making one
(`saas_plan_publish.py`).
"""

from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from .saas_plan_part import PUBLISHING, frozen_text

# Its course; everything else of a version never changes.
MAY_CHANGE = {"state", "retired_at"}


class SaasPlanVersion(models.Model):
    _name = "saas.plan.version"
    _description = "Plan Version"
    _inherit = ["saas.plan.terms"]
    _order = "plan_id, number desc"
    _rec_names_search = ["plan_id.name"]

    plan_id = fields.Many2one(
        "saas.plan", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    kind = fields.Selection(related="plan_id.kind", store=True)
    number = fields.Integer(required=True, readonly=True)
    state = fields.Selection(
        [("published", "Published"), ("retired", "Retired")],
        default="published",
        required=True,
        readonly=True,
        index=True,
    )
    published_at = fields.Datetime(string="Published", required=True, readonly=True)
    published_by_id = fields.Many2one(
        "res.users", string="Published By", readonly=True, ondelete="restrict"
    )
    retired_at = fields.Datetime(string="Retired", readonly=True)
    note = fields.Char(string="Why", readonly=True)
    price_ids = fields.One2many("saas.plan.price", "version_id", string="Prices", readonly=True)
    charge_ids = fields.One2many("saas.plan.charge", "version_id", string="Charges", readonly=True)

    _number_unique = models.Constraint(
        "UNIQUE (plan_id, number)", "A plan has each version number once."
    )
    _published_unique = models.UniqueIndex(
        "(plan_id) WHERE state = 'published'", "A plan has one published version."
    )

    @api.depends("plan_id.name", "number")
    def _compute_display_name(self) -> None:
        for version in self:
            version.display_name = f"{version.plan_id.name} v{version.number}"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        if not vals.keys() <= MAY_CHANGE:
            raise UserError(frozen_text(self.env))
        if "state" in vals:
            self._refuse_by_hand()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self) -> None:
        raise UserError(frozen_text(self.env))

    def copy(self, default: dict[str, Any] | None = None) -> models.BaseModel:
        raise UserError(frozen_text(self.env))

    def _refuse_by_hand(self) -> None:
        if self.env.context.get("saas_publishing") is not PUBLISHING:
            raise UserError(frozen_text(self.env))

    def _price_in(self, currency: models.BaseModel) -> models.BaseModel:
        """Return the price row in a currency; empty when the version is not sold in it."""
        return self.price_ids.filtered(lambda price: price.currency_id == currency)

    def _charges_in(self, currency: models.BaseModel) -> models.BaseModel:
        """Return the charges in a currency."""
        return self.charge_ids.filtered(lambda charge: charge.currency_id == currency)
