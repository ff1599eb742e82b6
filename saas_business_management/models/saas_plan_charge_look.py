"""A charge in words, as it stands in lists, dialogs and the audit log.

Owns: these words. Does not own: what a quantity costs and how that is explained
(`saas_plan_charge_preview.py`).
"""

from odoo import api, fields, models

from .saas_plan_charge import NUMBERS, USED


class SaasPlanCharge(models.Model):
    _inherit = "saas.plan.charge"

    unit_label = fields.Char(related="meter_id.unit_label")
    summary = fields.Char(compute="_compute_summary", string="Price")

    @api.depends(
        "model",
        "currency_id",
        "tier_ids.up_to",
        "tier_ids.unit_price",
        "tier_ids.flat_fee",
        *NUMBERS,
    )
    @api.depends_context("lang")
    def _compute_summary(self) -> None:
        for charge in self:
            charge.summary = charge._told()

    def _place(self) -> tuple:
        """Return what makes this row the same one in two versions."""
        return (self.meter_id.id, self.currency_id.id)

    def _content(self) -> tuple:
        """Return everything that it says."""
        numbers = tuple(self[name] for name in USED[self.model])
        tiers = tuple((one.up_to, one.unit_price, one.flat_fee) for one in self.tier_ids._sorted())
        return (self.model, *numbers, *tiers)

    def _title(self) -> str:
        names = {"meter": self.meter_id.name, "currency": self.currency_id.name}
        return self.env._("%(meter)s in %(currency)s", **names)

    def _told(self) -> str:
        """Return the charge in one line."""
        told = {
            "flat": self._told_flat,
            "per_unit": self._told_unit,
            "graduated": self._told_tiers,
            "volume": self._told_tiers,
            "package": self._told_package,
            "percentage": self._told_percentage,
        }
        parts = [told[self.model]() if self.model else "—", *self._told_borders()]
        return " · ".join(parts)

    def _told_flat(self) -> str:
        return self.env._("%(fee)s for a period", fee=self._price("flat_fee"))

    def _told_unit(self) -> str:
        return self.env._("%(price)s each", price=self._price("unit_price"))

    def _told_tiers(self) -> str:
        labels = dict(self._fields["model"]._description_selection(self.env))
        return f"{labels[self.model]}: {self.tier_ids._told()}"

    def _told_package(self) -> str:
        return self.env._(
            "%(price)s for each %(size)s begun",
            price=self._price("package_price"),
            size=self._spelled(self.package_size),
        )

    def _told_percentage(self) -> str:
        rate = self._spelled(self.rate_percent)
        if self.fixed_fee and self.fixed_fee != "0":
            fee = self._price("fixed_fee")
            return self.env._("%(rate)s %% and %(fee)s for each", rate=rate, fee=fee)
        return self.env._("%(rate)s %%", rate=rate)

    def _told_borders(self) -> list[str]:
        _ = self.env._
        used = USED.get(self.model, ())
        words = {
            "included": lambda text: _("%(number)s included", number=self._spelled(text)),
            "free_units": lambda text: _("%(number)s free", number=self._spelled(text)),
            "free_transactions": lambda text: _(
                "%(number)s transactions free", number=self._spelled(text)
            ),
            "free_amount": lambda text: _("%(price)s free", price=self._money(text)),
            "per_transaction_min": lambda text: _("at least %(price)s", price=self._money(text)),
            "per_transaction_max": lambda text: _("at most %(price)s", price=self._money(text)),
            "maximum": lambda text: _("at most %(price)s a period", price=self._money(text)),
        }
        return [
            tell(self[name])
            for name, tell in words.items()
            if name in used and self[name] and self[name] != "0"
        ]

    def _price(self, name: str) -> str:
        return self._money(self[name])

    def _money(self, text: str | bool) -> str:
        """Return a price with all its digits and the sign of the currency."""
        number, sign = self._spelled(text), self.currency_id.symbol or ""
        return f"{sign} {number}" if self.currency_id.position == "before" else f"{number} {sign}"


class SaasPlanChargeTier(models.Model):
    _inherit = "saas.plan.charge.tier"

    def _told(self) -> str:
        """Return the tiers of one charge in a line."""
        return "; ".join(tier._told_one() for tier in self._sorted())

    def _told_one(self) -> str:
        _ = self.env._
        price = self.charge_id._money(self.unit_price)
        if self.flat_fee and self.flat_fee != "0":
            fee = self.charge_id._money(self.flat_fee)
            price = _("%(price)s and %(fee)s once", price=price, fee=fee)
        if self.up_to:
            return _("to %(bound)s %(price)s", bound=self._spelled(self.up_to), price=price)
        return _("above %(price)s", price=price)
