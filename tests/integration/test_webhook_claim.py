"""Sending webhooks from several processes over a real database, and being killed on the way."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.helpers.postgres import new_name
from tests.helpers.receiver import Receiver
from tests.helpers.webhook_child import TABLES


class Outbox:
    """A control database with deliveries in it, and senders beside it."""

    def __init__(self, pg):
        self.pg = pg
        self.database = new_name("g").replace("g_", "control_")
        pg.rows(f"CREATE DATABASE {self.database}")
        self.server = pg.superuser.within(self.database)
        self.rows(TABLES)

    def rows(self, statement, values=None):
        return self.pg.rows(statement, values, server=self.server)

    def endpoint(self, url, parallel=1):
        order = "INSERT INTO saas_webhook_endpoint (url, parallel) VALUES (%s, %s) RETURNING id"
        return self.rows(order, [url, parallel])[0][0]

    def add(self, endpoint, subject, count=1):
        self.rows(
            "INSERT INTO saas_webhook_delivery (endpoint_id, subject) "
            "SELECT %s, %s FROM generate_series(1, %s)",
            [endpoint, subject, count],
        )

    def waiting(self):
        return self.rows("SELECT count(*) FROM saas_webhook_delivery WHERE state = 'waiting'")[0][0]

    def sender(self, seconds, lease_seconds=60):
        server = self.server
        address = (
            f"host={server.host} port={server.port} user={server.user} dbname={self.database} "
            f"password={server.password.reveal()}"
        )
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.webhook_child", str(seconds), str(lease_seconds)],
            env={**os.environ, "WEBHOOKS": address},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout.readline().strip() == "ready"
        return child


@pytest.fixture
def outbox(newest_pg):
    made = Outbox(newest_pg)
    yield made
    newest_pg.rows(f"DROP DATABASE {made.database} WITH (FORCE)")


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.close()


def until(condition, seconds=60):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_a_sender_killed_before_the_answer_is_repeated_under_the_same_id(outbox, receiver):
    receiver.plan["/hook"] = "slow"
    outbox.add(outbox.endpoint(f"{receiver.url}/hook"), "tenant/a", 2)
    first = outbox.sender(30, lease_seconds=3)
    until(lambda: receiver.seen)
    first.send_signal(signal.SIGKILL)
    first.wait(30)
    assert outbox.waiting() == 2
    receiver.plan["/hook"] = "200"
    # As long as the lease holds nobody repeats it, and what comes behind it waits too.
    outbox.rows(
        "UPDATE saas_webhook_delivery SET leased_until = now() at time zone 'utc' + "
        "interval '1 hour' WHERE leased_until IS NOT NULL"
    )
    assert outbox.sender(1).wait(60) == 0
    assert len(receiver.seen) == 1 and outbox.waiting() == 2
    outbox.rows(
        "UPDATE saas_webhook_delivery SET leased_until = now() at time zone 'utc' "
        "WHERE leased_until IS NOT NULL"
    )
    assert outbox.sender(10).wait(60) == 0
    assert outbox.waiting() == 0
    first_id = receiver.seen[0].event_id
    assert [one.event_id for one in receiver.seen][:2] == [first_id, first_id]
    assert receiver.seen[0].body == receiver.seen[1].body
    assert [one.headers["saas-attempt"] for one in receiver.seen] == ["1", "2", "1"]


def test_several_senders_send_each_event_once_and_in_order(outbox, receiver):
    paths = [f"/hook{number}" for number in range(5)]
    for number, path in enumerate(paths):
        endpoint = outbox.endpoint(receiver.url + path, parallel=1 + number % 3)
        for subject in ("tenant/a", "tenant/b"):
            outbox.add(endpoint, subject, 12)
    children = [outbox.sender(25) for _number in range(3)]
    until(lambda: outbox.waiting() == 0)
    for child in children:
        assert child.wait(60) == 0
    counts = Counter((one.path, one.event_id) for one in receiver.seen)
    assert len(counts) == 120 and set(counts.values()) == {1}
    subjects = dict(outbox.rows("SELECT id, subject FROM saas_webhook_delivery"))
    for path in paths:
        for subject in ("tenant/a", "tenant/b"):
            mine = [
                int(one.event_id.removeprefix("evt_"))
                for one in receiver.seen
                if one.path == path and subjects[int(one.event_id.removeprefix("evt_"))] == subject
            ]
            assert len(mine) == 12 and mine == sorted(mine)


def test_with_one_at_once_everything_arrives_in_order_whoever_sends(outbox, receiver):
    receiver.plan["/hook"] = "a_while"
    endpoint = outbox.endpoint(f"{receiver.url}/hook")
    for number in range(6):
        outbox.add(endpoint, f"tenant/{number}")
    children = [outbox.sender(15) for _number in range(2)]
    until(lambda: outbox.waiting() == 0)
    for child in children:
        child.wait(60)
    told = [int(one.event_id.removeprefix("evt_")) for one in receiver.seen]
    assert len(told) == 6 and told == sorted(told)
