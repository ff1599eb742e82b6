"""Moves between two clusters: how long nobody gets a page, how long the whole takes.

Owns: moving a fresh tenant (F) and a big one (B) there and back, a visitor meanwhile, the same by
plain dump and restore. Does not own: what makes a tenant big (`big_tenant.py`), the other cluster
(`helpers/second_place.py`).
"""

import shutil
import time
from pathlib import Path

from dev import paths
from dev.shell import run
from tests.bench import big_tenant
from tests.bench.counter import Counter
from tests.bench.desk import LOGIN_MARK
from tests.bench.peers import ROLE, Peer
from tests.bench.restores import Knocking
from tests.bench.stage import Stage
from tests.helpers.bench import Report, at_most
from tests.helpers.second_place import KEY, SecondPlace

TITLE = "Moves between two clusters"
ROUNDS, BIG_ROUNDS = 4, 2
OUTAGE_SECONDS = {"F": 10, "B": 30}
MOVES = """
SELECT state, error_text, outage_seconds::float8, extract(epoch FROM ended_at - started_at)::float8
  FROM saas_move ORDER BY id DESC LIMIT 1
"""
DATABASE = "SELECT name FROM saas_database WHERE tenant_id = %s AND stage = 'claimed'"
# The cluster record knows its own key under the same name everywhere.
FIRST = "local"


class Mover:
    """Orders moves of one tenant to wherever it is not."""

    def __init__(self, counter: Counter, place: SecondPlace, tenant: int) -> None:
        self._counter, self._place, self._tenant = counter, place, tenant
        self._clusters = {
            key: counter.operator.one("saas.cluster", [("key", "=", key)], ["id"])["id"]
            for key in (FIRST, KEY)
        }
        self.host = counter.operator.one("saas.tenant", [("id", "=", tenant)], ["host"])["host"]
        self._where = FIRST

    def move(self) -> tuple[float, float]:
        """Move it; return the longest time without a page, and the seconds until its end."""
        self._where = KEY if self._where == FIRST else FIRST
        assert self._served(), "the tenant serves no page before its move"
        with Knocking(self._served) as knocking:
            begun = time.monotonic()
            self._counter.operator.call(
                "saas.tenant",
                "action_move_to",
                [self._tenant],
                self._clusters[self._where],
                "It is measured",
                False,
                # The demonstration has release windows; a measurement waits for none.
                True,
            )
            self._await_end()
            took = time.monotonic() - begun
        self._counter.settle()
        return knocking.longest, took

    def _await_end(self) -> None:
        end = time.monotonic() + 600
        while (state := self._counter.rows(MOVES)[0])[0] != "done":
            assert state[0] != "failed" and time.monotonic() < end, state
            time.sleep(0.05)

    def _served(self) -> bool:
        status, body, _who = self._place.ask(self.host)
        return status == 200 and LOGIN_MARK in body


def measure_moves(stage: Stage, counter: Counter, peer: Peer, report: Report) -> None:
    """Move F and B, each beside a plain dump, restore and copy of the same."""
    place = SecondPlace(stage.stack)
    try:
        place.start()
        refresh_modules(counter, KEY)
        tenant = counter.open_one().tenant_id
        _measure("F", ROUNDS, Mover(counter, place, tenant), report)
        _plain("F", place, counter.rows(DATABASE, tenant)[0][0], report)
        make_big(stage, peer, counter.rows(DATABASE, tenant)[0][0])
        _measure("B", BIG_ROUNDS, Mover(counter, place, tenant), report)
        _plain("B", place, counter.rows(DATABASE, tenant)[0][0], report)
    finally:
        place.destroy()
    report.say(
        "Both clusters, both nodes and the control plane share the two cores. The outage is what a "
        "visitor measures who asks all the time. Everything is compared row by row before the "
        "switch; plain is `pg_dump -Fc`, `pg_restore` and a copy of the files, nothing compared, "
        "no page served."
    )


def refresh_modules(counter: Counter, key: str) -> None:
    """Have the modules of a cluster read, as an administrator does once."""
    cluster = counter.operator.one("saas.cluster", [("key", "=", key)], ["id"])["id"]
    counter.operator.call("saas.cluster", "action_test_connection", [cluster])
    counter.settle()
    counter.operator.call("saas.cluster", "action_refresh_modules", [cluster])
    counter.settle()


def make_big(stage: Stage, peer: Peer, database: str) -> None:
    """Fill a tenant, as somebody whom its role lets in for that."""
    cluster, data = stage.stack.tenant_cluster, stage.stack.settings.node_data
    options = ["--no-http", "--log-level=warn", "--max-cron-threads=0", "--data-dir", data]

    def shell(text: str) -> str:
        command = [paths.ODOO_BIN, "shell", "-c", peer.conf, "-d", database, *options]
        return run(command, "Odoo shell", stdin=text, timeout=900)

    cluster.sql(f'GRANT "{database}" TO {ROLE}')
    try:
        big_tenant.fill(
            lambda text: cluster.sql(text, database), shell, data / "filestore" / database
        )
    finally:
        cluster.sql(f'REVOKE "{database}" FROM {ROLE}')


def _measure(label: str, rounds: int, mover: Mover, report: Report) -> None:
    """An even number of moves: at the end it is where it was."""
    told = [mover.move() for _round in range(rounds)]
    gaps, most = [gap for gap, _took in told], OUTAGE_SECONDS[label]
    report.add(
        f"move_{label.lower()}_outage", gaps, "s",
        f"{label}, moved between clusters, the longest time in which nobody got its page",
        at_most(max(gaps), most, f"≤ {most} s"),
    )  # fmt: skip
    took = [took for _gap, took in told]
    report.add(f"move_{label.lower()}", took, "s", f"{label}, click → end, everything compared")


def _plain(label: str, place: SecondPlace, database: str, report: Report) -> None:
    """What a person does by hand with the tenant closed: dump, restore, copy the files."""
    here, there = place.stack.tenant_cluster, place.cluster
    files = place.stack.settings.node_data / "filestore" / database
    folder = place.settings.folder
    dump, copy = folder / "plain.pgdump", folder / "plain files"
    there.sql("CREATE DATABASE plain TEMPLATE template0")
    begun = time.monotonic()
    _tool(here, "pg_dump", "-Fc", "-f", dump, database)
    _tool(there, "pg_restore", "--no-owner", "--no-acl", "-d", "plain", dump)
    shutil.copytree(files, copy)
    took = time.monotonic() - begun
    there.sql("DROP DATABASE plain WITH (FORCE)")
    dump.unlink()
    shutil.rmtree(copy)
    report.add(f"move_{label.lower()}_plain", [took], "s", f"{label}, plain dump, restore and copy")


def _tool(cluster, name: str, *words: object) -> None:
    command: list[str | Path] = [cluster.binaries.tool(name), *map(str, words)]
    run(command, name, env=cluster.client_environment(), timeout=900)
