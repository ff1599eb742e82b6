"""A tenant's database entered as the tenant's own role."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ...kernel.secret import Secret


@dataclass(frozen=True)
class Birth:
    """What makes a copy an Odoo of its own, independent of the customer; written while it is a
    standby.
    """

    database_uuid: str
    database_secret: str
    created_at: datetime


@dataclass(frozen=True)
class Identity:
    """What makes a database the customer's: company, administrator, address."""

    base_url: str
    company_name: str
    company_email: str
    admin_name: str
    admin_login: str
    admin_email: str
    language: str = ""
    time_zone: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Guest:
    """A user for support inside a tenant; `settings`: with the right to administrator settings."""

    login: str
    name: str
    email: str
    settings: bool = False


class InsidePort(Protocol):
    """What is written inside a tenant's database, each time in one transaction."""

    def give_birth(self, name: str, generation: int, birth: Birth) -> None:
        """As the tenant's role: new uuid, secret and times, cron calls spread ahead, nothing
        inherited (mail servers, tokens, sessions).
        """

    def expecting(self, name: str, generation: int) -> AbstractContextManager[None]:
        """Make ready, inside the block, for a `settle` that is likely; a wrong guess costs
        nothing.
        """

    def settle(self, name: str, generation: int, identity: Identity) -> dict[str, object]:
        """As the tenant's role, one transaction: company, administrator, address, parameters, cache
        signal.

        Return `{"admin_user_id": int, "admin_partner_id": int, "company_id": int}`.
        """

    def open_guest(self, name: str, generation: int, guest: Guest) -> dict[str, int]:
        """As the tenant's role: a user without a password that a sign-up link of type `reset` may
        give one. Return `{"guest_user": int, "guest_partner": int}`.
        """

    def close_guest(self, name: str, generation: int, login: str, user: int) -> dict[str, int]:
        """As the tenant's role: archive that user, ending its sessions and keys; absent is done.

        Return `{"guests": int, "users_made": int}`.
        """

    def address_of(self, name: str, generation: int) -> str | None:
        """As the tenant's role: return by which address the database calls itself, None when that
        is not frozen, so that anybody's login may change it.
        """

    def set_address(self, name: str, generation: int, base_url: str) -> None:
        """As the tenant's role: have the database call itself by this address, frozen."""

    def set_database_secret(self, name: str, generation: int, secret: Secret) -> None:
        """As the tenant's role: have sessions and links signed with another `database.secret`."""
