"""The month in which a limit "a month" is counted.

Owns: where such months begin. Does not own: billing periods (`kernel/billing`): for a plan by the
month both begin on the same day.
"""

from datetime import date

from ..period import MONTHS, Period, add_months


def month_of(today: date, anchor: date | None = None) -> Period:
    """Return the month that a day lies in; months begin on the anchor's day, or on the first."""
    begin = anchor or today.replace(day=1)
    count = (today.year - begin.year) * MONTHS + today.month - begin.month
    if add_months(begin, count) > today:
        count -= 1
    return Period(add_months(begin, count), add_months(begin, count + 1))
