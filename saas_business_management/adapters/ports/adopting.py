"""A database that stands on a cluster without us: looked at, taken over, given back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Foreign:
    """A database whose name is not of our form, as the server tells it from outside.

    `takeable`: the provisioner may act for its owner; `strong_owner`: its owner is a superuser.
    """

    name: str
    oid: int
    owner: str
    size_bytes: int
    sessions: int
    is_template: bool
    allows_connections: bool
    takeable: bool
    strong_owner: bool


class AdoptingPort(Protocol):
    """What an adoption asks of a cluster."""

    def foreign(self) -> list[Foreign]:
        """List the databases that are neither ours nor the server's own."""

    def look_foreign(self, name: str) -> dict[str, Any]:
        """Read what an adoption would meet inside, in a read-only transaction that runs nothing of
        what stands there; plain JSON values, `entered` false when we are not let in.
        """

    def hold_foreign(self, name: str, oid: int, own: str) -> None:
        """Take a database from its owner, shut everybody out, give it our name `own`."""

    def own_foreign(self, own: str, owner: str) -> int:
        """Hand what `owner` has inside to the role `own` and prove that nothing else is left;
        return how many objects changed hands.
        """

    def give_back(self, own: str, name: str, owner: str, rights: Mapping[str, Any]) -> None:
        """Undo both: name, owner of everything, rights and limit as `look_foreign` saw them."""

    def put_address_back(self, own: str, generation: int, base_url: str, frozen: str) -> None:
        """As the tenant's role: have the database call itself as it did before, empty = not set."""

    def admin_of(self, own: str, generation: int) -> dict[str, int]:
        """As the tenant's role: return the first active internal user,
        `{"admin_user_id": int, "admin_partner_id": int}`.
        """
