"""The route map: which host name leads to which database, under which role and in which state.

Owns: rows, the map a node decides by, what changed between two maps. Does not own: reading rows
(`adapters/postgres/route_feed.py`), and who writes them (the control plane).
"""

from collections.abc import Iterable
from dataclasses import dataclass

SERVING = frozenset({"trial", "active"})
STANDBY = "standby"
GONE = "gone"
USABLE = SERVING | {STANDBY, "provisioning"}


@dataclass(frozen=True, slots=True)
class Route:
    """One row of `saas_route`; `host` is empty for a standby and a tombstone.

    `redirect` is the host name that visitors of this one are sent to; `restricted` = open, but no
    new users or apps; `code` = its administrators may write Python code; `brand` is an id, 0 = the
    default one; `since` and `kept_until` are ISO instant (UTC) and date for pages, or empty;
    `limits` is JSON (`limits.py`) or empty.
    """

    id: int
    host: str
    database: str
    generation: int
    state: str
    reason: str = ""
    tenant_uuid: str = ""
    tenant_name: str = ""
    redirect: str = ""
    restricted: bool = False
    code: bool = False
    brand: int = 0
    since: str = ""
    kept_until: str = ""
    limits: str = ""

    @property
    def serving(self) -> bool:
        """Whether requests and crons may reach the database."""
        return self.state in SERVING


@dataclass(frozen=True, slots=True)
class Changes:
    """What a node has to act on, as sets of database names.

    `renewed` has a new password generation, `closed` serves no more, `gone` is dropped, `standby`
    came new and waits to be warmed.
    """

    renewed: frozenset[str]
    closed: frozenset[str]
    gone: frozenset[str]
    standby: frozenset[str]


class RouteMap:
    """All routes of a node, never changed after it was made: a reader needs no lock."""

    __slots__ = ("by_id", "by_host", "by_database", "_rows")

    def __init__(self, routes: Iterable[Route] = ()) -> None:
        self.by_id: dict[int, Route] = {}
        self.by_host: dict[str, Route] = {}
        self.by_database: dict[str, Route] = {}
        self._rows: dict[str, dict[int, Route]] = {}
        for route in sorted(routes, key=_weight):
            self._add(route)

    def __len__(self) -> int:
        return len(self.by_host)

    def with_changes(self, changed: Iterable[Route]) -> "RouteMap":
        """Return a map in which these rows replace those of the same id."""
        rows = sorted(changed, key=_weight)
        new = RouteMap()
        new.by_id, new.by_host = self.by_id.copy(), self.by_host.copy()
        new.by_database, new._rows = self.by_database.copy(), self._rows.copy()
        for route in rows:
            new._remove(route.id)
        for route in rows:
            new._add(route)
        return new

    def serving_databases(self) -> list[str]:
        """Return the databases whose crons may run, sorted."""
        return sorted(name for name, route in self.by_database.items() if route.serving)

    def standby_databases(self) -> list[str]:
        """Return the databases to keep warm, oldest first."""
        found = [route for route in self.by_database.values() if route.state == STANDBY]
        return [route.database for route in sorted(found, key=lambda route: route.id)]

    def _add(self, route: Route) -> None:
        self.by_id[route.id] = route
        if route.host:
            self.by_host[route.host] = route
        self._set_rows(route.database, {**self._rows.get(route.database, {}), route.id: route})

    def _remove(self, row_id: int) -> None:
        route = self.by_id.pop(row_id, None)
        if route is None:
            return
        if self.by_host.get(route.host) is route:
            del self.by_host[route.host]
        rows = {key: row for key, row in self._rows[route.database].items() if key != row_id}
        self._set_rows(route.database, rows)

    def _set_rows(self, database: str, rows: dict[int, Route]) -> None:
        """Keep the rows of a database; its newest generation speaks, an open one first."""
        if rows:
            self._rows[database] = rows
            self.by_database[database] = max(rows.values(), key=_weight)
        else:
            self._rows.pop(database, None)
            self.by_database.pop(database, None)


def compare(old: RouteMap, new: RouteMap, names: Iterable[str] | None = None) -> Changes:
    """Return what changed for these databases or all; one only in `old` is closed."""
    looked = old.by_database.keys() | new.by_database.keys() if names is None else set(names)
    pairs = [(name, old.by_database.get(name), new.by_database.get(name)) for name in looked]
    return Changes(
        renewed=frozenset(name for name, was, now in pairs if _renewed(was, now)),
        closed=frozenset(name for name, was, now in pairs if _usable(was) and not _usable(now)),
        gone=frozenset(name for name, was, now in pairs if not _is_gone(was) and _is_gone(now)),
        standby=frozenset(name for name, was, now in pairs if not _standby(was) and _standby(now)),
    )


def _weight(route: Route) -> tuple[int, bool, int]:
    return (route.generation, route.serving, route.id)


def _renewed(was: Route | None, now: Route | None) -> bool:
    return was is not None and now is not None and was.generation != now.generation


def _usable(route: Route | None) -> bool:
    return route is not None and route.state in USABLE


def _is_gone(route: Route | None) -> bool:
    return route is not None and route.state == GONE


def _standby(route: Route | None) -> bool:
    return route is not None and route.state == STANDBY
