"""The page that says what was proven: commit, date, counts and durations of a whole run.

Owns: `docs/proof.md` of the addon, and the folder where suites leave the counts of their matrices.
Does not own: running suites (`testing.py`), counting cases (the suites).

A suite leaves `<name>.json` with `{sort of case: [number, seconds]}`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from . import paths
from .suite_run import Outcome

COUNTS = paths.STATE / "proof"
PAGE = paths.ROOT / paths.ADDON / "docs" / "proof.md"
SUITES_HEAD = "| Suite | Counts | End | Time |\n|---|---|---|---|\n"
CASES_HEAD = "| Sort of case | Cases | Time |\n|---|---|---|\n"


def begin() -> None:
    """Forget the counts of earlier runs."""
    shutil.rmtree(COUNTS, ignore_errors=True)
    COUNTS.mkdir(parents=True)


def write(outcomes: Sequence[Outcome], commit: str, seconds: float) -> None:
    """Write the page of this run."""
    today = datetime.now(timezone.utc).date().isoformat()
    head = (
        "# Proof\n\n"
        "Every suite with its matrices whole, written by `make proof`.\n\n"
        f"Commit {commit}, {today}, {seconds:.0f} s.\n\n"
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
    return f"| {one.suite.name} | {counts} | {one.trouble or 'whole'} | {one.seconds:.0f} s |\n"


def _matrix(name: str, counts: dict[str, list]) -> str:
    total, spent = (sum(row[column] for row in counts.values()) for column in (0, 1))
    rows = [f"| {sort} | {number} | {took:.0f} s |\n" for sort, (number, took) in counts.items()]
    last = f"| **all** | **{total}** | **{spent:.0f} s** |\n"
    return f"\n## Matrix of suite {name}\n\n{CASES_HEAD}{''.join(rows)}{last}"
