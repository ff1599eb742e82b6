"""Recurring revenue, its movements and retention."""

from saas_business_management.kernel.billing import mrr as rules
from saas_business_management.kernel.billing.retention import retention
from saas_business_management.kernel.billing.states import ACTIVE

from .reading import interval, number, unit
from .registry import op

ONCE = ("once", "one_off", "one-off")


def figures(by_customer):
    return {name: number(amount) for name, amount in by_customer.items()}


def recurring(asked):
    span = None if asked.get("interval") in ONCE else interval(asked)
    return rules.Recurring(number(asked["amount"]), span, asked.get("state", ACTIVE))


@op("mrr")
def mrr(asked):
    found = rules.revenue(map(recurring, asked["subscriptions"]), unit(asked))
    return {"mrr": found.mrr, "arr": found.arr, "at_risk": found.at_risk}


@op("mrr_movements")
def mrr_movements(asked):
    found = rules.movements(
        figures(asked["start"]),
        figures(asked["end"]),
        unit(asked),
        asked.get("previously_churned", ()),
    )
    return {
        "start": found.start,
        **{kind: found.sum_of(kind) for kind in rules.KINDS},
        "end": found.end,
        "customers_churned": found.count_of(rules.CHURN),
        "customers_new": found.count_of(rules.NEW),
    }


@op("retention")
def retained(asked):
    found = retention(figures(asked["start"]), figures(asked["end"]))
    return {
        "nrr_percent": found.net,
        "grr_percent": found.gross,
        "logo_churn_percent": found.logo_churn,
        "revenue_churn_percent": found.revenue_churn,
    }
