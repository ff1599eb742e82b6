"""The ladder of an unpaid invoice: dated retries, reminders and states.

Owns: profiles as data, the plan they make, pauses by a person, the least amount. Does not own: what
really happened (`dunning_course.py`), charging (`charging.py`), mails, the clock.

Days count from the first failed charge, or from the due date where nothing can be charged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..errors import Refused
from .arithmetic import ZERO, counted
from .states import CANCELLED, PAST_DUE, RESTRICTED, SUSPENDED

RETRY = "retry"
REMINDER = "reminder"
STATE = "state"
# What comes first on one day: a charge that succeeds makes the rest needless.
_TURN = (RETRY, REMINDER, STATE)


@dataclass(frozen=True)
class DunningProfile:
    """Days of retries and reminders, states with the day each begins."""

    retry_days: tuple[int, ...] = (1, 3, 6, 13, 29)
    states: tuple[tuple[str, int], ...] = (
        (PAST_DUE, 0),
        (RESTRICTED, 7),
        (SUSPENDED, 14),
        (CANCELLED, 30),
    )
    reminder_days: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse days that do not grow, a retry on the day of the failure, a state twice.

        Raises: Refused (`dunning_days`, `dunning_states`).
        """
        days = [day for _state, day in self.states]
        names = {state for state, _day in self.states}
        rows = ((self.retry_days, 1), (self.reminder_days, 0), (days, 0))
        if not all(_grows(row, least) for row, least in rows):
            raise Refused("dunning_days")
        if len(names) != len(self.states):
            raise Refused("dunning_states")


@dataclass(frozen=True)
class DunningStep:
    """One step on its day; `name` is the state it leads to."""

    on: date
    kind: str
    name: str = ""


@dataclass(frozen=True)
class Pause:
    """Days on which a person holds the ladder: from one up to but without the other; None is open.

    What would have come later comes later by as many days.
    """

    from_on: date
    until_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse a pause that ends before it begins.

        Raises: Refused (`dunning_pause`).
        """
        if self.until_on is not None and self.until_on < self.from_on:
            raise Refused("dunning_pause", from_on=self.from_on, until_on=self.until_on)


@dataclass(frozen=True)
class DunningPlan:
    """The steps of a ladder in their order."""

    steps: tuple[DunningStep, ...]

    @property
    def retries(self) -> tuple[date, ...]:
        """Return the days on which the charge is tried again."""
        return tuple(step.on for step in self.steps if step.kind == RETRY)

    @property
    def reminders(self) -> tuple[date, ...]:
        """Return the days on which the customer is reminded."""
        return tuple(step.on for step in self.steps if step.kind == REMINDER)

    @property
    def states(self) -> tuple[tuple[str, date], ...]:
        """Return each state with the day it begins."""
        return tuple((step.name, step.on) for step in self.steps if step.kind == STATE)

    def begins(self, state: str) -> date | None:
        """Return the day on which a state begins, if it does."""
        return dict(self.states).get(state)

    def due(self, today: date, done: Sequence[DunningStep] = ()) -> tuple[DunningStep, ...]:
        """Return the steps whose day has come and that were not taken yet."""
        return tuple(step for step in self.steps if step.on <= today and step not in done)


def plan(profile: DunningProfile, begin_on: date, pauses: Sequence[Pause] = ()) -> DunningPlan:
    """Return the dated steps of a profile; behind the cancellation there are none.

    What an open pause holds has no day, so it is not in the plan.
    """
    wanted = [(day, RETRY, "") for day in profile.retry_days]
    wanted += [(day, REMINDER, "") for day in profile.reminder_days]
    wanted += [(day, STATE, state) for state, day in profile.states]
    steps = []
    for day, kind, name in sorted(wanted, key=lambda one: (one[0], _TURN.index(one[1]))):
        on = _shifted(begin_on + timedelta(days=day), pauses)
        if on is not None:
            steps.append(DunningStep(on, kind, name))
        if name == CANCELLED:
            break
    return DunningPlan(tuple(steps))


def offline_profile(reminder_days: Sequence[int], suspend_after_days: int) -> DunningProfile:
    """Return the profile of who pays by bank transfer: reminders, no charges, then suspended.

    Raises: Refused (`dunning_days`).
    """
    states = ((SUSPENDED, suspend_after_days),)
    return DunningProfile((), states, tuple(reminder_days))


def worth_dunning(overdue: Mapping[str, Decimal], least: Mapping[str, Decimal]) -> tuple[str, ...]:
    """Return the currencies in which so much is overdue that a ladder begins.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`).
    """
    return tuple(
        code
        for code, amount in overdue.items()
        if counted(amount, "overdue") and amount >= counted(least.get(code, ZERO), "threshold")
    )


def closes_on(renewal_on: date, closing_days: int, paid: bool) -> date | None:
    """Return the day on which an unpaid renewal closes a subscription; None when it is paid.

    Raises: Refused (`dunning_days`) for less than no days.
    """
    if closing_days < 0:
        raise Refused("dunning_days")
    return None if paid else renewal_on + timedelta(days=closing_days)


def _grows(days: Sequence[int], least: int) -> bool:
    floor = [least - 1, *days]
    return all(lower < upper for lower, upper in zip(floor, days, strict=False))


def _shifted(on: date, pauses: Sequence[Pause]) -> date | None:
    for pause in sorted(pauses, key=lambda one: one.from_on):
        if on < pause.from_on:
            break
        if pause.until_on is None:
            return None
        on += pause.until_on - pause.from_on
    return on
