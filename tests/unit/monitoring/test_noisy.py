"""Noisy neighbours are named within ten minutes, their victims never; on a clock that we turn."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.monitoring import noisy
from saas_business_management.kernel.monitoring.noisy import Stress, Window, detect, threshold

START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
RECORDED = sorted(Path(__file__).with_name("recorded").glob("noisy_*.json"))
CALM, PRESSED = Stress(pressure_cpu=2.0, cores=4), Stress(pressure_cpu=55.0, cores=4)
HEAVY = {
    "cpu": {"sessions": (3, 6), "cpu": (200, 600), "gateway": (40, 200)},
    "disk": {"sessions": (2, 5), "cpu": (40, 90), "blocks_read": (2e6, 9e6)},
    "spill": {"sessions": (1, 4), "cpu": (60, 200), "temp": (4e9, 2e10), "blocks_read": (3e5, 2e6)},
    "write": {"sessions": (1, 4), "cpu": (50, 200), "wal": (3e9, 2e10)},
}


class Fleet:
    """A cluster minute by minute: what each tenant used, who is heavy from when on."""

    def __init__(self, seed, tenants=None, kind=None):
        self.dice = random.Random(seed)
        self.tenants = tenants or self.dice.choice([2, 3, 5, 12, 40])
        self.kind = kind or self.dice.choice(sorted(HEAVY))
        self.aggressor = self.dice.randint(1, self.tenants)
        self.begins = self.dice.randint(17, 30)
        others = [one for one in range(1, self.tenants + 1) if one != self.aggressor]
        self.victims = self.dice.sample(others, max(1, len(others) // 2))
        self.rows = []

    def run(self, minutes):
        for minute in range(minutes):
            self.rows.append(self.minute(minute >= self.begins))

    def minute(self, heavy):
        used = {name: {} for name in noisy.RESOURCES}
        p95 = {}
        for one in range(1, self.tenants + 1):
            mine = {
                "sessions": self.dice.uniform(0.02, 0.2),
                "cpu": self.dice.uniform(0.1, 0.8),
                "blocks_read": self.dice.uniform(0, 400),
                "temp": self.dice.choice([0, 0, 0, 1e6]),
                "wal": self.dice.uniform(1e4, 4e5),
                "gateway": self.dice.uniform(0.2, 1.5),
            }
            p95[one] = self.dice.uniform(150, 250)
            if heavy and one in self.victims:
                # Who suffers waits: more sessions and gateway time, no more work.
                mine["sessions"] += self.dice.uniform(0.5, 3)
                mine["gateway"] += self.dice.uniform(5, 60)
                p95[one] = self.dice.uniform(500, 4000)
            if heavy and one == self.aggressor:
                for name, (low, high) in HEAVY[self.kind].items():
                    part = 1 if name == "sessions" else 5
                    mine[name] += self.dice.uniform(low, high) / part
                p95[one] = self.dice.choice([self.dice.uniform(150, 250), 3000])
            for name, value in mine.items():
                used[name][one] = value
        return used, p95, PRESSED if heavy else CALM

    def windows(self, minute):
        """Return the three windows that end at this minute, oldest first."""
        return [self.window(minute - 5 * back) for back in (2, 1, 0)]

    def window(self, end):
        rows = self.rows[end - 5 : end]
        used = {
            name: {
                one: sum(row[0][name][one] for row in rows) / (5 if name == "sessions" else 1)
                for one in range(1, self.tenants + 1)
            }
            for name in noisy.RESOURCES
        }
        p95 = {one: sum(row[1][one] for row in rows) / 5 for one in used["cpu"]}
        pressed = max((row[2] for row in rows), key=lambda one: one.pressure_cpu)
        return Window(
            at=START + end * MINUTE,
            stress=pressed,
            tenants=frozenset(used["cpu"]),
            used=used,
            p95=p95,
            usual=dict.fromkeys(used["cpu"], 200.0),
        )


@pytest.mark.parametrize("seed", range(20))
def test_the_neighbour_is_named_within_ten_minutes_and_nobody_else(seed):
    fleet = Fleet(seed)
    fleet.run(fleet.begins + 20)
    found = {}
    for minute in range(15, len(fleet.rows) + 1):
        for one in detect(fleet.windows(minute)):
            found.setdefault(one.tenant, minute)
    assert set(found) == {fleet.aggressor}
    assert found[fleet.aggressor] - fleet.begins <= 10


@pytest.mark.parametrize("seed", range(20))
def test_those_who_became_slow_are_told_as_victims(seed):
    fleet = Fleet(seed)
    fleet.run(fleet.begins + 15)
    (found,) = detect(fleet.windows(len(fleet.rows)))
    assert set(found.victims) == set(fleet.victims)


@pytest.mark.parametrize("seed", range(20))
def test_a_calm_cluster_names_nobody_however_uneven_its_use_is(seed):
    fleet = Fleet(seed)
    fleet.run(fleet.begins + 15)
    calm = [replace(one, stress=CALM) for one in fleet.windows(len(fleet.rows))]
    assert detect(calm) == []


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded_series_name_who_ran_the_heavy_query(path):
    told = json.loads(path.read_text())
    windows = [read(row) for row in told["windows"]]
    named = [
        (number, one.tenant)
        for number in range(3, len(windows) + 1)
        for one in detect(windows[number - 3 : number])
    ]
    assert {tenant for _number, tenant in named} == {told["heavy"]}
    assert min(number for number, _tenant in named) <= told["heavy_from"] + 2


def test_there_are_recorded_series():
    assert len(RECORDED) >= 3


def read(row):
    by_tenant = {
        name: {int(one): value for one, value in row[name].items()} for name in ("p95", "usual")
    }
    used = {
        name: {int(one): value for one, value in values.items()}
        for name, values in row["used"].items()
    }
    return Window(
        at=datetime.fromisoformat(row["at"]),
        stress=Stress(**row["stress"]),
        tenants=frozenset(row["tenants"]),
        used=used,
        **by_tenant,
    )


@pytest.mark.parametrize(
    ("tenants", "share"),
    [(1, 0.75), (2, 0.75), (4, 0.75), (5, 0.6), (10, 0.3), (12, 0.25), (500, 0.25)],
)
def test_three_fair_shares_a_quarter_at_least_three_quarters_at_most(tenants, share):
    assert threshold(tenants) == pytest.approx(share)


@pytest.mark.parametrize(
    ("stress", "signs"),
    [
        (Stress(), ()),
        (Stress(pressure_cpu=20.0, pressure_io=20.0, queue_p95_ms=200.0), ()),
        (Stress(pressure_cpu=20.1), ("cpu",)),
        (Stress(pressure_io=20.1), ("io",)),
        (Stress(queue_p95_ms=200.1), ("queue",)),
        (Stress(sessions=6.0, cores=4), ()),
        (Stress(sessions=6.1, cores=4), ("sessions",)),
        (Stress(sessions=99.0), ()),
    ],
)
def test_signs_of_stress(stress, signs):
    assert stress.signs() == signs


def one_window(used, *, stress=PRESSED, tenants=10, minutes=0, **more):
    return Window(START + minutes * MINUTE, stress, frozenset(range(1, tenants + 1)), used, **more)


def spread(heavy, tenants=10, rest=1.0):
    return {one: heavy if one == 1 else rest for one in range(1, tenants + 1)}


def test_two_of_three_windows_are_enough_and_one_is_not():
    busy, idle = one_window({"cpu": spread(500)}), one_window({"cpu": spread(1)})
    assert [one.tenant for one in detect([busy, idle, busy])] == [1]
    assert detect([idle, idle, busy]) == []
    assert [one.tenant for one in detect([busy, busy, busy, idle])] == [1]
    assert detect([busy, busy, idle, idle]) == []


def test_crumbs_name_nobody():
    few = one_window({"cpu": spread(29.9, rest=0.1), "temp": spread(63e6, rest=0)})
    assert detect([few, few]) == []


def test_nobody_has_neighbours_alone():
    alone = one_window({"cpu": {1: 999.0}}, tenants=1)
    assert detect([alone, alone]) == []


def test_waiting_does_not_name_who_suffers():
    waits = {"sessions": spread(9.0, rest=0.1), "gateway": spread(900, rest=1)}
    slow = {"p95": {1: 900.0}, "usual": {1: 200.0}}
    assert detect([one_window(waits, **slow)] * 2) == []
    assert [one.tenant for one in detect([one_window(waits)] * 2)] == [1]


def test_who_is_slow_itself_is_named_only_as_the_greatest_consumer():
    used = {"cpu": {1: 300.0, 2: 280.0, **dict.fromkeys(range(3, 11), 1.0)}}
    slow = {"p95": {1: 900.0, 2: 900.0}, "usual": {1: 200.0, 2: 200.0}}
    (found,) = detect([one_window(used, tenants=10, **slow)] * 2)
    assert (found.tenant, found.victims) == (1, (2,))


USED = st.dictionaries(st.integers(1, 8), st.floats(0, 1e9), min_size=1)
WINDOWS = st.builds(
    Window,
    at=st.just(START),
    stress=st.builds(Stress, pressure_cpu=st.floats(0, 100)),
    tenants=st.just(frozenset(range(1, 9))),
    used=st.dictionaries(st.sampled_from(noisy.RESOURCES), USED),
    p95=st.dictionaries(st.integers(1, 8), st.floats(0, 1e5)),
    usual=st.dictionaries(st.integers(1, 8), st.floats(1, 1e5)),
)


@given(st.lists(WINDOWS, max_size=6))
def test_nobody_is_named_and_a_victim_at_once(windows):
    found = detect(windows)
    named = {one.tenant for one in found}
    for one in found:
        assert not named & set(one.victims)
        assert len(one.windows) >= noisy.ENOUGH
        assert all(share > threshold(8) for share in one.shares.values())
        assert one.signs
