"""Preflight: what has to be true before a build or a provisioning may begin.

Owns: the rules and how much disk they ask for. Does not own: measuring (jobs), choosing a cluster
(`placement.py`), the name of the tenant (`naming.py`).

All blockers are found at once, so that a person mends them in one go; the first is the one to
raise.
"""

from collections.abc import Collection
from dataclasses import dataclass

from ..errors import Refused, SaasError, Unavailable

DISK_FACTOR = 3
DISK_MARGIN_PERCENT = 10
# Measured: Odoo's base with its files takes 35 MB, contacts + crm + sale_management (65 modules) 64
# MB.
BASE_BYTES = 60_000_000
MODULE_BYTES = 1_500_000


@dataclass(frozen=True)
class ClusterState:
    """The cluster as it stands. `free_bytes` None = unknown; `capacity` counts standbys too."""

    key: str
    active: bool
    answers: bool
    capacity: int
    used: int
    free_bytes: int | None = None
    failed_checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class BuildWish:
    """A build: modules by technical name; `template_bytes` of the former version, 0 = none."""

    modules: Collection[str]
    known_modules: Collection[str]
    template_bytes: int = 0


@dataclass(frozen=True)
class ProvisionWish:
    """A provisioning: is there a published version, how big is it, is a standby waiting already."""

    template: str
    version_published: bool
    template_bytes: int
    standby_ready: bool = False


def needed_bytes(template_bytes: int) -> int:
    """Return the disk one copy needs: three times the template and ten percent of that, rounded up.

    WAL, the copy itself and its growth in the first hours; a full disk would stop every tenant of
    the cluster.
    """
    percent = DISK_FACTOR * (100 + DISK_MARGIN_PERCENT)
    return -(-template_bytes * percent // 100)


def build_bytes(module_count: int) -> int:
    """Return the disk a build of this many modules needs when there is none to measure."""
    return needed_bytes(BASE_BYTES + MODULE_BYTES * module_count)


def build_blockers(cluster: ClusterState, wish: BuildWish) -> list[SaasError]:
    """Return everything that stands in the way of a build, the weightiest first; empty = go."""
    found = _cluster_blockers(cluster)
    missing = sorted(set(wish.modules) - set(wish.known_modules))
    if missing:
        found.append(Refused("module_unknown", modules=", ".join(missing)))
    former = needed_bytes(wish.template_bytes)
    return found + _disk_blockers(cluster, former or build_bytes(len(wish.modules)))


def provision_blockers(cluster: ClusterState, wish: ProvisionWish) -> list[SaasError]:
    """Return everything that stands in the way of a provisioning, the weightiest first; empty = go.

    A waiting standby already has its disk and its place in the capacity.
    """
    found = _cluster_blockers(cluster)
    if not wish.version_published:
        found.append(Refused("template_unpublished", template=wish.template))
    if wish.standby_ready:
        return found
    if cluster.used >= cluster.capacity:
        found.append(Refused("cluster_full", cluster=cluster.key, capacity=cluster.capacity))
    return found + _disk_blockers(cluster, needed_bytes(wish.template_bytes))


def _cluster_blockers(cluster: ClusterState) -> list[SaasError]:
    if not cluster.active:
        return [Refused("cluster_inactive", cluster=cluster.key)]
    if not cluster.answers:
        return [Unavailable("cluster_unreachable", cluster=cluster.key)]
    if cluster.failed_checks:
        checks = list(cluster.failed_checks)
        return [Refused("cluster_unfit", cluster=cluster.key, checks=checks)]
    return []


def _disk_blockers(cluster: ClusterState, needed: int) -> list[SaasError]:
    if cluster.free_bytes is None or cluster.free_bytes >= needed:
        return []
    return [Refused("disk_full", needed_bytes=needed, free_bytes=cluster.free_bytes)]
