"""The number by which a request is found again: on its answer, in logs, on what it ordered.

Owns: its name in headers, its form. Does not own: making one (`gateway/middleware.py`), whom a node
believes (`gateway/trust.py`).
"""

import re

HEADER = "X-Request-Id"
ENVIRON = "HTTP_X_REQUEST_ID"
# How the thread of a request or an operation carries it, beside Odoo's own `dbname` and `uid`.
THREAD = "saas_request"
OPERATION = "saas_operation"
LENGTH = 64
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
# A page says "busy-4f0c…", and people send the whole of it.
_ON_A_PAGE = re.compile(r"(?:[a-z]+-)+([0-9a-f]{16})")


def accepted(told: object) -> str:
    """Return the number that somebody trusted gave a request; empty when it is not of our form."""
    return told if isinstance(told, str) and _FORM.fullmatch(told) else ""


def asked_for(text: str) -> str:
    """Return the number in what somebody looks for: a reference as a page shows it, or a number."""
    word = text.strip()
    found = _ON_A_PAGE.fullmatch(word)
    return found[1] if found else word
