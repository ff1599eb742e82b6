"""The page that says what was proven: commit, date, counts and durations of a whole run.

Owns: `docs/proof.md` of the addon, and the folder where suites leave the counts of their matrices.
Does not own: running suites (`testing.py`), counting cases (the suites).

A suite leaves `<name>.json` with `{sort of case: [number, seconds]}`. Beside them lies what a run
that was cut off has done: the commit, and each suite that was whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from . import paths
from .closing_lines import Counts
from .suite_run import Outcome
from .suites import Suite

COUNTS = paths.STATE / "proof"
PAGE = paths.ROOT / paths.ADDON / "docs" / "proof.md"
DONE = COUNTS / "done"
SUITES_HEAD = "| Suite | Counts | End | Time | Ended (UTC) |\n|---|---|---|---|---|\n"
CASES_HEAD = "| Sort of case | Cases | Time |\n|---|---|---|\n"


def begin() -> None:
    """Forget the counts of earlier runs."""
    shutil.rmtree(COUNTS, ignore_errors=True)
    COUNTS.mkdir(parents=True)


def resume(commit: str, suites: Sequence[Suite]) -> list[Outcome]:
    """Return the suites that were whole at this commit already; without any, begin anew.

    An empty commit, for a tree that was changed, never finds anything.
    """
    place = DONE / "commit"
    if not commit or not place.exists() or place.read_text(encoding="utf-8") != commit:
        begin()
        DONE.mkdir()
        place.write_text(commit, encoding="utf-8")
    return [_read_outcome(suite) for suite in suites if _outcome_file(suite).exists()]


def keep_outcome(outcome: Outcome) -> None:
    """Note a suite that is whole; any other is run again."""
    if outcome.trouble or outcome.absent:
        return
    counts = outcome.counts
    told = [counts.passed, counts.failed, counts.skipped, outcome.closing, outcome.seconds]
    _outcome_file(outcome.suite).write_text(json.dumps(told), encoding="utf-8")


def _outcome_file(suite: Suite) -> Path:
    return DONE / f"{suite.name}.json"


def _read_outcome(suite: Suite) -> Outcome:
    *counts, closing, seconds = json.loads(_outcome_file(suite).read_text(encoding="utf-8"))
    return Outcome(suite, Counts(*counts), "", closing, seconds)


def write(outcomes: Sequence[Outcome], commit: str, changed: bool = False) -> None:
    """Write the page of this commit; `changed` says that the tree was not what was committed."""
    today = datetime.now(timezone.utc).date().isoformat()
    head = (
        "# Proof\n\n"
        "Every suite with its matrices whole, written by `make proof`. Suites run side by side;\n"
        "one that was not whole is run again, at the same commit.\n\n"
        f"Commit {commit}{' and changes' if changed else ''}, {today}.\n\n"
    )
    parts = [head, SUITES_HEAD, *map(_suite, outcomes)]
    for place in sorted(COUNTS.glob("*.json")):
        parts.append(_matrix(place.stem, json.loads(place.read_text(encoding="utf-8"))))
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("".join(parts), encoding="utf-8")


def keep(suite: str, counts: dict[str, tuple[int, float]]) -> Path:
    """Leave the counts of a suite's matrix for the page."""
    COUNTS.mkdir(parents=True, exist_ok=True)
    place = COUNTS / f"{suite}.json"
    text = json.dumps(counts, indent=1, sort_keys=True, ensure_ascii=False)
    place.write_text(text + "\n", encoding="utf-8")
    return place


def _suite(one: Outcome) -> str:
    counts = "not there yet" if one.absent else one.counts
    place = _outcome_file(one.suite)
    ended = (
        f"{datetime.fromtimestamp(place.stat().st_mtime, timezone.utc):%Y-%m-%d %H:%M}"
        if (place.exists())
        else ""
    )
    end = one.trouble or ("" if one.absent else "whole")
    return f"| {one.suite.name} | {counts} | {end} | {one.seconds:.0f} s | {ended} |\n"


def _matrix(name: str, counts: dict[str, list]) -> str:
    total, spent = (sum(row[column] for row in counts.values()) for column in (0, 1))
    rows = [f"| {sort} | {number} | {took:.0f} s |\n" for sort, (number, took) in counts.items()]
    last = f"| **all** | **{total}** | **{spent:.0f} s** |\n"
    return f"\n## Matrix of suite {name}\n\n{CASES_HEAD}{''.join(rows)}{last}"
