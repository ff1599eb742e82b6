"""The tests of the rules of backups notice a change, wherever it is made (goal G20).

`make test` changes one module, `SAAS_PROOF=1` all of `kernel/backup`, as far as twelve minutes go:
all of them on a machine that does nothing else. Both tell what got away and what was not tried.
"""

import os
from collections import Counter

import pytest

from dev import paths, proof

from .mutants import diff, judge

PROOF = os.environ.get("SAAS_PROOF") == "1"
ROOM = f"{paths.ADDON}/kernel/backup"
TESTS = "tests/unit/backup"
# These read through other programs and processes, which a change would have to follow.
OTHERS = ("test_pump.py", "test_reading_without_odoo.py", "test_mutations.py", "test_compress.py")
SMALL = {"canary.py": "test_canary.py"}
LEAST_RATIO = 0.85
LEAST = 400 if PROOF else 30
SECONDS = 720 if PROOF else 120
SHOWN = 60


def chosen() -> tuple[list[str], list[str]]:
    """Modules and tests of this run."""
    if not PROOF:
        return [f"{ROOM}/{one}" for one in SMALL], [f"{TESTS}/{one}" for one in SMALL.values()]
    modules = [f"{ROOM}/{one.name}" for one in sorted((paths.ROOT / ROOM).glob("*.py"))]
    every = sorted((paths.ROOT / TESTS).glob("test_*.py"))
    return modules, [f"{TESTS}/{one.name}" for one in every if one.name not in OTHERS]


@pytest.mark.timeout(SECONDS + 300)
def test_changes_of_the_rules_are_noticed(tmp_path):
    modules, tests = chosen()
    verdict = judge(tmp_path, f"{ROOM}/", modules, tests, SECONDS)
    checked = verdict.caught + len(verdict.escaped)
    print(f"{checked} changes, {verdict.caught} caught: {verdict.score:.1%}")
    if verdict.unchecked:
        print(f"{verdict.unchecked} not tried within {SECONDS} s")
    for one in verdict.escaped[:SHOWN]:
        print(f"  got away{one}")
    if PROOF:
        by_module = Counter(one.split(".")[3] for one in verdict.escaped)
        told = {f"got away in {name}": (count, 0) for name, count in by_module.items()}
        proof.keep("mutants", {"caught": (verdict.caught, 0), **told})
    assert checked >= LEAST, "too few of them were tried"
    # A run that went wrong is told as one that had no end; of real ones there are few.
    assert verdict.endless <= checked / 20
    shown = "\n".join(diff(tmp_path, one) for one in verdict.escaped[:3])
    assert verdict.score >= LEAST_RATIO, shown
