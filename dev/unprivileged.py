"""Running a server as root that refuses to run as root.

Owns: how privileges are dropped and where such a server's files may lie.
Does not own: the server. For an ordinary user nothing changes.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from .say import fail

NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
SYSTEM_USER = "postgres"


@functools.cache
def prefix() -> tuple[str, ...]:
    """Words to put before a command so that it does not run as root.

    A user namespace keeps files ours, so that even a folder inside root's home will do;
    without one the system user `postgres` is used, with files where it can reach them.
    """
    if os.geteuid() != 0:
        return ()
    if shutil.which("unshare") and _works([*NAMESPACE, "true"]):
        return NAMESPACE
    words = ("setpriv", f"--reuid={SYSTEM_USER}", f"--regid={SYSTEM_USER}", "--clear-groups", "--")
    if shutil.which("setpriv") and _works([*words, "true"]):
        return words
    fail(
        "PostgreSQL refuses to run as root, and neither a user namespace nor the user 'postgres' "
        "is there: run the command as an ordinary user or 'apt-get install postgresql'."
    )


def _needs_reachable_files() -> bool:
    return bool(prefix()) and prefix()[0] == "setpriv"


def reachable_data(folder: Path) -> Path:
    """Where the server may keep its files: the folder itself, or one below /var/tmp."""
    if not _needs_reachable_files():
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    place = Path("/var/tmp") / f"saas-dev-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    place.mkdir(mode=0o700, exist_ok=True)
    owner = pwd.getpwnam(SYSTEM_USER)
    os.chown(place, owner.pw_uid, owner.pw_gid)
    return place


def reachable_programs(folder: Path) -> Path:
    """The folder of programs, copied below /var/tmp where the server's user could not read it."""
    if not _needs_reachable_files() or str(folder).startswith("/usr/"):
        return folder
    place = Path("/var/tmp") / f"saas-dev-{folder.parent.name}"
    if not place.exists():
        shutil.copytree(folder, place, symlinks=True)
    return place


def _works(command: list[str]) -> bool:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0
