"""Two tenants on one real server: who runs the heavy query is named from windows of 15 seconds, and
the neighbour that waits for it is not.
"""

import os
import threading
import time
from contextlib import closing
from datetime import datetime, timezone
from itertools import pairwise

import psycopg2
import pytest

from saas_business_management.kernel.monitoring import noisy
from saas_business_management.kernel.monitoring.counter import active_average, added
from saas_business_management.kernel.monitoring.noisy import Stress, Window, detect

HEAVY, NEIGHBOUR = 1, 2
SECONDS, CALM = 15, 2
# Windows stand for five minutes: amounts grow with them, averages do not.
TIMES = noisy.SECONDS / SECONDS
SESSIONS = min(8, 2 * (os.cpu_count() or 1) + 2)
QUERY = """
SET work_mem = '1MB';
SELECT count(*) FROM (SELECT md5(a::text) FROM generate_series(1, 300000) a ORDER BY 1) x
"""
SMALL = "SELECT count(*) FROM small WHERE a % 7 = 3"
AMOUNTS = {noisy.BLOCKS: "blocks_read", noisy.TEMP: "temp_bytes"}


class Stage:
    """The tenants at work: small questions of both, and the heavy query of one when it begins."""

    def __init__(self, server, names):
        self.server, self.names = server, names
        self.heavy, self.stopped = threading.Event(), threading.Event()
        self.times = {one: [] for one in names}
        for name in names.values():
            login = server.tenant(name)
            server.rows(
                "CREATE TABLE small AS SELECT a FROM generate_series(1, 20000) a", server=login
            )
        self.threads = [threading.Thread(target=self.ask, args=(one,)) for one in names]
        self.threads += [threading.Thread(target=self.work) for _one in range(SESSIONS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_why):
        self.stopped.set()
        self.heavy.set()
        for thread in self.threads:
            thread.join(60)

    def ask(self, one):
        with closing(self.server.raw(self.server.tenant(self.names[one]))) as cnx:
            while not self.stopped.wait(0.1):
                began = time.monotonic()
                cnx.cursor().execute(SMALL)
                self.times[one].append((time.monotonic() - began) * 1000)

    def work(self):
        self.heavy.wait()
        try:
            with closing(self.server.raw(self.server.tenant(self.names[HEAVY]))) as cnx:
                while not self.stopped.is_set():
                    cnx.cursor().execute(QUERY)
        except psycopg2.OperationalError:  # no connection left for one more
            return

    def p95(self):
        found = {one: sorted(times)[int(len(times) * 0.95)] for one, times in self.times.items()}
        for times in self.times.values():
            times.clear()
        return found


def pressure():
    try:
        with open("/proc/pressure/cpu", encoding="ascii") as told:
            return int(told.readline().split("total=")[1]) / 1e6
    except OSError:
        return None


@pytest.fixture
def names(pg):
    found = {one: pg.born() for one in (HEAVY, NEIGHBOUR)}
    yield found
    for name in found.values():
        pg.forget(name)


def test_who_runs_the_heavy_query_is_named_within_three_windows_and_the_neighbour_is_not(pg, names):
    port, looks = pg.port(), []
    with Stage(pg, names) as stage:
        for number in range(CALM + noisy.LOOKED + 1):
            looks.append((port.watch(), pressure(), stage.p95() if number else {}))
            if number == CALM:
                stage.heavy.set()
            time.sleep(SECONDS)
        looks.append((port.watch(), pressure(), stage.p95()))
    windows = list(told(looks, names))
    calm = [row.p95 for row in windows[:CALM]]
    usual = {one: sum(row[one] for row in calm) / CALM for one in names}
    windows = [Window(**{**vars(row), "usual": usual}) for row in windows]
    assert detect(windows[:CALM]) == []
    named = {
        place: detect(windows[max(0, place - noisy.LOOKED) : place])
        for place in range(CALM + 1, len(windows) + 1)
    }
    assert {one.tenant for found in named.values() for one in found} == {HEAVY}
    first = min(place for place, found in named.items() if found)
    assert first <= CALM + noisy.ENOUGH + 1, windows
    (last,) = named[len(windows)]
    assert noisy.TEMP in last.shares and last.shares[noisy.TEMP] > 0.9
    assert set(last.victims) <= {NEIGHBOUR}


def told(looks, names):
    """Yield the window between each two looks."""
    for (before, stall, _p95), (after, stall_after, p95) in pairwise(looks):
        passed = after.seconds - before.seconds
        used = {name: {} for name in (noisy.SESSIONS, *AMOUNTS)}
        for one, name in names.items():
            old, new = (sight.databases[name].counters for sight in (before, after))
            used[noisy.SESSIONS][one] = active_average(old.numbers, new.numbers, passed)
            numbers = added(old.reset, old.numbers, new.reset, new.numbers)
            for resource, code in AMOUNTS.items():
                used[resource][one] = numbers.get(code, 0) * TIMES
        waited = None if stall is None else 100 * (stall_after - stall) / passed
        yield Window(
            at=datetime.now(timezone.utc),
            stress=Stress(
                pressure_cpu=waited,
                sessions=sum(used[noisy.SESSIONS].values()),
                cores=os.cpu_count(),
            ),
            tenants=frozenset(names),
            used=used,
            p95=p95,
        )
