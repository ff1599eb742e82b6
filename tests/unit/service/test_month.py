"""Months of service: equal to a reckoning minute by minute, through changes of the clocks."""

import os
import random
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest

from saas_business_management.kernel.service import minute, month
from saas_business_management.kernel.service.month import Piece, Result

from .slow_count import minutes_of_month, tally

UTC = timezone.utc
HISTORIES = 1000 if os.environ.get("SAAS_PROOF") == "1" else 250
# How many of them are whole months; the others are ten hours at a border or a change of clocks.
WHOLE = 10
ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"),
    *("Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca"),
)
MONTHS = ((2026, 3), (2026, 10), (2026, 11), (2026, 4), (2024, 2), (2011, 12))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def history(chance, since, until):
    """Return random counts, looks, misses and reasons of a stretch of time."""
    length = int((until - since).total_seconds() // 60)
    counted, looks, misses = {}, [], set()
    where = 0
    while where < length:
        where += chance.randint(1, 400)
        for _minute in range(chance.randint(1, 120)):
            if where >= length:
                break
            requests = chance.choice((1, 4, 5, 20, 100, 250))
            failures = chance.choice((0, 0, 0, 1, 2, requests))
            slow = chance.choice((0, 0, 0, 1, requests))
            counted[since + timedelta(minutes=where)] = (
                requests,
                min(failures, requests),
                min(slow, requests),
            )
            where += 1
    when = since - timedelta(minutes=40)
    wrong = False
    while when < until:
        if chance.random() < 0.1:
            wrong = not wrong
        if chance.random() < 0.95:
            if wrong:
                misses.add(len(looks))
            looks.append(when)
        else:
            when += timedelta(minutes=chance.randint(1, 60))
        when += timedelta(seconds=chance.randint(200, 400))
    return counted, looks, misses


def leave_out(chance, since, until):
    found = []
    for reason in month.REASONS:
        for _piece in range(chance.randint(0, 3)):
            span = (until - since).total_seconds()
            start = since + timedelta(seconds=chance.randint(-3000, int(span)))
            found.append((reason, start, start + timedelta(seconds=chance.randint(1, 20000))))
    return found


def reckoned(counted, looks, misses, reasons, since, until):
    counts = {when: minute.Counts(*row) for when, row in counted.items()}
    seen = [
        minute.Look(when, minute.MISS if number in misses else minute.OPEN)
        for number, when in enumerate(looks)
    ]
    verdicts = [
        Piece(one.start_at, one.end_at, one.state)
        for one in minute.stretch(counts, seen, since, until)
    ]
    pieces = [Piece(start, end, reason) for reason, start, end in reasons]
    return month.count(since, until, verdicts, pieces), verdicts, pieces


def test_random_histories_come_to_what_a_second_reckoning_says():
    chance = random.Random(20260310)
    borders = {}
    seen = {"good": 0, "bad": 0, "unknown": 0, "out": 0}
    for number in range(HISTORIES):
        zone_name, (year, which) = chance.choice(ZONES), chance.choice(MONTHS)
        key = (zone_name, year, which)
        if key not in borders:
            noon = datetime(year, which, 1, 12, tzinfo=UTC)
            borders[key] = list(minutes_of_month(year, which, zone_name, noon))
        minutes = borders[key]
        since, until = month.bounds(date(year, which, 1), zone_name)
        assert (since, until) == (minutes[0], minutes[-1] + timedelta(minutes=1)), key
        if number >= WHOLE:
            place = chance.choice((0, len(minutes) - 600, chance.randrange(len(minutes) - 600)))
            minutes = minutes[place : place + 600]
            since, until = minutes[0], minutes[-1] + timedelta(minutes=1)
        counted, looks, misses = history(chance, since, until)
        reasons = leave_out(chance, since, until)
        found, verdicts, pieces = reckoned(counted, looks, misses, reasons, since, until)
        wanted = tally(minutes, counted, looks, misses, reasons)
        told = (found.good, found.bad, found.unknown, dict(found.excluded))
        assert told == wanted, (number, key)
        assert found.counted + found.unknown + sum(found.excluded.values()) == len(minutes)
        down = month.downtimes(verdicts, pieces, since, until)
        assert sum((end - start) / minute.MINUTE for start, end in down) == found.bad
        seen["good"] += found.good
        seen["bad"] += found.bad
        seen["unknown"] += found.unknown
        seen["out"] += sum(found.excluded.values())
    assert min(seen.values()) > HISTORIES, seen


@pytest.mark.parametrize(
    ("zone_name", "first", "minutes"),
    [
        ("Europe/Berlin", date(2026, 3, 1), 31 * 1440 - 60),
        ("Europe/Berlin", date(2026, 10, 1), 31 * 1440 + 60),
        ("Australia/Lord_Howe", date(2026, 4, 1), 30 * 1440 + 30),
        ("Pacific/Apia", date(2011, 12, 1), 30 * 1440),
        ("UTC", date(2024, 2, 17), 29 * 1440),
    ],
)
def test_a_month_has_the_minutes_that_its_clocks_show(zone_name, first, minutes):
    since, until = month.bounds(first, zone_name)
    assert (until - since) / minute.MINUTE == minutes
    assert month.count(since, until, [], []).unknown == minutes


def test_maintenance_is_left_out_when_it_was_told_in_time():
    start = at("2026-03-10 02:00")
    for hours, urgent, wanted in ((48, False, True), (47, False, False), (1, True, True)):
        published = start - timedelta(hours=hours)
        assert month.told_in_time(start, published, urgent) is wanted
    assert not month.told_in_time(start, start - timedelta(minutes=59), True)
    assert not month.told_in_time(start, None, True)


def test_a_minute_is_left_out_once_and_for_the_first_reason():
    since, until = at("2026-03-10 00:00"), at("2026-03-10 01:00")
    verdicts = [Piece(since, until, minute.BAD)]
    out = [
        Piece(at("2026-03-10 00:10"), at("2026-03-10 00:30"), month.OTHER),
        Piece(at("2026-03-10 00:20"), at("2026-03-10 00:40"), month.MAINTENANCE),
        Piece(at("2026-03-10 00:25"), at("2026-03-10 00:45"), month.MAINTENANCE),
    ]
    found = month.count(since, until, verdicts, out)
    assert found == Result(0, 25, 0, {month.MAINTENANCE: 25, month.OTHER: 10})


def test_the_unknown_is_bad_for_us_and_told_apart_for_the_promise():
    found = Result(good=999, bad=0, unknown=1)
    assert found.availability() == 1
    assert found.internal() == Fraction(999, 1000)
    assert Result(unknown=9).availability() is None
    assert Result(unknown=9).internal() == 0
    assert Result(excluded={month.CLOSED: 9}).internal() is None


def test_a_percentage_is_never_shown_better_than_it_was():
    assert month.shown(Fraction(99_999_999, 100_000_000)) == Decimal("99.999")
    assert month.shown(Fraction(1)) == Decimal("100.000")
    assert month.shown(None) is None


def test_the_budget_is_what_may_be_bad_and_not_more():
    whole = Result(good=43_157, bad=43)
    assert month.budget(whole, Decimal("99.9")) == Fraction(432, 10)
    assert not month.missed(whole, Decimal("99.9"))
    assert month.missed(Result(good=43_156, bad=44), Decimal("99.9"))
    assert not month.missed(Result(unknown=5), Decimal("99.9"))
