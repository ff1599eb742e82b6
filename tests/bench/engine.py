"""How many operations that do nothing the job engine carries a second, with one worker and two.

Owns: worker processes beside the installation, whose own worker stands still meanwhile. Does not
own: what a worker does (`engine_child.py`).
"""

import subprocess

from dev import paths
from dev.settings import CONTROL_DATABASE
from dev.shell import clean_environment
from dev.stack import Stack
from tests.helpers.bench import Report

JOBS = 400


class Hand:
    """One worker process."""

    def __init__(self, stack: Stack) -> None:
        packages = stack.tree.addons[0].parents[1]
        self._child = subprocess.Popen(
            [
                str(paths.PYTHON),
                "-m",
                "tests.bench.engine_child",
                str(stack.settings.control_conf),
                CONTROL_DATABASE,
            ],
            cwd=paths.ROOT,
            env=clean_environment(PYTHONPATH=f"{packages}:{paths.ROOT}"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.answer() == "ready"

    def tell(self, order: str) -> None:
        self._child.stdin.write(f"{order}\n")
        self._child.stdin.flush()

    def answer(self) -> str:
        line = self._child.stdout.readline()
        assert line, "the worker process ended"
        return line.strip()

    def close(self) -> None:
        self._child.stdin.close()
        self._child.wait(60)


def measure_engine(stack: Stack, report: Report) -> None:
    """Order many operations that do nothing and let one worker, then two, carry them."""
    stack.worker.stop()
    hands = [Hand(stack) for _ in range(2)]
    try:
        for number in (1, 2):
            rate = _rate(hands[:number])
            words = f"{number} worker{'s' if number > 1 else ''}"
            report.add(f"empty_jobs_{number}", [rate], "jobs/s", f"operations of one step, {words}")
    finally:
        for hand in hands:
            hand.close()
        stack.start_worker()


def _rate(hands: list[Hand]) -> float:
    hands[0].tell(f"make {JOBS}")
    assert hands[0].answer() == "made"
    for hand in hands:
        hand.tell("work")
    told = [hand.answer().split() for hand in hands]
    assert sum(int(count) for count, _, _ in told) == JOBS, f"not all were carried: {told}"
    begun = min(float(one) for _, one, _ in told)
    return JOBS / (max(float(one) for _, _, one in told) - begun)
