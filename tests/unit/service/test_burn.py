"""Burn rates: both windows of a pair, and enough that went wrong."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from saas_business_management.kernel.service.burn import (
    PAGE,
    PAIRS,
    TICKET,
    WINDOWS,
    Seen,
    burning,
    rate,
)

TARGET = Decimal("99.9")
HOUR = timedelta(hours=1)


def windows(**bad):
    """Return every window quiet but the named ones, `m5=2` for two bad minutes of five."""
    found = {}
    for window in WINDOWS:
        minutes = int(window / timedelta(minutes=1))
        found[window] = Seen(minutes, bad.get(f"m{minutes}", 0), bad.get("events", 0))
    return found


def test_a_rate_of_one_uses_the_budget_up_in_its_time():
    assert rate(Seen(1000, 1), TARGET) == 1
    assert rate(Seen(60, 3), TARGET) == Fraction(50)
    assert rate(Seen(0, 0), TARGET) == 0
    assert rate(Seen(60, 1), Decimal(100)) == 1


def test_the_four_pairs_are_those_of_the_handbook():
    told = [
        (pair.long / HOUR, pair.short / HOUR * 60, float(pair.rate), pair.what) for pair in PAIRS
    ]
    assert told == [
        (1, 5, 14.4, PAGE),
        (6, 30, 6, PAGE),
        (24, 120, 3, TICKET),
        (72, 360, 1, TICKET),
    ]


def test_it_burns_when_both_windows_say_so():
    assert burning(windows(m60=5, m5=1), TARGET) == PAIRS[0]
    assert burning(windows(m60=5), TARGET) is None
    assert burning(windows(m360=6, m30=1), TARGET) == PAIRS[1]
    assert burning(windows(m4320=9, m360=3), TARGET) == PAIRS[3]
    assert burning(windows(), TARGET) is None


def test_with_few_requests_three_bad_minutes_or_fifty_bad_requests_are_needed():
    assert burning(windows(m60=2, m5=2), TARGET) is None
    assert burning(windows(m60=2, m5=2, events=50), TARGET) == PAIRS[0]
    assert burning(windows(m60=3, m5=2), TARGET) == PAIRS[0]
