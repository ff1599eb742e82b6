"""How a use stands to its limit, and what people are told."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.quota.terms import (
    BLOCK,
    BLOCKED,
    CHARGE,
    FORCED,
    NOTIFY,
    OK,
    OVER,
    POLICIES,
    SUSPEND,
    THROTTLE,
    UNKNOWN,
    WARNED,
    Terms,
    format_marks,
    parse_marks,
)
from saas_business_management.kernel.quota.verdict import Standing, Use, judge

NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
HUNDRED = Decimal(100)


def found(used, terms=None, before=None, *, limit=HUNDRED, now=NOW, period=MARCH, **use):
    amount = None if used is None else Decimal(used)
    fresh = Standing(period=period, limit=limit)
    return judge(Use(amount, **use), limit, terms or Terms(), before or fresh, period, now)


def course(readings, terms, **use):
    """Judge readings one after the other, a minute apart; a dash is an unknown one."""
    standing, last, verdicts = Standing(period=MARCH, limit=HUNDRED), None, []
    for minute, used in enumerate(readings):
        last = last if used == "-" else used
        now = NOW + timedelta(minutes=minute)
        one = found(last, terms, standing, now=now, known=used != "-", **use)
        verdicts.append(one)
        standing = one.standing
    return verdicts


@pytest.mark.parametrize(
    ("used", "policy", "grace", "level", "in_force"),
    [
        (0, BLOCK, 0, OK, False),
        (79, BLOCK, 0, OK, False),
        (80, BLOCK, 0, WARNED, False),
        (99, BLOCK, 0, WARNED, False),
        (100, BLOCK, 0, BLOCKED, True),
        (100, THROTTLE, 0, BLOCKED, True),
        # Who uses what is included is not closed for it.
        (100, SUSPEND, 0, WARNED, False),
        (101, SUSPEND, 0, BLOCKED, True),
        (100, NOTIFY, 0, WARNED, False),
        (101, NOTIFY, 0, OVER, False),
        (500, CHARGE, 0, OVER, False),
        (101, BLOCK, 3, OVER, False),
    ],
)
def test_levels_and_policies(used, policy, grace, level, in_force):
    verdict = found(used, Terms(policy=policy, grace_days=grace))
    assert (verdict.standing.level, verdict.in_force) == (level, in_force)


def test_grace_ends_and_then_the_policy_is_in_force():
    terms = Terms(policy=SUSPEND, grace_days=3)
    first = found(120, terms)
    assert first.grace_until == NOW + timedelta(days=3)
    early = found(120, terms, first.standing, now=first.grace_until - timedelta(seconds=1))
    assert (early.standing.level, early.in_force) == (OVER, False)
    late = found(120, terms, early.standing, now=first.grace_until)
    assert (late.standing.level, late.forced, late.tell_forced) == (BLOCKED, True, True)


def test_without_a_limit_nothing_is_reached_and_what_was_in_force_is_lifted():
    blocked = found(100, Terms(policy=BLOCK, grace_days=0))
    free = found(10**9, Terms(policy=BLOCK, grace_days=0), blocked.standing, limit=None)
    assert (free.standing.level, free.percent, free.released) == (OK, None, True)
    assert found(None, limit=None).standing.level == UNKNOWN


def test_a_limit_of_zero_is_reached_by_any_use():
    terms = Terms(policy=BLOCK, grace_days=0)
    assert found(0, terms, limit=Decimal(0)).standing.level == OK
    assert found(1, terms, limit=Decimal(0)).standing.level == BLOCKED


def test_unknown_neither_blocks_nor_releases():
    terms = Terms(policy=BLOCK, grace_days=0)
    assert [one.standing.level for one in course(["-", "-"], terms)] == [UNKNOWN, UNKNOWN]
    levels = [one.standing.level for one in course([100, "-", "-", 99, "-"], terms)]
    assert levels == [BLOCKED, BLOCKED, BLOCKED, WARNED, UNKNOWN]


def test_a_grace_that_ends_while_it_is_unknown_puts_nothing_in_force():
    terms = Terms(policy=SUSPEND, grace_days=1)
    over = found(150, terms).standing
    later = found(150, terms, over, now=NOW + timedelta(days=2), known=False)
    assert (later.standing.level, later.in_force) == (OVER, False)


def test_a_higher_limit_releases_what_is_unknown_as_long_as_the_last_use_fits():
    terms = Terms(policy=BLOCK, grace_days=0)
    blocked = found(100, terms).standing
    assert found(100, terms, blocked, limit=Decimal(200), known=False).released
    assert not found(100, terms, blocked, limit=Decimal(100), known=False).released
    held = found(100, terms, blocked, limit=Decimal(50), known=False)
    assert held.in_force


def test_a_new_month_releases_what_is_counted_known_or_not():
    terms = Terms(policy=BLOCK, grace_days=0)
    blocked = found(100, terms, counted=True).standing
    for known, used in ((True, 0), (False, None)):
        new = found(used, terms, blocked, period=APRIL, counted=True, known=known)
        assert new.released
        assert new.standing.told == frozenset()
    level = found(100, terms, blocked, period=APRIL, known=False)
    assert level.in_force


def test_each_mark_is_told_once_and_again_when_the_limit_rose():
    terms = Terms()
    told = [one.crossed for one in course([40, 55, 79, 81, 79, 81, 130], terms)]
    assert told == [(), (50,), (), (80,), (), (), (100, 120)]
    standing = course([81], terms)[-1].standing
    bigger = found(90, terms, standing, limit=Decimal(1000))
    assert (bigger.crossed, bigger.standing.told) == ((), frozenset())
    again = found(810, terms, bigger.standing, limit=Decimal(1000))
    assert again.crossed == (50, 80)


def test_a_level_that_stays_where_it_was_is_no_news_in_the_next_month():
    standing = course([85], Terms())[-1].standing
    april = found(85, Terms(), standing, period=APRIL)
    assert april.crossed == ()
    fell = found(10, Terms(), standing)
    assert found(10, Terms(), fell.standing, period=APRIL).standing.told == frozenset()


def test_up_and_down_around_the_limit_is_told_once_a_day():
    terms = Terms(policy=BLOCK, grace_days=0)
    verdicts = course([99, 100] * 300, terms)
    assert sum(one.tell_forced for one in verdicts) == 1
    assert sum(one.tell_released for one in verdicts) == 1
    assert sum(one.forced for one in verdicts) == 300
    assert sum(len(one.crossed) for one in verdicts) == 3


def test_the_percentage_is_cut_so_that_nothing_looks_reached_before_it_is():
    assert found("99.99").percent == Decimal("99.9")
    assert found(1, limit=Decimal(3)).percent == Decimal("33.3")
    assert found(1, limit=Decimal(0)).percent is None


@pytest.mark.parametrize("limit", [Decimal("NaN"), Decimal(-1)])
def test_what_is_no_limit_is_refused(limit):
    with pytest.raises(Refused):
        found(1, limit=limit)


def test_percentages_that_people_write():
    assert parse_marks("120, 50;80 %,50") == (50, 80, 120)
    assert format_marks((50, 80)) == "50, 80"
    for text in ("", "0", "1001", "eighty", "50,,80", "8.5"):
        with pytest.raises(ValueError, match=r".*"):
            parse_marks(text)


MANY = st.lists(st.one_of(st.just("-"), st.integers(0, 300)), max_size=40)
TERMS = st.builds(
    Terms,
    warn=st.integers(1, 100),
    hard=st.integers(50, 150),
    grace_days=st.integers(0, 1),
    policy=st.sampled_from(POLICIES),
)


@given(MANY, TERMS, st.booleans())
def test_in_force_is_only_what_a_policy_forces_and_a_known_use_has_reached(
    readings, terms, counted
):
    before = None
    for one, used in zip(course(readings, terms, counted=counted), readings, strict=True):
        if one.in_force:
            assert terms.policy in FORCED
            assert one.standing.level == BLOCKED
        if used == "-":
            assert not one.forced
            assert not one.released
            assert not one.crossed
        elif one.in_force:
            assert used * 100 >= 100 * terms.hard
        else:
            assert used * 100 <= 100 * terms.hard or terms.grace_days or terms.policy not in FORCED
        if before is not None and before.in_force and not one.in_force:
            assert one.released
        before = one


@given(MANY, TERMS)
def test_no_mark_is_told_twice_and_only_what_was_told_is_lifted(readings, terms):
    verdicts = course(readings, terms)
    told = [mark for one in verdicts for mark in one.crossed]
    assert len(told) == len(set(told))
    for forced, released in zip(
        [one for one in verdicts if one.forced], [one for one in verdicts if one.released],
        strict=False,
    ):  # fmt: skip
        assert not released.tell_released or forced.tell_forced
    assert sum(one.tell_forced for one in verdicts) <= 1


@given(st.integers(0, 10**30), st.integers(1, 10**30), TERMS)
def test_the_level_says_the_same_as_the_numbers(used, limit, terms):
    verdict = found(used, terms, limit=Decimal(limit))
    share = Fraction(used * 100, limit)
    if verdict.standing.level == OK:
        assert share < terms.warn or not used
    if verdict.standing.level in (OVER, BLOCKED):
        assert share >= terms.hard
    assert verdict.percent <= share
