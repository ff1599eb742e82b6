"""Readers of bytes that anybody may have written: nothing but our own errors, in little memory.

For each reader a process of its own: two seconds, with `SAAS_PROOF=1` ten minutes, all of them side
by side. `SAAS_SEED` begins elsewhere.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from dev import paths, proof
from tests.fuzz.targets import TARGETS

PROOF = os.environ.get("SAAS_PROOF") == "1"
SEED = os.environ.get("SAAS_SEED", "20260305")
SECONDS = float(os.environ.get("SAAS_FUZZ_SECONDS") or (600 if PROOF else 2))
MEMORY_BYTES = 256 << 20
# The fewest places at which inputs end that a run of two seconds has to find.
PLACES = {"names": 2, "canonical JSON": 3, "object": 3, "key file": 3}
PLACES_ELSE = 5


def run(name: str) -> dict:
    """Have a child fuzz one target; return what it told."""
    done = subprocess.run(
        ["nice", "-n", "19", sys.executable, "-m", "tests.fuzz.child", name, str(SECONDS), SEED],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS * 3 + 120,
        check=False,
    )
    assert done.returncode == 0, (name, done.stderr[-2000:])
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def told() -> dict[str, dict]:
    """What came of every target; in the proof all at once, else as many as there are cores."""
    at_once = len(TARGETS) if PROOF else os.cpu_count()
    with ThreadPoolExecutor(at_once) as pool:
        found = dict(zip(TARGETS, pool.map(run, TARGETS), strict=True))
    print(f"fuzzed for {SECONDS:.0f} s each, seed {SEED}:")
    for name, one in found.items():
        mb = one["peak_bytes"] / 1e6
        print(f"  {name:<16} {one['runs']:>9} inputs, {one['places']:>4} places, {mb:.0f} MB")
    if PROOF:
        proof.keep("fuzz", {name: (one["runs"], SECONDS) for name, one in found.items()})
    return found


@pytest.mark.timeout(SECONDS * 4 + 300)
@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_taken_or_refused_with_an_error_of_ours(told, name):
    one = told[name]
    assert one["uncaught"] == [], f"seed {SEED}"
    assert one["places"] >= PLACES.get(name, PLACES_ELSE), one
    assert one["peak_bytes"] < MEMORY_BYTES
