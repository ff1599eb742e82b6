"""Parts of a period and the price versions of renewals."""

from saas_business_management.kernel.billing.proration import DAY, fee_for
from saas_business_management.kernel.billing.version import PriceVersion, price_version

from .reading import day, number, span, unit
from .registry import op


@op("prorate")
def prorate(asked):
    fee = fee_for(
        number(asked["price"]),
        span(asked, "service"),
        span(asked),
        unit(asked),
        number(asked.get("discount_percent", 0)),
        asked.get("granularity", DAY),
    )
    return {"days": fee.service.length, "period_days": fee.whole.length, "amount": fee.charged}


@op("renewal_price")
def renewal_price(asked):
    versions = [
        PriceVersion(one["version"], number(one["price"]), day(one["from"]))
        for one in asked["plan_versions"]
    ]
    renewal = day(asked["renewal_date"])
    chosen = [
        price_version(versions, day(one["started"]), renewal, one["policy"])
        for one in asked["subscriptions"]
    ]
    return {
        "amounts": [one.price for one in chosen],
        "versions": [one.number for one in chosen],
    }
