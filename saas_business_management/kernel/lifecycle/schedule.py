"""What happens to a tenant by itself, when, and who is told before.

Owns: dates of automatic moves and of the notices before them. Does not own: whether a move is
allowed (`transitions.py`), making it (the tenant's cron), the mails.

All dates are days in the calendar of the tenant's company; a move is made on its day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..errors import Refused
from . import states

# A sandbox is for a while; nobody forgets one for longer than this.
MOST_SANDBOX_DAYS = 365

TRIAL_ENDED = "trial_ended"
ARCHIVED = "archived"
DELETION_REQUESTED = "deletion_requested"
DELETED = "deleted"

# What is closed for these reasons stays as it is until a person decides.
HELD = frozenset({states.SECURITY})
_AFTER_TRIAL = {
    states.CONVERT: states.ACTIVE,
    states.SUSPEND: states.SUSPENDED,
    states.CANCEL: states.ARCHIVED,
}


@dataclass(frozen=True)
class Policy:
    """How long each state lasts, and how many days before its end people are told."""

    suspension_days: int = 30
    archive_days: int = 60
    deletion_undo_days: int = 7
    notice_days: Mapping[str, tuple[int, ...]] = field(
        default_factory=lambda: {
            TRIAL_ENDED: (7, 1),
            ARCHIVED: (7, 1),
            DELETION_REQUESTED: (30, 7, 1),
            DELETED: (1,),
        }
    )


@dataclass(frozen=True)
class Standing:
    """Where a tenant stands. `trial_end_on` is the last day of its trial, `ends_on` the last day on
    which a sandbox is open; `deletion_on` the day from which a deletion can no longer be undone.
    """

    state: str
    since_on: date
    reason: str = ""
    trial_end_on: date | None = None
    trial_end_rule: str = states.SUSPEND
    deletion_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Planned:
    """One automatic move: the event, the state it leads to, the day it is made."""

    event: str
    state: str
    on: date


def forecast(standing: Standing, policy: Policy) -> tuple[Planned, ...]:
    """Return every move that will come if nobody does anything, in order, to the end."""
    return tuple(_moves(standing, policy))


def next_move(standing: Standing, policy: Policy) -> Planned | None:
    """Return the move that comes first; None when nothing happens by itself."""
    return next(_moves(standing, policy), None)


def data_kept_until(standing: Standing, policy: Policy) -> date | None:
    """Return the last day on which the data of a closed tenant is there; None = no end is set."""
    if standing.state in states.SERVING:
        return None
    ends = [move.on for move in _moves(standing, policy) if move.event == DELETED]
    return ends[0] - timedelta(days=1) if ends else None


def notice_due(planned: Planned, policy: Policy, sent: Mapping[int, date], today: date) -> int:
    """Return the days-before for which a notice has to go out today, 0 for none.

    `sent` maps days-before to the day on which that notice went out. One mail a fact: whoever is
    late gets the nearest notice alone. When the day itself came without any, the last one is due.
    """
    days = policy.notice_days.get(planned.event, ())
    left = (planned.on - today).days
    if not days or (left <= 0 and sent):
        return 0
    now = min((one for one in days if left <= one), default=0)
    return 0 if now in sent else now


def is_due(planned: Planned, policy: Policy, sent: Mapping[int, date], today: date) -> bool:
    """Tell whether the move may be made: its day has come, and people were told in time."""
    days = policy.notice_days.get(planned.event, ())
    if today < planned.on:
        return False
    return not days or any(told + timedelta(days=min(days)) <= today for told in sent.values())


def marks(planned: Planned, policy: Policy) -> tuple[date, ...]:
    """Return the days on which something has to be done about a move, the move's own the last."""
    days = policy.notice_days.get(planned.event, ())
    return tuple(sorted({planned.on - timedelta(days=one) for one in days} | {planned.on}))


def sandbox_end(today: date, until: date | None, days: int) -> date:
    """Return the last day of a sandbox: the one that is wished for, else so many days from today.

    Raises: Refused (`sandbox_end`) when it is not after today, or more than a year away.
    """
    wanted = until or today + timedelta(days=days)
    if not 1 <= (wanted - today).days <= MOST_SANDBOX_DAYS:
        raise Refused("sandbox_end", most=MOST_SANDBOX_DAYS)
    return wanted


def parse_days(text: str) -> tuple[int, ...]:
    """Return days such as "30, 7, 1" as numbers, the largest first, each once.

    Raises: ValueError when a part is no whole number from 1 to 365.
    """
    numbers = {int(part) for part in text.replace(";", ",").split(",") if part.strip()}
    if any(not 1 <= number <= 365 for number in numbers):
        raise ValueError(text)
    return tuple(sorted(numbers, reverse=True))


def format_days(days: Sequence[int]) -> str:
    """Return the numbers as `parse_days` reads them."""
    return ", ".join(str(number) for number in days)


def _moves(standing: Standing, policy: Policy) -> Iterator[Planned]:
    state, since, reason = standing.state, standing.since_on, standing.reason
    if state == states.TRIAL and standing.trial_end_on and not _ends_before_its_trial(standing):
        since = standing.trial_end_on + timedelta(days=1)
        state, reason = _AFTER_TRIAL[standing.trial_end_rule], states.TRIAL_END
        yield Planned(TRIAL_ENDED, state, since)
    if reason in HELD:
        return
    archived = _archived_on(standing, policy, state, since)
    if archived:
        state, since = states.ARCHIVED, archived
        yield Planned(ARCHIVED, state, since)
    if state == states.ARCHIVED:
        state, since = states.DELETING, since + timedelta(days=policy.archive_days)
        yield Planned(DELETION_REQUESTED, state, since)
    if state == states.DELETING:
        known = standing.deletion_on if standing.state == states.DELETING else None
        ends = known or since + timedelta(days=policy.deletion_undo_days)
        yield Planned(DELETED, states.DELETED, ends)


def _ends_before_its_trial(standing: Standing) -> bool:
    return bool(standing.ends_on) and standing.ends_on <= standing.trial_end_on


def _archived_on(standing: Standing, policy: Policy, state: str, since: date) -> date | None:
    """Return the day on which a tenant in this state since then is archived: it was suspended for
    long enough, or it is a sandbox whose last day is over, whichever comes first.
    """
    days = []
    if state == states.SUSPENDED:
        days.append(since + timedelta(days=policy.suspension_days))
    if standing.ends_on and state in (*states.SERVING, states.SUSPENDED):
        days.append(standing.ends_on + timedelta(days=1))
    return min(days, default=None)
