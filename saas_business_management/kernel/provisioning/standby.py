"""How many standby copies to make and which to give up.

Owns: the two decisions about a template's pool. Does not own: making and dropping (jobs), claiming
(one statement of the database).

A pool belongs to one template on one cluster. Only copies of the published version can be claimed,
so copies of any other version are useless from the moment a newer one is published.
"""

from collections.abc import Iterable
from dataclasses import dataclass

BUILDING = "building"
READY = "ready"


@dataclass(frozen=True)
class Standby:
    """A copy nobody has claimed: its database, its version's number, `building` or `ready`."""

    name: str
    version: int
    stage: str


@dataclass(frozen=True)
class Pool:
    """A template's pool on one cluster, oldest copy first.

    `published` is the number of the published version, 0 when there is none; `stale` says that code
    or settings changed since; `newer_build` that a newer version is being built; `capacity_left`
    how many databases the cluster still takes.
    """

    wanted: int
    published: int
    active: bool
    capacity_left: int
    standbys: tuple[Standby, ...] = ()
    stale: bool = False
    newer_build: bool = False


def how_many_to_make(pool: Pool) -> int:
    """Return how many copies to begin now: what is wanted and not there, within the capacity.

    None for a template that is inactive or unpublished, and none when the version is about to be
    replaced.
    """
    if not pool.active or not pool.published or (pool.stale and pool.newer_build):
        return 0
    good = sum(1 for standby in pool.standbys if standby.version == pool.published)
    return max(0, min(pool.wanted - good, pool.capacity_left))


def which_to_drop(pool: Pool) -> list[str]:
    """Return the ready copies to give up: those of another version, then the youngest too many.

    A copy that is still building has an operation of its own and is judged when it is ready.
    """
    ready = [standby for standby in pool.standbys if standby.stage == READY]
    useless = [standby.name for standby in ready if not _claimable(standby, pool)]
    good = [standby.name for standby in ready if _claimable(standby, pool)]
    return useless + good[max(0, pool.wanted) :]


def pick(standbys: Iterable[Standby], published: int) -> str:
    """Return the name of the oldest ready copy of the published version, or an empty text."""
    fitting = (one for one in standbys if one.stage == READY and one.version == published)
    return next((one.name for one in fitting), "")


def _claimable(standby: Standby, pool: Pool) -> bool:
    return pool.active and bool(pool.published) and standby.version == pool.published
