"""Alerts on the way to a limit: each once in a period.

Owns: which percentages a use has crossed. Does not own: the limit and what happens at it, sending,
the memory of what was sent.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from ..money import HUNDRED, Number, exact, not_negative

WARNED_AT = (50, 80, 100, 120)
Percent = int | Decimal


def crossed(
    used: Number,
    limit: Number | None,
    thresholds: Iterable[Percent] = WARNED_AT,
    fired: frozenset[Percent] = frozenset(),
) -> tuple[Percent, ...]:
    """Return the percentages that are reached and were not told in this period, lowest first.

    A jump reaches several at once. Without a limit nothing is reached; a limit of zero is reached
    by any use. Corrections that lower the use take no alert back, and none comes twice.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    reached = exact(used, "used") * HUNDRED
    marks = {one: not_negative(one, "threshold") for one in sorted(thresholds)}
    if limit is None or reached <= 0:
        return ()
    whole = not_negative(limit, "limit")
    return tuple(one for one, mark in marks.items() if one not in fired and reached >= whole * mark)


def course(
    cumulative: Sequence[Number], limit: Number | None, thresholds: Iterable[Percent] = WARNED_AT
) -> tuple[tuple[Percent, ...], ...]:
    """Return what each reading of a growing use fires, over one period.

    Raises: Refused (`number_invalid`, `number_negative`).
    """
    wanted = tuple(thresholds)
    fired: frozenset[Percent] = frozenset()
    told = []
    for used in cumulative:
        now = crossed(used, limit, wanted, fired)
        fired |= frozenset(now)
        told.append(now)
    return tuple(told)
