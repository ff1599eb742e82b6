"""A price tier: what the units up to a bound cost. Each begins where the one before it ends.

Owns: the order of the tiers, and an editor that keeps them whole. Does not own: whether they cover
every quantity once, and what it costs (`kernel/billing`).

A tier has one bound, its upper one, so that neither gaps nor overlaps can be entered.
"""

from decimal import Decimal
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .saas_decimal import Exact

FIRST_BOUND, GROWTH = Decimal(1000), 10
OPEN_RANK = 1e300


class SaasPlanChargeTier(models.Model):
    _name = "saas.plan.charge.tier"
    _description = "Price Tier"
    _inherit = ["saas.exact"]
    _order = "charge_id, rank, id"

    charge_id = fields.Many2one("saas.plan.charge", required=True, index=True, ondelete="cascade")
    over = fields.Char(compute="_compute_over", help="Where the price tier before it ends.")
    up_to = Exact(help="The last quantity at this price. Empty: and above.")
    unit_price = Exact(help="For one unit, up to 12 decimals.")
    flat_fee = Exact(string="Fee", help="Once, as soon as this price tier is reached.")
    # Only to sort by; amounts are computed from the digits.
    rank = fields.Float(compute="_compute_rank", store=True, precompute=True)

    @api.depends("up_to")
    def _compute_rank(self) -> None:
        for tier in self:
            bound = tier._bound()
            tier.rank = OPEN_RANK if bound is None else float(bound)

    @api.depends("up_to", "charge_id.tier_ids.up_to")
    def _compute_over(self) -> None:
        for tier in self:
            below = [
                bound
                for other in tier.charge_id.tier_ids
                if (bound := other._bound()) is not None and tier._is_above(bound)
            ]
            tier.over = self.env["saas.exact"]._spelled(str(max(below, default=Decimal(0))))

    @api.constrains("up_to", "unit_price", "flat_fee")
    def _check_bound(self) -> None:
        for tier in self:
            if tier.up_to and not tier._number("up_to"):
                raise ValidationError(self.env._("A price tier ends above 0."))
            if not tier.unit_price:
                raise ValidationError(
                    self.env._("Enter the unit price of each price tier; 0 is a price too.")
                )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        tiers = super().create(vals_list)
        tiers.charge_id._refuse_frozen()
        return tiers

    def write(self, vals: dict[str, Any]) -> bool:
        self.charge_id._refuse_frozen()
        done = super().write(vals)
        self.charge_id._refuse_frozen()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_frozen(self) -> None:
        self.charge_id._refuse_frozen()

    def _bound(self) -> Decimal | None:
        """Return the upper bound; None without one, and while it is no number."""
        try:
            return self._number("up_to")
        except ValidationError:
            return None

    def _is_above(self, bound: Decimal) -> bool:
        mine = self._bound()
        return mine is None or bound < mine

    def _sorted(self) -> models.BaseModel:
        """Return the tiers of a charge from the lowest to the open one."""
        return self.sorted(lambda tier: (not tier.up_to, tier._bound() or Decimal(0)))

    def _to_form(self) -> dict[str, Decimal]:
        """Return the tier in the form that the kernel reads; what is empty is not named."""
        named = (("up_to", "up_to"), ("unit_price", "unit_price"), ("flat_fee", "flat_amount"))
        form = {there: self._number(here) for here, there in named}
        return {name: number for name, number in form.items() if number is not None}

    def _keep_open(self) -> None:
        """Give every open tier but the last a bound beyond the highest one."""
        bounds = [bound for tier in self if (bound := tier._bound()) is not None]
        highest = max(bounds, default=FIRST_BOUND / GROWTH)
        for tier in [one for one in self if not one.up_to][:-1]:
            highest *= GROWTH
            tier.up_to = f"{highest:f}"
