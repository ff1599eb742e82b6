"""Least amounts, pools, rests, thresholds, late use: usage beyond one plain period."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing import late
from saas_business_management.kernel.billing.commitment import true_up
from saas_business_management.kernel.billing.pool import pooled_overage
from saas_business_management.kernel.billing.progressive import crossing, progress
from saas_business_management.kernel.billing.rerating import rerate
from saas_business_management.kernel.billing.rollover import rollover
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.period import Period

from .prices import EUR, amount, charge, money, quantities, rated, unit_prices

MARCH = Period(date(2025, 3, 1), date(2025, 4, 1))
APRIL_AT = datetime(2025, 4, 1, tzinfo=timezone.utc)
OVERAGE = {"included": 10000, "unit_price": "0.002"}


def decimals(*texts: object) -> list[Decimal]:
    """Texts as decimals."""
    return [Decimal(one) for one in texts]


def refusal(call) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize(
    ("fees", "days", "last", "due", "added"),
    [
        (("50", "30"), 30, True, "100.00", "20.00"),
        (("25", "15"), 15, True, "50.00", "10.00"),
        (("50", "30"), 30, False, "100.00", "0.00"),
        (("100",), 30, True, "100.00", "0.00"),
        (("100.01",), 30, True, "100.00", "0.00"),
        ((), 30, True, "100.00", "100.00"),
        ((), 0, True, "0.00", "0.00"),
        (("10",), 10, True, "33.33", "23.33"),
        (("-10",), 30, True, "100.00", "110.00"),
    ],
)
def test_what_is_missing_to_the_least_is_added_by_the_last_run(fees, days, last, due, added):
    found = true_up(Decimal(100), decimals(*fees), EUR, days, 30, last)
    assert (str(found.due), str(found.amount)) == (due, added)
    assert found.total == found.fees + found.amount


@pytest.mark.parametrize(("days", "whole"), [(-1, 30), (31, 30), (0, 0), (1, 0)])
def test_days_have_to_be_of_the_period(days: int, whole: int) -> None:
    assert refusal(lambda: true_up(Decimal(1), [], EUR, days, whole)) == "commitment_days"


def test_a_least_amount_is_a_number() -> None:
    assert refusal(lambda: true_up(Decimal(-1), [], EUR)) == "number_negative"
    assert refusal(lambda: true_up(Decimal("NaN"), [], EUR)) == "number_invalid"
    assert refusal(lambda: true_up(Decimal(1), decimals("NaN"), EUR)) == "number_invalid"


@given(money, st.lists(money, max_size=5), st.integers(0, 30))
def test_a_period_never_costs_less_than_its_least(commitment, fees, days) -> None:
    found = true_up(commitment, fees, EUR, days, 30)
    assert found.total == max(found.due, found.fees)


def test_a_pool_is_billed_when_it_is_spent() -> None:
    pool = charge(included=120000, unit_price="0.002")
    found = pooled_overage(pool, decimals(12400, 90000, 30000), EUR)
    assert list(map(str, found)) == ["0.00", "0.00", "24.80"]
    assert pooled_overage(pool, [], EUR) == ()
    assert refusal(lambda: pooled_overage(pool, decimals(1, -1), EUR)) == "number_negative"


@given(unit_prices, quantities, st.lists(quantities, max_size=8))
def test_periods_of_a_pool_cost_what_their_sum_costs(price, pool, usage) -> None:
    one = charge(included=pool, unit_price=price)
    parts = pooled_overage(one, usage, EUR)
    assert sum(parts) == rated(sum(usage), included=pool, unit_price=price).amount
    assert all(part >= 0 for part in parts)


@pytest.mark.parametrize(
    ("used", "most", "following"),
    [
        ("600", "0", "1000"),
        ("600", "250", "1250"),
        ("600", "1000", "1400"),
        ("600", None, "1400"),
        ("1000", None, "1000"),
        ("1500", None, "1000"),
        ("0", "1000", "2000"),
    ],
)
def test_a_rest_goes_on_up_to_its_most(used, most, following) -> None:
    bound = None if most is None else Decimal(most)
    assert rollover(Decimal(1000), Decimal(used), Decimal(1000), bound) == Decimal(following)


@pytest.mark.parametrize("place", range(4))
def test_nothing_that_goes_on_is_negative(place: int) -> None:
    numbers = decimals(1, 1, 1, 1)
    numbers[place] = Decimal(-1)
    assert refusal(lambda: rollover(*numbers)) == "number_negative"


def test_each_threshold_makes_one_invoice_that_nets_the_earlier_ones() -> None:
    found = progress(decimals(50, 100), decimals(30, 56, 80, 112), Decimal(130), EUR)
    assert (found.invoices, found.final, found.total) == ((56, 56), 18, 130)


def test_a_jump_over_several_thresholds_makes_one_invoice() -> None:
    found = progress(decimals(50, 100), decimals(120, 121), Decimal(121), EUR)
    assert (found.invoices, found.final) == ((120,), 1)


def test_the_least_amount_waits_for_the_end() -> None:
    found = progress(decimals(50), decimals(56), Decimal(70), EUR, Decimal(100))
    assert (found.invoices, found.final, found.total) == ((56,), 44, 100)


def test_what_was_billed_too_much_is_given_back_at_the_end() -> None:
    found = progress(decimals(50), decimals(56), Decimal(40), EUR)
    assert (found.final, found.total) == (-16, 40)


def test_a_threshold_is_reached_when_the_spend_is_equal() -> None:
    assert crossing(decimals(50), Decimal("49.99"), Decimal(50))
    assert not crossing(decimals(50), Decimal(50), Decimal(60))
    assert not crossing(decimals(50), Decimal(0), Decimal("49.99"))
    assert not crossing([], Decimal(0), Decimal(60))


@pytest.mark.parametrize(
    ("thresholds", "spends", "end", "code"),
    [
        ((0,), (), 1, "threshold_empty"),
        ((-1,), (), 1, "number_negative"),
        (("NaN",), (), 1, "number_invalid"),
        ((1,), (-1,), 1, "number_negative"),
        ((1,), (), -1, "number_negative"),
    ],
)
def test_impossible_spends_are_refused(thresholds, spends, end, code) -> None:
    words = decimals(*thresholds), decimals(*spends), Decimal(end), EUR
    assert refusal(partial(progress, *words)) == code


@given(
    st.lists(money.filter(bool), max_size=4),
    st.lists(money, max_size=8).map(sorted),
    money,
    money,
)
def test_a_period_costs_its_spend_or_its_least_however_it_was_billed(
    thresholds, spends, end, least
) -> None:
    found = progress(thresholds, spends, end, EUR, least)
    assert found.total == max(end, least)
    assert all(one > 0 for one in found.invoices) and len(found.invoices) <= len(set(thresholds))


@pytest.mark.parametrize(
    ("hours", "received", "target"),
    [
        (12, timedelta(hours=12, seconds=-1), late.SAME_DRAFT),
        (12, timedelta(hours=12), late.NEXT_INVOICE),
        (0, timedelta(seconds=-1), late.SAME_DRAFT),
        (0, timedelta(0), late.NEXT_INVOICE),
        (72, timedelta(hours=71), late.SAME_DRAFT),
    ],
)
def test_until_the_grace_is_over_the_draft_changes(hours, received, target) -> None:
    assert late.target_of(APRIL_AT + received, APRIL_AT, hours) == target


@pytest.mark.parametrize("policy", late.POLICIES)
def test_after_that_the_policy_decides(policy: str) -> None:
    after = APRIL_AT + timedelta(days=2)
    assert late.target_of(after, APRIL_AT, policy=policy) == policy
    assert late.target_of(APRIL_AT, APRIL_AT, policy=policy) == late.SAME_DRAFT


def test_unknown_rules_are_refused() -> None:
    assert refusal(lambda: late.target_of(APRIL_AT, APRIL_AT, 73)) == "grace_hours_range"
    assert refusal(lambda: late.target_of(APRIL_AT, APRIL_AT, -1)) == "grace_hours_range"
    for call in (partial(late.target_of, APRIL_AT, APRIL_AT), partial(late.target_of_state, True)):
        assert refusal(partial(call, policy="same_draft")) == "late_policy_unknown"


@pytest.mark.parametrize(
    ("target", "units", "billed", "paper"),
    [
        (late.SAME_DRAFT, "2000", "4.00", None),
        (late.NEXT_INVOICE, "2000", "4.00", None),
        (late.SEPARATE_DOCUMENT, "2000", "4.00", ("out_invoice", "4.00")),
        (late.IGNORE, "2000", "0.00", None),
        (late.NEXT_INVOICE, "-300", "-0.60", ("out_refund", "0.60")),
        (late.SEPARATE_DOCUMENT, "-300", "-0.60", ("out_refund", "0.60")),
        (late.SAME_DRAFT, "-300", "-0.60", None),
        (late.IGNORE, "-300", "0.00", None),
        (late.SEPARATE_DOCUMENT, "0", "0.00", None),
        (late.NEXT_INVOICE, "-99999", "-1.00", ("out_refund", "1.00")),
    ],
)
def test_a_difference_is_settled_where_it_belongs(target, units, billed, paper) -> None:
    numbers = Decimal(10500), Decimal(units)
    found = late.settle_late(target, MARCH, charge(**OVERAGE), numbers, EUR)
    assert str(found.billed) == billed and found.service == MARCH
    made = found.document
    assert (made and (made.kind, str(made.amount))) == paper
    assert found.draft_amount == found.delta.rerated


def test_a_late_unit_may_lower_a_bill_by_volume() -> None:
    tiers = [{"up_to": 15, "unit_price": 10}, {"unit_price": 5}]
    found = rerate(charge("volume", tiers=tiers), Decimal(15), Decimal(16), EUR)
    assert (found.already_billed, found.rerated, found.amount) == (150, 80, -70)
    assert str(found.document) == "out_refund 70.00"
    assert rerate(charge(unit_price=1), Decimal(1), Decimal(1), EUR).document is None


@pytest.mark.parametrize(
    ("period", "lookback", "status"),
    [
        ("2025-01", 2, late.QUARANTINED),
        ("2024-12", 2, late.QUARANTINED),
        ("2025-02", 2, late.ACCEPTED),
        ("2025-03", 2, late.ACCEPTED),
        ("2025-04", 2, late.ACCEPTED),
        ("2025-03", 0, late.QUARANTINED),
        ("2025-04", 0, late.ACCEPTED),
        ("2025-01", 3, late.ACCEPTED),
        ("2025-01", 9, late.ACCEPTED),
    ],
)
def test_only_the_newest_closed_periods_may_change(period, lookback, status) -> None:
    closed = ["2025-01", "2025-02", "2025-03"]
    assert late.period_status(closed, period, lookback) == status


@given(quantities, quantities, st.integers(0, 1000).map(Decimal))
def test_the_sum_of_differences_is_the_difference_of_the_ends(first, second, more) -> None:
    one = charge(included=100, unit_price="0.0123")
    steps = [first, second, second + more]
    deltas = [rerate(one, a, b, EUR).amount for a, b in pairwise(steps)]
    assert sum(deltas) == rerate(one, steps[0], steps[-1], EUR).amount
    assert amount(0, included=100, unit_price="0.0123") == "0.00"
