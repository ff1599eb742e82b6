"""Every line and every branch of the rules of backups and of billing is run by their tests (goal
G20).

`kernel/backup` and `kernel/billing` by the unit tests alone; with `SAAS_PROOF=1` also
`adapters/backup` and `adapters/streams`, by unit and integration tests. Without it a few modules
with their own tests.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev import paths, proof

PROOF = os.environ.get("SAAS_PROOF") == "1"
KERNEL = f"{paths.ADDON}/kernel/backup"
BILLING = f"{paths.ADDON}/kernel/billing"
ADAPTERS = (f"{paths.ADDON}/adapters/backup", f"{paths.ADDON}/adapters/streams")
UNIT = "tests/unit/backup"
UNIT_OF_BILLING = "tests/unit/billing"
SMALL = {"evidence.py": "test_evidence.py", "canary.py": "test_canary.py"}
SMALL_OF_BILLING = {"change.py": "test_change.py", "deferral.py": "test_deferral.py"}
SETTINGS = """
[run]
branch = true
data_file = {folder}/data
source = {sources}
[report]
exclude_also =
    if TYPE_CHECKING:
"""
# On a machine that does other things, too, the adapters alone took a quarter of an hour.
SECONDS = 2400


def measure(folder: Path, sources: list[str], tests: list[str]) -> dict[str, list[str]]:
    """Run tests; return what of each file below `sources` they did not run."""
    settings = folder / "settings"
    settings.write_text(
        SETTINGS.format(folder=folder, sources=",".join(str(paths.ROOT / one) for one in sources)),
        encoding="utf-8",
    )
    fixed = ["-q", "-p", "no:cacheprovider", f"--basetemp={folder / 'scratch'}"]
    _run(["-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest", *tests, *fixed])
    report = folder / "report.json"
    _run(["-m", "coverage", "json", f"--rcfile={settings}", "-o", str(report), "-q"])
    found = json.loads(report.read_text(encoding="utf-8"))["files"]
    return {name: _missed(one) for name, one in found.items()}


def _missed(told: dict) -> list[str]:
    lines = [f"line {one}" for one in told["missing_lines"]]
    return lines + [f"branch {begin} → {end}" for begin, end in told["missing_branches"]]


def _run(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=paths.ROOT,
        env={**os.environ, "SAAS_PROOF": ""},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def tell(found: dict[str, list[str]], sort: str) -> None:
    """Print what was not run, and leave the counts for the proof."""
    for name, missed in found.items():
        if missed:
            print(f"{name}: {', '.join(missed)}")
    whole = sum(not missed for missed in found.values())
    print(f"{sort}: {whole} of {len(found)} files whole")
    if PROOF:
        proof.keep(f"coverage_{sort}", {f"files of {sort} whole": (whole, 0)})


def cases() -> list[tuple[str, list[str], list[str]]]:
    """What is measured now, where it lies, which tests have to run it."""
    if not PROOF:
        few = [f"{UNIT_OF_BILLING}/{one}" for one in SMALL_OF_BILLING.values()]
        backup = ("kernel", [KERNEL], [f"{UNIT}/{one}" for one in SMALL.values()])
        return [backup, ("billing", [BILLING], few)]
    further = [UNIT, "tests/unit/storage", "tests/integration/backup"]
    backup = [("kernel", [KERNEL], [UNIT]), ("adapters", [*ADAPTERS], further)]
    return [*backup, ("billing", [BILLING], [UNIT_OF_BILLING])]


@pytest.mark.timeout(SECONDS + 60)
@pytest.mark.parametrize(("sort", "sources", "tests"), cases(), ids=lambda one: str(one)[:12])
def test_every_line_and_every_branch_is_run(tmp_path, sort, sources, tests):
    found = measure(tmp_path, sources, tests)
    if not PROOF:
        few = {*SMALL, *SMALL_OF_BILLING}
        found = {name: one for name, one in found.items() if Path(name).name in few}
    tell(found, sort)
    assert len(found) >= len(SMALL)
    assert {name: missed for name, missed in found.items() if missed} == {}
