"""Which parts of a tenant keep a node busy, and who: requests by what they ask for, without its
contents, and by the number of the user, without a name.

Owns: the name of a route, which of many are told. Does not own: counting (`gateway/counters.py`).
"""

import re
from collections.abc import Mapping

MOST_TOLD = 10
MOST_USERS = 20
# Users beyond those that are told, added up; no user has this number.
ALL_OTHERS = 0
MOST_KEPT = 200
OTHERS = "…"
_PARTS = 5
# A word is a route's, anything longer or with digits in it may be a key or a name.
_WORD = re.compile(r"[A-Za-z_][A-Za-z_.-]{0,39}")


def route_of(path: str) -> str:
    """Return a path whose numbers, keys and names are replaced by a star, cut after five parts."""
    parts = path.strip("/").split("/")
    told = [part if _WORD.fullmatch(part) else "*" for part in parts[:_PARTS] if part]
    rest = f"/{OTHERS}" if len(parts) > _PARTS else ""
    return "/" + "/".join(told) + rest


def busiest(routes: Mapping[str, tuple[int, float]]) -> tuple[tuple[str, int, float], ...]:
    """Return the routes with the most time, as (route, requests, milliseconds)."""
    ranked = sorted(routes.items(), key=lambda item: (-item[1][1], item[0]))
    return tuple((name, count, round(ms, 1)) for name, (count, ms) in ranked[:MOST_TOLD])


def most_active(
    users: Mapping[int, tuple[int, int, float]],
) -> tuple[tuple[int, int, int, float], ...]:
    """Return the users with the most requests, as (number, requests, API calls, milliseconds), and
    all others as one.
    """
    ranked = sorted(users.items(), key=lambda item: (item[0] == ALL_OTHERS, -item[1][0], item[0]))
    told = [(number, *sums) for number, sums in ranked[:MOST_USERS]]
    rest = [sums for _number, sums in ranked[MOST_USERS:]]
    if rest:
        told.append((ALL_OTHERS, *map(sum, zip(*rest, strict=True))))
    return tuple((number, count, calls, round(ms, 1)) for number, count, calls, ms in told)
