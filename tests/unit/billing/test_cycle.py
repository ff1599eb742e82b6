"""Boundaries from the anchor, the stub, what is due after a standstill."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.billing.cycle import (
    IN_ADVANCE,
    IN_ARREARS,
    Cycle,
    assign_period,
    due,
    usage_cycle,
)
from saas_business_management.kernel.billing.interval import (
    MONTH,
    QUARTER,
    WEEK,
    YEAR,
    Interval,
)
from saas_business_management.kernel.period import Period, bounds, zone

from .figures import at, day, days, refused
from .test_interval import DAYS, intervals

MONTHLY = Cycle(day("2025-01-10"), Interval(MONTH))
STUB = Cycle(day("2025-03-20"), Interval(MONTH), calendar=True)


@st.composite
def cycles(draw):
    return Cycle(draw(DAYS), draw(intervals()), draw(st.booleans()))


def test_a_day_that_a_month_lacks_comes_back_in_the_next():
    cycle = Cycle(day("2024-01-31"), Interval(MONTH))
    found = [one.isoformat()[5:] for one in cycle.boundaries(6)]
    assert found == ["01-31", "02-29", "03-31", "04-30", "05-31", "06-30"]


def test_a_calendar_cycle_begins_with_a_stub_that_is_divided_by_its_whole_month():
    assert STUB.has_stub
    assert STUB.period(0) == days("2025-03-20", "2025-04-01")
    assert STUB.whole(0) == days("2025-03-01", "2025-04-01")
    assert STUB.period(1) == STUB.whole(1) == days("2025-04-01", "2025-05-01")
    assert [STUB.number_at(day(one)) for one in ("2025-03-20", "2025-03-31")] == [0, 0]
    assert [STUB.number_at(day(one)) for one in ("2025-04-01", "2025-05-01")] == [1, 2]


def test_a_calendar_cycle_that_begins_on_a_boundary_has_no_stub():
    cycle = Cycle(day("2025-04-01"), Interval(QUARTER), calendar=True)
    assert not cycle.has_stub
    assert cycle.period(0) == cycle.whole(0) == days("2025-04-01", "2025-07-01")


def test_the_stub_of_two_months_is_divided_by_two_months():
    cycle = Cycle(day("2025-03-20"), Interval(MONTH, 2), calendar=True)
    assert cycle.whole(0) == days("2025-02-01", "2025-04-01")
    assert cycle.boundaries(3)[1:] == (day("2025-04-01"), day("2025-06-01"))


def test_an_anniversary_cycle_has_no_stub():
    assert not MONTHLY.has_stub
    assert MONTHLY.whole(0) == MONTHLY.period(0) == days("2025-01-10", "2025-02-10")


def test_before_the_anchor_there_is_no_period():
    with refused("before_anchor", day=day("2025-01-09"), anchor=day("2025-01-10")):
        MONTHLY.number_at(day("2025-01-09"))
    assert MONTHLY.number_at(day("2025-01-10")) == 0


@pytest.mark.parametrize(
    ("timing", "run_on", "last", "starts", "next_on"),
    [
        (IN_ADVANCE, "2025-01-09", None, [], "2025-01-10"),
        (IN_ADVANCE, "2025-01-10", None, ["2025-01-10"], "2025-02-10"),
        (IN_ADVANCE, "2025-02-09", None, ["2025-01-10"], "2025-02-10"),
        (IN_ADVANCE, "2025-02-09", "2025-01-10", [], "2025-02-10"),
        (IN_ADVANCE, "2025-02-10", "2025-01-10", ["2025-02-10"], "2025-03-10"),
        (IN_ADVANCE, "2025-01-01", "2025-02-10", [], "2025-03-10"),
        (IN_ARREARS, "2025-01-09", None, [], "2025-02-10"),
        (IN_ARREARS, "2025-02-09", None, [], "2025-02-10"),
        (IN_ARREARS, "2025-02-10", None, ["2025-01-10"], "2025-03-10"),
        (IN_ARREARS, "2025-04-10", "2025-01-10", ["2025-02-10", "2025-03-10"], "2025-05-10"),
        (IN_ARREARS, "2025-04-10", "2025-03-10", [], "2025-05-10"),
    ],
)
def test_each_missed_period_is_due_once(timing, run_on, last, starts, next_on):
    found = due(MONTHLY, day(run_on), timing, day(last) if last else None)
    assert [one.start for one in found.periods] == [day(one) for one in starts]
    assert found.periods == tuple(MONTHLY.period(number) for number in found.numbers)
    assert found.next_on == day(next_on)


def test_what_is_no_boundary_cannot_have_been_invoiced():
    with refused("not_a_boundary", day=day("2025-01-11")):
        due(MONTHLY, day("2025-03-01"), IN_ADVANCE, day("2025-01-11"))
    with refused("before_anchor"):
        due(MONTHLY, day("2025-03-01"), IN_ADVANCE, day("2024-12-10"))
    with refused("timing_unknown", timing="sometimes"):
        due(MONTHLY, day("2025-03-01"), "sometimes")


def test_usage_is_invoiced_in_what_divides_the_fee():
    yearly = Cycle(day("2025-01-15"), Interval(YEAR), calendar=True)
    assert usage_cycle(yearly, Interval(MONTH)) == Cycle(
        day("2025-01-15"), Interval(MONTH), calendar=True
    )
    with refused("usage_interval", unit=WEEK, count=1):
        usage_cycle(yearly, Interval(WEEK))


@pytest.mark.parametrize(
    ("instant", "number"),
    [
        ("2025-02-28T23:59:59.999999+00:00", None),
        ("2025-03-01T00:00:00+00:00", 0),
        ("2025-03-31T23:59:59.999999+00:00", 0),
        ("2025-04-01T01:30:00+02:00", 0),
        ("2025-04-01T00:00:00+00:00", 1),
        ("2025-05-01T00:00:00+00:00", None),
    ],
)
def test_an_instant_on_a_boundary_belongs_to_the_later_period(instant, number):
    marks = [at(f"2025-{month:02d}-01T00:00:00+00:00") for month in (3, 4, 5)]
    assert assign_period(marks, at(instant)) == number


def test_naive_instants_and_boundaries_are_refused():
    mark = at("2025-03-01T00:00:00+00:00")
    with refused("instant_naive"):
        assign_period([mark, mark.replace(tzinfo=None)], mark)
    with refused("instant_naive"):
        assign_period([mark], mark.replace(tzinfo=None))


@given(cycles(), st.sampled_from(sorted(available_timezones())))
def test_periods_tile_the_days_and_the_instants_of_every_zone(cycle, name):
    periods = [cycle.period(number) for number in range(6)]
    spans = [bounds(one, zone(name)) for one in periods]
    assert periods[0].start == cycle.anchor
    for before, after in pairwise(periods):
        assert before.end == after.start
    for before, after in pairwise(spans):
        assert before.end == after.start
    marks = [spans[0].start, *(one.end for one in spans)]
    for number, span in enumerate(spans):
        assert assign_period(marks, span.start) == number
        assert assign_period(marks, span.end - timedelta(microseconds=1)) == number


@given(cycles(), st.integers(0, 2000))
def test_every_day_lies_in_exactly_the_period_that_is_told(cycle, later):
    one = date.fromordinal(cycle.anchor.toordinal() + later)
    number = cycle.number_at(one)
    assert cycle.period(number).holds(one)
    assert cycle.whole(number).covers(cycle.period(number))


@given(cycles(), st.integers(0, 3000), st.lists(st.integers(0, 3000), max_size=6))
def test_runs_at_any_days_invoice_each_period_once(cycle, last, stops):
    for timing in (IN_ADVANCE, IN_ARREARS):
        seen, start = [], None
        for stop in [*sorted(stops), max([last, *stops])]:
            run_on = date.fromordinal(cycle.anchor.toordinal() + stop)
            found = due(cycle, run_on, timing, start)
            seen += found.periods
            start = seen[-1].start if seen else None
            assert due(cycle, run_on, timing, start).periods == () or start is None
            assert found.next_on > run_on
        end = date.fromordinal(cycle.anchor.toordinal() + max([last, *stops]))
        assert seen == list(due(cycle, end, timing).periods)
        assert Period(cycle.anchor, found.next_on).length > 0
