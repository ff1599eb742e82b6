"""The suites of `make test`: what each runs and in which lane.

Owns: commands and order. Does not own: reading their output (`closing_lines.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from . import control, databases, paths
from .closing_lines import Counts, read_odoo, read_pytest
from .config import addons_path
from .files import ensure_password, write_private
from .odoo import ensure_odoo
from .ports import free_port
from .postgres import PrivateCluster
from .recipe import Recipe

Command = list[object]
# Suites with a line of their own, folders that other commands run, and what tests share.
NAMED = {"architecture", "unit", "contract", "integration", "acceptance"}
NAMED |= {"bench", "shots", "fixtures", "helpers", "vectors"}
# Three lanes keep two cores busy, and all end together; the short suites are beside the first.
LANES = {"gateway": 2, "crash": 1, "drills": 2}
# Takes the machine for minutes, so that others beside it would be late: `make proof` plays it, and
# `make test` when it is named.
PROOF_ALONE = {"drills"}
BROWSER = ("chromium",)
# Tests charge through Odoo's own provider for demonstrations.
BESIDE = ("payment_demo",)
# In how many parts, side by side, the whole matrix of a suite is gone through by `make proof`.
SHARDS = {"crash": 2}
# Programs of the system that further suites start.
NEEDS = {"hosts": ("caddy", *BROWSER), "drills": BROWSER}


@dataclass(frozen=True)
class Suite:
    """One line of the summary. `commands` yields what to run, one after the other."""

    name: str
    lane: int
    place: Path
    commands: Callable[[], AbstractContextManager[list[Command]]]
    read: Callable[[str], tuple[Counts, str]] | None = read_pytest
    needs: tuple[str, ...] = ()
    shards: int = 1

    @property
    def is_there(self) -> bool:
        """Whether the suite's folder exists."""
        return self.place.exists()


def suites() -> list[Suite]:
    """All suites; those of one lane run one after the other, the lanes side by side."""
    addon, tests = paths.ROOT / paths.ADDON, paths.ROOT / "tests"
    return [
        Suite("lint", 0, addon, lambda: nullcontext(lint_commands()), read=None),
        _pytest("architecture", 0, tests / "architecture"),
        _pytest("unit", 0, tests / "unit"),
        _pytest("contract", 0, tests / "contract"),
        _pytest("integration", 0, tests / "integration"),
        Suite("odoo", 1, addon / "tests", odoo_commands, read=read_odoo, needs=BROWSER),
        *(
            _pytest(place.name, LANES.get(place.name, 0), place, NEEDS.get(place.name, ()))
            for place in _further(tests)
        ),
        _pytest("acceptance", 2, tests / "acceptance", BROWSER),
    ]


def _further(tests: Path) -> list[Path]:
    """Folders of tests beside the named suites, so that none is forgotten."""
    found = {path.parent for path in tests.glob("*/**/test_*.py")}
    tops = {tests / place.relative_to(tests).parts[0] for place in found}
    return sorted(place for place in tops if place.name not in NAMED)


def pytest_command(place: Path, *options: str) -> Command:
    """pytest on one folder, its temporary files below the state folder."""
    scratch = paths.STATE / "tmp" / f"{place.name}-{os.getpid()}"
    scratch.parent.mkdir(parents=True, exist_ok=True)
    fixed = ["-p", "no:cacheprovider", f"--basetemp={scratch}"]
    fixed += ["--durations=25", "--durations-min=2"]
    return [paths.PYTHON, "-m", "pytest", place, *fixed, *options]


def lint_commands() -> list[Command]:
    """ruff on everything, pylint-odoo on the addon."""
    settings = paths.ROOT / "pyproject.toml"
    return [
        [paths.VENV / "bin" / "ruff", "check", "--no-cache", paths.ROOT],
        [
            paths.PYTHON,
            "-m",
            "pylint",
            f"--rcfile={settings}",
            "--score=n",
            paths.ROOT / paths.ADDON,
        ],
    ]


@contextmanager
def odoo_commands() -> Iterator[list[Command]]:
    """Install the addon above its kept dependencies and run its tests on the way."""
    folder = paths.STATE / "test" / f"odoo-{os.getpid()}"
    _sweep(folder.parent)
    cluster = PrivateCluster(folder, fast=True).start()
    try:
        template = databases.ensure(cluster, Recipe(control.DEPENDENCIES))
        password = ensure_password(folder / "role.password")
        databases.ensure_role(cluster, "tester", password)
        cluster.sql("ALTER ROLE tester CREATEDB")
        name, data_dir = "odoo_tests", folder / "odoo-data"
        databases.clone(cluster, template, name, owner="tester", data_dir=data_dir)
        options = {
            "addons_path": addons_path(ensure_odoo()),
            "data_dir": data_dir,
            "http_interface": "127.0.0.1",
            "http_port": free_port(),
            "gevent_port": free_port(),
            **{f"db_{key}": value for key, value in _connection(cluster, password).items()},
        }
        text = "".join(f"{key} = {value}\n" for key, value in options.items())
        write_private(folder / "odoo.conf", f"[options]\n{text}")
        modules = ",".join((paths.ADDON, *BESIDE))
        tags = ["-i", modules, f"--test-tags=/{paths.ADDON}", "--stop-after-init"]
        command = [paths.ODOO_BIN, "-c", folder / "odoo.conf", "-d", name, *tags]
        yield [[*command, "--max-cron-threads=0", "--log-level=info"]]
    finally:
        cluster.destroy()


def _sweep(folder: Path) -> None:
    """Remove clusters of runs that were cut off before they could."""
    for left in folder.glob("odoo-*"):
        if not Path(f"/proc/{left.name.partition('-')[2]}").exists():
            PrivateCluster(left, fast=True).destroy()


def _connection(cluster: PrivateCluster, password: str) -> dict[str, object]:
    return {"host": cluster.host, "port": cluster.port, "user": "tester", "password": password}


def _pytest(name: str, lane: int, place: Path, needs: tuple[str, ...] = ()) -> Suite:
    return Suite(
        name,
        lane,
        place,
        lambda: nullcontext([pytest_command(place)]),
        needs=needs,
        shards=SHARDS.get(name, 1),
    )
