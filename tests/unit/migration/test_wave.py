"""Campaigns: waves in order, never more setbacks than allowed, going on after a crash."""

from datetime import datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.migration import wave
from saas_business_management.kernel.migration.wave import (
    Candidate,
    Course,
    Item,
    Step,
    Terms,
    next_step,
    plan,
    sample,
)

NOW = datetime(2026, 3, 12, 22, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
FEW = [Candidate(1, 50, 7), Candidate(2, 10, 7), Candidate(3, 20, 8), Candidate(4, 90, 8)]

candidates = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 60),
        size=st.integers(0, 99),
        version=st.integers(1, 3),
        is_canary=st.booleans(),
    ),
    max_size=30,
    unique_by=lambda one: one.key,
)


def item(key, number=1, stage=wave.TODO, opens_at=NOW):
    return Item(key, number, stage, opens_at)


@pytest.mark.parametrize(
    ("canaries", "size", "waves"),
    [
        (1, 2, [[2], [3, 1], [4]]),
        (2, 10, [[2, 3], [1, 4]]),  # the smallest of each version
        (0, 3, [[2, 3, 1], [4]]),
        (9, 1, [[2, 3, 1, 4]]),
    ],
)
def test_waves_are_planned_smallest_first(canaries, size, waves):
    assert plan(FEW, canaries, size) == waves


def test_chosen_canaries_go_alone():
    chosen = [*FEW, Candidate(5, 1000, 7, is_canary=True)]
    assert plan(chosen, 3, 10) == [[5], [2, 3, 1, 4]]


def test_a_rehearsal_takes_the_largest_of_each_version():
    assert sample(FEW, 1) == [4]
    assert sample(FEW, 2) == [4, 1]
    assert sample(FEW, 9) == [4, 1, 3, 2]


@given(candidates, st.integers(0, 5), st.integers(1, 9))
def test_every_tenant_is_in_one_wave_and_none_is_too_large(tenants, canaries, size):
    planned = plan(tenants, canaries, size)
    assert sorted(key for keys in planned for key in keys) == sorted(one.key for one in tenants)
    assert all(planned)
    has_canaries = any(one.is_canary for one in tenants) or (canaries and tenants)
    assert all(len(keys) <= size for keys in planned[1 if has_canaries else 0 :])


@pytest.mark.parametrize(
    ("items", "terms", "course", "step"),
    [
        ([item(1), item(2)], Terms(at_once=1), Course(), Step((1,), 1)),
        ([item(1, stage="updating"), item(2)], Terms(1), Course(), Step((), 1, waits="upgrades")),
        (
            [item(1, opens_at=NOW + HOUR)],
            Terms(),
            Course(),
            Step((), 1, waits="window", until=NOW + HOUR),
        ),
        ([item(1, opens_at=None)], Terms(), Course(), Step((), 1, waits="window")),
        (
            [item(1, stage="done"), item(2, 2)],
            Terms(),
            Course(),
            Step((), 1, rests=True, waits="pause"),
        ),
        ([item(1, stage="watching"), item(2, 2)], Terms(), Course(), Step((), 1, waits="watch")),
        ([item(1, stage="done"), item(2, 2)], Terms(), Course(1, NOW), Step((), 1, waits="person")),
        (
            [item(1, stage="done"), item(2, 2)],
            Terms(pause=HOUR, by_itself=True),
            Course(1, NOW),
            Step((), 1, waits="pause", until=NOW + HOUR),
        ),
        ([item(1, stage="done"), item(2, 3)], Terms(by_itself=True), Course(1, NOW), Step((), 3)),
        (
            [item(1, stage="done"), item(2, stage="left_out")],
            Terms(),
            Course(),
            Step((), 1, finish=True),
        ),
        (
            [item(1, stage="done"), item(2, stage="blocked")],
            Terms(),
            Course(),
            Step((), 1, finish=True),
        ),
        ([item(1, stage="watching")], Terms(), Course(), Step((), 1, waits="watch")),
        ([item(1, stage="failed"), item(2)], Terms(stop_after=1), Course(), Step((), 1, halt=True)),
        (
            [item(1, stage="rolled_back"), item(2)],
            Terms(stop_after=1),
            Course(forgiven=1),
            Step((2,), 1),
        ),
    ],
)
def test_the_next_step(items, terms, course, step):
    assert next_step(items, terms, course, NOW) == step


def test_setbacks_count_even_when_nothing_is_left_to_begin():
    items = [item(1, stage="failed"), item(2, stage="watching")]
    assert next_step(items, Terms(stop_after=1), Course(), NOW).halt


class Played:
    """A campaign as records would remember it; a crash forgets everything else."""

    def __init__(self, stages, terms, dice):
        self.waves, self.stages, self.terms, self.dice = dict(stages), {}, terms, dice
        self.stages = dict.fromkeys(self.waves, wave.TODO)
        self.course, self.now, self.begun, self.halted = Course(), NOW, [], False

    def items(self):
        return [Item(key, number, self.stages[key], NOW) for key, number in self.waves.items()]

    def look(self):
        """Do one step; return whether there is more to come."""
        step = next_step(self.items(), self.terms, self.course, self.now)
        again = next_step(self.items(), self.terms, self.course, self.now)
        assert step == again, "asked again it says the same"
        if step.halt or step.finish:
            self.halted = step.halt
            return False
        for key in step.begin:
            assert self.stages[key] == wave.TODO, "nothing is begun twice"
            self.stages[key] = wave.UPDATING
            self.begun.append(key)
        if step.wave > self.course.wave:
            self.course = Course(step.wave)
        elif step.rests:
            self.course = Course(step.wave, self.now)
        return True

    def end_one(self):
        """Let one that is under way end somehow."""
        self.now += HOUR
        at_work = [key for key, stage in self.stages.items() if stage == wave.UPDATING]
        if at_work:
            outcomes = (wave.DONE, wave.DONE, wave.WATCHING, wave.FAILED, wave.ROLLED_BACK)
            self.stages[self.dice.choice(at_work)] = self.dice.choice(outcomes)

    def end_watch(self):
        for key, stage in self.stages.items():
            if stage == wave.WATCHING:
                self.stages[key] = wave.DONE

    def play(self):
        for _turn in range(10 * len(self.waves) + 20):
            if not self.look():
                return True
            for _more in range(self.dice.randrange(3)):
                if not self.look():
                    return True
            self.end_one()
            if not self.dice.randrange(4) or self.course.wave == max(self.waves.values()):
                self.end_watch()
        return False


campaigns = st.builds(
    Played,
    st.dictionaries(st.integers(1, 30), st.integers(1, 4), min_size=1, max_size=20),
    st.builds(
        Terms,
        at_once=st.integers(1, 6),
        stop_after=st.integers(1, 5),
        pause=st.sampled_from([timedelta(0), HOUR, 3 * HOUR]),
        by_itself=st.just(True),
    ),
    st.integers(0, 10_000).map(Random),
)


@given(campaigns)
def test_it_ends_and_never_has_more_setbacks_than_it_may(played):
    assert played.play(), "it comes to an end"
    setbacks = wave.setbacks(played.items())
    assert setbacks <= played.terms.stop_after
    assert played.halted == (setbacks == played.terms.stop_after)
    if not played.halted:
        assert set(played.stages.values()) <= {wave.DONE, wave.FAILED, wave.ROLLED_BACK}


@given(campaigns)
def test_waves_follow_in_order_and_nobody_goes_twice(played):
    played.play()
    numbers = [played.waves[key] for key in played.begun]
    assert numbers == sorted(numbers)
    assert len(set(played.begun)) == len(played.begun)


@given(campaigns)
def test_a_wave_begins_when_nothing_of_those_before_is_under_way(played):
    for _turn in range(200):
        before = {key for key, stage in played.stages.items() if stage == wave.UPDATING}
        number = len(played.begun)
        more = played.look()
        for key in played.begun[number:]:
            assert all(played.waves[one] >= played.waves[key] for one in before)
        under_way = sum(stage == wave.UPDATING for stage in played.stages.values())
        assert under_way <= played.terms.at_once
        if not more:
            return
        played.end_one()
        played.end_watch()


@pytest.mark.parametrize(
    ("each", "waiting", "at_once", "elapsed", "left"),
    [
        (40, 50, 2, (), 1000),
        (40, 1, 2, (), 40),
        (0, 50, 2, (), 0),
        (40, 0, 2, (), 0),
        (10, 1, 0, (), 10),
        (40, 0, 2, (30, 90), 10),
        (40, 1, 2, (30, 10), 50),
        (40, 2, 3, (0,), 40),
        (40, 1, 1, (0, 20), 60),
    ],
)
def test_how_long_the_rest_takes(each, waiting, at_once, elapsed, left):
    assert wave.seconds_left(each, waiting, at_once, elapsed) == left
