"""Mail addresses of strangers: their form, the one behind several spellings, their domain.

Owns: these rules. Does not own: which domains are listed (data), whether mail arrives.
"""

import re
from collections.abc import Container

from ..errors import Refused

MOST = 254
# One form that every mail server takes; quoted and international ones are left to people.
_FORM = re.compile(
    r"[A-Za-z0-9._%+&'/=^~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{1,62}"
)
# Mail services that ignore dots in the local part.
_DOTLESS = frozenset({"gmail.com", "googlemail.com"})


def checked(text: str) -> str:
    """Return the address in lower case.

    Raises:
        Refused: `signup_email_form`.
    """
    address = text.strip().lower()
    if len(address) > MOST or not _FORM.fullmatch(address) or ".." in address:
        raise Refused("signup_email_form")
    return address


def counted(address: str) -> str:
    """Return the address under which all spellings of a checked one are counted."""
    local, _, domain = address.lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def mail_domain(address: str) -> str:
    """Return what stands behind the sign, in lower case."""
    return address.rpartition("@")[2].lower()


def is_listed(domain: str, listed: Container[str]) -> bool:
    """Tell whether the domain or a parent of it is in the list."""
    labels = domain.split(".")
    return any(".".join(labels[place:]) in listed for place in range(len(labels) - 1))
