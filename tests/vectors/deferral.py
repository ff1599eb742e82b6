"""Revenue by month."""

from saas_business_management.kernel.billing.deferral import DAYS, at_once, close, schedule
from saas_business_management.kernel.billing.prepaid import recognize
from saas_business_management.kernel.money import total

from .reading import day, days, month, number, unit
from .registry import op

USAGE = "usage_in_arrears"


@op("deferral")
def deferral(asked):
    amount, service = number(asked["total"]), days(asked["service"])
    if asked.get("kind") == USAGE:
        found = at_once(amount, day(asked["invoice_date"]), unit(asked))
    else:
        found = schedule(amount, service, unit(asked), asked.get("method", DAYS))
    return {
        "schedule": [[month(one.month), one.amount] for one in found],
        "sum": total([one.amount for one in found], unit(asked)),
    }


@op("deferral_cancel")
def deferral_cancel(asked):
    found = close(
        number(asked["total"]),
        days(asked["service"]),
        day(asked["last_service_day"]),
        unit(asked),
        asked.get("method", DAYS),
    )
    return {
        "recognized": found.recognized,
        "credit_note_untaxed": found.reversed,
        "deferred_after": found.deferred,
    }


@op("prepaid_revenue")
def prepaid_revenue(asked):
    months = [name for name, _amount in asked["consumed_by_month"]]
    used = [number(amount) for _name, amount in asked["consumed_by_month"]]
    found = recognize(number(asked["purchase"]), used, unit(asked))
    return {
        "liability_after": found.liability,
        "revenue": list(zip(months, found.revenue, strict=True)),
    }
