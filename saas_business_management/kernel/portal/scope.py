"""What an API key of a customer may do, and for how long it works.

Owns: scopes, which role may give which, the longest life of a key. Does not own: keys (rows), the
routes (`api.py`).
"""

from collections.abc import Iterable
from datetime import date, timedelta

from ..errors import Refused
from . import roles

TENANTS_READ, TENANTS_MANAGE = "tenants:read", "tenants:manage"
USAGE_READ, INVOICES_READ = "usage:read", "invoices:read"
BACKUPS_READ, BACKUPS_MAKE = "backups:read", "backups:make"

# Scope → what a role must be allowed to do, to give it and for it to go on working.
NEEDS = {
    TENANTS_READ: roles.VIEW,
    USAGE_READ: roles.VIEW,
    BACKUPS_READ: roles.BACKUP,
    BACKUPS_MAKE: roles.BACKUP,
    INVOICES_READ: roles.MONEY,
    TENANTS_MANAGE: roles.PLAN,
}
SCOPES = tuple(NEEDS)
MOST_DAYS = 365
USUAL_DAYS = 90


def giveable(role: str) -> tuple[str, ...]:
    """Return the scopes that a role may give to a key: none beyond what it may do itself."""
    if not roles.may(role, roles.CONNECT):
        return ()
    return tuple(scope for scope in SCOPES if roles.may(role, NEEDS[scope]))


def checked(wanted: Iterable[str], role: str) -> tuple[str, ...]:
    """Return the wanted scopes, each once, in the order of the table.

    Raises: Refused (`api_scope_none`, `api_scope_unknown`, `api_scope_not_yours`).
    """
    asked = set(wanted)
    if not asked:
        raise Refused("api_scope_none")
    if asked - set(SCOPES):
        raise Refused("api_scope_unknown")
    if asked - set(giveable(role)):
        raise Refused("api_scope_not_yours")
    return tuple(scope for scope in SCOPES if scope in asked)


def allows(scopes: Iterable[str], role: str, scope: str) -> bool:
    """Tell whether a key may do something, whose maker has this role today."""
    return scope in set(scopes) and roles.may(role, NEEDS[scope])


def last_day(today: date, days: int) -> date:
    """Return the last day on which a key works that is made today.

    Raises: Refused (`api_expiry`).
    """
    if not 1 <= days <= MOST_DAYS:
        raise Refused("api_expiry", most=MOST_DAYS)
    return today + timedelta(days=days)
