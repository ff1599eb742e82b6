"""Values as the log, a line of text and a spreadsheet can take them without surprises.

Owns: reducing facts to plain JSON, one-line texts, cells that no spreadsheet takes for a formula.
Does not own: escaping in HTML (the templates), the bytes of an entry (`entry.py`).
"""

import re
from collections.abc import Mapping

# Control characters, line and paragraph separators, marks that turn the direction of writing.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Beyond this a number is another one in other languages' JSON.
_EXACT = 2**53


def plain(value: object) -> object:
    """Return a fact as JSON that every language reads alike: text, whole number, truth, nothing,
    lists and mappings of these. Whatever else it is becomes its text.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and abs(value) < _EXACT:
        return int(value)
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(one) for one in value)
    return str(value)


def one_line(text: str) -> str:
    """Return a text without line breaks, control characters and marks that turn its direction.

    A name with a line break would add a header to a mail or a line to a log.
    """
    return _CONTROL.sub(" ", text).strip()


def cell(value: object) -> object:
    """Return a value of an export; a text that a spreadsheet would compute gets an apostrophe."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
