"""What has to be true before a running tenant is copied.

Owns: what copies are for, what refuses one. Does not own: making it (`jobs/copy_tenant.py`), when
it ends (`kernel/lifecycle/schedule.py`), masking (`masking.py`).
"""

from dataclasses import dataclass

from ..errors import Refused, SaasError

SANDBOX, STAGING = "sandbox", "staging"
USES = (SANDBOX, STAGING)
# States in which a tenant is copied: its role may log in, its data is what people see.
COPIED = ("trial", "active")
# States in which a copy gets new data.
REFRESHED = ("trial", "active")


@dataclass(frozen=True)
class Wish:
    """A copy somebody asks for, and how things stand.

    `used` copies of this use are open, `most` are in the plan. `exempt` people (operators) go past
    the plan with a reason. `refresh_state` is the state of the copy that gets new data, empty for a
    new one.
    """

    use: str
    state: str
    busy: bool
    has_database: bool
    of_copy: bool
    used: int
    most: int
    restricted: bool = False
    masked: bool = True
    may_unmask: bool = False
    exempt: bool = False
    reason: str = ""
    refresh_state: str = ""


def hindrances(wish: Wish) -> list[SaasError]:
    """Return everything that stands in the way, the weightiest first; empty = go.

    Codes: `copy_use_unknown`, `copy_of_copy`, `copy_state`, `copy_busy`, `copy_restricted`,
    `copy_refresh_state`, `copy_not_in_plan`, `copy_enough`, `copy_unmasked_right`,
    `copy_unmasked_reason`.
    """
    if wish.use not in USES:
        return [Refused("copy_use_unknown")]
    if wish.of_copy:
        return [Refused("copy_of_copy")]
    found: list[SaasError] = []
    if wish.state not in COPIED or not wish.has_database:
        found.append(Refused("copy_state", state=wish.state))
    if wish.busy:
        found.append(Refused("copy_busy"))
    if wish.restricted:
        found.append(Refused("copy_restricted"))
    if wish.refresh_state and wish.refresh_state not in REFRESHED:
        found.append(Refused("copy_refresh_state", state=wish.refresh_state))
    return found + _plan(wish) + _unmasked(wish)


def _plan(wish: Wish) -> list[SaasError]:
    """A refresh takes no further place; who is exempt says why."""
    if wish.refresh_state or wish.used < wish.most:
        return []
    if wish.exempt and wish.reason.strip():
        return []
    if not wish.most:
        return [Refused("copy_not_in_plan", use=wish.use)]
    return [Refused("copy_enough", use=wish.use, count=wish.most)]


def _unmasked(wish: Wish) -> list[SaasError]:
    if wish.masked:
        return []
    if not wish.may_unmask:
        return [Refused("copy_unmasked_right")]
    return [] if wish.reason.strip() else [Refused("copy_unmasked_reason")]
