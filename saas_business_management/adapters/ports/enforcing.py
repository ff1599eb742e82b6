"""Limits that hold inside a tenant's database."""

from typing import Protocol

from ...kernel.quota.enforced import Enforced, Seen
from ...kernel.quota.share import Share


class EnforcingPort(Protocol):
    """What the job that applies limits asks of a cluster."""

    def look_at_limits(self, name: str) -> Seen:
        """Return which defects the schema `saas` of a database has, and the numbers that stand."""

    def put_limits(self, name: str, generation: int, wanted: Enforced) -> None:
        """Put right whatever keeps the limits from holding, and write the numbers.

        `generation` is that of the tenant's password: on its own tables its own role works.
        """

    def share_stands(self, name: str, share: Share) -> bool:
        """Tell whether the server gives a tenant exactly this share."""

    def put_share(self, name: str, share: Share) -> None:
        """Give a tenant this share of the server; what is 0 goes back to what everybody has."""
