"""One minute: requests decide, else the front door, else nobody knows."""

from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.kernel.service.minute import (
    BAD,
    GOOD,
    MISS,
    OPEN,
    UNKNOWN,
    Counts,
    Look,
    stretch,
    verdict,
)

NOON = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("counts", "door", "wanted"),
    [
        (Counts(100, 1), BAD, GOOD),
        (Counts(100, 2), GOOD, BAD),
        (Counts(100, 1, 1), GOOD, BAD),
        (Counts(99, 1), GOOD, BAD),
        (Counts(5), UNKNOWN, GOOD),
        (Counts(5, 5, 5), GOOD, BAD),
        (Counts(4, 4), GOOD, GOOD),
        (Counts(4), UNKNOWN, UNKNOWN),
        (None, BAD, BAD),
    ],
)
def test_a_minute_is_what_its_visitors_met(counts, door, wanted):
    assert verdict(counts, door) == wanted


def told(*looks, minutes=40):
    """Return the verdicts of minutes from noon on, as `{state: minutes}` in order."""
    seen = [Look(NOON + timedelta(minutes=at, seconds=20), found) for at, found in looks]
    rows = stretch({}, seen, NOON, NOON + timedelta(minutes=minutes))
    return [
        (int((row.start_at - NOON).seconds / 60), int((row.end_at - NOON).seconds / 60), row.state)
        for row in rows
    ]


def test_one_miss_is_none_and_two_are_an_outage_from_the_first_on():
    assert told((0, OPEN), (5, MISS), (10, OPEN), minutes=15) == [(0, 15, GOOD)]
    assert told((0, OPEN), (5, MISS), (10, MISS), (15, OPEN), minutes=20) == [
        (0, 5, GOOD),
        (5, 15, BAD),
        (15, 20, GOOD),
    ]


def test_a_look_is_evidence_for_a_quarter_of_an_hour():
    assert told((0, OPEN)) == [(0, 15, GOOD), (15, 40, UNKNOWN)]
    assert told((0, MISS), (16, MISS)) == [
        (0, 15, GOOD),
        (15, 16, UNKNOWN),
        (16, 31, GOOD),
        (31, 40, UNKNOWN),
    ]


def test_enough_requests_say_more_than_the_door():
    looks = [Look(NOON + timedelta(minutes=one), MISS) for one in (-5, 0)]
    counts = {NOON: Counts(50), NOON + timedelta(minutes=1): Counts(50, 3)}
    found = stretch(counts, looks, NOON, NOON + timedelta(minutes=3))
    assert [row.state for row in found] == [GOOD, BAD]
