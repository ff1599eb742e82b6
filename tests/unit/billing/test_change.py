"""A plan changes in the middle of a period: when, what it costs, which papers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.change import (
    IMMEDIATE,
    PERIOD_END,
    ChangePolicy,
    Terms,
    change_plan,
    change_plans,
    is_upgrade,
)
from saas_business_management.kernel.billing.interval import MONTH, WEEK, YEAR, Interval
from saas_business_management.kernel.billing.papers import NET
from saas_business_management.kernel.billing.proration import NONE, SECOND, fee_for, prorate
from saas_business_management.kernel.period import Period, bounds, zone

from .figures import APRIL, NAN, USD, D, at, day, days, refused

NOW = ChangePolicy(downgrade_at=IMMEDIATE)
BERLIN = zone("Europe/Berlin")
MIDDLE = day("2025-04-16")
MONTHLY, YEARLY = Interval(MONTH), Interval(YEAR)


def fee(price, whole=APRIL):
    return fee_for(D(price), whole, whole, USD)


def change(old, new, on=MIDDLE, policy=NOW):
    return change_plan(fee(old), Terms(D(old)), Terms(D(new)), on, policy)


def papers(found):
    return [f"{one.kind} {one.amount}" for one in found.documents]


def test_an_upgrade_credits_the_rest_and_charges_the_rest_anew():
    found = change(20, 30)
    assert (found.kept, found.credit, found.charge, found.net) == (10, -10, 15, 5)
    assert papers(found) == ["out_refund 10.00", "out_invoice 15.00"]
    assert found.fee.service == Period(MIDDLE, APRIL.end) and found.fee.whole == APRIL
    assert (found.effective_on, found.renewal_on) == (MIDDLE, APRIL.end)
    assert (found.renewal_amount, found.renewal_due) == (30, 30)
    assert found.anchor_on is None and found.period is None


def test_what_a_downgrade_gives_back_beyond_its_charge_pays_the_renewal():
    found = change(60, 30, day("2025-04-21"))
    assert (found.credit, found.charge, found.net) == (-20, 10, -10)
    assert (found.renewal_amount, found.renewal_due) == (30, 20)
    free = change(60, 0)
    assert (free.net, str(free.renewal_due)) == (-30, "0.00")
    assert papers(free) == ["out_refund 30.00"]


def test_one_paper_where_the_plan_says_so_and_the_sum_is_not_negative():
    net = ChangePolicy(downgrade_at=IMMEDIATE, papers=NET)
    assert papers(change(20, 30, policy=net)) == ["out_invoice 5.00"]
    assert papers(change(60, 30, policy=net)) == ["out_refund 30.00", "out_invoice 15.00"]


def test_a_downgrade_waits_for_the_end_of_the_period_by_default():
    found = change(60, 30, policy=ChangePolicy())
    assert (found.credit, found.charge, found.net) == (0, 0, 0)
    assert (found.effective_on, found.kept) == (APRIL.end, 60)
    assert (found.renewal_amount, found.renewal_due, found.documents) == (30, 30, ())
    assert found.fee == fee(60)
    assert str(found.credit) == "0.00"


def test_upgrade_and_downgrade_follow_their_own_options():
    policy = ChangePolicy(PERIOD_END, IMMEDIATE, NONE, SECOND)
    assert policy.of(True) == (PERIOD_END, NONE)
    assert policy.of(False) == (IMMEDIATE, SECOND)
    assert change(20, 30, policy=policy).charge == 0
    assert change(30, 20, policy=policy).credit == -15


def test_without_proration_only_the_renewal_has_the_new_price():
    found = change(10, 20, policy=ChangePolicy(upgrade_by=NONE))
    assert (found.credit, found.charge, found.renewal_amount) == (0, 0, 20)
    assert found.effective_on == MIDDLE


@pytest.mark.parametrize("words", [("later",), ("", IMMEDIATE), (IMMEDIATE, PERIOD_END, "hour")])
def test_a_word_that_no_policy_knows_is_refused(words):
    strange = next(one for one in words if one in ("later", "", "hour"))
    with refused("change_policy", word=strange):
        ChangePolicy(*words)
    with refused("change_policy", word="minute"):
        ChangePolicy(downgrade_by="minute")
    with refused("papers_unknown", papers="both"):
        change(10, 20, policy=ChangePolicy(papers="both"))


def test_the_first_day_changes_everything_and_the_end_nothing():
    first = change(20, 30, APRIL.start)
    assert (first.kept, first.credit, first.charge) == (0, -20, 30)
    end = change(20, 30, APRIL.end)
    assert (end.credit, end.charge, end.renewal_amount) == (0, 0, 30)
    assert end.effective_on == APRIL.end


@pytest.mark.parametrize("outside", ["2025-03-31", "2025-05-02"])
def test_a_change_outside_the_period_is_refused(outside):
    for policy in (NOW, ChangePolicy(PERIOD_END, PERIOD_END), ChangePolicy(upgrade_by=NONE)):
        with refused("outside_period", at=day(outside)):
            change(20, 30, day(outside), policy)


def test_prices_that_are_none_are_refused():
    with refused("number_negative", name="price"):
        change(20, -1)
    with refused("number_invalid", name="price"):
        change_plan(fee(20), Terms(D(20)), Terms(NAN), MIDDLE, NOW)


def test_a_discount_of_the_new_terms_is_in_charge_and_renewal():
    found = change_plan(fee(20), Terms(D(20)), Terms(D(60), None, D(50)), MIDDLE, NOW)
    assert (found.charge, found.renewal_amount) == (15, 30)
    later = change_plan(
        fee(20), Terms(D(20)), Terms(D(60), None, D(50)), MIDDLE, ChangePolicy(PERIOD_END)
    )
    assert later.renewal_amount == 30


def test_a_new_interval_begins_a_new_cycle_that_is_charged_in_full():
    old, new = Terms(D(30), MONTHLY), Terms(D(300), YEARLY)
    found = change_plan(fee(30), old, new, MIDDLE, ChangePolicy(IMMEDIATE, IMMEDIATE))
    assert (found.credit, found.charge, found.net) == (-15, 300, 285)
    assert found.anchor_on == MIDDLE
    assert found.period == found.fee.service == found.fee.whole == days("2025-04-16", "2026-04-16")
    assert found.renewal_on == day("2026-04-16")
    half = change_plan(fee(30), old, Terms(D(300), YEARLY, D(50)), MIDDLE, NOW)
    assert (half.charge, half.renewal_amount) == (150, 150)
    same = change_plan(fee(30), old, Terms(D(60), MONTHLY), MIDDLE, NOW)
    assert same.anchor_on is None


def test_a_new_interval_to_the_second_begins_on_the_local_day():
    month = bounds(APRIL, BERLIN)
    moment = at("2025-04-15T23:30:00+00:00")
    old, new = Terms(D(30), MONTHLY), Terms(D(300), YEARLY)
    policy = ChangePolicy(downgrade_at=IMMEDIATE)
    found = change_plan(fee(30, month), old, new, moment, policy, BERLIN)
    assert found.anchor_on == day("2025-04-16")
    assert found.period == days("2025-04-16", "2026-04-16")
    assert (found.fee.service.start, found.charge) == (moment, 300)
    assert found.fee.service.end == at("2026-04-16T00:00:00+02:00")
    in_utc = change_plan(fee(30, month), old, new, moment, policy)
    assert in_utc.anchor_on == day("2025-04-15")


def test_the_second_of_a_change_belongs_to_the_new_plan():
    month = bounds(APRIL, BERLIN)
    moment = at("2025-04-16T00:00:00+02:00")
    found = change_plan(fee(10, month), Terms(D(10)), Terms(D(20)), moment, NOW)
    assert (found.credit, found.charge, found.effective_on) == (-5, 10, moment)


@pytest.mark.parametrize(
    ("old", "new", "upward"),
    [
        (Terms(D(10)), Terms(D(10)), True),
        (Terms(D(10)), Terms(D("9.99")), False),
        (Terms(D(10)), Terms(D("10.01")), True),
        (Terms(D(10), MONTHLY), Terms(D(100), YEARLY), False),
        (Terms(D(10), MONTHLY), Terms(D(120), YEARLY), True),
        (Terms(D(120), YEARLY), Terms(D(10), MONTHLY), True),
        (Terms(D(10), Interval(WEEK)), Terms(D(43), MONTHLY), False),
        (Terms(D(10), MONTHLY), Terms(D(100)), True),
        (Terms(D(100)), Terms(D(10), YEARLY), False),
    ],
)
def test_dearer_or_as_dear_is_an_upgrade(old, new, upward):
    assert is_upgrade(old, new) is upward


def test_each_of_several_changes_stands_on_the_one_before():
    steps = [(day("2025-04-11"), Terms(D(200))), (day("2025-04-21"), Terms(D(300)))]
    found = change_plans(fee(100), Terms(D(100)), steps, NOW)
    assert [(one.credit, one.charge) for one in found.steps] == [
        (D("-66.67"), D("133.33")),
        (D("-66.66"), D("100.00")),
    ]
    assert found.paid == D("200.00")
    assert change_plans(fee(100), Terms(D(100)), [], NOW).paid == D("100.00")


def test_a_waiting_downgrade_does_not_stand_in_the_way_of_an_upgrade():
    steps = [(day("2025-04-11"), Terms(D(50))), (day("2025-04-21"), Terms(D(300)))]
    found = change_plans(fee(100), Terms(D(100)), steps, ChangePolicy())
    assert [one.effective_on for one in found.steps] == [APRIL.end, day("2025-04-21")]
    assert found.steps[1].credit == D("-33.33")


def test_what_was_credited_before_is_not_paid():
    running = fee(100).with_credit(D("10.00"))
    assert change_plans(running, Terms(D(100)), [], NOW).paid == D("90.00")
    found = change_plan(running, Terms(D(100)), Terms(D(200)), APRIL.start, NOW)
    assert found.credit == D("-90.00")


@given(
    st.lists(st.tuples(st.integers(0, 29), st.decimals(0, 10_000, places=2)), max_size=6),
    st.decimals(0, 10_000, places=2),
)
def test_kept_parts_of_a_period_add_up_to_what_the_customer_paid(steps, first):
    steps = sorted(steps, key=lambda one: one[0])
    changes = [(day(f"2025-04-{number + 1:02d}"), Terms(price)) for number, price in steps]
    found = change_plans(fee(first), Terms(first), changes, NOW)
    marks = [0, *(number for number, _price in steps), 30]
    prices = [first, *(price for _number, price in steps)]
    parts = [b - a for a, b in pairwise(marks)]
    kept = [prorate(price, part, 30, USD) for price, part in zip(prices, parts, strict=True)]
    assert found.paid == sum(kept)
    fees = [fee(first), *(one.fee for one in found.steps)]
    for before, step in zip(fees, found.steps, strict=False):
        assert 0 <= -step.credit <= before.charged
        assert step.kept - step.credit == before.charged
