"""The program that mirrors style sheets for languages written from right to left.

Owns: where it comes from. Does not own: when Odoo calls it (it looks for `rtlcss` on PATH).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from . import paths
from .postgres_binaries import fetch_into
from .say import fail, step
from .shell import run

PACKAGE = "rtlcss@4.3.0"


def ensure_rtlcss() -> Path:
    """The folder that holds the program, fetched once.

    Raises Failed with one sentence when it is neither installed nor can be fetched.
    """
    found = shutil.which("rtlcss")
    if found:
        return Path(found).parent
    target = paths.CACHE / PACKAGE.replace("@", "-")
    if not target.exists():
        if not shutil.which("npm"):
            fail("rtlcss comes by npm, which is missing: 'apt-get install npm'.")
        with step("rtlcss"):
            fetch_into(target, _install)
    return target / "node_modules" / ".bin"


def _install(part: Path) -> None:
    part.mkdir(parents=True)
    options = ["--loglevel=error", "--no-save", "--prefix", part]
    run(["npm", "install", *options, PACKAGE], "Fetching rtlcss", cwd=part)
