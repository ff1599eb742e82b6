"""How far an operation is, and how long it may still take.

Owns: turning steps into a share, a position and a guess. Does not own: the words around them, the
bus.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .states import SKIPPED, STEP_DONE, STEP_RUNNING


@dataclass(frozen=True)
class StepProgress:
    """One step: what it usually takes, and the share it reports of itself (0 … 1)."""

    name: str
    state: str
    usual_seconds: float = 1.0
    share: float = 0.0


@dataclass(frozen=True)
class Progress:
    """`step` counts from 1 and never exceeds `steps`; `percent` is 100 only when all is done."""

    step: int
    steps: int
    name: str
    percent: int
    seconds_left: float


def measure(steps: Sequence[StepProgress], spent_seconds: float = 0.0) -> Progress:
    """Return the progress of an operation; steps weigh what they usually take.

    `spent_seconds` is the time in the step at hand: what takes longer than usual still ends some
    time, so its rest never falls below a tenth of what is usual.
    """
    total = sum(_weight(step) for step in steps)
    done = sum(_weight(step) * _share(step) for step in steps)
    at = next((place for place, step in enumerate(steps) if _share(step) < 1), len(steps))
    if at == len(steps):
        return Progress(len(steps), len(steps), steps[-1].name if steps else "", 100, 0.0)
    percent = min(99, int(100 * done / total))
    left = _rest(steps[at], spent_seconds) + sum(
        _weight(step) for step in steps[at + 1 :] if _share(step) < 1
    )
    return Progress(at + 1, len(steps), steps[at].name, percent, left)


def _weight(step: StepProgress) -> float:
    return max(step.usual_seconds, 0.001)


def _share(step: StepProgress) -> float:
    if step.state in (STEP_DONE, SKIPPED):
        return 1.0
    # A step at work is never whole, whatever it says of itself.
    return min(max(step.share, 0.0), 0.99) if step.state == STEP_RUNNING else 0.0


def _rest(step: StepProgress, spent_seconds: float) -> float:
    usual = _weight(step)
    if step.state == STEP_RUNNING and step.share > 0:
        return usual * (1 - _share(step))
    return max(usual - spent_seconds, usual / 10)
