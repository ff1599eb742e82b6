"""Coupons of a subscription: which one was redeemed, from when, and what it takes off.

Owns: redemptions as rows, which fee periods each holds for. Does not own: the terms of a coupon
(`saas_coupon.py`), what is taken off (`kernel/billing/discount.py`).

A coupon holds for the first so many fee periods that begin on or after its day, so whatever is
computed again finds the same ones.
"""

from decimal import Decimal

from odoo import api, fields, models

from ..kernel.billing.agreement import RECURRING
from ..kernel.billing.coupon import Redemption, check_coupon
from ..kernel.billing.discount import less_fixed
from ..kernel.errors import Refused


class SaasSubscriptionCoupon(models.Model):
    _name = "saas.subscription.coupon"
    _description = "Redeemed Coupon"
    _order = "subscription_id, start_on, id"
    _rec_name = "coupon_id"

    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True, index=True
    )
    coupon_id = fields.Many2one(
        "saas.coupon", required=True, readonly=True, index=True, ondelete="restrict"
    )
    discount = fields.Char(related="coupon_id.discount")
    start_on = fields.Date(string="Redeemed", required=True, readonly=True)

    _once = models.Constraint(
        "UNIQUE (subscription_id, coupon_id)", "This coupon was redeemed here already."
    )

    def _holds_for(self, period):
        """Tell whether the coupon takes something off a fee period."""
        self.ensure_one()
        if period.start_on < self.start_on or period.kind != RECURRING:
            return False
        most = self.coupon_id._to_spec().most_invoices
        if most is None:
            return True
        before = self.subscription_id.period_ids.filtered(
            lambda one: (
                one.kind == RECURRING
                and one.state != "skipped"
                and self.start_on <= one.start_on < period.start_on
            )
        )
        return len(before) < most


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    coupon_ids = fields.One2many("saas.subscription.coupon", "subscription_id", readonly=True)

    @api.private
    def _redeem(self, coupon):
        """Redeem a coupon from the next fee period that is not billed yet.

        Raises: UserError, with the reason when it does not hold.
        """
        self.ensure_one()
        with self._changing():
            today = self._today()
            rows_sudo = self.env["saas.subscription.coupon"].sudo()
            if coupon in self.coupon_ids.coupon_id:
                raise Refused("coupon_redeemed", coupon=coupon.code)
            uses = rows_sudo.search_count([("coupon_id", "=", coupon.id)])
            check_coupon(
                coupon._to_spec(),
                Redemption(today, self.plan_id.code, self.currency_id.name, uses),
            )
            first = max(today, self._billed_to() or today)
            rows_sudo.create(
                {"subscription_id": self.id, "coupon_id": coupon.id, "start_on": first}
            )
            name = self.name
            self.env["saas.audit.entry"]._note("coupon_redeemed", self, name, coupon=coupon.code)

    def _percents_off(self, period):
        """Return the percentages that coupons take off a fee period."""
        specs = [
            row.coupon_id._to_spec()
            for row in self.coupon_ids.sorted("id")
            if row._holds_for(period)
        ]
        return tuple(spec.percent_off for spec in specs if spec.percent_off is not None)

    def _coupon_lines(self, paper, unit):
        """Return lines that take the amounts of coupons off a document, once, each tax its part."""
        fees = [period for period in paper.periods if period.kind == RECURRING]
        rows = [row for row in self.coupon_ids.sorted("id") if fees and row._holds_for(fees[0])]
        lines, found = list(paper.lines), []
        for row in rows:
            spec = row.coupon_id._to_spec()
            if spec.amount_off is None or spec.currency != self.currency_id.name:
                continue
            amounts = [Decimal(repr(line["price_unit"])) for line in lines]
            after, _left = less_fixed(amounts, spec.amount_off, unit)
            for line, one, less in zip(lines, amounts, after, strict=True):
                if less < one:
                    found.append(self._coupon_line(row.coupon_id, line, less - one))
            lines = [
                dict(line, price_unit=float(less)) for line, less in zip(lines, after, strict=True)
            ]
        return found

    def _coupon_line(self, coupon, line, amount):
        reader = self._invoice_partner()
        name = coupon.with_context(lang=reader.lang or self.env.lang).name
        # No item: what a coupon gave is not charged later, nor given back.
        keep = ("product_id", "saas_period_id", "saas_start_on", "saas_end_on")
        kept = {key: line[key] for key in keep}
        return kept | {"name": name, "quantity": 1, "price_unit": float(amount)}
