"""The tests of the rules of backups and of billing notice a change, wherever it is made (goal G20).

`make test` changes one module of each room, `SAAS_PROOF=1` the whole rooms, as far as twelve
minutes each go: all of it on a machine that does nothing else. Both tell what got away and what was
not tried.
"""

import os
from collections import Counter
from dataclasses import dataclass

import pytest

from dev import paths, proof

from .mutants import diff, judge

PROOF = os.environ.get("SAAS_PROOF") == "1"
LEAST_RATIO = 0.85
LEAST = 400 if PROOF else 30
SECONDS = 720 if PROOF else 120
SHOWN = 60


@dataclass(frozen=True)
class Room:
    """A room of the kernel, the module of it that is changed in every run with its tests, and the
    tests that are left out: they read through other programs, which a change would have to follow.
    """

    name: str
    module: str
    tests: str
    others: tuple[str, ...]

    @property
    def folder(self) -> str:
        """Where its modules lie."""
        return f"{paths.ADDON}/kernel/{self.name}"

    def chosen(self) -> tuple[list[str], list[str]]:
        """Modules and tests of this run."""
        suite = f"tests/unit/{self.name}"
        if not PROOF:
            return [f"{self.folder}/{self.module}"], [f"{suite}/{self.tests}"]
        modules = sorted((paths.ROOT / self.folder).glob("*.py"))
        every = sorted((paths.ROOT / suite).glob("test_*.py"))
        kept = [f"{suite}/{one.name}" for one in every if one.name not in self.others]
        return [f"{self.folder}/{one.name}" for one in modules], kept


ROOMS = (
    Room(
        *("backup", "canary.py", "test_canary.py"),
        ("test_pump.py", "test_reading_without_odoo.py", "test_mutations.py", "test_compress.py"),
    ),
    Room(
        *("billing", "papers.py", "test_papers.py"),
        ("test_vectors.py", "test_vector_command.py"),
    ),
)


@pytest.mark.timeout(SECONDS + 300)
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_changes_of_the_rules_are_noticed(tmp_path, room):
    modules, tests = room.chosen()
    verdict = judge(tmp_path, f"{room.folder}/", modules, tests, SECONDS)
    checked = verdict.caught + len(verdict.escaped)
    print(f"{room.name}: {checked} changes, {verdict.caught} caught: {verdict.score:.1%}")
    if verdict.unchecked:
        print(f"{verdict.unchecked} not tried within {SECONDS} s")
    for one in verdict.escaped[:SHOWN]:
        print(f"  got away{one}")
    if PROOF:
        by_module = Counter(one.split(".")[3] for one in verdict.escaped)
        told = {f"got away in {name}": (count, 0) for name, count in by_module.items()}
        proof.keep(f"mutants_{room.name}", {"caught": (verdict.caught, 0), **told})
    assert checked >= LEAST, "too few of them were tried"
    # A run that went wrong is told as one that had no end; of real ones there are few.
    assert verdict.endless <= checked / 20
    shown = "\n".join(diff(tmp_path, one) for one in verdict.escaped[:3])
    assert verdict.score >= LEAST_RATIO, shown
