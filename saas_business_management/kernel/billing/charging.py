"""Charge attempts of one invoice: when a new one may be made, what becomes of each.

Owns: states of an attempt, the rule against charging twice. Does not own: transactions and tokens
(Odoo's `payment`), the ladder (`dunning.py`), the clock.

Money moves at most once: while an attempt may still succeed there is no second one. Whoever gets no
answer knows nothing, so an unknown outcome blocks for a day, or until a notice tells it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..errors import Refused

DRAFT = "draft"
PENDING = "pending"
AUTHORIZED = "authorized"
DONE = "done"
CANCEL = "cancel"
ERROR = "error"
STATES = (DRAFT, PENDING, AUTHORIZED, DONE, CANCEL, ERROR)
# For so long a provider remembers the key of a call.
UNKNOWN_BLOCKS = timedelta(hours=24)

TIMEOUT = "timeout"
DECLINED = "declined"
HARD_DECLINE = "hard_decline"

PAID = "paid"
OPEN = "open"
UNKNOWN = "unknown"
NEEDS_TOKEN = "needs_token"
# Late news is let in only where it says more than is known: a decline may turn into money, money
# into nothing else.
_MOVES = {
    DRAFT: frozenset({PENDING, AUTHORIZED, DONE, CANCEL, ERROR}),
    PENDING: frozenset({AUTHORIZED, DONE, CANCEL, ERROR}),
    AUTHORIZED: frozenset({DONE, CANCEL, ERROR}),
    CANCEL: frozenset({DONE}),
    ERROR: frozenset({DONE}),
    DONE: frozenset(),
}


@dataclass(frozen=True)
class Attempt:
    """One transaction. `known` is False while nobody knows how it ended; `hard`: no retry with the
    same means of payment; `at` and `changed_at` are aware instants.
    """

    number: int
    at: datetime
    state: str = DRAFT
    known: bool = False
    hard: bool = False
    changed_at: datetime | None = None

    def reference(self, invoice: str) -> str:
        """Return the name under which the provider knows it; it never changes."""
        return f"{invoice}-A{self.number}"


@dataclass(frozen=True)
class Verdict:
    """Whether a new attempt may be made; if not, why, and until when at most."""

    allowed: bool
    why: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Happening:
    """Something at an instant: a charge with its result, a run of the scheduler without one, or a
    notice of the provider with a state.
    """

    at: datetime
    result: str | None = None
    notice: str | None = None


@dataclass(frozen=True)
class Account:
    """The attempts of an invoice after everything that happened."""

    attempts: tuple[Attempt, ...]

    @property
    def charged_times(self) -> int:
        """Return how often money moved."""
        return sum(1 for one in self.attempts if one.state == DONE)

    @property
    def payment_state(self) -> str:
        """Return whether the invoice is paid."""
        return PAID if self.charged_times else OPEN

    @property
    def paid_at(self) -> datetime | None:
        """Return when it was paid first."""
        times = [one.changed_at for one in self.attempts if one.state == DONE and one.changed_at]
        return min(times, default=None)


def may_charge(
    attempts: Iterable[Attempt], now: datetime, token_since: datetime | None = None
) -> Verdict:
    """Return whether one more attempt may be made now, for what its earlier ones were made for.

    `token_since` is when the means of payment was saved; after a hard decline only a newer one
    counts.
    """
    rows = list(attempts)
    if any(one.state == DONE for one in rows):
        return Verdict(False, PAID)
    if any(one.state in (PENDING, AUTHORIZED) for one in rows):
        return Verdict(False, PENDING)
    blocked = [one.at + UNKNOWN_BLOCKS for one in rows if not one.known]
    if any(now < until for until in blocked):
        return Verdict(False, UNKNOWN, max(blocked))
    declined = [one.at for one in rows if one.hard]
    if declined and (token_since is None or token_since <= max(declined)):
        return Verdict(False, NEEDS_TOKEN)
    return Verdict(True)


def after_call(attempt: Attempt, result: str, at: datetime) -> Attempt:
    """Return an attempt after its call: a state, a decline, or no answer (`timeout`).

    Raises: Refused (`charge_result_unknown`).
    """
    if result == TIMEOUT:
        return replace(attempt, state=ERROR, known=False, changed_at=at)
    if result in (DECLINED, HARD_DECLINE):
        hard = result == HARD_DECLINE
        return replace(attempt, state=ERROR, known=True, hard=hard, changed_at=at)
    return after_notice(attempt, result, at)


def after_notice(attempt: Attempt, state: str, at: datetime) -> Attempt:
    """Return an attempt after the provider told its state, in whatever order and however often.

    What says less than is known changes nothing.

    Raises: Refused (`charge_result_unknown`).
    """
    if state not in STATES:
        raise Refused("charge_result_unknown", result=state)
    may = _MOVES[attempt.state] if attempt.known else _MOVES[DRAFT]
    if state not in may:
        return attempt
    return replace(attempt, state=state, known=True, changed_at=at)


def account(happenings: Sequence[Happening]) -> Account:
    """Return the attempts that charges, scheduler runs and notices make, in order of time.

    A charge that is not allowed is not made. A notice is about the newest attempt.

    Raises: Refused (`charge_result_unknown`).
    """
    rows: list[Attempt] = []
    for one in sorted(happenings, key=lambda item: item.at):
        if one.notice is not None:
            if rows:
                rows[-1] = after_notice(rows[-1], one.notice, one.at)
        elif may_charge(rows, one.at).allowed:
            made = Attempt(len(rows) + 1, one.at)
            rows.append(made if one.result is None else after_call(made, one.result, one.at))
    return Account(tuple(rows))
