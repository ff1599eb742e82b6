"""Running suites side by side and telling how they ended.

Owns: lanes, logs, the summary. Does not own: what a suite is (`suites.py`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .closing_lines import Counts, failures
from .say import Failed, say
from .shell import clean_environment
from .suites import Command, Suite

# On two cores that three lanes share the longest takes 37 minutes.
LIMIT_SECONDS = 70 * 60
PROOF_LIMIT_SECONDS = 2 * LIMIT_SECONDS
TAIL_LINES = 30
NO_TESTS = Counts()
STOPPING = threading.Event()
CHILDREN: list[subprocess.Popen] = []


def _nobody(_outcome: object) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Outcome:
    """How one suite ended; `trouble` is empty when all is well."""

    suite: Suite
    counts: Counts = NO_TESTS
    trouble: str = ""
    closing: str = ""
    seconds: float = 0.0
    absent: bool = False

    @property
    def line(self) -> str:
        """The suite's line of the summary."""
        if self.absent:
            return f"  – {self.suite.name:<13} not there yet"
        said = str(self.counts) if self.suite.read else ("clean" if not self.trouble else "")
        words = [said, f"({self.trouble})" if self.trouble else "", f"{self.seconds:.1f} s"]
        mark = "✗" if self.trouble else "✓"
        return f"  {mark} {self.suite.name:<13} " + "  ".join(word for word in words if word)


def run_all(
    chosen: list[Suite], ended: Callable[[Outcome], None] = _nobody, **environment: str
) -> list[Outcome]:
    """Every suite, each lane in a thread of its own; a failing suite does not stop the others.

    `ended` is told each outcome as soon as there is one.
    """
    outcomes: dict[str, Outcome] = {}

    def lane(number: int) -> None:
        for suite in (one for one in chosen if one.lane == number):
            if STOPPING.is_set():
                return
            say(f"  … {suite.name}")
            outcome = outcomes[suite.name] = run_one(suite, **environment)
            say(outcome.line + (f"\n    {outcome.closing}" if outcome.closing else ""))
            ended(outcome)

    threads = [threading.Thread(target=lane, args=(n,)) for n in sorted({s.lane for s in chosen})]
    for thread in threads:
        thread.start()
    try:
        _wait(threads)
    except KeyboardInterrupt:
        _stop_everything()
        _wait(threads)
        raise
    missing = [Outcome(suite, trouble="its lane broke off") for suite in chosen]
    return [outcomes.get(suite.name, lost) for suite, lost in zip(chosen, missing, strict=True)]


def run_one(suite: Suite, **environment: str) -> Outcome:
    """Run one suite to its end; its output is kept in `.dev/log/test-<name>.log`.

    A whole matrix may be gone through in parts side by side.
    """
    if not suite.is_there:
        return Outcome(suite, absent=True)
    started = time.monotonic()
    shards = _shards(suite, environment)
    try:
        with suite.commands() as commands, ThreadPoolExecutor(len(shards)) as pool:
            runs = [pool.submit(_run_shard, commands, *shard) for shard in shards]
            codes = [code for run in runs for code in run.result()]
    except Failed as reason:
        return Outcome(suite, trouble=str(reason), seconds=time.monotonic() - started)
    finally:
        texts = _join_logs(suite, [log for _environment, log in shards])
    counts, closing = _read(suite, texts)
    trouble = _trouble(suite, codes, counts)
    return Outcome(suite, counts, trouble, closing, time.monotonic() - started)


def _shards(suite: Suite, environment: dict[str, str]) -> list[tuple[dict[str, str], Path]]:
    """The parts that a suite is run in, each with its environment and its log."""
    log = _log(suite)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    if suite.shards == 1 or not environment.get("SAAS_PROOF"):
        return [(environment, log)]
    found = []
    for number in range(1, suite.shards + 1):
        part = log.with_suffix(f".{number}.log")
        part.write_text("")
        found.append((environment | {"SAAS_SHARD": f"{number}/{suite.shards}"}, part))
    return found


def _run_shard(commands: list[Command], environment: dict[str, str], log: Path) -> list[int]:
    return [_run_logged(command, log, environment) for command in commands]


def _join_logs(suite: Suite, logs: list[Path]) -> list[str]:
    """Return what the parts of a suite said, and put it into its one log."""
    texts = [log.read_text(errors="replace") for log in logs]
    _log(suite).write_text("".join(texts))
    return texts


def _read(suite: Suite, texts: list[str]) -> tuple[Counts, str]:
    if not suite.read:
        return Counts(), ""
    told = [suite.read(text) for text in texts]
    return sum((counts for counts, _line in told), Counts()), told[-1][1]


def _log(suite: Suite) -> Path:
    return paths.STATE / "log" / f"test-{suite.name}.log"


def tail(suite: Suite) -> str:
    """The last lines of a suite's output."""
    return "\n".join(_output(suite).splitlines()[-TAIL_LINES:])


def failed(suite: Suite) -> list[str]:
    """What failed in it, however much was said afterwards."""
    return failures(_output(suite)) if suite.read else []


def _output(suite: Suite) -> str:
    log = _log(suite)
    return log.read_text(errors="replace") if log.exists() else ""


def _trouble(suite: Suite, codes: list[int], counts: Counts) -> str:
    if counts.failed:
        return "failed"
    if suite.read and not counts.ran:
        return "ran no test"
    if any(codes):
        return f"ended with {next(code for code in codes if code)}"
    return ""


def _run_logged(command: Command, log: Path, environment: dict[str, str]) -> int:
    """The exit code; the process group is ended when the time is up or we are interrupted."""
    limit = PROOF_LIMIT_SECONDS if environment.get("SAAS_PROOF") else LIMIT_SECONDS
    with log.open("ab") as file:
        child = subprocess.Popen(
            [str(word) for word in command],
            cwd=paths.ROOT,
            env=clean_environment(PYTHONDONTWRITEBYTECODE="1", **environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        CHILDREN.append(child)
        try:
            return child.wait(limit)
        except subprocess.TimeoutExpired:
            file.write(f"\nno end after {limit} seconds\n".encode())
            return 124
        finally:
            _end(child)


def _wait(threads: list[threading.Thread]) -> None:
    """Wait for all; an interrupted `join` would take a running thread for an ended one."""
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.1)


def _end(child: subprocess.Popen) -> None:
    """End a child and what it started, if it still runs."""
    if child.poll() is None:
        # Another lane may have ended it meanwhile.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _stop_everything() -> None:
    """Let every lane come to its end at once; each removes what it made."""
    STOPPING.set()
    for child in CHILDREN:
        _end(child)
