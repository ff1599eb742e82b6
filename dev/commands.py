"""The commands of `python3 -m dev`.

Owns: arguments. Does not own: the work behind them (`work.py`, `testing.py`).
"""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable
from pathlib import Path

from . import compose_secrets, testing, work
from .postgres import PrivateCluster
from .say import Failed, say, warn
from .shell import plain_reason

SIMPLE: dict[str, tuple[str, Callable[[], None]]] = {
    "setup": ("get Python packages, Odoo and PostgreSQL; start nothing", work.setup),
    "run": ("start everything and open the demo tenant", work.start),
    "stop": ("stop everything", work.stop),
    "status": ("what runs, and where", work.status),
    "clean": ("stop and remove .dev; the download cache stays", work.clean),
    "secrets": ("write the secret files of docker-compose.yml", compose_secrets.write),
    "lint": ("ruff and pylint-odoo", testing.lint),
    "bench": ("measure against the peers", testing.bench),
    "shots": ("take every screen at every width", testing.shots),
}


def postgres(options: argparse.Namespace) -> None:
    """Start, stop or remove one private cluster and print how to reach it."""
    cluster = PrivateCluster(
        options.folder, port=options.port, version=options.version, fast=options.fast
    )
    if options.action == "stop":
        cluster.stop(options.mode)
    elif options.action == "destroy":
        cluster.destroy()
    else:
        cluster.start()
        say(f"host={cluster.host} port={cluster.port} user={cluster.superuser}")
        say(f"password file: {cluster.superuser_password_file}")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="python3 -m dev", description="Gets and starts the real parts."
    )
    commands = top.add_subparsers(dest="command", required=True)
    for name, (words, action) in SIMPLE.items():
        one = commands.add_parser(name, help=words)
        one.set_defaults(run=lambda _options, action=action: action())
    some: dict[str, tuple[str, Callable[[list[str]], None]]] = {
        "test": ("run the suites", testing.test),
        "proof": ("run every matrix whole and write docs/proof.md", testing.proof),
    }
    for name, (words, work_on) in some.items():
        one = commands.add_parser(name, help=words)
        one.add_argument("suite", nargs="*", help="all suites when none is named")
        one.set_defaults(run=lambda options, work_on=work_on: work_on(options.suite))
    pg = commands.add_parser("postgres", help="one private PostgreSQL cluster")
    pg.add_argument("action", choices=["start", "stop", "destroy"])
    pg.add_argument("--folder", type=Path, required=True)
    pg.add_argument("--version", help="major version, the newest by default")
    pg.add_argument("--port", type=int)
    pg.add_argument("--fast", action="store_true", help="for tests: no fsync, data in memory")
    pg.add_argument("--mode", default="fast", choices=["smart", "fast", "immediate"])
    pg.set_defaults(run=postgres)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 1 and one clear sentence when something has to be mended."""
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        options.run(options)
    except Failed as reason:
        warn(f"✗ {reason}")
        return 1
    except KeyboardInterrupt:
        warn("✗ Interrupted.")
        return 130
    except OSError as error:
        warn(f"✗ {plain_reason(error)}")
        return 1
    return 0
