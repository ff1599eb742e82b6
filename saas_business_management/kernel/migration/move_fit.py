"""What stands in the way of a move.

Owns: the rules, by what records say when it is asked for and by what lies on both servers when it
begins. Does not own: reading either (models, jobs).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..errors import Refused, SaasError

# States in which a tenant has a database of its own that nobody is taking away.
MOVABLE = ("trial", "active", "suspended", "archived")


@dataclass(frozen=True)
class Wish:
    """A move somebody asks for. `unfit` is why the cluster takes no tenant more
    (`kernel/provisioning/placement.py`), empty when it does; `leaves_region` the region that data
    would leave, and `region_agreed` that somebody said it may; `opens_at` is when the next release
    window opens, None when one is open, `never_open` that there is none to come, and
    `outside_window` that somebody said not to wait for one.
    """

    state: str
    busy: bool
    has_database: bool
    same_cluster: bool
    unfit: str = ""
    tested: bool = True
    host_taken: str = ""
    leaves_region: str = ""
    region_agreed: bool = False
    opens_at: datetime | None = None
    never_open: bool = False
    outside_window: bool = False
    reason: str = ""


def hindrances(wish: Wish) -> list[SaasError]:
    """Return everything that stands in the way, the weightiest first; empty = go.

    Codes: `move_state`, `move_without_database`, `move_busy`, `move_same_cluster`, `move_unfit`,
    `move_untested`, `move_host_taken`, `move_region`, `move_window`, `move_window_never`,
    `move_reason`.
    """
    found = _of_tenant(wish)
    if wish.same_cluster:
        return [*found, Refused("move_same_cluster")]
    found += _of_destination(wish)
    if wish.leaves_region and not wish.region_agreed:
        found.append(Refused("move_region", region=wish.leaves_region))
    if not wish.outside_window:
        if wish.never_open:
            found.append(Refused("move_window_never"))
        elif wish.opens_at:
            found.append(Refused("move_window", at=wish.opens_at))
    if not wish.reason.strip():
        found.append(Refused("move_reason"))
    return found


def _of_tenant(wish: Wish) -> list[SaasError]:
    found: list[SaasError] = []
    if wish.state not in MOVABLE:
        found.append(Refused("move_state", state=wish.state))
    elif not wish.has_database:
        found.append(Refused("move_without_database"))
    if wish.busy:
        found.append(Refused("move_busy"))
    return found


def _of_destination(wish: Wish) -> list[SaasError]:
    found: list[SaasError] = []
    if wish.unfit:
        found.append(Refused("move_unfit", why=wish.unfit))
    elif not wish.tested:
        found.append(Refused("move_untested"))
    if wish.host_taken:
        found.append(Refused("move_host_taken", host=wish.host_taken))
    return found


@dataclass(frozen=True)
class Found:
    """What was found on both servers: installed modules with their versions, what the destination
    offers (empty: nobody read it yet), those that may not run there, bytes that are needed and
    free.
    """

    modules: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, str] = field(default_factory=dict)
    unapproved: tuple[str, ...] = ()
    needed_bytes: int = 0
    free_bytes: int = 0


def require_server(source_major: int, destination_major: int) -> None:
    """Make sure that the destination's PostgreSQL reads what the source's writes; 0 is a version
    that nobody told.

    Raises: Refused (`move_server_older`).
    """
    if 0 < destination_major < source_major:
        majors = {"source": source_major, "destination": destination_major}
        raise Refused("move_server_older", **majors)


def require_fit(found: Found) -> None:
    """Make sure that a tenant can live at the destination.

    Raises: Refused (`move_modules_unread`, `move_modules`, `move_unapproved`, `move_series`,
    `disk_full`).
    """
    if not found.offered:
        raise Refused("move_modules_unread")
    missing = sorted({*found.modules} - {*found.offered})
    if missing:
        raise Refused("move_modules", **_named(missing))
    if found.unapproved:
        raise Refused("move_unapproved", **_named(found.unapproved))
    _require_series(found)
    if found.free_bytes < found.needed_bytes:
        room = {"needed_bytes": found.needed_bytes, "free_bytes": found.free_bytes}
        raise Refused("disk_full", **room)


def _require_series(found: Found) -> None:
    """A version of Odoo reads a database of its own alone."""
    here, there = (series(told.get("base", "")) for told in (found.modules, found.offered))
    if here and there and here != there:
        raise Refused("move_series", source=here, destination=there)


def series(version: str) -> str:
    """Return the version of Odoo in a module's full version: `19.0` of `19.0.1.3`, empty where
    there is none.
    """
    parts = version.split(".")
    return ".".join(parts[:2]) if len(parts) >= 4 else ""


def _named(names: Iterable[str]) -> dict[str, object]:
    """Return how many there are, and the first five by name."""
    told = [*names]
    return {"count": len(told), "modules": ", ".join(told[:5])}
