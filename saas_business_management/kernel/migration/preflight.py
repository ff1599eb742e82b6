"""What has to be true before a tenant is brought to another version.

Owns: what refuses an upgrade, the room it needs. Does not own: measuring (jobs), the sentences.
"""

from collections.abc import Collection
from dataclasses import dataclass

from ..errors import Refused, SaasError

STAGED, IN_PLACE = "staged", "in_place"
MODES = (STAGED, IN_PLACE)
# States in which a tenant has a database of its own that nobody is taking away.
UPGRADABLE_STATES = ("trial", "active", "suspended", "archived")
# The copy, what an update writes anew in it, and WAL on top.
COPY_FACTOR = 3


@dataclass(frozen=True)
class Wish:
    """An upgrade somebody asks for, and how its tenant stands.

    Numbers of versions count up within a template; 0 is a tenant of no known version. What was not
    looked at yet is None: the modules the cluster offers (`offered`), the modules that are half
    done in the tenant (`dirty`), bytes. Modules that nobody approved for the cluster may be
    rehearsed.
    """

    state: str
    same_template: bool
    from_number: int
    to_number: int
    to_state: str
    busy: bool
    sandbox: bool
    has_database: bool
    safety_wanted: bool
    safety_possible: bool
    needed: Collection[str] = ()
    offered: Collection[str] | None = None
    dirty: Collection[str] | None = None
    database_bytes: int | None = None
    free_bytes: int | None = None
    rehearsal: bool = False
    unapproved: Collection[str] = ()


def blockers(wish: Wish) -> list[SaasError]:
    """Return everything that stands in the way, the weightiest first; empty = go.

    Codes: `upgrade_state`, `upgrade_without_database`, `upgrade_other_template`,
    `upgrade_not_published`, `upgrade_older`, `upgrade_busy`, `upgrade_sandbox`, `upgrade_missing`,
    `upgrade_unapproved`, `upgrade_dirty`, `upgrade_without_safety`, `disk_full`.
    """
    return [*_of_tenant(wish), *_of_version(wish), *_of_turn(wish), *_of_place(wish)]


def _of_tenant(wish: Wish) -> list[SaasError]:
    if wish.state not in UPGRADABLE_STATES:
        return [Refused("upgrade_state", state=wish.state)]
    return [] if wish.has_database else [Refused("upgrade_without_database")]


def _of_version(wish: Wish) -> list[SaasError]:
    found: list[SaasError] = []
    if not wish.same_template:
        found.append(Refused("upgrade_other_template"))
    if wish.to_state != "published":
        found.append(Refused("upgrade_not_published"))
    if wish.same_template and wish.to_number <= wish.from_number:
        numbers = {"from_number": wish.from_number, "to_number": wish.to_number}
        found.append(Refused("upgrade_older", **numbers))
    return found


def _of_turn(wish: Wish) -> list[SaasError]:
    found: list[SaasError] = []
    if wish.busy:
        found.append(Refused("upgrade_busy"))
    if wish.sandbox:
        found.append(Refused("upgrade_sandbox"))
    if wish.safety_wanted and not wish.safety_possible and not wish.rehearsal:
        found.append(Refused("upgrade_without_safety"))
    return found


def _of_place(wish: Wish) -> list[SaasError]:
    found: list[SaasError] = []
    if wish.offered is not None:
        absent = sorted({*wish.needed} - {*wish.offered})
        if absent:
            found.append(Refused("upgrade_missing", modules=absent))
    if wish.unapproved and not wish.rehearsal:
        found.append(Refused("upgrade_unapproved", modules=sorted(wish.unapproved)))
    if wish.dirty:
        found.append(Refused("upgrade_dirty", modules=sorted(wish.dirty)))
    if wish.free_bytes is not None and wish.database_bytes is not None:
        needed = COPY_FACTOR * wish.database_bytes
        if wish.free_bytes < needed:
            found.append(Refused("disk_full", needed_bytes=needed, free_bytes=wish.free_bytes))
    return found
