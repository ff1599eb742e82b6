"""When a group of alerts is told to a receiver: at first, when it changes, again, and at its end.

Owns: waiting times, repeats, steps of an escalation. Does not own: which channels there are, what a
message says, the log of what was told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .label import told_of
from .rule import CRITICAL, INFO, WARNING

GROUP_WAIT = timedelta(seconds=30)
GROUP_INTERVAL = timedelta(minutes=5)
REPEAT = {CRITICAL: timedelta(hours=4), WARNING: timedelta(hours=24)}

FIRST, CHANGED, AGAIN, ENDED = "first", "changed", "again", "ended"
WHYS = (FIRST, CHANGED, AGAIN, ENDED)


@dataclass(frozen=True)
class Member:
    """A firing alert of a group: its id, since when it fires, whether somebody has it in hand."""

    id: int
    fired_at: datetime
    acknowledged: bool = False


@dataclass(frozen=True)
class Told:
    """The last message about a group to one receiver: when, of which alerts, whether its end."""

    at: datetime
    hash: str
    ended: bool = False


@dataclass(frozen=True)
class Message:
    """What is due: why it is told, and the name of the alerts it tells of."""

    why: str
    hash: str


def due(
    severity: str,
    members: Sequence[Member],
    last: Told | None,
    now: datetime,
    *delays: timedelta,
) -> Message | None:
    """Return what a receiver is to be told of a group now, None for nothing.

    `delays` are those of the receiver's steps: it is told only of what nobody took in hand until
    the first of them, and again at each further one. What only informs is told to nobody.
    """
    if severity == INFO or _too_soon(last, now):
        return None
    name = told_of(one.id for one in members)
    if last is None or last.ended:
        delay = min(delays, default=timedelta(0))
        return Message(FIRST, name) if _waited(members, now, delay) else None
    if not members:
        return Message(ENDED, name)
    if name != last.hash:
        return Message(CHANGED, name)
    if all(one.acknowledged for one in members):
        return None
    again = now - last.at >= REPEAT[severity] or _steps_on(members, last.at, now, delays)
    return Message(AGAIN, name) if again else None


def _too_soon(last: Told | None, now: datetime) -> bool:
    return last is not None and now - last.at < GROUP_INTERVAL


def _steps_on(
    members: Sequence[Member], told_at: datetime, now: datetime, delays: Sequence[timedelta]
) -> bool:
    """Whether a step came after the last message, for what nobody has in hand."""
    first = min(one.fired_at for one in members if not one.acknowledged)
    return any(told_at < first + delay <= now for delay in delays)


def _waited(members: Sequence[Member], now: datetime, delay: timedelta) -> bool:
    waiting = [one.fired_at for one in members if not one.acknowledged]
    return bool(waiting) and now - min(waiting) >= max(GROUP_WAIT, delay)
