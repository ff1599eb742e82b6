"""One line of a log: its parts, as JSON, and what may not stand in it.

Owns: the row that nodes tell, the form of a line, taking secrets and contents out of a message.
Does not own: which lines are told (`gateway/journal.py`), where they are kept (control plane).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

MESSAGE_LENGTH = 1000
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# The logger of a line that tells of one request.
REQUESTS = "saas.request"
_LEFT_OUT = "…"
_RULES = (
    # What the database says of a row, and the statement itself: contents of a tenant.
    (re.compile(r"bad query:.*?(?=\nERROR:|\Z)", re.DOTALL), "bad query: " + _LEFT_OUT),
    (re.compile(r"(DETAIL|LINE \d+|CONTEXT|HINT):.*?(?=\n|\Z)"), r"\1: " + _LEFT_OUT),
    (re.compile(r"(\w://)[^\s/@]+@"), r"\1" + _LEFT_OUT + "@"),
    (re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*"), "?" + _LEFT_OUT),
    (re.compile(r"\b(Bearer|Basic)\s+\S+", re.IGNORECASE), r"\1 " + _LEFT_OUT),
    (
        re.compile(
            r"\b([\w-]*(?:passw(?:or)?d|secret|token|api[_-]?key|authorization|cookie|session_id))"
            r"(['\"]?\s*[:=]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&)}\]]+)",
            re.IGNORECASE,
        ),
        r"\1\2" + _LEFT_OUT,
    ),
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of `saas_log_line`; `age_seconds` is how long ago it was written the last time.

    `request` may be empty, `status` and `ms` are 0 for a line that tells of no request, `count`
    says how often the same was said.
    """

    sequence: int
    age_seconds: float
    level: str
    logger: str
    message: str
    database: str = ""
    request: str = ""
    status: int = 0
    ms: float = 0.0
    count: int = 1


def scrubbed(text: str) -> str:
    """Return a message without query strings, passwords, keys, statements and rows."""
    for form, instead in _RULES:
        text = form.sub(instead, text)
    return _CONTROL.sub(" ", text)


def short(text: str) -> str:
    """Return a message as it is kept: scrubbed, one line, no longer than a row may be."""
    line = " ".join(scrubbed(text).split())
    return line if len(line) <= MESSAGE_LENGTH else line[: MESSAGE_LENGTH - 1] + _LEFT_OUT


def as_json(parts: Mapping[str, object]) -> str:
    """Return a line for programs: what is empty is left out, the order stays."""
    told = {name: value for name, value in parts.items() if value not in (None, "", 0)}
    return json.dumps(told, ensure_ascii=False, default=str)
