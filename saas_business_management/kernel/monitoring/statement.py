"""The text of a statement as it may be kept: without any value.

Owns: what is kept, what takes the place of values. Does not own: reading texts.

Servers put placeholders into queries; orders such as those that set passwords are kept as they were
given, by older ones. Such texts are not kept at all.
"""

import re

MOST = 2000
QUERIES = ("select", "insert", "update", "delete", "with", "merge")
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_TEXT = re.compile(
    r"\$([a-z_]*)\$.*?\$\1\$|[eubx]?&?'(?:[^'\\]|''|\\.)*'", re.IGNORECASE | re.DOTALL
)
_OPEN_TEXT = re.compile(r"'.*", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w$.])\d+(?:\.\d+)?(?:e[+-]?\d+)?\b", re.IGNORECASE)


def kept_text(text: str) -> str:
    """Return one line with `?` for every value, empty for what is no query."""
    plain = _COMMENT.sub(" ", text)
    plain = _OPEN_TEXT.sub("?", _TEXT.sub("?", plain))
    plain = " ".join(_NUMBER.sub("?", plain).split())
    return plain[:MOST] if plain.lower().startswith(QUERIES) else ""
