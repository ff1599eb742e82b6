"""Which periods are due, when, and why one is skipped or waits."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.billing.agreement import Known, Rest
from saas_business_management.kernel.billing.cycle import Cycle
from saas_business_management.kernel.billing.interval import UNITS, Interval
from saas_business_management.kernel.billing.schedule import due_periods, outlook
from saas_business_management.kernel.errors import Refused

from .agreements import agreement, at, day, monthly, phase


def told(periods) -> list[tuple]:
    return [(one.kind, str(one.period.start), str(one.period.end), one.skipped) for one in periods]


def test_a_fee_in_advance_is_due_on_its_first_day() -> None:
    plan = agreement(phase("2025-01-10"))
    assert told(due_periods(plan, at("2025-01-10"))) == [
        ("recurring", "2025-01-10", "2025-02-10", "")
    ]
    assert due_periods(plan, at("2025-01-09T23:59:59")) == ()


def test_after_a_standstill_each_missed_period_comes_once() -> None:
    known = (Known("recurring", day("2025-01-10"), day("2025-02-10")),)
    plan = agreement(phase("2025-01-10"), known=known)
    assert told(due_periods(plan, at("2025-04-02"))) == [
        ("recurring", "2025-02-10", "2025-03-10", ""),
        ("recurring", "2025-03-10", "2025-04-10", ""),
    ]
    (after,) = outlook(plan, at("2025-04-02"))
    assert (after.period.start, after.due_at) == (day("2025-04-10"), at("2025-04-10"))


def test_a_fee_in_arrears_is_due_when_its_period_is_over() -> None:
    plan = agreement(phase("2025-01-10", arrears=True))
    assert due_periods(plan, at("2025-02-09T23:00")) == ()
    assert told(due_periods(plan, at("2025-02-10"))) == [
        ("recurring", "2025-01-10", "2025-02-10", "")
    ]


def test_usage_waits_for_the_end_and_for_late_events_and_the_fee_of_that_day_with_it() -> None:
    plan = agreement(phase("2025-03-01", usage_cycle=monthly("2025-03-01"), grace_hours=12))
    assert told(due_periods(plan, at("2025-04-01T11:59"))) == [
        ("recurring", "2025-03-01", "2025-04-01", "")
    ]
    first, *rest = due_periods(plan, at("2025-04-01T12:00"))
    assert first.due_at == at("2025-03-01"), "a first fee stands alone and does not wait"
    assert told(rest) == [
        ("recurring", "2025-04-01", "2025-05-01", ""),
        ("usage", "2025-03-01", "2025-04-01", ""),
    ]
    assert {one.due_at for one in rest} == {at("2025-04-01T12:00")}


def test_usage_may_be_closed_more_often_than_the_fee() -> None:
    cycle, usage = monthly("2025-01-15", unit="year"), monthly("2025-01-15")
    plan = agreement(phase("2025-01-15", cycle=cycle, usage_cycle=usage))
    found = told(due_periods(plan, at("2025-03-20")))
    assert found == [
        ("recurring", "2025-01-15", "2026-01-15", ""),
        ("usage", "2025-01-15", "2025-02-15", ""),
        ("usage", "2025-02-15", "2025-03-15", ""),
    ]


def test_the_days_are_those_of_the_zone_of_the_subscription() -> None:
    plan = agreement(phase("2025-03-01"), zone="America/New_York")
    assert due_periods(plan, at("2025-03-01T04:59")) == ()
    (one,) = due_periods(plan, at("2025-03-01T05:00"))
    assert one.due_at == at("2025-03-01T05:00")


def test_a_calendar_cycle_begins_with_a_stub_of_its_whole_month() -> None:
    plan = agreement(phase("2025-04-06", cycle=monthly("2025-04-06", calendar=True)))
    (one,) = due_periods(plan, at("2025-04-06"))
    assert (one.period.start, one.period.end) == (day("2025-04-06"), day("2025-05-01"))
    assert (one.whole.start, one.whole.end) == (day("2025-04-01"), day("2025-05-01"))


def test_a_suspension_skips_whole_periods_and_holds_the_one_it_stands_in() -> None:
    known = (Known("recurring", day("2025-04-01"), day("2025-05-01")),)
    open_end = (Rest(day("2025-04-15"), None, "suspended"),)
    plan = agreement(phase("2025-04-01"), rests=open_end, known=known)
    assert due_periods(plan, at("2025-05-20")) == ()
    (held,) = outlook(plan, at("2025-05-20"))
    assert (held.held, held.period.start) == ("suspended", day("2025-05-01"))
    assert told(due_periods(plan, at("2025-06-05"))) == [
        ("recurring", "2025-05-01", "2025-06-01", "suspended")
    ]
    closed = replace(plan, rests=(Rest(day("2025-04-15"), day("2025-06-13"), "suspended"),))
    assert told(due_periods(closed, at("2025-06-13"))) == [
        ("recurring", "2025-05-01", "2025-06-01", "suspended"),
        ("recurring", "2025-06-01", "2025-07-01", ""),
    ]
    (after,) = outlook(closed, at("2025-06-13"))
    assert after.period.start == day("2025-07-01")


def test_nothing_is_due_after_the_last_day() -> None:
    plan = agreement(phase("2025-04-01"), end=day("2025-05-01"))
    assert len(due_periods(plan, at("2025-09-01"))) == 1
    assert outlook(plan, at("2025-09-01")) == ()
    cut = replace(plan, end=day("2025-05-11"))
    assert told(due_periods(cut, at("2025-09-01")))[-1][1:3] == ("2025-05-01", "2025-05-11")


def test_another_interval_cuts_the_period_and_begins_anew() -> None:
    yearly = phase("2025-04-16", cycle=monthly("2025-04-16", unit="year"))
    plan = agreement(phase("2025-04-01", "2025-04-16"), yearly)
    assert told(due_periods(plan, at("2025-04-20"))) == [
        ("recurring", "2025-04-01", "2025-04-16", ""),
        ("recurring", "2025-04-16", "2026-04-16", ""),
    ]


def test_a_change_of_price_leaves_the_periods_as_they_are() -> None:
    second = phase("2025-04-16", price="60.00", cycle=monthly("2025-04-01"))
    plan = agreement(phase("2025-04-01", "2025-04-16"), second)
    assert told(due_periods(plan, at("2025-04-20"))) == [
        ("recurring", "2025-04-01", "2025-05-01", "")
    ]


def test_after_a_subscription_was_won_back_the_days_between_have_no_period() -> None:
    plan = agreement(phase("2025-04-01", "2025-04-11"), phase("2025-05-20"))
    assert told(due_periods(plan, at("2025-05-20"))) == [
        ("recurring", "2025-04-01", "2025-04-11", ""),
        ("recurring", "2025-05-20", "2025-06-20", ""),
    ]


@pytest.mark.parametrize("end", ["2025-04-17", None])
def test_phases_that_share_a_day_are_refused(end) -> None:
    with pytest.raises(Refused) as refusal:
        agreement(phase("2025-04-01", end), phase("2025-04-16"))
    assert refusal.value.code == "phases_overlap"


def test_a_subscription_of_centuries_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        due_periods(agreement(phase("1900-01-01")), at("2025-01-01"))
    assert refusal.value.code == "too_many_periods"


@settings(max_examples=200, deadline=None)
@given(
    start=st.dates(date(2019, 12, 1), date(2024, 3, 31)),
    unit=st.sampled_from(UNITS),
    count=st.integers(1, 3),
    calendar=st.booleans(),
    arrears=st.booleans(),
    zone=st.sampled_from(["UTC", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]),
    days=st.lists(st.integers(0, 500), min_size=1, max_size=6).map(sorted),
    rests=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 90)), max_size=2),
)
def test_periods_tile_however_often_they_are_asked_for(
    start, unit, count, calendar, arrears, zone, days, rests
) -> None:
    cycle = Cycle(start, Interval(unit, count), calendar)
    off, at_day = [], start
    for gap, length in rests:
        first = at_day + timedelta(days=gap)
        at_day = first + timedelta(days=length)
        off.append(Rest(first, at_day, "paused"))
    one = phase(str(start), cycle=cycle, arrears=arrears, usage_cycle=cycle)
    plan = agreement(one, zone=zone, rests=tuple(off))
    begin = datetime.combine(start, datetime.min.time(), timezone.utc)
    by_steps = plan
    for number in days:
        for due in due_periods(by_steps, begin + timedelta(days=number)):
            known = Known(due.kind, due.period.start, due.period.end)
            by_steps = replace(by_steps, known=(*by_steps.known, known))
    for kind in ("recurring", "usage"):
        known = sorted((row.start, row.end) for row in by_steps.known if row.kind == kind)
        assert all(one[1] == two[0] for one, two in pairwise(known))
        assert not known or known[0][0] == start
    at_once = due_periods(plan, begin + timedelta(days=days[-1]))
    assert {(due.kind, due.period.start) for due in at_once} == {
        (row.kind, row.start) for row in by_steps.known
    }
