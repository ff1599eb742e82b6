"""What a role of a customer's team may do.

Owns: roles, actions, the table. Does not own: who has which role
(`models/saas_customer_member.py`).
"""

from ..errors import Refused

OWNER, ADMINISTRATOR, BILLING = "owner", "administrator", "billing"
TECHNICAL, VIEWER = "technical", "viewer"
ROLES = (OWNER, ADMINISTRATOR, BILLING, TECHNICAL, VIEWER)

VIEW, MONEY, PLAN, ADDRESS, BACKUP, TEAM = "view", "money", "plan", "address", "backup", "team"
# API keys and webhooks; an export of everything; the end of the whole account.
CONNECT, EXPORT, CLOSE = "connect", "export", "close"
ACTIONS = (VIEW, MONEY, PLAN, ADDRESS, BACKUP, TEAM, CONNECT, EXPORT, CLOSE)

TABLE = {
    OWNER: frozenset(ACTIONS),
    ADMINISTRATOR: frozenset(ACTIONS) - {CLOSE},
    BILLING: frozenset({VIEW, MONEY, PLAN}),
    TECHNICAL: frozenset({VIEW, ADDRESS, BACKUP, CONNECT}),
    VIEWER: frozenset({VIEW}),
}


def may(role: str, action: str) -> bool:
    """Tell whether a role may do something; who has no role may nothing."""
    return action in TABLE.get(role, ())


def giveable(role: str) -> tuple[str, ...]:
    """Return the roles that somebody may give to others, and take from them.

    An administrator makes no owner and unmakes none: the account would change hands without its
    owner.
    """
    if not may(role, TEAM):
        return ()
    return ROLES if role == OWNER else ROLES[1:]


def check_change(giver: str, before: str, after: str, owners_left: int) -> None:
    """Refuse a change of a role that the giver may not make; empty `before` or `after` = nobody.

    `owners_left` counts the owners that there are besides the one who is changed.
    Raises: Refused (`team_role_unknown`, `team_role_not_yours`, `team_last_owner`).
    """
    for role in filter(None, (before, after)):
        if role not in ROLES:
            raise Refused("team_role_unknown")
        if role not in giveable(giver):
            raise Refused("team_role_not_yours")
    if before == OWNER and after != OWNER and not owners_left:
        raise Refused("team_last_owner")
