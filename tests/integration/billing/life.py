"""What happens to a subscription in two years: its begin, its changes and rests, its end, what is
used of it, how its customer pays.

Owns: making it up, the same for a number each time. Does not own: billing it (`by_rules.py`,
`by_records.py`). Imports nothing of Odoo or of the product.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

FIRST, LAST = date(2024, 1, 1), date(2026, 1, 1)
SEED = 20260107
# Fee of a month, price of a unit, units that are included.
PLANS = (("20.00", "0.002", "10000"), ("50.00", "0.001", "50000"), ("89.00", "0.0005", "100000"))
TO_CHANGE = ("change_now", "change_later", "seats", "pause", "pause", "use_more")
# Days between what happens to one subscription: a change that was planned has come by then.
APART_DAYS = (40, 130)
PAUSE_DAYS = (3, 25)
BEGINS_WITHIN_DAYS = 75
END_SHARE, DECLINE_SHARE = 0.25, 0.1
MOST_USED, MOST_SEATS = 150_000, 9


@dataclass(frozen=True)
class Event:
    """Something that happens at noon of a day."""

    on: date
    what: str
    plan: int = 0
    quantity: int = 1


@dataclass(frozen=True)
class Life:
    """One subscription: events in the order of their days, the first of which begins it.

    `used` holds days and units; `declines` says which of its charges fail at first.
    """

    number: int
    events: tuple[Event, ...]
    used: tuple[tuple[date, int], ...]
    declines: frozenset[int]

    def on(self, day: date) -> Iterator[Event]:
        """Tell what happens on a day."""
        return (one for one in self.events if one.on == day)

    def used_on(self, day: date) -> int:
        """Return the units used on a day."""
        return sum(units for on, units in self.used if on == day)

    def used_in(self, start: date, end: date) -> int:
        """Return the units used in a stretch of days."""
        return sum(units for on, units in self.used if start <= on < end)


def life(number: int) -> Life:
    """Make up the life of a subscription."""
    dice = random.Random(f"{SEED} {number}")
    events = [_beginning(dice)]
    while (last := events[-1]).on < LAST and not last.what.startswith("cancel"):
        following = _following(dice, last)
        if following[-1].on >= LAST:
            break
        events += following
    end = next((one.on for one in events if one.what.startswith("cancel")), LAST)
    return Life(
        number,
        tuple(events),
        tuple(_used(dice, events[0].on, end)),
        frozenset(place for place in range(100) if dice.random() < DECLINE_SHARE),
    )


def _beginning(dice: random.Random) -> Event:
    on = FIRST + timedelta(days=dice.randrange(BEGINS_WITHIN_DAYS))
    return Event(on, "begin", dice.randrange(len(PLANS)), dice.randint(1, 3))


def _following(dice: random.Random, last: Event) -> list[Event]:
    """Return what comes next: one event, or a pause with its end."""
    on = last.on + timedelta(days=dice.randint(*APART_DAYS))
    if dice.random() < END_SHARE / 4:
        return [Event(on, dice.choice(("cancel_now", "cancel_later")), last.plan, last.quantity)]
    what = dice.choice(TO_CHANGE)
    if what == "pause":
        back = on + timedelta(days=dice.randint(*PAUSE_DAYS))
        return [
            Event(on, "pause", last.plan, last.quantity),
            Event(back, "resume", last.plan, last.quantity),
        ]
    if what == "seats":
        seats = [one for one in range(1, MOST_SEATS) if one != last.quantity]
        return [Event(on, "change_now", last.plan, dice.choice(seats))]
    if what.startswith("change"):
        plans = [one for one in range(len(PLANS)) if one != last.plan]
        return [Event(on, what, dice.choice(plans), last.quantity)]
    return [Event(on, "nothing", last.plan, last.quantity)]


def _used(dice: random.Random, start: date, end: date) -> Iterator[tuple[date, int]]:
    day = start + timedelta(days=dice.randint(0, 9))
    while day < end:
        yield day, dice.randrange(MOST_USED)
        day += timedelta(days=dice.randint(5, 20))
