"""Pauses and suspensions."""

from saas_business_management.kernel.billing.charge import Charge
from saas_business_management.kernel.billing.cycle import Cycle
from saas_business_management.kernel.billing.pause import (
    USAGE_FLAG,
    come_back,
    pause,
    suspended_amount,
)
from saas_business_management.kernel.billing.per_unit import UnitPrice
from saas_business_management.kernel.billing.proration import Fee

from .reading import day, days, each, interval, number, one_or_all, pair, unit
from .registry import op


def fee_of(asked):
    whole = days(asked["period"])
    charged = number(asked.get("charged", asked["price"]))
    return Fee(number(asked["price"]), whole, whole, charged, unit(asked))


def told(found):
    return {
        "credit": found.credits[0],
        "credits": found.credits,
        "net": found.net,
        "period_unchanged": pair(found.fee.whole),
        "next_renewal_date": found.renewal_on,
        "next_renewal_amount": found.renewal_amount,
    }


@op("pause")
def one_pause(asked):
    return told(pause(fee_of(asked), [days((asked["pause_from"], asked["resume_on"]))]))


@op("pauses")
def several_pauses(asked):
    return told(pause(fee_of(asked), [days(one) for one in asked["pauses"]]))


@op("suspend_dunning")
def suspend_dunning(asked):
    invoiced = days(asked["unpaid_invoice_period"])
    cycle = Cycle(invoiced.start, interval(asked))
    back_on = day(asked["paid_and_reactivated_on"])
    found = come_back(cycle, number(asked["price"]), unit(asked), invoiced.end, back_on)
    fee = found.fee
    return {
        "credit": found.credit,
        "periods_not_invoiced": [pair(one) for one in found.not_invoiced],
        "reactivation_invoice": fee and {"service": pair(fee.service), "amount": fee.charged},
        "next_renewal_date": found.renewal_on,
    }


@op("suspended_usage")
def suspended_usage(asked):
    charge = Charge(UnitPrice(number(asked["unit_price"])))
    units = number(asked["units"])
    amounts = [
        suspended_amount(charge, units, unit(asked), policy) for policy in each(asked, "policy")
    ]
    return {
        "amounts": amounts,
        "amount": one_or_all(asked, "policy", amounts),
        "flag": USAGE_FLAG,
    }
