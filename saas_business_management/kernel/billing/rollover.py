"""What of a grant goes on into the next period.

Owns: rollover and its most. Does not own: grants of money (`wallet.py`), when a period ends.
"""

from decimal import Decimal

from .arithmetic import ZERO, counted, minus, plus


def rollover(
    granted: Decimal, used: Decimal, next_grant: Decimal, max_rollover: Decimal | None = None
) -> Decimal:
    """Return the units of the next period: the new ones and the rest of the old, up to a most.

    What was used beyond the grant is not taken from the next one; it was overage. Without a most
    the whole rest goes on.

    Raises: Refused (`number_invalid`, `number_negative`, `number_digits`).
    """
    rest = max(minus(counted(granted, "granted"), counted(used, "used")), ZERO)
    kept = rest if max_rollover is None else min(rest, counted(max_rollover, "max_rollover"))
    return plus((kept, counted(next_grant, "next_grant")))
