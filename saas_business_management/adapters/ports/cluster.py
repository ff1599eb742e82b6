"""One PostgreSQL cluster: its databases and roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .adopting import AdoptingPort
from .enforcing import EnforcingPort
from .guarding import GuardingPort
from .inside import InsidePort
from .metering import MeteringPort
from .moving import MovingPort
from .restoring import RestoringPort
from .upgrading import UpgradingPort
from .watching import WatchingPort


@dataclass(frozen=True)
class DatabaseInfo:
    """A database as the server knows it; `connection_limit` -2 means an interrupted DROP left it
    unusable.
    """

    name: str
    oid: int
    owner: str
    is_template: bool
    allows_connections: bool
    connection_limit: int


@dataclass(frozen=True)
class RoleInfo:
    """A tenant role: may it log in, and the stage written in its comment (`building`, `ready`,
    `claimed`, or empty).
    """

    name: str
    can_login: bool
    stage: str


@dataclass(frozen=True)
class Check:
    """One line of a connection test: `ok`, what was looked at, and what mends it when it is not."""

    code: str
    ok: bool
    facts: Mapping[str, object] = field(default_factory=dict)
    mend: str = ""


class ClusterPort(
    InsidePort,
    RestoringPort,
    MovingPort,
    GuardingPort,
    MeteringPort,
    EnforcingPort,
    WatchingPort,
    UpgradingPort,
    AdoptingPort,
    Protocol,
):
    """One PostgreSQL cluster as its provisioner sees it. Names are checked against
    `^[gt]_[a-z2-7]{26}(_[rz][0-9]+)?$`.
    """

    def check(self) -> list[Check]:
        """Test every right and setting the product needs; never raises, an unreachable server is a
        failed check.
        """

    def database(self, name: str) -> DatabaseInfo | None:
        """Look a database up."""

    def databases(self) -> list[DatabaseInfo]:
        """List the databases whose names are of our form."""

    def roles(self) -> list[RoleInfo]:
        """List the members of the tenants' marker group."""

    def database_bytes(self, name: str) -> int:
        """Return `pg_database_size`."""

    def create_empty(self, name: str) -> int:
        """Create an empty UTF-8, C-collated database with pg_trgm, closed to PUBLIC, owned by the
        provisioner; return its oid.
        """

    def seal_golden(self, name: str) -> None:
        """Hand all objects to the builder role, revoke, mark as template, allow no connections."""

    def ensure_role(self, role: str, generation: int) -> None:
        """Create the tenant role or set its verifier for this generation, its limits and its
        membership; comment `building` when new.
        """

    def mark_role(self, role: str, stage: str) -> None:
        """Write the stage into the role's comment."""

    def clone(self, name: str, template: str) -> int:
        """Copy a golden database, adopting one that already appeared or waiting for one that is
        being made; return its oid.

        Closed to PUBLIC and open to its role at once.
        """

    def own_objects(self, name: str) -> None:
        """Hand everything inside from the builder to the tenant role and prove that nothing foreign
        is left.
        """

    def stop_logins(self, name: str) -> None:
        """Role NOLOGIN and its sessions ended."""

    def allow_logins(self, name: str) -> None:
        """Role LOGIN again."""

    def drop_database(self, name: str) -> None:
        """Drop it whatever its state, waiting for a creation under way; nothing happens when it is
        absent.
        """

    def drop_role(self, role: str) -> None:
        """Drop the tenant role; nothing happens when it is absent."""

    def moment(self) -> str:
        """Return the server's own instant."""

    def end_sessions_before(self, role: str, moment: str, patience_seconds: float) -> int:
        """Let a role's sessions from before that moment end by themselves for a while, then end
        them; return how many were ended.
        """
