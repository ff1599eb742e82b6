"""When tenants may be changed, also on days on which the clocks change."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.migration.window import Freeze, Window, next_open

PARIS = ZoneInfo("Europe/Paris")
ALL = frozenset(range(7))
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Paris", "America/New_York")]
ZONES += [ZoneInfo(name) for name in ("Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana")]


def utc(*parts):
    return datetime(*parts, tzinfo=timezone.utc)


def day(*parts):
    """Return the naive instant that hypothesis wants as a border."""
    return utc(*parts).replace(tzinfo=None)


windows = st.builds(
    Window,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    opens=st.integers(0, 1439),
    closes=st.integers(0, 1440),
)
# Around the days on which clocks change, and some others.
instants = st.one_of(
    st.datetimes(day(2026, 3, 6), day(2026, 4, 6)),
    st.datetimes(day(2026, 10, 23), day(2026, 11, 3)),
    st.datetimes(day(2026, 12, 20), day(2027, 1, 10)),
).map(lambda at: at.replace(microsecond=0, second=0, tzinfo=timezone.utc))
freezes = st.builds(
    lambda first, days, yearly: Freeze(first, first + timedelta(days=days), yearly),
    st.dates(date(2023, 1, 1), date(2027, 1, 5)),
    st.integers(0, 40),
    st.booleans(),
)


def holds(window, wall):
    """Tell whether the wall clock shows a time of this window."""
    minute = wall.hour * 60 + wall.minute
    over = window.closes <= window.opens
    today = wall.weekday() in window.weekdays
    yesterday = (wall.weekday() - 1) % 7 in window.weekdays
    if not over:
        return today and window.opens <= minute < window.closes
    return (today and minute >= window.opens) or (yesterday and minute < window.closes)


def is_frozen(freeze, today):
    length = freeze.last - freeze.first
    if not freeze.yearly:
        return freeze.first <= today <= freeze.last
    for year in (today.year - 1, today.year):
        try:
            first = freeze.first.replace(year=year)
        except ValueError:
            first = date(year, 2, 28)
        if first <= today <= first + length:
            return True
    return False


def test_without_windows_and_freezes_it_is_always_open() -> None:
    now = utc(2026, 5, 4, 10)
    assert next_open([], [], PARIS, now) == (now, None)


def test_it_opens_by_the_clock_of_the_tenant() -> None:
    night = Window(frozenset({1}), 22 * 60, 4 * 60)
    start, end = next_open([night], [], PARIS, utc(2026, 1, 5, 12))
    assert (start, end) == (utc(2026, 1, 6, 21), utc(2026, 1, 7, 3))
    start, end = next_open([night], [], PARIS, utc(2026, 7, 6, 12))
    assert (start, end) == (utc(2026, 7, 7, 20), utc(2026, 7, 8, 2))


def test_inside_a_window_it_is_open_now() -> None:
    night = Window(ALL, 22 * 60, 4 * 60)
    now = utc(2026, 1, 6, 1)
    assert next_open([night], [], PARIS, now) == (now, utc(2026, 1, 6, 3))


def test_windows_that_touch_are_one() -> None:
    parts = [Window(frozenset({0}), 22 * 60, 1440), Window(frozenset({1}), 0, 120)]
    start, end = next_open(parts, [], timezone.utc, utc(2026, 1, 5, 12))
    assert (start, end) == (utc(2026, 1, 5, 22), utc(2026, 1, 6, 2))


def test_an_hour_that_the_clock_passes_over_is_not_there() -> None:
    # 29 March 2026, 02:00 to 03:00 does not exist in Paris.
    gone = Window(frozenset({6}), 2 * 60, 3 * 60)
    start, _end = next_open([gone], [], PARIS, utc(2026, 3, 28))
    assert start == utc(2026, 4, 5, 0)
    half = Window(frozenset({6}), 150, 240)
    assert next_open([half], [], PARIS, utc(2026, 3, 28)) == (
        utc(2026, 3, 29, 1),
        utc(2026, 3, 29, 2),
    )


def test_an_hour_that_comes_twice_is_taken_once() -> None:
    # 25 October 2026, 02:00 to 03:00 comes twice in Paris.
    before = Window(frozenset({6}), 60, 150)
    assert next_open([before], [], PARIS, utc(2026, 10, 24))[1] == utc(2026, 10, 25, 0, 30)
    after = Window(frozenset({6}), 150, 240)
    assert next_open([after], [], PARIS, utc(2026, 10, 24))[0] == utc(2026, 10, 25, 1, 30)
    within = Window(frozenset({6}), 130, 140)
    start, end = next_open([within], [], PARIS, utc(2026, 10, 24))
    assert end - start == timedelta(minutes=10)


def test_a_freeze_goes_before_every_window() -> None:
    year_end = Freeze(date(2020, 12, 15), date(2021, 1, 6), yearly=True)
    start, end = next_open([Window(ALL, 0, 1440)], [year_end], timezone.utc, utc(2026, 12, 20))
    assert start == utc(2027, 1, 7)
    assert end == utc(2027, 12, 15)
    assert next_open([], [year_end], timezone.utc, utc(2026, 12, 14, 5)) == (
        utc(2026, 12, 14, 5),
        utc(2026, 12, 15),
    )


def test_what_never_opens_is_told() -> None:
    whole = [Freeze(date(2026, 1, 1), date(2026, 12, 20), yearly=True)]
    whole.append(Freeze(date(2026, 12, 10), date(2027, 1, 10), yearly=True))
    assert next_open([], whole, PARIS, utc(2026, 5, 1)) is None


@pytest.mark.parametrize("hours", [(-1, 60), (1440, 60), (0, 1441)])
def test_hours_that_no_day_has_are_refused(hours) -> None:
    with pytest.raises(Refused, match="window_hours"):
        Window(ALL, *hours)


def test_a_window_without_a_weekday_and_a_freeze_that_runs_backwards_are_refused() -> None:
    with pytest.raises(Refused, match="window_weekdays"):
        Window(frozenset(), 0, 60)
    with pytest.raises(Refused, match="freeze_days"):
        Freeze(date(2026, 2, 2), date(2026, 2, 1))
    with pytest.raises(Refused, match="freeze_days"):
        Freeze(date(2026, 1, 1), date(2026, 12, 31), yearly=True)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(windows, min_size=1, max_size=3),
    st.lists(freezes, max_size=2),
    st.sampled_from(ZONES),
    instants,
)
def test_open_time_is_within_a_window_and_out_of_every_freeze(some, frozen, where, at) -> None:
    found = next_open(some, frozen, where, at)
    if found is None:
        return
    start, end = found
    assert at <= start < end
    assert next_open(some, frozen, where, start) == found
    for part in range(20):
        wall = (start + (end - start) * part / 20).astimezone(where)
        assert any(holds(one, wall) for one in some)
        assert not any(is_frozen(one, wall.date()) for one in frozen)


@settings(max_examples=50, deadline=None)
@given(st.lists(windows, min_size=1, max_size=2), instants)
def test_without_a_change_of_clocks_no_open_minute_is_missed(some, at) -> None:
    start, end = next_open(some, [], timezone.utc, at)
    minute = at
    while minute < start and minute < at + timedelta(days=8):
        assert not any(holds(one, minute) for one in some)
        minute += timedelta(minutes=7)
    assert not any(holds(one, end) for one in some) or end - at > timedelta(days=300)
