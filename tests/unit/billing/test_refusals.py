"""What a refusal tells: its code and every fact that the sentence needs."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from saas_business_management.kernel.billing import late
from saas_business_management.kernel.billing.charging import Attempt, after_notice
from saas_business_management.kernel.billing.commitment import true_up
from saas_business_management.kernel.billing.compose import Sources, compose
from saas_business_management.kernel.billing.coupon import Coupon
from saas_business_management.kernel.billing.discount import less_fixed, less_percent
from saas_business_management.kernel.billing.dunning import Pause, worth_dunning
from saas_business_management.kernel.billing.dunning_course import Story
from saas_business_management.kernel.billing.payment import allocate
from saas_business_management.kernel.billing.pool import pooled_overage
from saas_business_management.kernel.billing.progressive import progress
from saas_business_management.kernel.billing.rollover import rollover
from saas_business_management.kernel.billing.settlement import settle
from saas_business_management.kernel.billing.topup import TopUpRule, topup_course
from saas_business_management.kernel.billing.wallet import PAID, Due, Grant, burn
from saas_business_management.kernel.errors import Refused

from .prices import EUR, charge, rated

ONE, BAD, FINE = Decimal(1), Decimal(-1), Decimal("0.001")
DAY = date(2025, 4, 1)
AT = datetime(2025, 4, 1, tzinfo=timezone.utc)


def negative(name: str) -> tuple[str, dict]:
    """The refusal of a number below zero."""
    return "number_negative", {"name": name, "number": BAD}


def grant(amount=ONE, kind=PAID, priority=50) -> Grant:
    """A grant of one."""
    return Grant("a", kind, amount, "EUR", DAY, priority)


PERCENT = {"rate_percent": 1}
PACKAGE = {"package_size": 1, "package_price": 1}
NEGATIVE = [
    ("flat", {}, "amount"),
    ("per_unit", {}, "unit_price"),
    ("per_unit", {"unit_price": 1}, "included"),
    ("per_unit", {"unit_price": 1}, "max_amount"),
    ("package", PACKAGE, "package_size"),
    ("package", PACKAGE, "package_price"),
    ("package", PACKAGE, "free_units"),
    ("graduated", {"tiers": [{"unit_price": 1}]}, "block"),
    ("volume", {"tiers": [{"unit_price": 1}]}, "block"),
    ("percentage", PERCENT, "rate_percent"),
    ("percentage", PERCENT, "fixed_fee"),
    ("percentage", PERCENT, "per_transaction_min"),
    ("percentage", PERCENT, "per_transaction_max"),
    ("percentage", PERCENT, "free_transactions"),
    ("percentage", PERCENT, "free_amount"),
]


@pytest.mark.parametrize(("model", "form", "name"), NEGATIVE)
def test_a_number_of_a_charge_is_told_by_its_name(model: str, form: dict, name: str) -> None:
    for value, code in ((BAD, "number_negative"), ("x", "number_invalid")):
        with pytest.raises(Refused) as caught:
            charge(model, **{**form, name: value})
        assert (caught.value.code, caught.value.facts["name"]) == (code, name)


@pytest.mark.parametrize("name", ["up_to", "unit_price", "flat_amount", "over"])
def test_a_number_of_a_tier_is_told_by_its_name(name: str) -> None:
    for value, code in ((BAD, "number_negative"), ("x", "number_invalid")):
        row = {"up_to": 5, "unit_price": 1, name: value}
        with pytest.raises(Refused) as caught:
            charge("volume", tiers=[row, {"unit_price": 1}])
        assert (caught.value.code, caught.value.facts["name"]) == (code, name)


def rows(*tiers: dict):
    """A call that reads these tiers."""
    return lambda: charge("graduated", tiers=[{"unit_price": 1, **one} for one in tiers])


FACTS = {
    "gap": (
        rows({"up_to": 5}, {"over": 6}),
        "tiers_gap",
        {"tier": 2, "begin": Decimal(6), "end": Decimal(5)},
    ),
    "overlap": (
        rows({"up_to": 5}, {"over": 4}),
        "tiers_overlap",
        {"tier": 2, "begin": Decimal(4), "end": Decimal(5)},
    ),
    "open": (rows({"up_to": 5}), "tiers_open", {"tier": 1}),
    "block": (
        lambda: charge("volume", tiers=[{"unit_price": 1}], block=0),
        "block_empty",
        {"name": "block"},
    ),
    "package": (
        lambda: charge("package", package_size=0, package_price=1),
        "block_empty",
        {"name": "package_size"},
    ),
    "digits": (
        lambda: charge(unit_price="1e26"),
        "number_digits",
        {"name": "unit_price", "whole": 26, "decimals": 12},
    ),
    "fees": (
        lambda: charge("percentage", **PERCENT, per_transaction_min=2, per_transaction_max=1),
        "fee_bounds",
        {"least": Decimal(2), "most": ONE},
    ),
    "percent": (
        lambda: charge("percentage", rate_percent=101),
        "percent_range",
        {"name": "rate_percent", "number": Decimal(101)},
    ),
    "part of a transaction": (
        lambda: charge("percentage", **PERCENT, free_transactions="1.5"),
        "number_invalid",
        {"name": "free_transactions"},
    ),
    "quantity": (lambda: rated(BAD, unit_price=1), *negative("quantity")),
    "transaction": (
        lambda: rated(0, "percentage", transactions=[BAD], **PERCENT),
        *negative("transaction"),
    ),
    "days": (
        lambda: true_up(ONE, [], EUR, 31, 30),
        "commitment_days",
        {"days": 31, "period_days": 30},
    ),
    "commitment": (lambda: true_up(BAD, [], EUR), *negative("commitment")),
    "fee": (
        lambda: true_up(ONE, [Decimal("NaN")], EUR),
        "number_invalid",
        {"name": "fee"},
    ),
    "pool": (lambda: pooled_overage(charge(unit_price=1), [BAD], EUR), *negative("quantity")),
    "granted": (lambda: rollover(BAD, ONE, ONE), *negative("granted")),
    "used": (lambda: rollover(ONE, BAD, ONE), *negative("used")),
    "next": (lambda: rollover(ONE, ONE, BAD), *negative("next_grant")),
    "most": (lambda: rollover(ONE, ONE, ONE, BAD), *negative("max_rollover")),
    "threshold": (lambda: progress([BAD], [], ONE, EUR), *negative("threshold")),
    "spend": (lambda: progress([ONE], [BAD], ONE, EUR), *negative("spend")),
    "last spend": (lambda: progress([ONE], [], BAD, EUR), *negative("spend")),
    "grace": (
        lambda: late.target_of(AT, AT, 73),
        "grace_hours_range",
        {"hours": 73, "most": 72},
    ),
    "policy": (
        lambda: late.target_of_state(False, "never"),
        "late_policy_unknown",
        {"policy": "never"},
    ),
    "coupon": (lambda: Coupon("X"), "coupon_form", {"coupon": "X"}),
    "coupon without currency": (
        lambda: Coupon("X", amount_off=ONE),
        "coupon_form",
        {"coupon": "X"},
    ),
    "coupon percent": (
        lambda: Coupon("X", percent_off=BAD),
        "percent_range",
        {"name": "percent_off", "number": BAD},
    ),
    "coupon amount": (
        lambda: Coupon("X", amount_off=BAD, currency="EUR"),
        *negative("amount_off"),
    ),
    "coupon days": (
        lambda: Coupon("X", percent_off=ONE, from_on=DAY, until_on=date.min),
        "coupon_days",
        {"coupon": "X"},
    ),
    "discount": (lambda: less_fixed((ONE,), BAD, EUR), *negative("amount_off")),
    "discount in percent": (
        lambda: less_percent(ONE, BAD),
        "percent_range",
        {"name": "percent", "number": BAD},
    ),
    "total": (lambda: settle(BAD, ONE, ONE, EUR), *negative("total")),
    "credit": (lambda: settle(ONE, BAD, ONE, EUR), *negative("credit")),
    "wallet": (lambda: settle(ONE, ONE, BAD, EUR), *negative("wallet")),
    "composed": (
        lambda: compose((ONE,), Sources(promo=BAD), lambda _net: ONE, EUR),
        *negative("amount_off"),
    ),
    "grant": (lambda: grant(BAD), *negative("grant")),
    "kind": (lambda: grant(kind="gift"), "grant_kind", {"kind": "gift"}),
    "priority": (
        lambda: grant(priority=101),
        "grant_priority",
        {"priority": 101, "most": 100},
    ),
    "step": (
        lambda: burn([grant(FINE)], Due(ONE, DAY, EUR)),
        "grant_step",
        {"amount": FINE, "currency": "EUR"},
    ),
    "charge": (lambda: burn([], Due(BAD, DAY, EUR)), *negative("amount")),
    "top-up": (
        lambda: TopUpRule(ONE, ONE),
        "topup_target",
        {"threshold": ONE, "target": ONE},
    ),
    "top-up threshold": (lambda: TopUpRule(BAD, ONE), *negative("threshold")),
    "top-up target": (lambda: TopUpRule(ONE, BAD), *negative("target")),
    "top-up usage": (
        lambda: topup_course(TopUpRule(ONE, Decimal(2)), ONE, [BAD], EUR),
        *negative("usage"),
    ),
    "pause": (
        lambda: Pause(DAY, date.min),
        "dunning_pause",
        {"from_on": DAY, "until_on": date.min},
    ),
    "decline": (lambda: Story(DAY, "maybe"), "decline_unknown", {"decline": "maybe"}),
    "overdue": (lambda: worth_dunning({"EUR": BAD}, {}), *negative("overdue")),
    "least overdue": (
        lambda: worth_dunning({"EUR": ONE}, {"EUR": BAD}),
        *negative("threshold"),
    ),
    "result": (
        lambda: after_notice(Attempt(1, AT), "won", AT),
        "charge_result_unknown",
        {"result": "won"},
    ),
    "invoice": (lambda: allocate(BAD, [], EUR), *negative("total")),
    "payment": (lambda: allocate(ONE, [BAD], EUR), *negative("payment")),
}


@pytest.mark.parametrize(("call", "code", "facts"), FACTS.values(), ids=FACTS)
def test_a_refusal_tells_every_fact_of_its_sentence(call, code: str, facts: dict) -> None:
    with pytest.raises(Refused) as caught:
        call()
    assert (caught.value.code, caught.value.facts) == (code, facts)
