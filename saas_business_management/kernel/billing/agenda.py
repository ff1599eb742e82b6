"""What a ladder asks for on one day, also when nobody looked for a while.

Owns: which of the steps that are due are taken, overtaken or left for tomorrow. Does not own: the
dates (`dunning.py`), taking the steps.

Who was away for days asks for money once and reminds once: earlier steps of the same kind are
overtaken. States never are: each stands for a day at least, so that a clock that jumps, or a server
that slept, closes nobody who was not warned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .dunning import STATE, DunningPlan, DunningStep


@dataclass(frozen=True)
class Agenda:
    """Steps to take now, in their order; those that later ones overtook; what comes next."""

    take: tuple[DunningStep, ...]
    skip: tuple[DunningStep, ...]
    ahead: DunningStep | None
    look_on: date | None


def agenda(
    plan: DunningPlan,
    today: date,
    taken: Sequence[DunningStep] = (),
    moved_on: date | None = None,
) -> Agenda:
    """Return what to do today.

    `taken` are the steps that were taken or overtaken before, `moved_on` is the day on which the
    last state really began. A state is taken once, whatever its date became.
    """
    names = {step.name for step in taken if step.kind == STATE}
    left = [step for step in plan.steps if step not in taken and step.name not in names]
    due = [step for step in left if step.on <= today]
    take, skip = [], []
    for step in due:
        later = [one for one in due if one.kind == step.kind and one.on > step.on]
        if step.kind != STATE:
            (skip if later else take).append(step)
        elif (moved_on is None or moved_on < today) and not any(one.kind == STATE for one in take):
            take.append(step)
    open_ = [step for step in left if step not in take and step not in skip]
    ahead = open_[0] if open_ else None
    look_on = max(ahead.on, today + timedelta(days=1)) if ahead else None
    # A charge that succeeds makes the state needless, so it is ordered first.
    take.sort(key=lambda step: step.kind == STATE)
    return Agenda(tuple(take), tuple(skip), ahead, look_on)
