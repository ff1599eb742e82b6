"""Limits that are enforced inside a tenant's database: the numbers, and whether they stand there.

Owns: which numbers can be enforced, what is a defect of the schema `saas` of a tenant, which
defects somebody made. Does not own: SQL (`adapters/postgres/limits_schema.py`), where numbers come
from, putting right (job `apply_limits`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import Refused

# A bigint of PostgreSQL.
MOST = 2**63 - 1
MOST_ENTRIES = 2000
# Nothing stands there yet, or the step that lent a right was cut off: nobody did that.
OURS = frozenset({"schema_missing", "right_left"})
# The tenant's own table is another thing than Odoo's: it cannot be put right from outside.
NOT_MENDED = frozenset({"table_replaced"})


@dataclass(frozen=True)
class Enforced:
    """Two numbers, None = no limit: internal users, and bytes that attachments may still grow.

    Raises: Refused (`limit_negative`, `limit_too_large` beyond 2^63 - 1).
    """

    users: int | None = None
    storage_room: int | None = None

    def __post_init__(self) -> None:
        for name, number in (("users", self.users), ("storage_room", self.storage_room)):
            if number is None:
                continue
            if number < 0:
                raise Refused("limit_negative", limit=name)
            if number > MOST:
                raise Refused("limit_too_large", limit=name)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to enforce."""
        return self.users is None and self.storage_room is None


@dataclass(frozen=True)
class Standing:
    """What stands in a database. `schema`: True ours, False somebody else's, None missing; `rows`
    of both tables together; `functions` and `triggers` by name, as far as they count; `tables`: the
    sort of each table that has triggers; `columns` that may be read for counting; `may_create`: the
    right that was lent for making the schema is still there.
    """

    schema: bool | None
    rows: int = 0
    functions: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    triggers: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    columns: int = 0
    may_create: bool = False


@dataclass(frozen=True)
class Seen:
    """What a look found: defects by their codes, and the numbers that stand (None = no limit).

    `given` is the room that was written last, `room` what is left of it, `entries` how many notes
    of growth say so: too many are added up.
    """

    defects: tuple[str, ...] = ()
    users: int | None = None
    given: int | None = None
    room: int | None = None
    entries: int = 0

    def holds(self, wanted: Enforced) -> bool:
        """Tell whether all is as wanted; what was used since of the room that was given is used."""
        numbers = (self.users, self.given) == (wanted.users, wanted.storage_room)
        return numbers and not self.defects and self.entries <= MOST_ENTRIES


def defects(found: Standing, wanted: Standing) -> tuple[str, ...]:
    """Return the codes of what differs, sorted."""
    if found.schema is None:
        codes = {"schema_missing"}
    elif not found.schema:
        codes = {"schema_foreign"}
    else:
        codes = {
            *(["limits_changed"] if found.rows != wanted.rows else []),
            *(["function_changed"] if found.functions != wanted.functions else []),
            *_triggers(found, wanted),
            *(["right_missing"] if found.columns != wanted.columns else []),
        }
    if found.tables != wanted.tables:
        codes.add("table_replaced")
    if found.may_create:
        codes.add("right_left")
    return tuple(sorted(codes))


def _triggers(found: Standing, wanted: Standing) -> set[str]:
    codes = set()
    for name, (enabled, order) in wanted.triggers.items():
        if name not in found.triggers:
            codes.add("trigger_missing")
            continue
        is_enabled, is_order = found.triggers[name]
        if is_order != order:
            codes.add("trigger_changed")
        if is_enabled != enabled:
            codes.add("trigger_disabled")
    return codes


def tampered(seen: Seen, applied: Enforced | None) -> tuple[str, ...]:
    """Return the defects that somebody must have made since limits were applied, sorted.

    Before they were ever applied to this database nobody has. A number that is not the one that was
    written is one, too.
    """
    if applied is None:
        return ()
    codes = {*seen.defects} - (OURS - {"schema_missing"})
    unread = {"schema_missing", "schema_foreign", "limits_changed"} & codes
    if not unread and (seen.users, seen.given) != (applied.users, applied.storage_room):
        codes.add("limits_changed")
    return tuple(sorted(codes))


def worth_telling(wanted: Enforced, applied: Enforced | None) -> bool:
    """Tell whether numbers differ so much that they are written before the next hourly round.

    Room shrinks by itself in the database as files come; a new measure counts from a hundredth of
    the room on, at least 1 MB, and always when room begins, ends or is none.
    """
    if applied is None:
        return not wanted.nothing
    if wanted.users != applied.users:
        return True
    now, then = wanted.storage_room, applied.storage_room
    if now is None or then is None or 0 in (now, then):
        return now != then
    return abs(now - then) >= max(now // 100, 1_000_000)
