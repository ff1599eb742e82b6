"""Cancelling, and taking it back."""

from saas_business_management.kernel.billing.cancel import (
    CREDIT,
    PERIOD_END,
    cancel_at_end,
    cancel_now,
    give_back,
    undo_cancel,
)
from saas_business_management.kernel.billing.charge import Charge, rate
from saas_business_management.kernel.billing.credit import PostedLine, credit_lines
from saas_business_management.kernel.billing.document import document_for
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.billing.proration import Fee, fee_for
from saas_business_management.kernel.billing.trial import Trial, cancel_trial
from saas_business_management.kernel.money import total
from saas_business_management.kernel.period import Period

from .reading import day, days, number, unit
from .registry import op


@op("cancel")
def cancel(asked):
    if "trial_days" in asked:
        span = Trial(day(asked["start_date"]), asked["trial_days"])
        found = cancel_trial(span, day(asked["cancel_date"]))
        return {"invoices": len(found.invoices), "credit_notes": 0, "state": found.state}
    if "kept" in asked:
        return unused(asked, asked["charged"], asked["kept"])
    return ended(asked)


def ended(asked):
    fee, on = fee_of(asked), day(asked["cancel_date"])
    settlement = asked.get("settlement", CREDIT)
    at_end = asked.get("mode") == PERIOD_END
    left = cancel_at_end(fee, on) if at_end else cancel_now(fee, on, settlement)
    note = credited(asked, fee, left.credit)
    last = document_for(total([left.due, used(asked)], fee.unit))
    answer = {
        "days_kept": left.days_kept,
        "kept": left.kept,
        "unused": left.credit,
        "credit_note": note,
        "service_end": left.service_end,
        "final_invoice": last and last.amount,
        "renewal": None,
    }
    if "paid" in asked and not at_end:
        answer.update(unused(asked, asked["charged"], left.kept))
    return answer


def fee_of(asked):
    whole = days(asked["period"])
    service = Period(day(asked["service_start"]), whole.end) if "service_start" in asked else whole
    charged = number(asked.get("charged", 0))
    return Fee(number(asked["price"]), whole, service, charged, unit(asked))


def credited(asked, fee, amount):
    """The credit note with its tax; none for nothing."""
    if not amount:
        return None
    line = PostedLine(fee.charged, number(asked.get("tax_percent", 0)), fee.credited)
    found = credit_lines([line], {0: amount}, fee.unit)
    return {"untaxed": found.untaxed, "tax": found.tax, "total": found.total}


def used(asked):
    """What usage to the end costs."""
    usage = asked.get("usage_until_end") or asked.get("usage")
    if not usage:
        return unit(asked).zero
    charge = Charge(UnitPrice(number(usage["unit_price"])))
    return rate(charge, number(usage["units"]), unit(asked)).amount


def unused(asked, charged, kept):
    paid = number(asked.get("paid", charged))
    amounts = number(charged), number(kept), paid
    found = give_back(*amounts, unit(asked), asked.get("settlement", CREDIT))
    return {
        "unused": found.amount,
        "refund": found.refund,
        "offset_against_open_invoice": found.offset,
        "credit_balance": found.balance,
    }


@op("cancel_undo")
def cancel_undo(asked):
    period = days(asked["period"])
    fee = fee_for(number(asked["price"]), period, period, unit(asked))
    renewal = undo_cancel(fee, day(asked["scheduled_on"]), day(asked["undone_on"]))
    return {"documents": [], "renewal": renewal}
