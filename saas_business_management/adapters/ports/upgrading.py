"""A live database that is copied as it is while nobody is inside."""

from typing import Protocol


class UpgradingPort(Protocol):
    """What an upgrade asks of a cluster."""

    def module_states(self, name: str, generation: int) -> dict[str, list[str]]:
        """As the tenant's role, read only: return each module's state and version in the
        database."""

    def stand_still(self, name: str, patience_seconds: float) -> str:
        """Let nobody into a database, wait for transactions under way, then end the sessions;
        return a mark that differs when anything was written in between. `let_in` opens it again.
        """

    def copy_live(self, name: str, copy: str) -> int:
        """Copy a database that stands still to a staging copy of it, whatever was there; return the
        copy's oid."""
