"""The page that says what was proven: commits, date, counts and durations of a whole run.

Owns: `docs/proof.md` of the addon, the folder where suites leave the counts of their matrices, what
of an earlier run still holds. Does not own: running suites (`testing.py`), counting cases (the
suites).

A suite leaves `<name>.json` with `{sort of case: [number, seconds]}`. Beside them lies what a run
that was cut off has done: each suite that was whole, and at which commit.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath

from . import paths
from .closing_lines import Counts
from .suite_run import Outcome
from .suites import Suite

COUNTS = paths.STATE / "proof"
PAGE = paths.ROOT / paths.ADDON / "docs" / "proof.md"
DONE = COUNTS / "done"
SUITES_HEAD = "| Suite | Counts | End | Time | Ended (UTC) | Commit |\n|---|---|---|---|---|---|\n"
# The page of all suites is made by these; that they do it well is tested by `unit`.
TELLERS = ("dev/proof.py", "dev/testing.py")
# They read, or run, what belongs to other suites.
READ_ALL = ("lint", "architecture", "strength")
SHARED = ("helpers", "fixtures", "vectors")
OWN = ("test_", "recorded_")
SHOWN = 12
PART = "-part"
Changed = Callable[[str, str], "Sequence[str] | None"]
HEAD = """\
# Proof

Every suite with its matrices whole, written by `make proof`; `make proof SUITE="crash fuzz"` runs
some. A row says when its suite ended last, and at which commit.

"""
ROW = re.compile(r"^(\| ([a-z]+) \|.*\|)$", re.MULTILINE)
TABLE = re.compile(r"^(## Matrix of suite (\w+)\n.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
CASES_HEAD = "| Sort of case | Cases | Time |\n|---|---|---|\n"


def begin() -> None:
    """Forget the counts of earlier runs."""
    shutil.rmtree(COUNTS, ignore_errors=True)
    COUNTS.mkdir(parents=True)


def resume(commit: str, suites: Sequence[Suite], changed: Changed) -> list[Outcome]:
    """Return the suites that were whole before and read nothing that was changed since; without
    any, begin anew.

    `changed(old, new)` tells the files in which two commits differ, or None when that cannot be
    told. An empty commit, for a tree that was changed, never finds anything.
    """
    found = [one for one in suites if commit and _holds(one, commit, changed)]
    if not found:
        begin()
    DONE.mkdir(parents=True, exist_ok=True)
    for one in suites:
        if one not in found:
            _outcome_file(one).unlink(missing_ok=True)
    return [_read_outcome(suite) for suite in found]


def is_read(file: str, suite: str) -> bool:
    """Whether how a suite ends may depend on a file. Tests of a suite, and what they wrote down of
    an earlier run, count for it alone; what they import of each other counts for all.
    """
    if suite in READ_ALL:
        return True
    if file in TELLERS:
        return suite == "unit"
    place = PurePosixPath(file)
    tests, of = (*place.parts, "", "")[:2]
    own = tests == "tests" and of not in SHARED
    return of == suite or not (own and place.name.startswith(OWN))


def keep_outcome(outcome: Outcome, commit: str) -> None:
    """Note a suite that is whole; any other is run again."""
    if outcome.trouble or outcome.absent:
        return
    counts = outcome.counts
    told = [counts.passed, counts.failed, counts.skipped, outcome.closing, outcome.seconds, commit]
    _outcome_file(outcome.suite).write_text(json.dumps(told), encoding="utf-8")


def _holds(suite: Suite, commit: str, changed: Changed) -> bool:
    at = _commit_of(suite)
    files = changed(at, commit) if at else None
    return files is not None and not any(is_read(file, suite.name) for file in files)


def _commit_of(suite: Suite) -> str:
    place = _outcome_file(suite)
    return json.loads(place.read_text(encoding="utf-8"))[-1] if place.exists() else ""


def _outcome_file(suite: Suite) -> Path:
    return DONE / f"{suite.name}.json"


def _read_outcome(suite: Suite) -> Outcome:
    *counts, closing, seconds, _commit = json.loads(
        _outcome_file(suite).read_text(encoding="utf-8")
    )
    return Outcome(suite, Counts(*counts), "", closing, seconds)


def write(outcomes: Sequence[Outcome], every: Sequence[Suite], commit: str) -> None:
    """Write the page: what has just ended, and of other suites what the page says already.

    Without a commit, for a tree that was changed, the rows of these outcomes name none.
    """
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    rows = {name: f"{line}\n" for line, name in ROW.findall(old)}
    rows |= {one.suite.name: _suite(one, commit) for one in outcomes}
    tables = {name: f"\n{text.strip()}\n" for text, name in TABLE.findall(old)}
    tables |= {name: _matrix(name, counts) for name, counts in _kept().items()}
    missing = f"{'| '.join(['not run yet', *[''] * 4])}|\n"
    parts = [HEAD, SUITES_HEAD]
    parts += [rows.get(one.name, f"| {one.name} | {missing}") for one in every]
    parts += [tables[name] for name in sorted(tables)]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("".join(parts), encoding="utf-8")


def keep(suite: str, counts: dict[str, tuple[int, float]], shard: str = "") -> Path:
    """Leave the counts of a suite's matrix for the page; a part of it, such as `1/2`, its own."""
    COUNTS.mkdir(parents=True, exist_ok=True)
    part = f"{PART}{shard.partition('/')[0]}" if shard else ""
    place = COUNTS / f"{suite}{part}.json"
    text = json.dumps(counts, indent=1, sort_keys=True, ensure_ascii=False)
    place.write_text(text + "\n", encoding="utf-8")
    return place


def _kept() -> dict[str, dict[str, list]]:
    """What suites have left, that of their parts added up."""
    found: dict[str, dict[str, list]] = {}
    for place in sorted(COUNTS.glob("*.json")):
        whole = found.setdefault(place.stem.partition(PART)[0], {})
        for sort, (number, took) in json.loads(place.read_text(encoding="utf-8")).items():
            before = whole.get(sort, (0, 0))
            whole[sort] = [before[0] + number, before[1] + took]
    return found


def _suite(one: Outcome, commit: str) -> str:
    counts = "not there yet" if one.absent else one.counts
    place = _outcome_file(one.suite)
    seconds = place.stat().st_mtime if place.exists() else time.time()
    ended = f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%d %H:%M}"
    end = one.trouble or ("" if one.absent else "whole")
    at = (_commit_of(one.suite) or commit)[:SHOWN] or "changed"
    return f"| {one.suite.name} | {counts} | {end} | {one.seconds:.0f} s | {ended} | {at} |\n"


def _matrix(name: str, counts: dict[str, list]) -> str:
    total, spent = (sum(row[column] for row in counts.values()) for column in (0, 1))
    rows = [f"| {sort} | {number} | {took:.0f} s |\n" for sort, (number, took) in counts.items()]
    last = f"| **all** | **{total}** | **{spent:.0f} s** |\n"
    return f"\n## Matrix of suite {name}\n\n{CASES_HEAD}{''.join(rows)}{last}"
