"""Comparing what the control plane knows with what lies on a cluster.

Owns: audits A1 (databases and roles), A2 (folders), A8 (leftovers): what is a finding and what a
sweep may remove by itself. Does not own: stuck operations (`stuck.py`), reading either side,
removing (jobs).

Nothing is judged while an operation runs on it. A sweep removes only what nobody was ever handed:
the stage on the role says `building` or `ready`, or the control plane itself recorded that it is
gone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .naming import is_ours, stem_of

# Stages of a known database, as the control plane recorded them.
BUILDING = "building"
READY = "ready"
CLAIMED = "claimed"
GONE = "gone"

DATABASE = "database"
ROLE = "role"
FOLDER = "folder"

# `datconnlimit` of a database whose DROP was interrupted.
INVALID = -2
_NEVER_HANDED_OVER = frozenset({BUILDING, READY})


class DatabaseFacts(Protocol):
    """What an audit reads of a database on the server."""

    @property
    def name(self) -> str: ...
    @property
    def oid(self) -> int: ...
    @property
    def owner(self) -> str: ...
    @property
    def connection_limit(self) -> int: ...


class RoleFacts(Protocol):
    """What an audit reads of a tenant role on the server."""

    @property
    def name(self) -> str: ...
    @property
    def stage(self) -> str: ...


@dataclass(frozen=True)
class Known:
    """A database that the control plane has a row for.

    `stage` is `building`, `ready`, `claimed` or `gone`; `busy` says that an operation runs on it;
    `oid` 0 = not recorded; a golden database has neither role nor, before its build ends, files.
    """

    name: str
    stage: str
    busy: bool = False
    oid: int = 0
    has_role: bool = True
    has_folder: bool = True


@dataclass(frozen=True)
class Inventory:
    """What lies on one cluster: databases and roles of our form, folders with unfinished copies."""

    provisioner: str
    databases: tuple[DatabaseFacts, ...] = ()
    roles: tuple[RoleFacts, ...] = ()
    folders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One defect. `kind` is missing, extra, wrong_owner, wrong_oid, invalid, half_made, leftover
    or, of operations, stuck. `sweep` says that it may be removed without asking anybody."""

    audit: str
    kind: str
    what: str
    name: str
    sweep: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)


class _Sides:
    """Both sides by name, with the two questions that every rule asks."""

    def __init__(self, known: Iterable[Known], inventory: Inventory) -> None:
        self.known = {one.name: one for one in known}
        self.inventory = inventory
        self.stages = {role.name: role.stage for role in inventory.roles}
        self.databases = {one.name for one in inventory.databases}

    def row(self, name: str) -> Known | None:
        return self.known.get(stem_of(name))

    def busy(self, name: str) -> bool:
        row = self.row(name)
        return row is not None and row.busy

    def may_sweep(self, name: str, what: str) -> bool:
        """Tell whether nobody can miss it."""
        row, stage = self.row(name), self.stages.get(stem_of(name))
        if stage == CLAIMED:
            return False
        if row is not None:
            return row.stage in (GONE, BUILDING)
        if stage in _NEVER_HANDED_OVER:
            return True
        # Killed between CREATE ROLE and its comment: a bare role without a database holds nothing.
        return what == ROLE and stage == "" and stem_of(name) not in self.databases


def audit(known: Iterable[Known], inventory: Inventory) -> list[Finding]:
    """Return the findings of A1, A2 and A8 in a stable order; empty when both sides agree.

    Read the inventory first and the rows after it: a row is there before what it stands for, so
    nothing that is just being made looks like nobody's.
    """
    sides = _Sides(known, inventory)
    found = [
        *_missing(sides),
        *_databases(sides),
        *_names(sides, "A1", ROLE, sorted(sides.stages)),
        *_names(sides, "A2", FOLDER, sorted(inventory.folders)),
    ]
    return sorted(found, key=lambda one: (one.audit, one.what, one.name, one.kind))


def _missing(sides: _Sides) -> Iterator[Finding]:
    folders = set(sides.inventory.folders)
    present = {DATABASE: sides.databases, ROLE: set(sides.stages), FOLDER: folders}
    for row in sides.known.values():
        if row.busy or row.stage not in (READY, CLAIMED):
            continue
        wanted = {DATABASE: True, ROLE: row.has_role, FOLDER: row.has_folder}
        for what, names in present.items():
            if wanted[what] and row.name not in names:
                yield Finding("A2" if what == FOLDER else "A1", "missing", what, row.name)


def _databases(sides: _Sides) -> Iterator[Finding]:
    for database in sides.inventory.databases:
        if sides.busy(database.name):
            continue
        yield from _presence(sides, "A1", DATABASE, database.name)
        yield from _condition(sides, database)


def _condition(sides: _Sides, database: DatabaseFacts) -> Iterator[Finding]:
    """Findings about a database that is there: can it be used, whose is it, is it ours."""
    row = sides.known.get(database.name)
    if database.connection_limit == INVALID:
        sweep = sides.may_sweep(database.name, DATABASE)
        yield Finding("A1", "invalid", DATABASE, database.name, sweep)
    if database.owner != sides.inventory.provisioner:
        facts = {"owner": database.owner}
        yield Finding("A1", "wrong_owner", DATABASE, database.name, facts=facts)
    if row is not None and row.oid and row.oid != database.oid:
        facts = {"expected": row.oid, "found": database.oid}
        yield Finding("A1", "wrong_oid", DATABASE, database.name, facts=facts)


def _names(sides: _Sides, number: str, what: str, names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        if not sides.busy(name):
            yield from _presence(sides, number, what, name)


def _presence(sides: _Sides, number: str, what: str, name: str) -> Iterator[Finding]:
    """Findings about something that is there: should it be?"""
    if _kept_beside(sides, name):
        return
    row, sweep = sides.row(name), sides.may_sweep(name, what)
    if not is_ours(name) or name != stem_of(name):
        # An unfinished copy of files is nobody's; a staging database may be the way back of an
        # undo.
        yield Finding("A8", "leftover", what, name, what == FOLDER and _unfinished(name))
    elif row is None:
        yield Finding(number, "extra", what, name, sweep)
    elif row.stage == GONE:
        yield Finding("A8", "leftover", what, name, sweep)
    elif row.stage == BUILDING:
        yield Finding(number, "half_made", what, name, sweep)


def _kept_beside(sides: _Sides, name: str) -> bool:
    """Tell whether it is what a restore put out of the way, and recorded."""
    own = sides.known.get(name)
    return own is not None and name != stem_of(name) and own.stage == READY


def _unfinished(name: str) -> bool:
    return bool(stem_of(name)) and not is_ours(name)
