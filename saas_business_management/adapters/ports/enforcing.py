"""Limits that hold inside a tenant's database."""

from typing import Protocol

from ...kernel.quota.enforced import Enforced, Seen


class EnforcingPort(Protocol):
    """What the job that applies limits asks of a cluster."""

    def look_at_limits(self, name: str) -> Seen:
        """Return which defects the schema `saas` of a database has, and the numbers that stand."""

    def put_limits(self, name: str, generation: int, wanted: Enforced) -> None:
        """Put right whatever keeps the limits from holding, and write the numbers.

        `generation` is that of the tenant's password: on its own tables its own role works.
        """
