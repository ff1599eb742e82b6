"""Changes made to code to see whether its tests notice; mutmut makes and judges them.

Owns: a copy of the tree in which it may work, its configuration, what it told. Does not own: which
modules, which tests and what is enough (`test_mutants.py`).

It changes bodies of functions, one place at a time. Caught is what makes a test fail, or never come
to its end. What no test calls counts as one that got away.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dev import paths
from dev.shell import clean_environment, last_words

COPIED = ("dev", "tests", paths.ADDON)
LEFT_OUT = ("static", "i18n", "__pycache__", "*.pyc")
CAUGHT = ("killed", "timeout")
UNCHECKED = ("not checked", "check was interrupted by user")
SETTINGS = """
[tool.mutmut]
source_paths = ["{source}"]
only_mutate = [{modules}]
pytest_add_cli_args_test_selection = [{tests}]
also_copy = [{copied}, "pyproject.toml"]
process_isolation = "forkserver"
timeout_constant = 10.0
timeout_multiplier = 30.0
use_setproctitle = false
"""


@dataclass
class Verdict:
    """What came of the changes: how many were caught, the names of those that got away."""

    caught: int = 0
    endless: int = 0
    escaped: list[str] = field(default_factory=list)
    unchecked: int = 0

    @property
    def score(self) -> float:
        """The share of the checked ones that was caught."""
        return self.caught / max(1, self.caught + len(self.escaped))


def judge(
    folder: Path, source: str, modules: Sequence[str], tests: Sequence[str], seconds: float
) -> Verdict:
    """Change the modules below `source` in a copy in `folder` and run the tests on each change, no
    longer than so many seconds.
    """
    _copy(folder, source, modules, tests)
    _mutmut(folder, seconds, "run")
    told = _mutmut(folder, 60, "results", "--all", "true")
    verdict = Verdict()
    for line in told.splitlines():
        name, _colon, status = line.strip().rpartition(": ")
        if not name.startswith(paths.ADDON):
            continue
        if status in CAUGHT:
            verdict.caught += 1
            verdict.endless += status == "timeout"
        elif status in UNCHECKED:
            verdict.unchecked += 1
        else:
            verdict.escaped.append(f"{name.removeprefix(paths.ADDON)}: {status}")
    return verdict


def diff(folder: Path, name: str) -> str:
    """Return what was changed."""
    return _mutmut(folder, 60, "show", f"{paths.ADDON}{name.partition(': ')[0]}")


def _copy(folder: Path, source: str, modules: Sequence[str], tests: Sequence[str]) -> None:
    for name in COPIED:
        shutil.copytree(paths.ROOT / name, folder / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    settings = SETTINGS.format(
        source=source, modules=_quoted(modules), tests=_quoted(tests), copied=_quoted(COPIED)
    )
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(text + settings, encoding="utf-8")


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _mutmut(folder: Path, seconds: float, *words: str) -> str:
    """Run it; what it has not come to within the time is left unchecked."""
    child = subprocess.Popen(
        ["nice", "-n", "19", sys.executable, "-m", "mutmut", *words],
        cwd=folder,
        env={**clean_environment(PYTHONDONTWRITEBYTECODE="1"), **_inherited()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        said, _nothing = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGINT)
        said, _nothing = child.communicate(timeout=60)
        return said
    assert child.returncode == 0, f"mutmut {words[0]}: {last_words(said, 30)}"
    return said


def _inherited() -> dict[str, str]:
    """A search path that this process was given goes along; the proof's own switch does not."""
    kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    return {**kept, "SAAS_PROOF": ""}
