"""Backups: written, proven, swept, brought back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..storage.port import BlobStore


@dataclass(frozen=True)
class BackupPlace:
    """Which backup of which tenant: uuids, the fence under which it is written, its key's id.

    `sha256` is its manifest's hash as the catalogue has it, empty while there is none.
    """

    tenant: str
    backup: str
    fence: int
    key: str
    sha256: str = ""


@dataclass(frozen=True)
class BackupSource:
    """What is backed up: a database with its role's generation, why, and the backup before."""

    database: str
    generation: int
    reason: str
    previous: str = ""


@dataclass(frozen=True)
class RestorePlace:
    """Where a backup is brought: a database that is empty, the generation its role logs in with."""

    database: str
    generation: int


@dataclass(frozen=True)
class Proof:
    """What came of reading a backup whole: faults as (object, code), and how many files it has."""

    faults: tuple[tuple[str, str], ...]
    files: int


@dataclass(frozen=True)
class Swept:
    """What a sweep removed; when a manifest stopped it, nothing: its backup, the error's code."""

    objects: int
    bytes: int
    backup: str = ""
    code: str = ""


@dataclass(frozen=True)
class Oddity:
    """One difference between a store and the catalogue.

    `kind`: `missing` (an object, or the manifest, of a known backup), `size`, `unreadable` (a
    manifest that does not open, with the code), `unknown` (a manifest of no known backup), `extra`
    (an old object nobody names), `stranger` (old objects of a tenant nobody knows). `size` in
    bytes: what is missing, or what lies there.
    """

    kind: str
    name: str
    backup: str = ""
    size: int = 0
    code: str = ""


class VaultPort(Protocol):
    """The backups of one tenant, with its keys; daily proofs and audits know the keys of all."""

    def write(
        self, store: BlobStore, place: BackupPlace, source: BackupSource
    ) -> dict[str, object]:
        """Write a backup, or take the one of this uuid that is there; return its figures.

        Keys: `fence`, `taken_at` (ISO), `manifest_hash`, `database_bytes`, `file_bytes`,
        `file_count`, `new_bytes`, `missing`, `rotten`.
        """

    def discard(self, store: BlobStore, place: BackupPlace) -> int:
        """Have this be no backup any more: its manifest goes first, then every dump of it; absent
        is done. Return the bytes that were freed.

        Files that other backups may share stay.
        """

    def weigh(self, store: BlobStore, place: BackupPlace) -> int:
        """Return how many bytes `discard` would free; nothing is changed."""

    def sweep(
        self, store: BlobStore, tenant: str, known: Mapping[str, str], before: datetime
    ) -> Swept:
        """Remove dumps and files that no manifest names and that are older than `before`.

        `known`: uuids of backups that must be there → hashes of their manifests. A manifest that
        is missing, another, or cannot be opened stops it, and nothing is removed. Nobody may write
        a backup of this tenant there meanwhile.
        """

    def audit(
        self, store: BlobStore, tenant: str, known: Mapping[str, str], before: datetime
    ) -> list[Oddity]:
        """Return how what lies there differs from what is known; `known`, `before` as in `sweep`.

        Nothing is changed.
        """

    def strangers(self, store: BlobStore, known: Collection[str], before: datetime) -> list[Oddity]:
        """Return what lies under references of tenants that are not known, older than `before`."""

    def figures(self, store: BlobStore, place: BackupPlace) -> dict[str, object]:
        """Return what `write` returned of a backup that is there.

        Raises: Broken (`object_missing` without its manifest), Refused (`backup_key_missing`).
        """

    def canary(self, store: BlobStore, tenant: str, key: str, write: bool) -> str:
        """Read the object that proves that a key opens what lies there; put it first if asked to.

        Return one of `kernel/backup/canary.py: OUTCOMES`; without the key itself, `wrong_key`.
        """

    def look(self, store: BlobStore, place: BackupPlace) -> list[str]:
        """Return the names of objects that are absent or of a wrong size (level V0)."""

    def prove(self, store: BlobStore, place: BackupPlace) -> Proof:
        """Read every byte, and the dump with pg_restore (level V1).

        Raises: Unavailable when there was no answer, which proves nothing.
        """

    def describe(self, store: BlobStore, place: BackupPlace) -> dict[str, object]:
        """Open a backup's manifest and return what a restore has to know, as plain values.

        Keys: `taken_at` (ISO), `extensions`, `modules` (name → version), `database_bytes` (of the
        dump), `file_bytes`, `server_version` (as the server numbers itself).
        """

    def load(self, store: BlobStore, place: BackupPlace, to: RestorePlace) -> dict[str, int]:
        """Bring the database into an empty one, every byte proven before the first goes in.

        Return `{"tables": int, "rows": int}` by the manifest.
        """

    def unpack(self, store: BlobStore, place: BackupPlace, name: str, fence: int) -> int:
        """Bring the files into the filestore of a database that has none yet, all or none; return
        how many.
        """

    def add_files(self, store: BlobStore, place: BackupPlace, name: str, fence: int) -> int:
        """Bring those files that the filestore lacks or that are damaged there; return how many of
        the backup's are there now.
        """

    def compare(
        self, store: BlobStore, place: BackupPlace, to: RestorePlace, files: str = ""
    ) -> list[list[str]]:
        """Return how a database, and the filestore of that name, differ from the backup.

        Each difference as [kind, name]; nothing when they are equal.
        """
