"""Debian packages fetched and unpacked into a private folder: no root, nothing installed.

Owns: a private apt tree. Does not own: the machine's package state, which it never touches.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from .say import Failed, fail
from .shell import find_tool, run

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def available() -> bool:
    """Whether this machine has Debian's own apt, keyring and a Debian source."""
    tools = all(shutil.which(name) for name in ("apt-get", "dpkg"))
    if not (tools and KEYRING.exists()):
        return False
    try:
        return bool(mirror())
    except Failed:
        return False


def mirror() -> str:
    """The address of the Debian mirror that this machine is configured with."""
    lines = run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI) $(ORIGIN) $(COMPONENT)",
            "Created-By: Packages",
        ],
        "Asking apt for its mirror",
    ).splitlines()
    for line in lines:
        uri, *rest = line.split()
        if rest == ["Debian", "main"] and "security" not in uri:
            return uri
    fail("apt knows no Debian mirror: run 'apt-get update' as root once.")


def own_suite() -> str:
    """The code name of the running Debian release."""
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    return "stable"


class PrivateApt:
    """An apt of one suite with lists, cache and state of its own."""

    def __init__(self, folder: Path, suite: str) -> None:
        self.folder = folder / suite
        self.suite = suite

    def update(self) -> None:
        """Read the suite's package lists."""
        for name in ("lists/partial", "cache/archives/partial", "download"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        line = f"deb [signed-by={KEYRING}] {mirror()} {self.suite} main\n"
        (self.folder / "sources.list").write_text(line)
        run(
            ["apt-get", *self._options(), "-qq", "update"],
            f"Reading the package lists of {self.suite}",
        )

    def version(self, package: str) -> str | None:
        """The version the suite offers, None if it has no such package."""
        text = run(["apt-cache", *self._options(), "policy", package], f"Looking up {package}")
        for line in text.splitlines():
            key, _, value = line.strip().partition(": ")
            if key == "Candidate" and value != "(none)":
                return value
        return None

    def unpack(self, packages: list[str], target: Path) -> None:
        """Download the packages and unpack them below `target`."""
        place = self.folder / "download"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        run(
            ["apt-get", *self._options(), "-qq", "download", *packages],
            "Downloading from Debian",
            cwd=place,
        )
        dpkg = find_tool("dpkg", "dpkg")
        for deb in sorted(place.glob("*.deb")):
            run([dpkg, "-x", deb, target], f"Unpacking {deb.name}")
        shutil.rmtree(place)

    def _options(self) -> list[str]:
        settings = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::Lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "APT::Sandbox::User": "root",
            "APT::Update::Error-Mode": "any",
            "APT::Update::Post-Invoke-Success": "",
        }
        return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
