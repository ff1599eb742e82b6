"""Readers of bytes that anybody may have written: nothing but our own errors, in little memory.

For each reader a process of its own: two seconds, with `SAAS_PROOF=1` ten minutes, all of them side
by side. `SAAS_SEED` begins elsewhere, `SAAS_FUZZ_SECONDS` takes as long as it says. A failure names
the input and how to have it read again.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dev import paths, proof
from tests.fuzz.targets import TARGETS
from tests.fuzz.told_input import as_bytes, as_text, kept

PROOF = os.environ.get("SAAS_PROOF") == "1"
SEED = os.environ.get("SAAS_SEED", "20260305")
SECONDS = float(os.environ.get("SAAS_FUZZ_SECONDS") or (600 if PROOF else 2))
MEMORY_BYTES = 256 << 20
# The fewest places at which inputs end that a run of two seconds has to find.
PLACES = {"names": 2, "canonical JSON": 3, "object": 3, "key file": 3}
PLACES |= {"keyring": 3, "secret file": 3, "route copy": 3}
PLACES_ELSE = 5


def run(name: str, folder: Path, read: str = "") -> dict:
    """Have a child fuzz one target; return what it told.

    One that died, or that did not come back from an input, tells that input as not caught.
    """
    file = folder / name.replace(" ", "-")
    words = [name, str(SECONDS), SEED, str(file)]
    child = ["nice", "-n", "19", sys.executable, "-m", read or "tests.fuzz.child", *words]
    try:
        done = subprocess.run(
            child,
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
            timeout=SECONDS * 3 + 120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return lost("it did not come back", file)
    if done.returncode:
        return lost(f"it ended with {done.returncode}: {done.stderr[-2000:]}", file)
    return json.loads(done.stdout)


def lost(told: str, file: Path) -> dict:
    """What came of a child that told nothing itself."""
    return {"runs": 0, "places": 0, "peak_bytes": 0, "uncaught": [[told, as_text(kept(file))]]}


def shown(name: str, uncaught: list[list[str]]) -> str:
    """Say what was not caught, each with the command that has it read again."""
    again = f"python -m tests.fuzz.child '{name}'"
    lines = [f"{error}\n  {again} '{data}'" for error, data in uncaught]
    return "\n".join([f"{name}, seed {SEED}:", *lines])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """What came of every target; in the proof all at once, else as many as there are cores."""
    at_once, folder = len(TARGETS) if PROOF else os.cpu_count(), tmp_path_factory.mktemp("fuzz")
    with ThreadPoolExecutor(at_once) as pool:
        found = dict(zip(TARGETS, pool.map(lambda one: run(one, folder), TARGETS), strict=True))
    print(f"fuzzed for {SECONDS:.0f} s each, seed {SEED}:")
    for name, one in found.items():
        mb = one["peak_bytes"] / 1e6
        print(f"  {name:<16} {one['runs']:>9} inputs, {one['places']:>4} places, {mb:.0f} MB")
    if PROOF:
        proof.keep("fuzz", {name: (one["runs"], SECONDS) for name, one in found.items()})
    return found


@pytest.mark.timeout(SECONDS * len(TARGETS) + 300)
@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_taken_or_refused_with_an_error_of_ours(told, name):
    one = told[name]
    assert not one["uncaught"], shown(name, one["uncaught"])
    assert one["places"] >= PLACES.get(name, PLACES_ELSE), one
    assert one["peak_bytes"] < MEMORY_BYTES


@pytest.mark.parametrize(
    "data", [b"", b"\0\xff'\n", bytes(range(256)) * 9, bytes(1 << 20)], ids=len
)
def test_an_input_is_told_whole(data):
    assert as_bytes(as_text(data)) == data


def test_an_input_that_a_reader_does_not_survive_is_told(tmp_path):
    one = run("header", tmp_path, read="tests.fuzz.dying_child")
    ((error, data),) = one["uncaught"]
    assert "ended with -9" in error
    assert as_bytes(data) == b"the one that did it"
    assert "python -m tests.fuzz.child 'header'" in shown("header", one["uncaught"])
