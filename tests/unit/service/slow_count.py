"""A second reckoning of a month of service: minute after minute, in the plainest way there is.

It shares nothing with the product but the shapes of what goes in.
"""

from bisect import bisect_right
from datetime import timedelta
from zoneinfo import ZoneInfo

ONE = timedelta(minutes=1)


def minutes_of_month(year, month, zone_name, around):
    """Yield the minutes that the clocks of a zone show as this month, looking around an instant."""
    where = ZoneInfo(zone_name)
    at, end = around - timedelta(days=3), around + timedelta(days=36)
    while at < end:
        local = at.astimezone(where)
        if (local.year, local.month) == (year, month):
            yield at
        at += ONE


def is_out(look_times, floors, misses, minute):
    """Tell what the door said of a minute: True when out, False when open, None when nobody knows.

    `look_times` in order, `floors` the minutes they lie in; `misses` are the numbers of those that
    missed.
    """
    mine = bisect_right(floors, minute) - 1
    if mine < 0 or minute - floors[mine] >= timedelta(minutes=15):
        return None
    if mine not in misses:
        return False
    near = [one for one in (mine - 1, mine + 1) if one in misses]
    return any(abs(look_times[one] - look_times[mine]) <= timedelta(minutes=15) for one in near)


def tally(minutes, counted, look_times, misses, reasons):
    """Return `(good, bad, unknown, {reason: minutes})`.

    `counted` is `{minute: (requests, failures, slow)}`, `reasons` `[(name, start, end)]` in the
    order in which they win.
    """
    good = bad = unknown = 0
    left_out = {}
    floors = [at.replace(second=0) for at in look_times]
    for minute in minutes:
        name = next((name for name, begin, end in reasons if begin <= minute < end), None)
        if name:
            left_out[name] = left_out.get(name, 0) + 1
            continue
        requests, failures, slow = counted.get(minute, (0, 0, 0))
        if requests >= 5:
            wrong = min(requests, failures + slow)
            if wrong / requests <= 0.01:
                good += 1
            else:
                bad += 1
            continue
        out = is_out(look_times, floors, misses, minute)
        if out is None:
            unknown += 1
        elif out:
            bad += 1
        else:
            good += 1
    return good, bad, unknown, left_out
