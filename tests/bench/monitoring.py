"""What monitoring costs: a minute's rows of a thousand tenants, questions about them, a sweep.

Owns: a database for the rows, a server with real databases, the goals. Does not own: the work
inside Odoo (`monitoring_child.py`). `python -m tests.bench.monitoring` measures this part alone.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests import bare

bare.install()

from tests.helpers.bench import Report, at_most, median  # noqa: E402
from tests.helpers.odoo_place import odoo_place  # noqa: E402
from tests.helpers.postgres import NEWEST, TestServer, new_name  # noqa: E402

TITLE = "Monitoring"
TENANTS = int(os.environ.get("SAAS_BENCH_TENANTS") or 1000)
MINUTES = int(os.environ.get("SAAS_BENCH_MINUTES") or 60)
DATABASES = int(os.environ.get("SAAS_BENCH_DATABASES") or 200)
LOOKS, PASSES = 20, 12
CHILD = "tests.bench.monitoring_child"
WRITE_MS, PASS_SECONDS, STORAGE_GB, CORE_PERCENT = 10, 1.0, 6, 10
RULES_SECONDS = 1.0
HOURS_OF_13_MONTHS = 396 * 24


def measure_monitoring(report: Report) -> None:
    """Write minutes, ask about them, average them, reckon their space; judge a fleet; look at real
    databases.
    """
    with odoo_place("bench-monitoring", fast=False) as place:
        told = place.call(f"{CHILD}:minutes", tenants=TENANTS, count=MINUTES)
        kept = place.call(f"{CHILD}:space", tenants=TENANTS)
        fleet = place.call(f"{CHILD}:fleet", tenants=TENANTS)
    _tell_minutes(report, told)
    _tell_space(report, kept)
    _tell_fleet(report, fleet)
    _tell_sweep(report)


def _tell_minutes(report: Report, told: dict[str, Any]) -> None:
    written = [one * 1000 for one in told["written"]]
    report.add(
        "metric_write",
        written,
        "ms",
        f"rows of {TENANTS} tenants written, {told['metrics']} metrics each, committed",
        at_most(median(written), WRITE_MS, f"p50 ≤ {WRITE_MS} ms"),
    )
    worked = [one * 1000 for one in told["worked"]]
    report.add("metric_write_work", worked, "ms", "of it processor time of this process")
    server = [told["server"] * 1000]
    report.add("metric_write_server", server, "ms", "and of the server, on average")
    asked = [one * 1000 for one in told["asked"]]
    report.add("metric_ask", asked, "ms", f"average of 5 minutes over {TENANTS} tenants")
    every = sum(told["every"])
    report.add(
        "metric_pass",
        [every],
        "s",
        "all metrics of a database asked once over all tenants",
        at_most(every, PASS_SECONDS, f"≤ {PASS_SECONDS} s"),
    )
    report.add("metric_average", [told["averaged"]], "s", f"{MINUTES} minutes averaged")


def _tell_space(report: Report, kept: dict[str, Any]) -> None:
    """Reckon what 13 months take of measured bytes of a row and of how many there will be."""
    sizes = {
        family: sum(count * size for count, size in tiers.values()) * TENANTS / 1e9
        for family, tiers in kept.items()
    }
    for family, tiers in kept.items():
        rows = ", ".join(f"{tier} {count} × {size:.0f} B" for tier, (count, size) in tiers.items())
        report.say(f"Rows of a tenant, {family}: {rows}; together {sizes[family]:.2f} GB.")
    total = sum(sizes.values())
    report.add(
        "metric_space",
        [total],
        "GB",
        f"13 months of {TENANTS} tenants, every family as it is kept, reckoned",
        at_most(total, STORAGE_GB, f"≤ {STORAGE_GB} GB"),
    )
    count, size = kept["database"]["hour"]
    hours = sizes["database"] + (HOURS_OF_13_MONTHS - count) * size * TENANTS / 1e9
    report.add(
        "metric_space_hours",
        [hours],
        "GB",
        "the family of the database alone, by the hour for the whole 13 months",
        at_most(hours, STORAGE_GB, f"≤ {STORAGE_GB} GB"),
    )


def _tell_fleet(report: Report, told: dict[str, Any]) -> None:
    report.add(
        "rules",
        told["passes"],
        "s",
        f"all {told['rules']} shipped rules judged for {TENANTS} tenants",
        at_most(median(told["passes"]), RULES_SECONDS, f"p50 ≤ {RULES_SECONDS} s"),
        at_most(told["broken"], 0, "none of them broken"),
    )
    report.add("rules_work", told["worked"], "s", "of it processor time of this process")
    report.add("rules_server", told["server"], "s", "and of the server")
    lost = [one for one in told["told"] if one[1] != "ended"]
    report.add(
        "cluster_lost",
        [len(lost)],
        "messages",
        f"a cluster with {TENANTS} tenants lost, told in {PASSES} minutes",
        at_most(len(lost), 1, "1"),
    )
    report.say(f"Told: {told['told']}; alerts of tenants that nobody was told of: {told['muted']}.")
    month = told["months"]
    report.add(
        "service_month",
        [month["seconds"]],
        "s",
        f"service levels of a month reckoned for {month['tenants']} tenants, "
        f"{month['missed']} missed",
    )


def _tell_sweep(report: Report) -> None:
    folder = Path(tempfile.mkdtemp(prefix="saas-bench-pg-"))
    server = TestServer(folder, NEWEST)
    try:
        for _number in range(DATABASES):
            server.rows(f'CREATE DATABASE "{new_name()}"')
        port = server.port()
        port.watch()
        took, worked = [], time.process_time()
        for _look in range(LOOKS):
            began = time.perf_counter()
            seen = len(port.watch().databases)
            took.append((time.perf_counter() - began) * 1000)
        worked = time.process_time() - worked
    finally:
        server.private.destroy()
        shutil.rmtree(folder, ignore_errors=True)
    report.add("sweep", took, "ms", f"look at a server with {seen} databases")
    a_thousand = median(took) / 1000 * TENANTS / seen
    share = 100 * a_thousand / 60
    report.add(
        "sweep_core",
        [share],
        "%",
        f"of a core, of {TENANTS} databases looked at each minute, reckoned",
        at_most(share, CORE_PERCENT, f"≤ {CORE_PERCENT} %"),
    )
    report.say(f"Of it {worked / LOOKS * 1000:.1f} ms a look in this process.")


if __name__ == "__main__":
    told = Report()
    told.section(TITLE)
    measure_monitoring(told)
    sys.exit(bool(told.missed()))
