"""The course of an alert holds whatever readings come, in whatever rhythm."""

from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.alerting import course
from saas_business_management.kernel.alerting.course import FIRING, GAP, PENDING, RESOLVED, Open
from saas_business_management.kernel.alerting.rule import ALERT, KEEP, OK, Condition, Rule

START = datetime(2031, 5, 5, 9, 0, tzinfo=timezone.utc)
KEY = ("cpu_percent", "last", 5)
RULES = st.builds(
    lambda for_, keep, no_data: Rule(
        "cpu_busy",
        (Condition("cpu_percent", ">", 90),),
        for_minutes=for_,
        keep_minutes=keep,
        no_data=no_data,
    ),
    st.integers(0, 8),
    st.integers(0, 8),
    st.sampled_from([KEEP, OK, ALERT]),
)
# Minutes since the pass before, and the reading: bad, good or none.
PASSES = st.lists(
    st.tuples(st.sampled_from([1, 1, 1, 2, 3, 4, 20]), st.sampled_from([97, 97, 40, None])),
    max_size=60,
)


def walk(rule, passes):
    """Yield, for each pass, the time, gap, verdict, the alert before, the move, the alert after."""
    now, last, alert = START, None, None
    for minutes, reading in passes:
        now += timedelta(minutes=minutes)
        gap = course.is_gap(last, now)
        verdict = rule.verdict({} if reading is None else {KEY: reading})
        to = course.move(rule, alert, verdict, now, gap)
        after = apply(alert, to, now)
        yield now, gap, verdict, alert, to, after
        alert, last = after, now


def apply(alert, to, now):
    if to in (course.DROPPED, RESOLVED):
        return None
    if to in (PENDING, FIRING):
        return Open(to, alert.since if alert else now)
    if to == course.RESTARTED:
        return Open(alert.state, now)
    if to == course.CLEARING:
        return Open(alert.state, alert.since, now)
    if to == course.HOLDING:
        return Open(alert.state, alert.since)
    return alert


@given(RULES, PASSES)
def test_nothing_fires_and_nothing_is_resolved_across_a_gap(rule, passes):
    for _now, gap, _verdict, _before, to, _after in walk(rule, passes):
        assert not (gap and to in (FIRING, RESOLVED))


@given(RULES, PASSES)
def test_it_fires_only_when_it_held_for_long_enough_without_a_gap(rule, passes):
    held = None
    for now, gap, verdict, before, to, _after in walk(rule, passes):
        if verdict is False:
            held = None
        elif verdict and (held is None or gap):
            held = now
        elif gap:
            held = now if before and before.state == PENDING else held
        if to == FIRING:
            assert verdict and held is not None
            assert now - held >= timedelta(minutes=rule.for_minutes)


@given(RULES, PASSES)
def test_it_is_resolved_only_when_it_did_not_hold_for_long_enough(rule, passes):
    quiet = None
    for now, gap, verdict, before, to, _after in walk(rule, passes):
        if verdict:
            quiet = None
        elif verdict is False and (quiet is None or gap):
            quiet = now
        if to == RESOLVED:
            assert before.state == FIRING and verdict is False
            assert now - quiet >= timedelta(minutes=rule.keep_minutes)


@given(RULES, PASSES)
def test_the_unknown_moves_nothing_but_what_a_gap_restarts(rule, passes):
    for _now, gap, verdict, before, to, _after in walk(rule, passes):
        if verdict is None:
            assert to is None or (gap and before)
            assert to not in (PENDING, FIRING, RESOLVED, course.DROPPED)


@given(RULES, PASSES)
def test_twice_the_same_pass_changes_nothing_more(rule, passes):
    for now, gap, verdict, _before, _to, after in walk(rule, passes):
        if after is None and (rule.for_minutes or gap) and verdict:
            continue
        again = course.move(rule, after, verdict, now, False)
        if again == FIRING:
            assert now - after.since >= timedelta(minutes=rule.for_minutes)
        elif again == RESOLVED:
            assert rule.keep_minutes == 0
        else:
            assert again in (None, course.CLEARING) or verdict is None


@given(RULES, PASSES, st.integers(4, 9))
def test_what_flaps_is_kept_twice_as_long(rule, passes, flips):
    keep = course.kept_for(rule, flips)
    assert keep == 2 * max(course.LEAST_KEEP, timedelta(minutes=rule.keep_minutes))
    assert course.kept_for(rule, 3) == timedelta(minutes=rule.keep_minutes)
    quiet = Open(FIRING, START, START, flips)
    assert course.move(rule, quiet, False, START + keep, False) == RESOLVED
    early = START + keep - timedelta(seconds=1)
    assert course.move(rule, quiet, False, early, False) is None
    assert passes is not None


@given(
    st.dictionaries(st.integers(0, 9), st.sampled_from([97.0, 40.0])), st.sets(st.integers(0, 9))
)
@settings(max_examples=50)
def test_a_pass_lets_go_of_whom_it_no_longer_watches(readings, before):
    rule = Rule("cpu_busy", (Condition("cpu_percent", ">", 90),), for_minutes=3)
    opened = {one: Open(PENDING if one % 2 else FIRING, START) for one in before}
    there = [one for one in readings if one not in (1, 2)]
    figures = {one: {KEY: value} for one, value in readings.items()}
    moves = {
        one.subject: one.to
        for one in course.run(rule, there, figures, opened, START + timedelta(minutes=1), False)
    }
    for one in before - set(there):
        assert moves[one] == (course.DROPPED if one % 2 else RESOLVED)
    for one in set(there) - before:
        assert moves.get(one) == (PENDING if readings[one] > 90 else None)


def test_a_threshold_of_its_own_counts_for_one_subject_alone():
    rule = Rule("cpu_busy", (Condition("cpu_percent", ">", 90),))
    figures = {one: {KEY: 80.0} for one in (1, 2)}
    moves = list(course.run(rule, [1, 2], figures, {}, START, False, {2: 70.0}))
    assert [(one.subject, one.to, one.value) for one in moves] == [(2, FIRING, 80.0)]


def test_a_gap_is_more_than_three_minutes():
    assert course.is_gap(None, START)
    assert not course.is_gap(START, START + GAP)
    assert course.is_gap(START, START + GAP + timedelta(seconds=1))
