"""What metering costs the control plane: a sweep of real tenants, a minute's readings, the page of
a tenant.

Owns: a server with copies of a real Odoo database, a control database with a year of days, the
goals. Does not own: the work inside Odoo (`usage_child.py`), what counting costs a request
(`metering.py`). `python -m tests.bench.usage` measures this part alone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from dev import control, databases
from dev.recipe import Recipe
from tests import bare

bare.install()

from saas_business_management.adapters.clock import SystemClock  # noqa: E402
from saas_business_management.adapters.filestore import LocalFilestore  # noqa: E402
from saas_business_management.jobs.sample_usage import SAMPLE_USAGE  # noqa: E402
from saas_business_management.kernel.metering.builtin import ASKED, USERS  # noqa: E402
from tests.helpers.bench import Report, at_most, median  # noqa: E402
from tests.helpers.odoo_place import DATABASE, Place, odoo_place  # noqa: E402
from tests.helpers.postgres import NEWEST, TestServer, new_name  # noqa: E402

TITLE = "Metering of a thousand tenants"
CHILD = "tests.bench.usage_child"
TENANTS = 1000
# `SAAS_BENCH_DATABASES=20` tries the part out; its figures then say little.
DATABASES = int(os.environ.get("SAAS_BENCH_DATABASES") or 200)
SWEEPS, MINUTES, LOOKS = 5, 60, 20
CADENCE_SECONDS = 300
CORE_PERCENT, WRITE_MS, PAGE_MS = 10, 10, 150
YEAR_DAYS = 365
# A year of the meters that carry limits, of other tenants beside the one that is looked at.
OTHERS = """
SET session_replication_role = replica;
INSERT INTO saas_usage_day (tenant_id, meter_id, day, start_at, end_at, quantity, reading_count)
SELECT 1000000 + t, m.id, d::date, d, d + interval '1 day', t, 96
  FROM generate_series(1, {tenants}) AS t,
       (SELECT id FROM saas_meter WHERE code IN
               ('users', 'storage_gb', 'api_calls', 'bandwidth_gb')) AS m,
       generate_series(current_date - {days}, current_date, interval '1 day') AS d;
ANALYZE saas_usage_day
"""


def measure_usage(report: Report) -> None:
    """Write minutes, look at a tenant's page; then sweep real databases."""
    with odoo_place("bench-usage", fast=False) as place:
        _tell_minutes(place, report)
        _tell_page(place, report)
        questions = place.call(f"{CHILD}:questions")
    _tell_sweep(questions, report)


def _tell_minutes(place: Place, report: Report) -> None:
    told = place.call(f"{CHILD}:minutes", tenants=TENANTS, count=MINUTES)
    written = [one * 1000 for one in told["written"]]
    report.add(
        "usage_write",
        written,
        "ms",
        f"readings of a minute of {TENANTS} tenants written ({told['rows']} rows), committed",
        at_most(median(written), WRITE_MS, f"p50 ≤ {WRITE_MS} ms"),
    )
    words = "of it processor time, the server's too (mean)"
    report.add("usage_write_core", [told["write_core"] * 1000], "ms", words)
    folded = [one * 1000 for one in told["folded"]]
    words = f"what nodes told of {TENANTS} tenants in a minute ({told['told']} rows) made readings"
    report.add("usage_fold", folded, "ms", words)
    words = "of it processor time, the server's too (mean)"
    report.add("usage_fold_core", [told["fold_core"] * 1000], "ms", words)
    report.add("usage_roll_up", [told["rolled"]], "s", f"hours and days of {MINUTES} minutes")


def _tell_page(place: Place, report: Report) -> None:
    tenant = place.call(f"{CHILD}:year", days=YEAR_DAYS)
    place.cluster.sql(OTHERS.format(tenants=TENANTS, days=YEAR_DAYS), DATABASE)
    told = place.call(f"{CHILD}:page", tenant=tenant, looks=LOOKS)
    goal = f"p50 ≤ {PAGE_MS} ms"
    for name, words in (
        ("page", "usage of a tenant opened: its chart of 30 days"),
        ("year", "the same, a year of it by day"),
        ("list", "the same, as a list"),
        ("portal", "usage in the portal: bars and charts"),
    ):
        took = [one * 1000 for one in told[name]]
        report.add(f"usage_{name}", took, "ms", words, at_most(median(took), PAGE_MS, goal))
    meters = [one * 1000 for one in told["meters"]]
    report.add(
        "usage_meters",
        meters,
        "ms",
        "a year of every meter by day, in one chart",
        at_most(median(meters), PAGE_MS, goal),
    )
    report.say(
        f"{told['rows']:,} days of usage stand in the table, {told['own']:,} of them are the "
        "tenant's. Nothing is in Odoo's caches; the browser is not in it."
    )


class _Ledger:
    """Stands for the records: says who is due, forgets what was read."""

    def __init__(self, names: Sequence[str], questions: Mapping[str, list]) -> None:
        self._questions = questions
        now = datetime.now(timezone.utc)
        month = now - timedelta(days=30)
        instants = {"since": now, "until": now, "now": now, "month_ago": month}
        told = {key: at.isoformat() for key, at in instants.items()}
        self._due = [
            {"tenant": number, "database": name, "generation": 1, **told}
            for number, name in enumerate(names)
        ]
        self.unknown = 0

    def call(self, _target: str, step: str, **values: Any) -> dict[str, Any]:
        if step == "usage_due":
            return {"tenants": self._due, "questions": self._questions.get(values["source"], [])}
        self.unknown += sum(bool(look["problem"]) for look in values["looks"])
        return {}


def _tell_sweep(questions: Mapping[str, list], report: Report) -> None:
    folder = Path(tempfile.mkdtemp(prefix="saas-bench-pg-"))
    server = TestServer(folder, NEWEST)
    try:
        files = folder / "filestore"
        names = _made(server, files)
        ports = SimpleNamespace(
            cluster=server.port(), filestore=LocalFilestore(files), clock=SystemClock()
        )
        ledger = _Ledger(names, questions)
        ctx = SimpleNamespace(records=ledger, ports=ports, log=print)
        took = {source: [] for source in ASKED}
        cost = {source: [] for source in ASKED}
        for _sweep in range(SWEEPS):
            for step, source in zip(SAMPLE_USAGE.steps, ASKED, strict=True):
                began, worked = time.perf_counter(), _worked(server)
                step.act(ctx)
                took[source].append(time.perf_counter() - began)
                cost[source].append(_worked(server) - worked)
        assert not ledger.unknown, f"{ledger.unknown} readings of the sweep are unknown"
    finally:
        server.private.destroy()
        shutil.rmtree(folder, ignore_errors=True)
    _tell_costs(took, cost, len(questions["business"]), report)


def _tell_costs(took: Mapping, cost: Mapping, count: int, report: Report) -> None:
    words = {
        "sizes": "sizes and files measured",
        "users": "users counted, each tenant entered",
        "business": f"{count} business meters asked, each tenant entered",
    }
    for source in ASKED:
        about = f"{DATABASES} real tenants: {words[source]}"
        report.add(f"sweep_{source}", took[source], "s", about)
        report.add(f"sweep_{source}_core", cost[source], "s", "of it processor time, server's too")
    at_work = {"sizes": 900, "users": CADENCE_SECONDS, "business": 3600}
    share = {
        source: 100 * median(cost[source]) / DATABASES * TENANTS / at_work[source]
        for source in ASKED
    }
    report.add(
        "sweep_share",
        [share[USERS]],
        "%",
        f"of one core: users of {TENANTS} tenants each 5 minutes, reckoned",
        at_most(share[USERS], CORE_PERCENT, f"≤ {CORE_PERCENT} %"),
    )
    whole = sum(share.values())
    report.add(
        "sweep_share_all",
        [whole],
        "%",
        f"of one core: all readings of {TENANTS} tenants at work, each as often as it is taken",
        at_most(whole, CORE_PERCENT, f"≤ {CORE_PERCENT} %"),
    )


def _made(server: TestServer, files: Path) -> list[str]:
    """Make copies of an Odoo database with accounting, portal and mail, as provisioning does."""
    template = databases.ensure(server.private, Recipe(control.DEPENDENCIES))
    golden = server.golden = new_name("g")
    server.private.sql(f"CREATE DATABASE {golden} TEMPLATE {template}")
    server.private.sql(f"REASSIGN OWNED BY {databases.BUILDER} TO saas_builder", golden)
    server.private.sql(
        f"ALTER DATABASE {golden} OWNER TO saas_prov;"
        f"ALTER DATABASE {golden} IS_TEMPLATE true ALLOW_CONNECTIONS false;"
        f"REVOKE ALL ON DATABASE {golden} FROM PUBLIC"
    )
    first = files / golden
    databases.database_files.unpack_filestore(template.removeprefix("cached_"), first)
    port, names = server.port(), []
    for _number in range(DATABASES):
        names.append(server.born(port))
        if first.is_dir():
            subprocess.run(["cp", "-al", first, files / names[-1]], check=True)
    return names


def _worked(server: TestServer) -> float:
    """Return the processor seconds of this process and of the server's sessions so far.

    A session's time is the server's own once it has ended; those of the sweep end with each tenant.
    """
    fields = Path(f"/proc/{server.private.pid}/stat").read_text().rpartition(")")[2].split()
    ended = sum(map(int, fields[13:15])) / os.sysconf("SC_CLK_TCK")
    return time.process_time() + ended


def main() -> int:
    """Measure this part alone, and say what was not reached."""
    report = Report()
    report.section(TITLE)
    measure_usage(report)
    print(report.markdown())
    missed = report.missed()
    for one in missed:
        print(f"Not reached: {one}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
