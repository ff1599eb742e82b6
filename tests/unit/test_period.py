"""Half-open periods, months, midnights of all zones."""

from datetime import date, timedelta, timezone
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.period import (
    Bounds,
    Period,
    add_months,
    bounds,
    in_utc,
    local_day,
    midnight,
    zone,
)
from tests.unit.billing.figures import APRIL, at, day, days, refused

UTC = timezone.utc
ZONES = st.sampled_from(sorted(available_timezones()))
DAYS = st.dates(date(1990, 1, 1), date(2120, 1, 1))
# The zones that moved over the date line, and so have a day less.
LOST = {day("2011-12-30"), day("1994-12-31"), day("1995-01-01"), day("1993-08-21")}
NEW_YORK = zone("America/New_York")


def test_a_period_counts_its_days_and_ends_before_its_end():
    assert APRIL.length == 30
    assert APRIL.holds(day("2025-04-01")) and APRIL.holds(day("2025-04-30"))
    assert not APRIL.holds(day("2025-05-01")) and not APRIL.holds(day("2025-03-31"))
    assert [APRIL.until(one) for one in (APRIL.start, day("2025-04-16"), APRIL.end)] == [0, 15, 30]


@pytest.mark.parametrize("outside", ["2025-03-31", "2025-05-02"])
def test_days_are_counted_inside_a_period_alone(outside):
    with refused("outside_period", at=day(outside), start=APRIL.start, end=APRIL.end):
        APRIL.until(day(outside))


def test_a_period_covers_itself_and_what_lies_inside():
    assert APRIL.covers(APRIL)
    assert APRIL.covers(days("2025-04-02", "2025-04-30"))
    assert not APRIL.covers(days("2025-03-31", "2025-04-30"))
    assert not APRIL.covers(days("2025-04-02", "2025-05-02"))


@pytest.mark.parametrize("end", ["2025-04-01", "2025-03-01"])
def test_a_period_without_a_day_is_refused(end):
    with refused("period_reversed", start=day("2025-04-01"), end=day(end)):
        days("2025-04-01", end)


def test_bounds_are_kept_in_utc_and_count_microseconds():
    span = Bounds(at("2025-04-01T02:00:00+02:00"), at("2025-04-01T00:00:01.000001+00:00"))
    assert span.start.tzinfo is UTC and span.start.hour == 0
    assert span.length == 1_000_001
    assert span.until(at("2025-04-01T00:00:01+00:00")) == 1_000_000
    assert span.until(span.end) == span.length
    assert span.holds(span.start) and not span.holds(span.end)
    assert span.covers(span)
    earlier = Bounds(span.start - timedelta(seconds=1), span.end)
    assert earlier.covers(span) and not span.covers(earlier)
    later = Bounds(span.start, span.end + timedelta(seconds=1))
    assert later.covers(span) and not span.covers(later)


def test_instants_outside_or_without_a_zone_are_refused():
    span = bounds(APRIL, UTC)
    for one in (span.start - timedelta(microseconds=1), span.end + timedelta(microseconds=1)):
        with refused("outside_period", at=one, start=span.start, end=span.end):
            span.until(one)
    naive = span.start.replace(tzinfo=None)
    for call in (in_utc, span.until, span.holds, lambda one: Bounds(one, span.end)):
        with refused("instant_naive", instant="2025-04-01T00:00:00"):
            call(naive)
    with refused("instant_naive"):
        local_day(naive, UTC)
    with refused("period_reversed", start=span.start, end=span.start):
        Bounds(span.start, span.start)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_refused(name):
    with refused("timezone_unknown", name=name):
        zone(name)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (days("2025-03-01", "2025-04-01"), "2025-03-01T05:00+00:00", "2025-04-01T04:00+00:00"),
        (days("2025-11-01", "2025-12-01"), "2025-11-01T04:00+00:00", "2025-12-01T05:00+00:00"),
    ],
)
def test_a_month_with_a_change_of_the_clocks_runs_between_local_midnights(period, start, end):
    assert bounds(period, NEW_YORK) == Bounds(at(start), at(end))


def test_where_midnight_is_skipped_or_shown_twice_the_day_begins_once():
    brazil, azores = zone("America/Sao_Paulo"), zone("Atlantic/Azores")
    assert midnight(day("2018-11-04"), brazil) == at("2018-11-04T03:00+00:00")
    assert midnight(day("2018-11-04"), brazil).astimezone(brazil).hour == 1
    assert midnight(day("2025-10-26"), azores) == at("2025-10-26T00:00+00:00")
    assert local_day(at("2025-10-26T00:30+00:00"), azores) == day("2025-10-26")


def test_after_a_change_of_the_zone_nothing_lies_between_two_periods():
    tokyo = zone("Asia/Tokyo")
    before = bounds(APRIL, NEW_YORK)
    after = bounds(days("2025-05-01", "2025-06-01"), tokyo, follows=before.end)
    assert after.start == before.end
    assert after.end == midnight(day("2025-06-01"), tokyo)


@pytest.mark.parametrize(
    ("start", "months", "found"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2025-01-15", -1, "2024-12-15"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-05-07", 0, "2025-05-07"),
    ],
)
def test_months_are_added_and_clipped(start, months, found):
    assert add_months(day(start), months) == day(found)


@given(DAYS, ZONES)
def test_a_day_begins_at_its_midnight_in_every_zone(one, name):
    where = zone(name)
    begin = midnight(one, where)
    assert begin.tzinfo is UTC
    if one not in LOST:
        assert local_day(begin, where) == one
        assert local_day(begin - timedelta(microseconds=1), where) < one


@given(DAYS, st.integers(2, 800), st.integers(2, 800), ZONES)
def test_bounds_of_neighbours_meet_in_every_zone(one, first, second, name):
    middle = one + timedelta(days=first)
    before = bounds(Period(one, middle), zone(name))
    after = bounds(Period(middle, middle + timedelta(days=second)), zone(name))
    assert before.end == after.start
    hours = before.length / 3_600_000_000
    assert abs(hours - 24 * first) <= 26
