"""The live preview of a charge: "at 12,400 calls: 4.80 €", step by step, and as a line.

Owns: which quantities are shown, and the steps in words. Does not own: what a quantity costs
(`kernel/billing`), drawing (`static/src/saas_price_preview`).
"""

from decimal import Decimal
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import LazyTranslate, formatLang

from ..kernel.billing import decimals, step
from ..kernel.billing.charge import Charge, rate
from ..kernel.money import Currency
from .saas_decimal import Exact
from .saas_plan_charge import NUMBERS

_lt = LazyTranslate(__name__)

EXAMPLE = Decimal(12400)
# Beside the example, in its order of magnitude: 1 k, 10 k, 50 k, 100 k, 1 M beside 12,400.
COMPARED = tuple(map(Decimal, ("0.1", "1", "5", "10", "100")))
POINTS = 80
FARTHEST = Decimal(10) ** 15
STEPS = {
    step.INCLUDED: _lt("Included"),
    step.UNITS: _lt("Units"),
    step.PRICE_TIER: _lt("Price Tier"),
    step.TIER_FLAT: _lt("Fee of the Price Tier"),
    step.PACKAGE: _lt("Packages"),
    step.FLAT: _lt("Fee"),
    step.PERCENT: _lt("Percent"),
    step.FIXED_FEE: _lt("Fee of a Transaction"),
    step.LEAST_FEE: _lt("Raised to the Least"),
    step.MOST_FEE: _lt("Lowered to the Most"),
    step.CAP: _lt("Above the Maximum"),
}
PRICED_BY = (
    *("preview_quantity", "meter_id", "currency_id", "model", *NUMBERS),
    *("tier_ids.up_to", "tier_ids.unit_price", "tier_ids.flat_fee"),
)
assert set(STEPS) == set(step.KINDS)


class SaasPlanCharge(models.Model):
    _inherit = "saas.plan.charge"

    preview_quantity = Exact(
        string="At", compute="_compute_preview_quantity", readonly=False, store=False
    )
    preview = fields.Json(compute="_compute_preview")
    preview_text = fields.Char(string="Example", compute="_compute_preview_text")

    @api.depends("meter_id")
    def _compute_preview_quantity(self) -> None:
        for charge in self:
            charge.preview_quantity = charge.meter_id.example or str(EXAMPLE)

    @api.depends(*PRICED_BY)
    @api.depends_context("lang")
    def _compute_preview(self) -> None:
        for charge in self:
            charge.preview = charge._explained()

    @api.depends(*PRICED_BY)
    @api.depends_context("lang")
    def _compute_preview_text(self) -> None:
        for charge in self:
            told = charge._told_example()
            charge.preview_text = told.get("sentence") or told["problem"]

    def _explained(self) -> dict[str, Any]:
        """Return what the widget shows: `problem` alone, or the rated quantity and its picture."""
        told = self._told_example()
        if "problem" in told:
            return told
        spec, quantity = self._to_spec(), self._number("preview_quantity") or Decimal(0)
        rated = self._rated(spec, quantity)
        return {
            **told,
            "lines": [self._line(one) for one in rated.steps],
            "compare": [
                {
                    "quantity": self._spelled(str(count)),
                    "amount": self._rounded(self._rated(spec, count).amount),
                }
                for count in self._compared()
            ],
            "points": self._points(spec, quantity),
            "at": [float(quantity), float(rated.amount)],
        }

    def _told_example(self) -> dict[str, Any]:
        """Return `problem` alone, or what the example costs: its parts, and as a sentence."""
        try:
            problem = self._problem()
            quantity = self._number("preview_quantity") or Decimal(0)
        except ValidationError as error:
            problem = str(error)
        if problem:
            return {"problem": problem}
        names = {
            "quantity": self._spelled(str(quantity)),
            "unit": self.meter_id.unit_label or self.env._("units"),
            "amount": self._rounded(self._rated(self._to_spec(), quantity).amount),
        }
        return {**names, "sentence": self.env._("at %(quantity)s %(unit)s: %(amount)s", **names)}

    def _compared(self) -> list[Decimal]:
        """Return the quantities beside the example, in the size that its meter is read in."""
        usual = decimals.read(self.meter_id.example or str(EXAMPLE)) or EXAMPLE
        size = Decimal(1).scaleb(usual.adjusted())
        return [max(size * times, Decimal(1)) for times in COMPARED]

    def _rated(self, spec: Charge, quantity: Decimal) -> step.Rated:
        return rate(spec, quantity, self._unit())

    def _unit(self) -> Currency:
        """Return the currency of this charge as the kernel knows it."""
        return Currency(
            self.currency_id.name or "", Decimal(str(self.currency_id.rounding or 0.01))
        )

    def _line(self, one: step.Step) -> dict[str, str]:
        return {
            "label": self.env._(STEPS[one.kind]),
            "reading": f"{self._spelled(str(one.quantity))} × {self._spelled(str(one.unit_price))}",
            "amount": self._rounded(self._unit().round(one.amount)),
        }

    def _points(self, spec: Charge, quantity: Decimal) -> list[list[float]]:
        """Return the line of the picture: quantities from 0 on and what they cost."""
        bounds = [bound for tier in self.tier_ids if (bound := tier._bound()) is not None]
        far = min(max([quantity, Decimal(1), *bounds]) * Decimal("1.25"), FARTHEST)
        marks = {far * number / POINTS for number in range(POINTS + 1)} | set(bounds)
        places = sorted(mark.quantize(Decimal("0.000001")) for mark in marks)
        return [[float(place), float(self._rated(spec, place).amount)] for place in places]

    def _rounded(self, amount: Decimal) -> str:
        return formatLang(self.env, float(amount), currency_obj=self.currency_id)
