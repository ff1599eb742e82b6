"""How a ladder runs when things happen on its way: a payment, a hard decline, a new card.

Owns: which steps are taken and where they lead. Does not own: the dates (`dunning.py`).

A hard decline (stolen, closed) is not tried again until there is another means of payment; the
states come on their days all the same. Paid before the cancellation leads back at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ..errors import Refused
from .dunning import RETRY, STATE, DunningProfile, DunningStep, Pause, plan
from .states import ACTIVE, CANCELLED

SOFT = "soft"
HARD = "hard"
_NEW_TOKEN = "new_token"


@dataclass(frozen=True)
class Story:
    """What happens: the first failure and its kind, which retry succeeds, counted from 1, a new
    means of payment and whether its charge succeeds, pauses by a person.
    """

    failed_on: date
    decline: str = SOFT
    succeeds_on_retry: int | None = None
    new_token_on: date | None = None
    token_pays: bool = False
    pauses: Sequence[Pause] = ()

    def __post_init__(self) -> None:
        """Refuse a kind of decline that nobody knows.

        Raises: Refused (`decline_unknown`).
        """
        if self.decline not in (SOFT, HARD):
            raise Refused("decline_unknown", decline=self.decline)


@dataclass
class DunningCourse:
    """The days on which money was asked for, the first failure among them, and the states."""

    attempts: list[date] = field(default_factory=list)
    states_reached: list[tuple[str, date]] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Return the state at the end."""
        return self.states_reached[-1][0] if self.states_reached else ACTIVE


def run_ladder(profile: DunningProfile, story: Story) -> DunningCourse:
    """Return what a ladder did until it was paid, cancelled or at its end."""
    course = DunningCourse([story.failed_on])
    retries, stopped = 0, story.decline == HARD
    for step in _steps(profile, story):
        paid = False
        if step.kind == STATE:
            course.states_reached.append((step.name, step.on))
        elif step.kind == _NEW_TOKEN:
            course.attempts.append(step.on)
            stopped, paid = False, story.token_pays
        elif step.kind == RETRY and not stopped:
            course.attempts.append(step.on)
            retries += 1
            paid = retries == story.succeeds_on_retry
        if paid:
            course.states_reached.append((ACTIVE, step.on))
            break
    return course


def _steps(profile: DunningProfile, story: Story) -> list[DunningStep]:
    steps = list(plan(profile, story.failed_on, story.pauses).steps)
    ends = [step.on for step in steps if step.name == CANCELLED]
    on = story.new_token_on
    if on is not None and (not ends or on < ends[0]):
        place = sum(1 for step in steps if step.on < on)
        steps.insert(place, DunningStep(on, _NEW_TOKEN))
    return steps
