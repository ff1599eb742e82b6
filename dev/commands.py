"""The commands of `python3 -m dev`.

Owns: arguments and order of work. Does not own: any of the work.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import odoo, scripts, venv
from .postgres import PrivateCluster
from .postgres_binaries import ensure_binaries
from .say import Failed, say, warn


def setup() -> None:
    """Get Python packages, Odoo and PostgreSQL; nothing is started."""
    venv.ensure_venv()
    tree = odoo.ensure_odoo()
    scripts.write_odoo(tree)
    binaries = ensure_binaries()
    say(f"Odoo {tree.version} and PostgreSQL {binaries.version} are ready: .dev/bin/odoo")


def postgres(options: argparse.Namespace) -> None:
    """Start or stop one private cluster and print how to reach it."""
    cluster = PrivateCluster(
        options.folder, port=options.port, version=options.version, fast=options.fast
    )
    if options.action == "stop":
        cluster.stop(options.mode)
        return
    if options.action == "destroy":
        cluster.destroy()
        return
    cluster.start()
    say(f"host={cluster.host} port={cluster.port} user={cluster.superuser}")
    say(f"password file: {cluster.superuser_password_file}")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="python3 -m dev", description="Gets and starts the real parts."
    )
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="get everything, start nothing").set_defaults(
        run=lambda _: setup()
    )
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
    try:
        options.run(options)
    except Failed as reason:
        warn(f"✗ {reason}")
        return 1
    except KeyboardInterrupt:
        warn("✗ Interrupted.")
        return 130
    return 0
