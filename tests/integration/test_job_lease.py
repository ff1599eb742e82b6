"""The claim of jobs on a real control database, with plain copies of its tables."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing

import psycopg2
import pytest

from saas_business_management.adapters.lease import Heartbeat, JobLease
from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.kernel.errors import Unavailable
from saas_business_management.kernel.secret import Secret
from tests.helpers.postgres import new_name

TABLES = """
CREATE TABLE saas_job (
    id serial PRIMARY KEY, kind varchar NOT NULL, state varchar NOT NULL DEFAULT 'waiting',
    priority int DEFAULT 10,
    due_at timestamp NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC'),
    serial_key varchar, fence int, worker varchar, deaths int, started_at timestamp);
CREATE UNIQUE INDEX saas_job_serial_uniq ON saas_job (serial_key)
    WHERE serial_key IS NOT NULL AND state IN ('running', 'undoing') AND fence > 0;
CREATE INDEX saas_job_begun_idx ON saas_job (serial_key)
    WHERE serial_key IS NOT NULL AND state IN ('waiting', 'undoing') AND started_at IS NOT NULL;
CREATE INDEX saas_job_due_idx ON saas_job (priority, due_at, id) WHERE state = 'waiting';
CREATE INDEX saas_job_open_idx ON saas_job (state) WHERE state IN ('waiting', 'running', 'undoing');
CREATE SEQUENCE saas_fence_seq;
CREATE TABLE saas_job_lease (
    job_id integer PRIMARY KEY, fence bigint NOT NULL, worker text NOT NULL,
    beat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    session_pid int, session_since timestamptz);
CREATE TABLE done (job_id int, fence bigint, worker text);
"""
STALE = 0.6
SILENT_SECONDS = "SELECT extract(epoch FROM clock_timestamp() - beat_at) FROM saas_job_lease"


class Queue:
    """A control database with a queue in it, and ways to look and to meddle."""

    def __init__(self, pg):
        self.pg = pg
        self.database = new_name("g").replace("g_", "control_")
        pg.rows(f"CREATE DATABASE {self.database}")
        self.server = pg.superuser.within(self.database)
        self.rows(TABLES)

    def rows(self, statement, values=None):
        return self.pg.rows(statement, values, server=self.server)

    def value(self, statement, values=None):
        return self.rows(statement, values)[0][0]

    def add(self, kind="a", **values):
        names = ", ".join(["kind", *values])
        marks = ", ".join(["%s"] * (1 + len(values)))
        order = f"INSERT INTO saas_job ({names}) VALUES ({marks}) RETURNING id"
        return self.value(order, [kind, *values.values()])

    def job(self, job_id):
        columns = "state, worker, fence, deaths, started_at"
        found = self.rows(f"SELECT {columns} FROM saas_job WHERE id = %s", [job_id])[0]
        return dict(zip(columns.split(", "), found, strict=True))

    def worker(self, stale=STALE):
        return closing(JobLease(self.server, stale))

    def login(self):
        """What psycopg2 needs for a session of its own."""
        server = self.server
        return {
            "host": server.host,
            "port": server.port,
            "user": server.user,
            "password": server.password.reveal(),
            "dbname": server.database,
        }

    def child(self, *arguments):
        """A worker process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.lease_child", *map(str, arguments)],
            env={
                **os.environ,
                "QUEUE_HOST": self.server.host,
                "QUEUE_PORT": str(self.server.port),
                "QUEUE_USER": self.server.user,
                "QUEUE_PASSWORD": self.server.password.reveal(),
                "QUEUE_DATABASE": self.database,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def age_beats(self):
        """Turn the clock: whoever has a job has been silent for a day."""
        self.rows("UPDATE saas_job_lease SET beat_at = beat_at - interval '1 day'")


def until(condition, seconds=30):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.fixture
def queue(newest_pg):
    made = Queue(newest_pg)
    yield made
    newest_pg.rows(f"DROP DATABASE {made.database} WITH (FORCE)")


def test_an_empty_queue_gives_nothing(queue):
    with queue.worker() as lease:
        assert lease.claim("w") is None


def test_a_claimed_job_is_running_with_a_fence_a_worker_and_a_lease(queue):
    job_id = queue.add("build_template")
    with queue.worker() as lease:
        claimed = lease.claim("w")
    assert (claimed.job_id, claimed.kind, claimed.state, claimed.deaths) == (
        job_id,
        "build_template",
        "running",
        0,
    )
    row = queue.job(job_id)
    assert (row["state"], row["worker"], row["fence"]) == ("running", "w", claimed.fence)
    assert row["started_at"] is not None
    assert queue.rows("SELECT job_id, fence, worker FROM saas_job_lease") == [
        (job_id, claimed.fence, "w")
    ]


def test_the_order_is_priority_then_due_then_age(queue):
    late = queue.add(priority=10, due_at="2026-01-02")
    second = queue.add(priority=10, due_at="2026-01-01")
    third = queue.add(priority=10, due_at="2026-01-01")
    first = queue.add(priority=1, due_at="2026-01-03")
    with queue.worker() as lease:
        assert [lease.claim("w").job_id for _ in range(4)] == [first, second, third, late]


def test_a_job_is_not_taken_before_it_is_due(queue):
    queue.add(due_at="2999-01-01")
    with queue.worker() as lease:
        assert lease.claim("w") is None


def test_a_session_in_another_time_zone_makes_no_job_due(queue):
    queue.rows(f"ALTER DATABASE {queue.database} SET timezone = 'Pacific/Kiritimati'")
    ahead = "SELECT clock_timestamp() AT TIME ZONE 'UTC' + interval '1 hour'"
    queue.add(due_at=queue.value(ahead))
    with queue.worker() as lease:
        assert lease.claim("w") is None


def test_only_the_named_kinds_are_taken(queue):
    queue.add("a")
    wanted = queue.add("b")
    with queue.worker() as lease:
        assert lease.claim("w", kinds=["b"]).job_id == wanted
        assert lease.claim("w", kinds=["b"]) is None
        assert lease.claim("w", kinds=[]) is None


def test_of_one_serial_key_one_job_runs_at_a_time(queue):
    first, second = queue.add(serial_key="tenant:1"), queue.add(serial_key="tenant:1")
    other = queue.add(serial_key="tenant:2")
    with queue.worker() as lease:
        claimed = lease.claim("w")
        assert claimed.job_id == first
        assert lease.claim("w").job_id == other
        assert lease.claim("w") is None
        queue.rows("UPDATE saas_job SET state = 'done' WHERE id = %s", [first])
        assert lease.claim("w").job_id == second


def test_nothing_of_a_serial_key_starts_before_what_was_begun_is_over(queue):
    begun = queue.add(serial_key="tenant:1", started_at="2026-01-01", due_at="2999-01-01")
    later = queue.add(serial_key="tenant:1")
    with queue.worker() as lease:
        assert lease.claim("w") is None
        queue.rows("UPDATE saas_job SET due_at = '2026-01-01' WHERE id = %s", [begun])
        assert lease.claim("w").job_id == begun
        assert lease.claim("w") is None
        queue.rows("UPDATE saas_job SET state = 'done' WHERE id = %s", [begun])
        assert lease.claim("w").job_id == later


def test_what_waits_on_its_way_back_holds_its_serial_key(queue):
    queue.add(
        serial_key="tenant:1",
        state="undoing",
        fence=0,
        started_at="2026-01-01",
        due_at="2999-01-01",
    )
    queue.add(serial_key="tenant:1")
    with queue.worker() as lease:
        assert lease.claim("w") is None


def test_a_job_waiting_again_keeps_its_start(queue):
    job_id = queue.add(started_at="2026-01-01", deaths=2)
    with queue.worker() as lease:
        assert lease.claim("w").deaths == 2
    assert str(queue.job(job_id)["started_at"]) == "2026-01-01 00:00:00"


def test_a_job_due_on_its_way_back_is_taken_and_stays_undoing(queue):
    job_id = queue.add(state="undoing", fence=0)
    queue.add(state="undoing", fence=0, due_at="2999-01-01")
    with queue.worker() as lease:
        claimed = lease.claim("w")
        assert (claimed.job_id, claimed.state, claimed.deaths) == (job_id, "undoing", 0)
        assert lease.claim("w") is None


def test_a_living_workers_job_is_left_alone(queue):
    queue.add()
    with queue.worker(60) as lease, queue.worker(60) as other:
        claimed = lease.claim("w")
        with Heartbeat(queue.server, claimed.job_id, claimed.fence, 0.05, 60) as heart:
            queue.age_beats()
            until(lambda: queue.value(SILENT_SECONDS) < 60)
            assert other.claim("v") is None
            assert heart.alive() and not heart.lost.is_set()


@pytest.mark.parametrize("state", ["running", "undoing"])
def test_a_dead_workers_job_is_taken_over_with_a_later_fence(queue, state):
    job_id = queue.add()
    with queue.worker() as lease, queue.worker() as other:
        dead = lease.claim("w")
        queue.rows("UPDATE saas_job SET state = %s", [state])
        queue.age_beats()
        taken = other.claim("v")
        assert (taken.job_id, taken.state, taken.deaths) == (job_id, state, 1)
        assert taken.fence > dead.fence
        assert not lease.beat(job_id, dead.fence)
        lease.release(job_id, dead.fence)
        assert other.beat(job_id, taken.fence)
        assert queue.job(job_id)["worker"] == "v"


@pytest.fixture
def writer(queue):
    """The session a worker writes in; its transaction holds what the next worker needs."""
    with closing(psycopg2.connect(**queue.login())) as cnx:
        yield cnx


def write(writer, job_id):
    with writer.cursor() as cursor:
        cursor.execute("UPDATE saas_job SET priority = 11 WHERE id = %s", [job_id])
    return writer.info.backend_pid


def works(writer):
    with writer.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def test_what_a_silent_worker_has_not_committed_keeps_nobody_waiting(queue, writer):
    job_id = queue.add()
    with queue.worker() as lease, queue.worker() as other:
        silent = lease.claim("w")
        lease.works_in(job_id, silent.fence, write(writer, job_id))
        queue.age_beats()
        assert other.claim("v").job_id == job_id
    with pytest.raises(psycopg2.OperationalError):
        works(writer)
    assert queue.value("SELECT priority FROM saas_job") == 10


def test_who_still_beats_keeps_its_session(queue, writer):
    job_id = queue.add()
    with queue.worker(stale=60) as lease, queue.worker(stale=60) as other:
        busy = lease.claim("w")
        lease.works_in(job_id, busy.fence, write(writer, job_id))
        assert other.claim("v") is None
    assert works(writer)


def test_a_session_whose_process_number_came_again_is_not_ended(queue, writer):
    job_id = queue.add()
    with queue.worker() as lease, queue.worker() as other:
        silent = lease.claim("w")
        lease.works_in(job_id, silent.fence, writer.info.backend_pid)
        queue.rows("UPDATE saas_job_lease SET session_since = session_since - interval '1 hour'")
        queue.age_beats()
        assert other.claim("v").job_id == job_id
    assert works(writer)


def test_a_session_noted_for_an_older_claim_is_not_the_next_ones(queue, writer):
    job_id = queue.add()
    with queue.worker() as lease, queue.worker() as other:
        silent = lease.claim("w")
        queue.age_beats()
        other.claim("v")
        lease.works_in(job_id, silent.fence, writer.info.backend_pid)
        assert queue.rows("SELECT session_pid FROM saas_job_lease") == [(None,)]


def test_a_running_job_without_any_lease_is_taken_over(queue):
    job_id = queue.add(state="running", fence=7)
    with queue.worker() as lease:
        assert lease.claim("w").job_id == job_id


def test_many_workers_take_a_dead_workers_job_over_once(queue):
    for _ in range(20):
        queue.add(state="running", fence=1)
    queue.rows("SELECT setval('saas_fence_seq', 100)")
    taken, barrier = [], threading.Barrier(6)

    def work():
        with queue.worker(stale=30) as lease:
            barrier.wait()
            for _ in range(60):
                claimed = lease.claim("w")
                if claimed:
                    taken.append(claimed.job_id)
                lease._look_at = 0.0

    threads = [threading.Thread(target=work) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 20


def test_a_released_lease_is_gone_and_beats_no_more(queue):
    queue.add()
    with queue.worker() as lease:
        claimed = lease.claim("w")
        assert lease.beat(claimed.job_id, claimed.fence)
        lease.release(claimed.job_id, claimed.fence)
        assert not lease.beat(claimed.job_id, claimed.fence)
    assert queue.rows("SELECT * FROM saas_job_lease") == []


def test_a_job_that_the_records_hold_locked_is_passed_over(queue):
    queue.add(priority=1)
    free = queue.add(priority=2)
    with closing(queue.pg.raw(queue.server)) as cnx, cnx.cursor() as cursor:
        cursor.execute("BEGIN; SELECT 1 FROM saas_job WHERE priority = 1 FOR UPDATE")
        with queue.worker() as lease:
            assert lease.claim("w").job_id == free


def test_waiting_ends_when_somebody_asks_for_work(queue):
    with queue.worker() as lease:
        assert lease.wait(5)
        assert not lease.wait(0.05)
        threading.Timer(0.3, lambda: queue.rows("NOTIFY saas_job")).start()
        assert lease.wait(30)
        queue.rows("NOTIFY saas_job")
        time.sleep(0.1)
        assert lease.wait(10)
        assert not lease.wait(0.05)


def test_a_heart_whose_job_was_taken_over_stops(queue):
    queue.add()
    with queue.worker() as lease:
        claimed = lease.claim("w")
        with Heartbeat(queue.server, claimed.job_id, claimed.fence, 0.05, STALE) as heart:
            queue.rows("UPDATE saas_job_lease SET fence = fence + 1")
            assert heart.lost.wait(30)
            assert not heart.alive()


def test_a_heart_without_an_answer_gives_the_job_up_before_it_is_stale():
    nowhere, stale = Server("127.0.0.1", 9, "nobody", Secret("x")), 6
    start = time.monotonic()
    with Heartbeat(nowhere, 1, 1, 0.05, stale) as heart:
        assert heart.alive()
        assert heart.lost.wait(30)
        assert time.monotonic() - start < stale


def test_after_a_restart_of_the_server_everything_goes_on(own_pg):
    queue = Queue(own_pg)
    job_id = queue.add()
    with queue.worker() as lease:
        assert lease.wait(1)
        assert not lease.wait(0.01)
        own_pg.private.restart()
        assert lease.wait(5)
        claimed = lease.claim("w")
        assert claimed.job_id == job_id
        own_pg.private.restart()
        assert lease.beat(job_id, claimed.fence)
        own_pg.private.stop()
        with pytest.raises(Unavailable):
            lease.claim("w")


def test_two_processes_do_two_thousand_jobs_exactly_once(queue):
    queue.rows(
        "INSERT INTO saas_job (kind, serial_key)"
        " SELECT 'a', 'tenant:' || n %% 50 FROM generate_series(1, 2000) n",
        [],
    )
    children = [queue.child("drain", name) for name in ("one", "two")]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.close()
        child.stdin = None
    counts = [int(child.communicate(timeout=300)[0]) for child in children]
    assert sum(counts) == 2000 and min(counts) > 0
    assert queue.rows("SELECT job_id FROM done GROUP BY job_id HAVING count(*) > 1") == []
    assert queue.value("SELECT count(DISTINCT job_id) FROM done") == 2000
    assert queue.value("SELECT count(DISTINCT fence) FROM done") == 2000
    assert queue.rows("SELECT state, count(*) FROM saas_job GROUP BY state") == [("done", 2000)]


@pytest.mark.parametrize("stale", [4.0])
def test_the_job_of_a_killed_process_is_taken_over_in_time(queue, stale):
    job_id = queue.add()
    child = queue.child("hold", "victim", stale)
    assert child.stdout.readline().strip() == str(job_id)
    time.sleep(stale * 1.2)
    with queue.worker(stale) as lease:
        assert lease.claim("v") is None
        child.send_signal(signal.SIGKILL)
        child.wait()
        killed = time.monotonic()
        while (taken := lease.claim("v")) is None:
            lease.wait(0.1)
        # 30 s stale allow 40 s in all; the same share of a shorter stale time.
        assert time.monotonic() - killed < stale * 4 / 3
    assert (taken.job_id, taken.deaths) == (job_id, 1)


def test_a_stopped_process_knows_that_it_lost_its_job(queue):
    queue.add()
    child = queue.child("hold", "zombie", STALE)
    child.stdout.readline()
    child.send_signal(signal.SIGSTOP)
    assert os.WIFSTOPPED(os.waitpid(child.pid, os.WUNTRACED)[1])
    try:
        queue.age_beats()
        with queue.worker() as lease:
            assert lease.claim("v").deaths == 1
    finally:
        child.send_signal(signal.SIGCONT)
    assert child.communicate(timeout=20)[0].strip() == "lost"
