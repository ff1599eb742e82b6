"""Rights on a cluster looked at, mended and attacked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ...kernel.provisioning.privileges import Baseline, Inside, Privileges


@dataclass(frozen=True)
class Attack:
    """What came of one hostile statement: `refused`, `succeeded` or `unknown` with the SQLSTATE."""

    name: str
    outcome: str
    state: str


class GuardingPort(Protocol):
    """What audits and attacks ask of a cluster."""

    def baseline(self) -> Baseline:
        """Return what rights and limits are right on this cluster."""

    def privileges(self) -> Privileges:
        """Read rights and settings of the whole cluster from outside."""

    def inside(self, name: str, generation: int) -> Inside:
        """Look into a tenant's database as the tenant; never raises for what cannot be seen."""

    def mend_right(
        self, kind: str, name: str, generation: int, facts: Mapping[str, object]
    ) -> None:
        """Put one finding of the audit of rights right; `Broken` when only a superuser can."""

    def attack(self, name: str, generation: int, other: str) -> list[Attack]:
        """Try every hostile statement as the tenant and leave nothing; `other` is another tenant's
        database or empty.
        """
