"""A coupon: a discount that a customer gets for a code.

Owns: its terms. Does not own: whether it holds for a subscription and what it takes off
(`kernel/billing`), who used it (redemptions of subscriptions).
"""

from datetime import date
from decimal import Decimal
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import messages
from ..kernel.billing.coupon import Coupon
from ..kernel.errors import Refused
from .saas_decimal import Exact


class SaasCoupon(models.Model):
    _name = "saas.coupon"
    _description = "Coupon"
    _inherit = ["mail.thread", "saas.number", "saas.exact"]
    _order = "valid_to desc, name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True, help="What stands on the invoice.")
    code = fields.Char(
        required=True, copy=False, tracking=True, help="What customers enter, in capitals."
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", string="Company", index=True, help="Empty: every company takes it."
    )
    kind = fields.Selection(
        [("percent", "Percent"), ("amount", "Amount")],
        string="Takes Off",
        default="percent",
        required=True,
        tracking=True,
    )
    percent = Exact(tracking=True, help="Of the fee, also of a part of a period.")
    amount = fields.Monetary(tracking=True, help="Once on each invoice, whatever its period.")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id, tracking=True
    )
    duration = fields.Selection(
        [("once", "Once"), ("periods", "For a Number of Periods"), ("forever", "Always")],
        default="once",
        required=True,
        tracking=True,
    )
    period_count = fields.Integer(string="Periods", default=3, tracking=True)
    valid_from = fields.Date(tracking=True, help="First day. Empty: at once.")
    valid_to = fields.Date(string="Valid Until", tracking=True, help="Last day. Empty: no end.")
    max_redemptions = fields.Integer(
        string="Most Redemptions", tracking=True, help="By all subscriptions. 0 means no limit."
    )
    plan_ids = fields.Many2many("saas.plan", string="Plans", help="Empty: every plan.")
    discount = fields.Char(compute="_compute_discount")
    stage = fields.Selection(
        [("waiting", "Not Yet"), ("active", "Valid"), ("expired", "Expired")],
        string="State",
        compute="_compute_stage",
        search="_search_stage",
    )

    _code_unique = models.Constraint("UNIQUE (code)", "Another coupon has this code already.")
    _code_form = models.Constraint(
        "CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{1,39}$')",
        "A coupon code has 2 to 40 letters, digits, hyphens and underscores.",
    )
    _numbers = models.Constraint(
        "CHECK (amount >= 0 AND max_redemptions >= 0)",
        "An amount and a number of redemptions cannot be negative.",
    )
    _periods = models.Constraint(
        "CHECK (duration <> 'periods' OR period_count BETWEEN 1 AND 120)",
        "A coupon that holds for some periods holds for 1 to 120 of them.",
    )

    @api.depends("kind", "percent", "amount", "currency_id")
    @api.depends_context("lang")
    def _compute_discount(self) -> None:
        for coupon in self:
            sign, amount = coupon.currency_id.symbol or "", f"{coupon.amount:,.2f}"
            coupon.discount = (
                self.env._("%(number)s %%", number=self._spelled(coupon.percent))
                if coupon.kind == "percent"
                else f"{amount} {sign}"
            )

    @api.depends("valid_from", "valid_to")
    def _compute_stage(self) -> None:
        today = fields.Date.context_today(self)
        for coupon in self:
            late = coupon.valid_to and coupon.valid_to < today
            early = coupon.valid_from and coupon.valid_from > today
            coupon.stage = "expired" if late else "waiting" if early else "active"

    @api.model
    def _search_stage(self, operator: str, value: Any) -> list:
        if operator != "in":
            return NotImplemented
        found = self.with_context(active_test=False).search([])
        return [("id", "in", found.filtered(lambda coupon: coupon.stage in value).ids)]

    @api.constrains("kind", "percent", "amount", "currency_id", "valid_from", "valid_to")
    def _check_terms(self) -> None:
        for coupon in self:
            try:
                coupon._to_spec()
            except Refused as error:
                raise ValidationError(messages.text(self.env, error)) from None

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        return super().create([self._in_capitals(vals) for vals in vals_list])

    def write(self, vals: dict[str, Any]) -> bool:
        return super().write(self._in_capitals(vals))

    @api.model
    def _in_capitals(self, vals: dict[str, Any]) -> dict[str, Any]:
        return {**vals, "code": vals["code"].strip().upper()} if vals.get("code") else vals

    def _to_spec(self) -> Coupon:
        """Return the coupon as the kernel judges it.

        Raises: Refused, when it takes off nothing or does not say of what.
        """
        self.ensure_one()
        percent = self.kind == "percent"
        invoices = {"once": 1, "periods": self.period_count, "forever": None}
        return Coupon(
            code=self.code or "",
            percent_off=self._number("percent") or None if percent else None,
            amount_off=None if percent else Decimal(str(self.amount)),
            currency="" if percent else self.currency_id.name or "",
            from_on=self._day("valid_from"),
            until_on=self._day("valid_to"),
            most_uses=self.max_redemptions or None,
            most_invoices=invoices[self.duration],
            plans=frozenset(self.plan_ids.mapped("code")),
        )

    def _day(self, name: str) -> date | None:
        return self[name] or None
