"""Backups beside those of others: a fresh tenant (F), one with data (B), a night of a hundred.

Owns: our own side, what is reported. Does not own: the others' (`backup_peers.py`).
"""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from dev import paths
from dev.shell import clean_environment
from tests.bench.backup_peers import BIG, FRESH, BackupPeers
from tests.bench.counter import Counter
from tests.bench.desk import Operator
from tests.bench.routing import Door
from tests.helpers.bench import Report, at_least, at_most, median, percentile

ROUNDS, BIG_ROUNDS = 5, 3
MEMORY_MB = 200
NIGHTLY = 67
NIGHT, PAUSE_SECONDS, QUIET_SECONDS = 100, 0.05, 20
PAGE = "/web/login"
OURS = "ours, database and files, encrypted and looked at"
PEERS = {
    "pg_dump": "raw `pg_dump -Fc`, no files, not encrypted",
    "odoo_dump": "`odoo-bin db dump`, zip with files, Odoo's start included",
    "auto_backup": "OCA `auto_backup` 19.0, zip with files, in a running Odoo",
}


class Ours:
    """Our backups of one database, one after the other, in one folder."""

    def __init__(self, peers: BackupPeers, database: str) -> None:
        self._peers, self._database = peers, database
        self._store = peers.folder / f"{database}.ours"
        self._number = 0

    def forget(self) -> None:
        """Begin with an empty store."""
        shutil.rmtree(self._store, ignore_errors=True)
        self._number = 0

    def write(self) -> dict:
        """Write one in a process of its own; return what it told."""
        self._store.mkdir(exist_ok=True)
        self._number += 1
        order = {
            **self._peers.login(self._database),
            "store": str(self._store),
            "spool": str(self._peers.folder),
            "files": str(self._peers.files(self._database)),
            "number": self._number,
        }
        child = subprocess.run(
            [str(paths.PYTHON), "-m", "tests.bench.backup_child"],
            cwd=paths.ROOT,
            env=clean_environment(PYTHONPATH=str(paths.ROOT)),
            input=json.dumps(order) + "\n",
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert child.returncode == 0, child.stderr[-2000:]
        told = json.loads(child.stdout)
        assert told["faults"] == [] and told["files"] > 0, told
        return told


def measure_tenants(peers: BackupPeers, report: Report) -> None:
    """Back up F and B, each in turn with everybody else."""
    _fresh(peers, report)
    peers.make_big()
    _big(peers, report)
    report.say(
        "Everybody backs up the same two databases on one server. Ours syncs what it writes; a "
        "zip and a dump are not synced. The first backup stores every file, the next what a day of "
        "work changed; the others write everything each time."
    )


def _fresh(peers: BackupPeers, report: Report) -> None:
    ours = Ours(peers, FRESH)
    told, theirs = [], {name: [] for name in PEERS}
    for _round in range(ROUNDS):
        ours.forget()
        told.append(ours.write())
        for name, found in theirs.items():
            found.append(getattr(peers, name)(FRESH))
    seconds = [one["seconds"] for one in told]
    report.add("backup_f", seconds, "s", f"F, {OURS}", at_most(median(seconds), 1.0, "p50 ≤ 1.0 s"))
    report.add("backup_f_mb", [told[0]["new_bytes"] / 1e6], "MB", "F, ours, stored")
    report.add("backup_f_proof", [one["proof_seconds"] for one in told], "s", "F, every byte read")
    _memory("f", told, report)
    for name, found in theirs.items():
        _theirs("f", name, found, report)
        _ratio("f", name, seconds, [took for took, _size in found], report)


def _big(peers: BackupPeers, report: Report) -> None:
    ours = Ours(peers, BIG)
    first = ours.write()
    report.say(
        f"B: {first['dump_bytes'] / 1e6:.0f} MB of raw dump, {first['files']} files in the store."
    )
    theirs = {name: [getattr(peers, name)(BIG)] for name in PEERS}
    following = []
    for _round in range(BIG_ROUNDS):
        peers.live_a_day()
        following.append(ours.write())
    report.add(
        "backup_b_first", [first["seconds"]], "s", f"B, first, {OURS}",
        at_most(first["seconds"], 8, "≤ 8 s"),
    )  # fmt: skip
    report.add("backup_b_first_mb", [first["new_bytes"] / 1e6], "MB", "B, first, ours, stored")
    seconds = [one["seconds"] for one in following]
    report.add(
        "backup_b_next", seconds, "s", f"B, the next, {OURS}",
        at_most(median(seconds), 4, "p50 ≤ 4 s"),
    )  # fmt: skip
    new_bytes = following[0]["new_bytes"]
    report.add("backup_b_next_mb", [new_bytes / 1e6], "MB", "B, the next, ours, newly stored")
    report.add(
        "backup_b_proof", [one["proof_seconds"] for one in [first, *following]], "s",
        "B, every byte read",
    )  # fmt: skip
    _memory("b", [first, *following], report)
    for name, found in theirs.items():
        _theirs("b", name, found, report)
        _ratio("b", name, seconds, [took for took, _size in found], report)
    zipped = theirs["odoo_dump"][0][1]
    share = new_bytes / zipped * 100
    report.add(
        "backup_b_share", [share], "%", "B, the next, newly stored of ours, of Odoo's zip",
        at_most(share, 12, "≤ 12 %"),
    )  # fmt: skip


def _theirs(label: str, name: str, found: list[tuple[float, int]], report: Report) -> None:
    words = f"{label.upper()}, {PEERS[name]}"
    report.add(f"backup_{label}_{name}", [took for took, _size in found], "s", words)
    report.add(f"backup_{label}_{name}_mb", [found[0][1] / 1e6], "MB", f"{words}, written")


def _ratio(label: str, name: str, ours: list, theirs: list, report: Report) -> None:
    which = "" if label == "f" else "the next of "
    words = f"{label.upper()}, {which}ours against {PEERS[name].split(',')[0]}, times as fast"
    report.add(f"backup_{label}_{name}_times", [median(theirs) / median(ours)], "×", words)


def _memory(label: str, told: list[dict], report: Report) -> None:
    for name, key, words, goals in (
        ("memory", "peak_bytes", "our process", True),
        ("memory_programs", "pg_dump_bytes", "the largest program it starts", False),
    ):
        found = max(one[key] for one in told) / 1e6
        report.add(
            f"backup_{label}_{name}_mb", [found], "MB",
            f"{label.upper()}, memory at most, {words}",
            *([at_most(found, MEMORY_MB, f"≤ {MEMORY_MB} MB")] if goals else []),
        )  # fmt: skip


class Visitor:
    """Somebody who asks one tenant for its login page every so often."""

    def __init__(self, port: int, host: str) -> None:
        self._door = Door(port, host)
        self.milliseconds: list[float] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._visit, daemon=True)

    def __enter__(self) -> "Visitor":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join(60)

    def _visit(self) -> None:
        while not self._end.wait(PAUSE_SECONDS):
            self.milliseconds.append(self._door.milliseconds(PAGE, True))


def measure_night(counter: Counter, folder: Path, report: Report, number: int = NIGHT) -> None:
    """Back up a hundred tenants through the product, while somebody uses one of them."""
    drafts = dict(counter.draft() for _ in range(number))
    for tenant_id in drafts:
        counter.operator.press("saas.tenant", tenant_id, "action_provision")
    counter.settle(1200)
    switch_on(counter.operator, [*drafts], folder / "night shelf")
    port = counter.stack.settings.node_port
    host = next(iter(drafts.values()))
    quiet = _visited(port, host, lambda: time.sleep(QUIET_SECONDS))
    for name, words in (("first", "the first night"), ("next", "the next night")):
        took: list[float] = []
        busy = _visited(port, host, lambda took=took: took.append(_night(counter, [*drafts])))
        rate = number / took[0] * 60
        enough = at_least(rate, NIGHTLY, f"≥ {NIGHTLY}: 1,000 in 15 minutes")
        goals = [enough] if name == "next" else []
        report.add(
            f"night_{name}", [rate], "tenants/min",
            f"{number} tenants backed up, {words}, one worker of three runners",
            *goals,
        )  # fmt: skip
        report.add(f"night_{name}_page", busy, "ms", f"login page of a tenant, {words}")
        slower = percentile(busy, 0.95) / percentile(quiet, 0.95)
        report.add(f"night_{name}_slower", [slower], "×", f"the same, p95 against quiet, {words}")
    report.add("night_quiet_page", quiet, "ms", "login page of a tenant, nothing else at work")
    stored = _stored(counter, [*drafts])
    report.add("night_mb", [stored / number / 1e6], "MB", "stored for a tenant in both nights")


def _visited(port: int, host: str, work: Callable[[], object]) -> list[float]:
    with Visitor(port, host) as visitor:
        work()
    return visitor.milliseconds


def _night(counter: Counter, tenants: list[int]) -> float:
    begun = time.monotonic()
    counter.operator.call("saas.tenant", "action_back_up_now", tenants)
    counter.settle(1800)
    return time.monotonic() - begun


def switch_on(operator: Operator, tenants: list[int], shelf: Path) -> None:
    """Do what an administrator does before the first backup of these tenants."""
    shutil.rmtree(shelf, ignore_errors=True)
    shelf.mkdir()
    sheet = operator.call("saas.recovery.sheet", "action_make")["res_id"]
    operator.call("saas.recovery.sheet", "action_print", [sheet])
    told = operator.one("saas.recovery.sheet", [("id", "=", sheet)], ["fingerprint"])
    answers = {"place": "The safe", "holder": "Ada", "typed": told["fingerprint"][-4:]}
    operator.call("saas.recovery.sheet", "write", [sheet], answers)
    operator.call("saas.recovery.sheet", "action_confirm", [sheet])
    target = operator.call(
        "saas.backup.target", "create", [{"name": shelf.name, "folder": str(shelf)}]
    )
    values = {"name": shelf.name, "target_ids": [(6, 0, target)]}
    policy = operator.call("saas.backup.policy", "create", [values])
    operator.call("saas.backup.policy", "action_switch_on", policy)
    operator.call("saas.tenant", "write", tenants, {"backup_policy_id": policy[0]})


def _stored(counter: Counter, tenants: list[int]) -> int:
    """Return the bytes of all backups; every one of them has to be there."""
    rows = counter.rows(
        "SELECT state, count(*), sum(new_bytes) FROM saas_backup WHERE tenant_id = ANY(%s) "
        "GROUP BY state",
        tenants,
    )
    assert [(state, count) for state, count, _bytes in rows] == [("stored", 2 * len(tenants))], rows
    return int(rows[0][2])
