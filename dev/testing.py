"""test, lint, proof, bench, shots.

Owns: which suites a command runs and its last line. Does not own: running one (`suite_run.py`).
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from . import paths
from . import proof as proof_page
from .closing_lines import Counts
from .say import fail, say
from .shell import clean_environment, run
from .suite_run import Outcome, failed, run_all, tail
from .suites import BROWSER, PROOF_ALONE, Suite, nullcontext, pytest_command, suites
from .work import setup

# Of a failure the summary says so many lines; the suite's log has the rest.
TOLD_LINES = 12
NOT_THE_PAGE = f":(exclude){proof_page.PAGE.relative_to(paths.ROOT)}"


def test(names: list[str]) -> None:
    """Run all suites, or the named ones; the last line is 'N passed, N failed'."""
    _run_and_tell(_chosen(names))


def lint() -> None:
    """Run the linters."""
    _run_and_tell(_chosen(["lint"]))


def proof(names: list[str]) -> None:
    """Run every matrix whole, or those of the named suites, and write what was counted to
    docs/proof.md of the addon.

    A run that was cut off, or had a suite that was not whole, goes on with what is missing and with
    what was changed since.
    """
    commit = _git("rev-parse", "HEAD")
    dirty = _git("status", "--porcelain", "--untracked-files=all", "--", ".", NOT_THE_PAGE)
    clean, chosen = "" if dirty else commit, _chosen(names, whole=True)
    kept = {one.suite.name: one for one in proof_page.resume(clean, suites(), _changed)}
    for name in kept:
        say(f"{kept[name].line}  (kept)")
    missing = [suite for suite in chosen if suite.name not in kept]
    ran, seconds = _run(missing, lambda one: proof_page.keep_outcome(one, clean), SAAS_PROOF="1")
    outcomes = kept | {one.suite.name: one for one in ran}
    whole = [outcomes[suite.name] for suite in suites() if suite.name in outcomes]
    proof_page.write(whole, suites(), clean)
    _tell(whole, seconds)


def _git(*words: str) -> str:
    return run(["git", "-C", paths.ROOT, *words], "Asking git").strip()


def _changed(old: str, new: str) -> list[str] | None:
    """The files in which two commits differ, but the page itself; None for an unknown commit."""
    words = ["diff", "--name-only", "--no-renames", old, new, "--", ".", NOT_THE_PAGE]
    told = subprocess.run(
        ["git", "-C", paths.ROOT, *words], capture_output=True, text=True, check=False
    )
    return None if told.returncode else told.stdout.split("\n")[:-1]


def bench() -> None:
    """Run the measurements and write docs/benchmarks.md of the addon; a missing peer fails them."""
    setup()
    command = [paths.PYTHON, "-m", "tests.bench"]
    done = subprocess.run(command, cwd=paths.ROOT, env=clean_environment(), check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def shots() -> None:
    """Take every screen and fail on what a person would complain about."""
    _run_folder("shots", paths.ROOT / "tests" / "shots")


def _chosen(names: list[str], whole: bool = False) -> list[Suite]:
    found = suites()
    known = {suite.name for suite in found}
    for name in names:
        if name not in known:
            fail(f"There is no suite '{name}': choose from {', '.join(sorted(known))}.")
    if names:
        return [suite for suite in found if suite.name in names]
    return [suite for suite in found if whole or suite.name not in PROOF_ALONE]


def _run_folder(name: str, place: Path) -> None:
    if not place.exists():
        fail(f"'{name}' is not there yet: {place.relative_to(paths.ROOT)} is missing.")
    command = pytest_command(place, "-s")
    _run_and_tell([Suite(name, 0, place, lambda: nullcontext([command]), needs=BROWSER)])


def _run_and_tell(chosen: list[Suite]) -> None:
    outcomes, seconds = _run(chosen)
    _tell(outcomes, seconds)


def _run(
    chosen: list[Suite], ended: Callable[[Outcome], None] | None = None, **environment: str
) -> tuple[list[Outcome], float]:
    needed = {name for one in chosen if one.is_there for name in one.needs}
    missing = sorted(name for name in needed if not shutil.which(name))
    if missing:
        fail(f"These programs are missing: 'apt-get install {' '.join(missing)}'.")
    setup()
    started = time.monotonic()
    outcomes = run_all(chosen, *([ended] if ended else []), **environment)
    return outcomes, time.monotonic() - started


def _tell(outcomes: list[Outcome], seconds: float) -> None:
    """Print the ends of failed suites, the summary, and the plain total."""
    wrong = [outcome for outcome in outcomes if outcome.trouble]
    for outcome in wrong:
        say(f"\n──── {outcome.suite.name}: {outcome.trouble}\n{tail(outcome.suite)}")
    say(f"\nSummary ({seconds:.0f} s)")
    for outcome in outcomes:
        say(outcome.line)
    for outcome in wrong:
        say(f"Not whole: {outcome.suite.name}")
        for one in failed(outcome.suite):
            say("\n".join(f"      {line}" for line in one.splitlines()[:TOLD_LINES]))
    say(str(sum((outcome.counts for outcome in outcomes), Counts())))
    if wrong:
        raise SystemExit(1)
