"""What becomes of an operation after a failure or after the death of its worker.

Owns: waiting times, when to give up, when a person must look. Does not own: the clock and the dice
(their values are arguments), doing any of it (the job engine).
"""

from dataclasses import dataclass

FIRST_SECONDS = 1
LONGEST_SECONDS = 60
# Up to a fifth longer, so that a hundred operations do not knock at once when a cluster answers
# again.
JITTER_RATIO = 0.2
MAX_DEATHS = 5

REFUSED = "refused"
UNAVAILABLE = "unavailable"
BROKEN = "broken"


@dataclass(frozen=True)
class RetryAt:
    """Wait this long, then try the same step again."""

    seconds: float


@dataclass(frozen=True)
class Undo:
    """Take everything back, newest step first. `why` is `refused`, `broken` or `gave_up`."""

    why: str


@dataclass(frozen=True)
class Dead:
    """Stop and tell a person; things may be left. `why` is `undo_failed` or `deaths`."""

    why: str


@dataclass(frozen=True)
class Resume:
    """Take the operation over and go on at the step it stood in."""


GiveUp = Undo | Dead
Verdict = RetryAt | Undo | Dead


def delay_seconds(attempts: int, jitter: float) -> float:
    """Return 1, 2, 4 … 60 seconds after the first, second, third … failure, plus up to a fifth.

    `jitter` is a random number in [0, 1).
    """
    # The exponent is cut: 2 ** 10,000 is a number that nobody needs.
    doubled = FIRST_SECONDS * 2 ** min(max(attempts - 1, 0), 16)
    return min(doubled, LONGEST_SECONDS) * (1 + JITTER_RATIO * jitter)


def decide(
    kind: str,
    attempts: int,
    waited_seconds: float,
    give_up_seconds: float,
    jitter: float,
    undoing: bool = False,
) -> Verdict:
    """Return what to do after the `attempts`-th failure in a row of a step.

    `kind` is that of the error. Only `unavailable` is worth another try, until `give_up_seconds`
    have been waited in all; every kind but the three known ones counts as `broken`. What cannot be
    undone is left to a person.
    """
    if kind == UNAVAILABLE and waited_seconds < give_up_seconds:
        return RetryAt(delay_seconds(attempts, jitter))
    if undoing:
        return Dead("undo_failed")
    if kind == UNAVAILABLE:
        return Undo("gave_up")
    return Undo(REFUSED if kind == REFUSED else BROKEN)


def after_death(deaths: int, most: int = MAX_DEATHS) -> Resume | Dead:
    """Return what to do with an operation whose worker died for the `deaths`-th time.

    The last allowed death makes it dead: what killed five workers would kill the sixth.
    """
    return Dead("deaths") if deaths >= most else Resume()
