"""The thread that follows the table, with a feed that is played."""

import queue
import time

import pytest

from saas_business_management.adapters.postgres.route_feed import Reading
from saas_business_management.gateway import agent as agent_file
from saas_business_management.gateway.agent import Agent
from saas_business_management.gateway.cache import RouteCache
from saas_business_management.kernel.errors import Unavailable
from saas_business_management.kernel.gateway.route import Route
from saas_business_management.kernel.secret import Secret

ACME = Route(1, "acme.localhost", "t_a", 1, "active")


class PlayedFeed:
    """Reads from a table in memory; `change` wakes it, `broken` cuts it off."""

    def __init__(self):
        self.rows, self.version, self.broken = {}, 0, False
        self.heard, self.horizons, self.told, self.counted = queue.Queue(), [], [], []
        self.written = []
        self.refused = 0

    def write(self, process, lines):
        self.written += lines

    def change(self, *routes):
        self.version += 1
        self.rows.update({route.id: (self.version, route) for route in routes})
        self.heard.put(True)

    def open(self):
        if self.broken:
            self.refused += 1
            raise Unavailable("server_unreachable")

    def read(self, horizon=0):
        self.open()
        self.horizons.append(horizon)
        found = tuple(route for at, route in self.rows.values() if at >= horizon)
        return Reading(found, self.version + 1)

    def wait(self, seconds):
        try:
            self.heard.get(timeout=min(seconds, 0.05))
        except queue.Empty:
            self.open()
            return False
        self.open()
        return True

    def tell(self, process, events):
        self.told.extend(events)

    def count(self, process, counted, age_seconds):
        self.counted.extend(counted)

    def close(self):
        pass


@pytest.fixture
def played(tmp_path, monkeypatch):
    monkeypatch.setattr(agent_file, "FIRST_WAIT_SECONDS", 0.01)
    feed, changes = PlayedFeed(), []
    cache = RouteCache(tmp_path / "map", "local", Secret("key"))
    starts = []
    agent = Agent(cache, feed, lambda: starts.append(1), changes.append)
    agent._wait_seconds = 0.01
    return feed, cache, agent, changes, starts


def until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_it_reads_everything_first_and_then_what_changed(played):
    feed, cache, agent, changes, _starts = played
    feed.change(ACME)
    agent.ensure()
    agent.wait_for_first_reading(5)
    assert cache.map.by_host["acme.localhost"].state == "active"
    feed.change(Route(1, "acme.localhost", "t_a", 1, "suspended"))
    until(lambda: cache.map.by_host["acme.localhost"].state == "suspended")
    assert feed.horizons[0] == 0
    assert feed.horizons[-1] > 0
    until(lambda: changes[-1].closed == {"t_a"})


def test_one_thread_per_process_however_often_it_is_asked_for(played):
    _feed, _cache, agent, _changes, starts = played
    for _ in range(50):
        agent.ensure()
    assert starts == [1]


def test_a_control_plane_that_is_away_lets_requests_go_on(played):
    feed, cache, agent, _changes, _starts = played
    feed.broken = True
    began = time.monotonic()
    agent.ensure()
    agent.wait_for_first_reading(5)
    assert time.monotonic() - began < 5, "it did not wait for an answer"
    assert not cache.known
    feed.change(ACME)
    feed.broken = False
    until(lambda: cache.known)


def test_after_an_interruption_everything_is_read_again(played):
    feed, cache, agent, _changes, _starts = played
    agent.ensure()
    agent.wait_for_first_reading(5)
    feed.broken = True
    until(lambda: feed.refused)
    feed.rows[1] = (0, ACME)  # changed unheard, and older than any horizon
    feed.broken = False
    until(lambda: "acme.localhost" in cache.map.by_host)


def test_everything_is_read_now_and_then_even_when_nothing_is_heard(played):
    feed, cache, agent, _changes, _starts = played
    agent._full_read_seconds = 0.1
    agent.ensure()
    agent.wait_for_first_reading(5)
    feed.rows[1] = (0, ACME)
    until(lambda: "acme.localhost" in cache.map.by_host)


def test_an_error_in_what_follows_from_a_change_does_not_end_the_thread(played):
    feed, cache, _agent, _changes, _starts = played
    calls = []

    def fail_once(changes):
        calls.append(changes)
        if len(calls) == 1:
            raise ValueError("unforeseen")

    agent = Agent(cache, feed, lambda: None, fail_once)
    agent._wait_seconds = 0.01
    agent.ensure()
    until(lambda: len(calls) > 1)
    feed.change(ACME)
    until(lambda: "acme.localhost" in cache.map.by_host)


def test_what_was_noticed_is_told_over_the_same_connection(played):
    feed, _cache, agent, _changes, _starts = played
    agent.ensure()
    agent._events.note("bad_host", "", "192.0.2.1")
    until(lambda: [one.rule for one in feed.told] == ["bad_host"])
