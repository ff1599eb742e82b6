"""The key of one tenant's backups, and what is derived from it for which purpose.

Owns: its form, the labels of derivation. Does not own: wrapping, rotation and storage, nor the
derivation itself (`adapters/streams/encrypt.py`).
"""

import re
from dataclasses import dataclass

from ..errors import Refused

SECRET_BYTES = 32
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

# A context begins with a byte below 4, a label goes on with a blank or ends: no two inputs meet.
STREAM = b"backup v1"
DEDUPE = b"backup v1 dedupe "
OBJECT = b"backup v1 object "
MANIFEST = b"backup v1 manifest "
CHECK = b"backup v1 check "


@dataclass(frozen=True, repr=False)
class DataKey:
    """A key with its id; 32 random bytes, never printed.

    Raises: Refused (`backup_key_form`).
    """

    id: str
    secret: bytes

    def __post_init__(self) -> None:
        if not ID.fullmatch(self.id) or len(self.secret) != SECRET_BYTES:
            raise Refused("backup_key_form")

    def __repr__(self) -> str:
        return f"DataKey(id={self.id!r})"

    def __reduce__(self) -> tuple:
        raise TypeError("a key is never pickled")
