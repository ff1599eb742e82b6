"""Which mails a member of a customer's team gets, and which nobody can switch off.

Owns: kinds of mails, what a role gets at first. Does not own: each member's choice
(`models/saas_customer_notice.py`), the mails.
"""

from . import roles

BILLING, LIMITS, BACKUPS = "billing", "limits", "backups"
INCIDENTS, NEWS = "incidents", "news"
KINDS = (BILLING, LIMITS, BACKUPS, INCIDENTS, NEWS)
# Closing, archiving, deletion, opening again: whoever answers for the account hears of them.
ALWAYS = "always"

_FIRST = {
    roles.OWNER: KINDS,
    roles.ADMINISTRATOR: KINDS,
    roles.BILLING: (BILLING,),
    roles.TECHNICAL: (LIMITS, BACKUPS, INCIDENTS),
    roles.VIEWER: (),
}
_ANSWERABLE = (roles.OWNER, roles.ADMINISTRATOR)


def at_first(role: str) -> frozenset[str]:
    """Return the kinds that somebody in a role gets until they choose."""
    return frozenset(_FIRST.get(role, ()))


def gets(role: str, chosen: frozenset[str], kind: str) -> bool:
    """Tell whether a member gets a mail of a kind; `ALWAYS` asks no choice."""
    if kind == ALWAYS:
        return role in _ANSWERABLE
    return role in _FIRST and kind in chosen
