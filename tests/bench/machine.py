"""What the figures were taken on: machine, versions, commit, date, load.

Owns: reading it. Does not own: the figures.
"""

import os
import platform
from datetime import datetime, timezone
from pathlib import Path

from dev import paths
from dev.shell import run
from dev.stack import Stack


def load() -> str:
    """Return how busy the machine is, as the three averages of 1, 5 and 15 minutes."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


def facts(stack: Stack) -> list[tuple[str, str]]:
    """Return pairs for the head of the page."""
    workers = stack.settings.node_workers
    return [
        ("Date", datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")),
        ("Commit", _commit()),
        ("Machine", f"{os.cpu_count()} cores ({_processor()}), {_memory()}"),
        ("Odoo", stack.tree.version),
        ("PostgreSQL", f"{stack.tenant_cluster.version}, two clusters, fsync on"),
        ("Python", platform.python_version()),
        ("Node", f"{workers} worker processes" if workers else "one process, threads"),
        ("Control plane", f"one web process, {stack.settings.worker_threads - 1} job runners"),
    ]


def _commit() -> str:
    head = run(["git", "-C", paths.ROOT, "rev-parse", "--short=12", "HEAD"], "Reading the commit")
    changed = run(["git", "-C", paths.ROOT, "status", "--porcelain"], "Reading the state")
    return head.strip() + (" with uncommitted changes" if changed.strip() else "")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> str:
    kilobytes = int(Path("/proc/meminfo").read_text().split()[1])
    return f"{kilobytes / 1e6:.0f} GB"
