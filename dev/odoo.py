"""Odoo 19 Community, unpacked once per user and used from there.

Owns: the Odoo tree in the cache and `.dev/bin/odoo`. Does not own: its configuration.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import apt, paths
from .say import Failed, fail, say, step
from .shell import run

SID_PACKAGES = [
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-ocr-b",
]
# Sid's Font Awesome has another layout than the one Odoo links to.
OWN_SUITE_PACKAGES = ["fonts-font-awesome", "fonts-inconsolata"]
GIT_ADDRESS = "https://github.com/odoo/odoo.git"

THREE_WAYS = (
    "Odoo 19 could not be had. Three ways: set ODOO_SOURCE to a checkout of Odoo 19.0; "
    "or run on Debian 12 or newer with apt, its mirror reachable; "
    "or let git reach Odoo's public repository (branch 19.0)."
)


# Scripts that Odoo's bundles name and Debian's package lacks.
LEFT_OUT = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)


@dataclass(frozen=True)
class OdooTree:
    """Where Odoo is: `python_path` goes into PYTHONPATH, `addons` into addons_path."""

    python_path: Path
    addons: tuple[Path, ...]
    version: str


def ensure_odoo() -> OdooTree:
    """A usable Odoo 19.0 tree: ODOO_SOURCE, else the cache, else Debian's package, else git."""
    chosen = os.environ.get("ODOO_SOURCE")
    if chosen:
        return _checkout(Path(chosen).expanduser().resolve())
    cached = _cached()
    if cached:
        return cached
    if apt.available():
        try:
            return _from_debian()
        except Failed as reason:
            if "disk is full" in str(reason):
                raise
            say(f"  ! Debian's package could not be used: {reason}")
    return _from_git()


def _checkout(folder: Path) -> OdooTree:
    release = folder / "odoo" / "release.py"
    if not release.exists():
        fail(f"ODOO_SOURCE={folder} is not a checkout of Odoo: there is no odoo/release.py in it.")
    _check_release(release)
    commit = (
        run(["git", "-C", folder, "rev-parse", "--short", "HEAD"], "Reading the checkout")
        if (folder / ".git").exists()
        else "source"
    )
    return OdooTree(
        folder, (folder / "addons", folder / "odoo" / "addons"), f"19.0-{commit.strip()}"
    )


def _cached() -> OdooTree | None:
    folder = paths.CACHE / "odoo"
    ready = sorted(path.parent for path in folder.glob("*/ready"))
    return _debian_tree(ready[-1]) if ready else None


def _debian_tree(root: Path) -> OdooTree:
    place = root / "usr" / "lib" / "python3" / "dist-packages"
    if not (place / "odoo").is_dir():
        return _checkout(root)
    _fill_gaps(place / "odoo" / "addons")
    return OdooTree(place, (place / "odoo" / "addons",), root.name)


def _fill_gaps(addons: Path) -> None:
    """Put an empty script where Debian left one out, so that pages load whole."""
    for name in LEFT_OUT:
        script = addons / name
        if not script.exists():
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_text("/* not part of this package */\n")


def _from_debian() -> OdooTree:
    sid = apt.PrivateApt(paths.CACHE / "apt", "sid")
    own = apt.PrivateApt(paths.CACHE / "apt", apt.own_suite())
    with step("package lists of Debian"):
        sid.update()
        own.update()
    version = sid.version("odoo-19") or fail("Debian's sid has no package odoo-19.")
    if not version.startswith("19.0"):
        fail(f"Debian's odoo-19 is version {version}, not 19.0.")
    with step(f"Odoo {version} from Debian (123 MB, 1.2 GB unpacked)"), _part() as part:
        sid.unpack(SID_PACKAGES, part)
        own.unpack(OWN_SUITE_PACKAGES, part)
        _check_links(part)
        return _publish(part, version)


def _from_git() -> OdooTree:
    if not shutil.which("git"):
        fail(THREE_WAYS)
    with step("Odoo 19.0 by git (about 1 GB)"), _part() as part:
        command = ["git", "clone", "--quiet", "--depth", "1", "--branch", "19.0", GIT_ADDRESS, part]
        try:
            run(command, "Cloning Odoo")
        except Failed as reason:
            fail(f"{THREE_WAYS}\n    {reason}")
        commit = run(["git", "-C", part, "rev-parse", "--short", "HEAD"], "Reading the clone")
        return _publish(part, f"19.0-git-{commit.strip()}")


@contextmanager
def _part() -> Iterator[Path]:
    """A folder to unpack into; what is left of it after a failure goes."""
    part = paths.CACHE / "odoo" / f"part{os.getpid()}"
    part.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(part, ignore_errors=True)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _publish(part: Path, name: str) -> OdooTree:
    """Make the unpacked tree visible in one move; a second process that was quicker wins."""
    target = part.with_name(name)
    (part / "ready").touch()
    if not target.exists():
        part.rename(target)
    return _debian_tree(target)


def _check_links(root: Path) -> None:
    broken = [path for path in root.rglob("*") if path.is_symlink() and not path.exists()]
    if broken:
        names = ", ".join(str(path.relative_to(root)) for path in broken[:3])
        say(f"  ! {len(broken)} link(s) of the Odoo package lead nowhere: {names}")


def _check_release(release: Path) -> None:
    found = re.search(r"version_info\s*=\s*\((\d+),\s*(\d+)", release.read_text())
    if not found or (found[1], found[2]) != ("19", "0"):
        fail(f"{release.parent.parent} is not Odoo 19.0.")
