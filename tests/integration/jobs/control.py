"""A control database with as much of the job tables as workers need, and a journal written in SQL.

Owns: tables, `SqlJournal`, `SqlRecords`, waiting for what another process does. Does not own: the
real journal (`models/saas_job_run.py`), the processes (`worker_child.py`).
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection

from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.jobs.journal import StaleWorker
from saas_business_management.kernel.errors import SaasError
from saas_business_management.kernel.work.retry import Undo, decide

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("host", "port", "user", "password", "database")
TABLES = """
CREATE TABLE saas_job (
    id serial PRIMARY KEY, kind varchar NOT NULL DEFAULT 'exam',
    state varchar NOT NULL DEFAULT 'waiting', priority int NOT NULL DEFAULT 10,
    due_at timestamp NOT NULL DEFAULT date_trunc('second', clock_timestamp() AT TIME ZONE 'UTC'),
    serial_key varchar, fence int, worker varchar, deaths int, started_at timestamp,
    steps jsonb NOT NULL DEFAULT '{}', facts jsonb NOT NULL DEFAULT '{}', error varchar);
CREATE UNIQUE INDEX ON saas_job (serial_key)
    WHERE serial_key IS NOT NULL AND state IN ('running', 'undoing') AND fence > 0;
CREATE INDEX ON saas_job (serial_key)
    WHERE serial_key IS NOT NULL AND state IN ('waiting', 'undoing') AND started_at IS NOT NULL;
CREATE INDEX ON saas_job (priority, due_at, id) WHERE state = 'waiting';
CREATE INDEX ON saas_job (state) WHERE state IN ('waiting', 'running', 'undoing');
CREATE SEQUENCE saas_fence_seq;
CREATE TABLE saas_job_lease (
    job_id integer PRIMARY KEY, fence bigint NOT NULL, worker text NOT NULL,
    beat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    session_pid int, session_since timestamptz);
CREATE TABLE written (job_id int NOT NULL, step text NOT NULL, fence bigint, worker text);
"""


class SqlJournal:
    """`jobs.journal.Journal` as far as these jobs go, one REPEATABLE READ transaction a step."""

    def __init__(self, cnx: connection, job_id: int, fence: int, steps: Sequence[str]) -> None:
        self._cnx = cnx
        self._job_id = job_id
        self._fence = fence
        self._steps = steps

    def states(self) -> dict[str, str]:
        return dict.fromkeys(self._steps, "todo") | self._value("steps")

    def facts(self) -> dict[str, Any]:
        return self._value("facts")

    def undoing(self) -> bool:
        return self._value("state") == "undoing"

    def cancel_wanted(self) -> bool:
        return False

    def restart(self, names: Sequence[str]) -> None:
        self._execute("UPDATE saas_job SET steps = steps - %s::text[] WHERE id = %s", list(names))

    def advance(
        self,
        done: str,
        facts: Mapping[str, Any],
        skipped: Sequence[str],
        then: str,
        progress: float,
    ) -> None:
        states = dict.fromkeys(skipped, "skipped")
        states |= {done: "done"} if done else {}
        states |= {then: "running"} if then else {}
        self._commit(
            "UPDATE saas_job SET state = %s, steps = steps || %s, facts = facts || %s"
            " WHERE id = %s",
            "running" if then else "done",
            json.dumps(states),
            json.dumps(dict(facts)),
        )

    def failed(self, step: str, error: SaasError, trace: str) -> bool:
        verdict = decide(error.kind, 1, 0, 1800, 0.0)
        state = "undoing" if isinstance(verdict, Undo) else "waiting"
        self._commit(
            "UPDATE saas_job SET state = %s, error = %s WHERE id = %s", state, trace or error.code
        )
        return state == "undoing"

    def stuck(self, step: str, error: SaasError, trace: str) -> None:
        self._commit("UPDATE saas_job SET state = 'dead', error = %s WHERE id = %s", error.code)

    undo_failed = stuck

    def undone(self, step: str) -> None:
        states = json.dumps({step: "undone"})
        self._commit("UPDATE saas_job SET steps = steps || %s WHERE id = %s", states)

    def end_undone(self) -> None:
        self._commit("UPDATE saas_job SET state = 'failed' WHERE id = %s")

    def rollback(self) -> None:
        self._cnx.rollback()

    def line(self, text: str, level: str = "info") -> None:
        print(level, text, flush=True)

    def _commit(self, statement: str, *values: object) -> None:
        if self._value("fence", "FOR NO KEY UPDATE") != self._fence:
            raise StaleWorker
        self._execute(statement, *values)
        self._cnx.commit()

    def _execute(self, statement: str, *values: object) -> None:
        with self._cnx.cursor() as cursor:
            cursor.execute(statement, (*values, self._job_id))

    def _value(self, column: str, lock: str = "") -> Any:
        with self._cnx.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM saas_job WHERE id = %s {lock}", (self._job_id,))
            return cursor.fetchone()[0]


class SqlRecords:
    """`jobs.journal.Records` that write one row a call, in the transaction of the step."""

    def __init__(self, cnx: connection, job_id: int, fence: int, worker: str) -> None:
        self._cnx = cnx
        self._values = (job_id, fence, worker)

    def call(self, link: str, step: str, **_values: Any) -> dict[str, Any]:
        with self._cnx.cursor() as cursor:
            cursor.execute(
                "INSERT INTO written (job_id, fence, worker, step) VALUES (%s, %s, %s, %s)",
                (*self._values, step),
            )
        return {}


class Control:
    """The control database of one test, seen from outside, and worker processes on it."""

    def __init__(self, server: Server, rows: Callable[..., list[tuple]]) -> None:
        self.server = server
        self._rows = rows
        self.rows(TABLES)

    def rows(self, statement: str, *values: object) -> list[tuple]:
        return self._rows(statement, values or None, server=self.server)

    def add(self, number: int = 1, keys: int = 0) -> None:
        """Order jobs; with `keys` they share that many serial keys."""
        key = f"'tenant:' || n % {keys}" if keys else "NULL"
        self.rows(
            f"INSERT INTO saas_job (serial_key) SELECT {key} FROM generate_series(1, {number}) n"
        )

    def states(self) -> dict[str, int]:
        return dict(self.rows("SELECT state, count(*)::int FROM saas_job GROUP BY state"))

    def written(self) -> list[tuple]:
        return self.rows("SELECT job_id, step, worker FROM written ORDER BY job_id, step")

    def worker(self, name: str, stale: float, **options: str) -> subprocess.Popen:
        """Start a worker process; it works until nothing is due, or as the options say."""
        told = {
            **{f"CONTROL_{one.upper()}": str(getattr(self.server, one)) for one in NAMES},
            "CONTROL_PASSWORD": self.server.password.reveal(),
            "WORKER_NAME": name,
            "WORKER_STALE": str(stale),
            **options,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.integration.jobs.worker_child"],
            cwd=ROOT,
            env={**os.environ, **told},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def at_rest(self, number: int) -> bool:
        """Whether so many jobs are done, and given back."""
        leases = "SELECT count(*)::int FROM saas_job_lease"
        return self.states() == {"done": number} and self.rows(leases) == [(0,)]


def wait_until(true: Callable[[], bool], seconds: float = 30) -> float:
    """Wait until something is so; return how long it took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - begun
