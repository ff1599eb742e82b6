"""Names that strangers type: what they may hold, since we write them into mails to anybody.

Owns: the rule. Does not own: subdomains (`kernel/provisioning/naming.py`).
"""

import re

from ..errors import Refused

MOST = 60
_ADDRESS = re.compile(r"://|www\.|@|[a-z0-9]\.(com|net|org|info|ru|cn|io|xyz|top)\b", re.IGNORECASE)


def checked_name(text: str) -> str:
    """Return a name as one line with single blanks.

    Raises:
        Refused: `signup_name_empty`, `signup_name_long` (`most`), `signup_name_form` when it holds
            an address or a sign that cannot be seen: somebody could send advertisements with it.
    """
    name = " ".join(text.split())
    if not name:
        raise Refused("signup_name_empty")
    if len(name) > MOST:
        raise Refused("signup_name_long", most=MOST)
    if not name.isprintable() or _ADDRESS.search(name) or any(sign in name for sign in "<>{}"):
        raise Refused("signup_name_form")
    return name
