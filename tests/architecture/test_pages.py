"""Pages made from code are fresh, rooms say what they own, and the repository names no machine."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from .regenerate import pages
from .scan import ADDON, ROOT, Source, sources

TEXT_FILES = (
    "*.py",
    "*.md",
    "*.xml",
    "*.csv",
    "*.yml",
    "*.yaml",
    "*.toml",
    "*.conf",
    "*.js",
    "*.scss",
    "*.sh",
    "*.txt",
    "*.json",
    "Makefile",
    "Dockerfile",
    "Caddyfile",
    ".ci/run",
)
FOLDERS = (ADDON, ROOT / "tests", ROOT / "dev")
# Split, so that this file does not name them itself.
HOSTS = tuple(
    a + b
    for a, b in [
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("npmjs", ".org"),
        ("deb.debian", ".org"),
        ("archive.ubuntu", ".com"),
        ("proxy.golang", ".org"),
        ("docker", ".io/"),
        ("ghcr", ".io"),
        ("nightly.odoo", ".com"),
    ]
)
_MACHINE = re.compile(r"(?<![\w.])/(root/\.|work/|Users/)|(?<![\w.])/home/(?!odoo\b|\{|\$|<)\w+/")


def machine_traces(source: Source) -> Iterator[str]:
    """Yield the lines that name a place of one machine or a package registry."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if _MACHINE.search(line) or any(host in line for host in HOSTS):
            yield f"{source.path}:{number}: {line.strip()[:80]}"


def room_complaints(name: str, text: str | None, files: Iterable[str] = ()) -> list[str]:
    """Return what is wrong with the page of a kernel room."""
    if text is None:
        return [f"{name} has no README"]
    told = [] if len(text.splitlines()) <= 40 else [f"{name}: the README has more than 40 lines"]
    for word in ("Owns", "Does not own", *files):
        if word not in text:
            told.append(f"{name}: the README does not name “{word}”")
    return told


def stale(path: Path, text: str) -> list[str]:
    """Return a complaint when a page is not what the code makes of it."""
    fresh = path.is_file() and path.read_text(encoding="utf-8") == text
    return [] if fresh else [f"{path.name} is stale: run python -m tests.architecture.regenerate"]


def test_pages_made_from_code_are_fresh() -> None:
    assert [told for path, make in pages().items() for told in stale(path, make())] == []


def test_a_stale_or_missing_page_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    assert stale(page, "new")
    page.write_text("old", encoding="utf-8")
    assert stale(page, "new") and not stale(page, "old")


def test_every_kernel_room_says_what_it_owns() -> None:
    rooms = [path for path in (ADDON / "kernel").iterdir() if (path / "__init__.py").is_file()]
    told = []
    for room in rooms:
        page = room / "README.md"
        text = page.read_text(encoding="utf-8") if page.is_file() else None
        files = [path.name for path in room.glob("*.py") if path.name != "__init__.py"]
        told += room_complaints(room.name, text, sorted(files))
    assert told == []


def test_a_room_without_a_page_or_with_a_long_one_is_found() -> None:
    assert room_complaints("x", None) and room_complaints("x", "Owns: a")
    assert room_complaints("x", "Owns: a. Does not own: b." + "\n" * 41)
    assert room_complaints("x", "Owns: a. Does not own: b. `c.py`", ["c.py", "d.py"])
    assert room_complaints("x", "Owns: a. Does not own: b. `c.py`", ["c.py"]) == []


def test_nothing_names_a_machine_or_a_registry() -> None:
    found = [
        told
        for folder in FOLDERS
        for pattern in TEXT_FILES
        for source in sources(pattern, folder)
        for told in machine_traces(source)
    ]
    tops = [path for pattern in TEXT_FILES for path in sorted(ROOT.glob(pattern)) if path.is_file()]
    for path in tops:
        found += machine_traces(Source(path.name, path.read_text(encoding="utf-8")))
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "PATH = '/" + "root/.cache/x'",
        "see /" + "home/alice/odoo",
        "cd /" + "work/main",
        "index-url = https://" + HOSTS[0] + "/simple",
        "FROM " + HOSTS[6] + "library/x",
    ],
)
def test_a_planted_trace_is_found(line: str) -> None:
    assert list(machine_traces(Source("docs/x.md", line)))


@pytest.mark.parametrize(
    "line", ["/var/lib/odoo", "tests/work/test_x.py", "a framework/part", "/home/odoo/x"]
)
def test_ordinary_paths_are_let_through(line: str) -> None:
    assert list(machine_traces(Source("docs/x.md", line))) == []
