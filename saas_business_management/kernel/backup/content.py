"""Files by their content: ids, which of them are new, how small ones share a pack.

Owns: those rules, and which names of Odoo's store are taken for names. Does not own: reading and
closing files (`adapters/backup/files.py`), what is kept for how long (retention).

The id of a content is made with a key of its tenant, so it tells nobody that two tenants have the
same file.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

ID = re.compile(r"[0-9a-f]{64}")
SMALL_BYTES = 64 << 10  # a file below this goes into a pack
PACK_BYTES_MAX = 8 << 20
TRUST_RUNS = 6
TRUST_TIME = timedelta(days=6)

# As Odoo cleans a name before it opens a file: no dot, no colon, so no way out of the folder.
_STORE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}(/[A-Za-z0-9_-]{1,160}){1,4}")
_SHA1_NAME = re.compile(r"(?:[^/]+/)+([0-9a-f]{40})")
_NOT_STORED = ("checklist/",)


@dataclass(frozen=True, order=True)
class StoredFile:
    """A file of a backup: its name in Odoo's store, its bytes, the id of its content."""

    name: str
    size: int
    content: str


@dataclass(frozen=True)
class Rehash:
    """When every file was last read, and how many runs have trusted names since."""

    at: datetime
    runs: int = 0

    def due(self, now: datetime) -> bool:
        """Tell whether the next run reads every file: every seventh does, and after six days."""
        return self.runs >= TRUST_RUNS or now - self.at >= TRUST_TIME or now < self.at


def content_hash(dedupe_key: bytes) -> "hmac.HMAC":
    """Return the running hash whose hexadecimal digest is the id of what it was fed."""
    return hmac.new(dedupe_key, digestmod=hashlib.sha256)


def is_store_name(name: str) -> bool:
    """Tell whether Odoo could have given this name to a file of its store."""
    return bool(_STORE_NAME.fullmatch(name)) and not name.startswith(_NOT_STORED)


def sha1_in(name: str) -> str:
    """Return the SHA-1 that a store name promises, empty when it promises none."""
    found = _SHA1_NAME.fullmatch(name)
    return found[1] if found else ""


def known(
    wanted: Iterable[tuple[str, int]], previous: Mapping[str, StoredFile]
) -> tuple[list[StoredFile], list[str]]:
    """Split names with their sizes into files known from the last backup and names to be read."""
    trusted: list[StoredFile] = []
    unread: list[str] = []
    for name, size in wanted:
        old = previous.get(name)
        if old is not None and old.size == size:
            trusted.append(old)
        else:
            unread.append(name)
    return trusted, unread


@dataclass(frozen=True, order=True)
class PackEntry:
    """Where a closed content stands in a pack."""

    content: str
    offset: int
    length: int


class Packer:
    """Puts small closed contents one behind the other into packs of at most 8 MiB."""

    def __init__(self, most: int = PACK_BYTES_MAX) -> None:
        self._most = most
        self._body = bytearray()
        self._entries: list[PackEntry] = []

    def add(self, content: str, sealed: bytes) -> Iterator[tuple[bytes, tuple[PackEntry, ...]]]:
        """Add one; yield the pack before it when it has no room there."""
        if self._body and len(self._body) + len(sealed) > self._most:
            yield from self.rest()
        self._entries.append(PackEntry(content, len(self._body), len(sealed)))
        self._body += sealed

    def rest(self) -> Iterator[tuple[bytes, tuple[PackEntry, ...]]]:
        """Yield the last pack, if there is anything in it."""
        if self._body:
            yield bytes(self._body), tuple(self._entries)
            self._body, self._entries = bytearray(), []
