"""Sentences of errors about prices, coupons, wallets, unpaid invoices."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Prices, coupons, wallets
    "number_digits": _lt(
        "%(name)s has too many digits. Enter at most %(whole)s before the point and %(decimals)s "
        "behind it."
    ),
    "price_model_unknown": _lt(
        "“%(model)s” is no price model. Choose flat, per unit, graduated, volume, package or "
        "percentage."
    ),
    "price_missing": _lt("%(name)s is missing. Enter it in the charge."),
    "percentage_included": _lt(
        "A percentage has no included units. Enter a free amount or a number of free transactions "
        "instead."
    ),
    "block_empty": _lt("%(name)s is zero. Enter how many units are sold together."),
    "fee_bounds": _lt(
        "The least fee of a transaction, %(least)s, is above the largest, %(most)s. Correct one of "
        "them."
    ),
    "tiers_empty": _lt("The charge has no price tiers. Add at least one without an upper bound."),
    "tiers_open": _lt(
        "Price tier %(tier)s: the last tier has no upper bound, and all others have one. Correct "
        "it, so that every quantity has a price."
    ),
    "tiers_overlap": _lt(
        "Price tier %(tier)s overlaps the one before it, which ends at %(end)s. Let each tier "
        "begin where the one before ends, and end above that."
    ),
    "tiers_gap": _lt(
        "Price tier %(tier)s begins at %(begin)s, and the one before it ends at %(end)s: what lies "
        "between has no price. Let it begin at %(end)s."
    ),
    "commitment_days": _lt(
        "%(days)s days are not part of a period of %(period_days)s days. Nothing was computed."
    ),
    "threshold_empty": _lt("A threshold of zero is reached before anything is used. Raise it."),
    "late_policy_unknown": _lt(
        "“%(policy)s” is no rule for late usage. Choose next invoice, separate document or ignore."
    ),
    "grace_hours_range": _lt("A grace of %(hours)s hours is not possible: choose 0 to %(most)s."),
    "currency_differs": _lt(
        "The amount is in %(found)s and the invoice in %(wanted)s. Nothing is converted by itself: "
        "enter an amount in %(wanted)s."
    ),
    "coupon_form": _lt(
        "Coupon “%(coupon)s” takes off either a percentage or an amount above zero with its "
        "currency. Enter one of the two."
    ),
    "coupon_days": _lt("Coupon “%(coupon)s” ends before it begins. Correct its days."),
    "coupon_too_early": _lt("Coupon “%(coupon)s” holds from %(from_on)s on. Use it then."),
    "coupon_expired": _lt("Coupon “%(coupon)s” was valid until %(until_on)s. Use another one."),
    "coupon_plan": _lt("Coupon “%(coupon)s” does not hold for this plan. Use another one."),
    "coupon_currency": _lt(
        "Coupon “%(coupon)s” takes off an amount in %(currency)s, and this is paid in another "
        "currency. Use another one."
    ),
    "coupon_used_up": _lt("Coupon “%(coupon)s” is used up. Use another one."),
    "grant_kind": _lt("“%(kind)s” is no kind of grant. Choose promotional or paid."),
    "grant_step": _lt(
        "A grant of %(amount)s has more digits than %(currency)s. Round it, so that nothing is "
        "lost."
    ),
    "grant_priority": _lt("Priority %(priority)s is not possible: choose 0 to %(most)s."),
    "topup_target": _lt(
        "The wallet would be filled up to %(target)s as soon as it falls to %(threshold)s, so it "
        "would never stop. Choose a higher amount to fill up to."
    ),
    # Unpaid invoices
    "dunning_days": _lt(
        "The days of a dunning profile have to grow from step to step, and a retry comes a day "
        "after the failure at the earliest. Correct them."
    ),
    "dunning_numbers": _lt(
        "“%(text)s” cannot be read. Write days as numbers with commas, such as 1, 3, 6."
    ),
    "dunning_states": _lt("A dunning profile has one state twice. Remove one of the two."),
    "dunning_pause": _lt(
        "The pause ends on %(until_on)s and begins on %(from_on)s. Correct one of the days."
    ),
    "decline_unknown": _lt("The kind of decline “%(decline)s” is not known. Nothing was charged."),
    "charge_result_unknown": _lt(
        "The payment provider told a state that is not known (%(result)s). The payment stays as it "
        "was, and nothing is charged again. Look at it in the provider's own pages."
    ),
}
