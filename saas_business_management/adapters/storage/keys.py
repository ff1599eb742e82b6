"""The form of the keys of objects; nothing else becomes a path or a URL.

Owns: the form. Does not own: which keys there are (`kernel/backup`).
"""

import re

from ...kernel.errors import Refused

MOST_CHARACTERS = 512
# A segment never begins with a dot: no way out of a folder, no name of our own staging area.
SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
KEY = re.compile(rf"{SEGMENT}(/{SEGMENT})*")
PREFIX = re.compile(rf"({SEGMENT}/)*({SEGMENT})?")


def checked(key: str) -> str:
    """Return the key when it is one.

    Raises: Refused (`object_key_form`).
    """
    if len(key) > MOST_CHARACTERS or not KEY.fullmatch(key):
        raise Refused("object_key_form")
    return key


def checked_prefix(prefix: str) -> str:
    """Return the beginning of keys when it is one; empty stands for all.

    Raises: Refused (`object_key_form`).
    """
    if len(prefix) > MOST_CHARACTERS or not PREFIX.fullmatch(prefix):
        raise Refused("object_key_form")
    return prefix
