"""A tenant's backups as operations see them: one is written, looked at, read back.

Owns: from the names of an operation to writer and reader, figures as plain values. Does not own:
the format, stores, when what is done (`jobs/backup_tenant.py`, `jobs/verify_backup.py`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ...kernel.backup.canary import WRONG_KEY
from ...kernel.backup.key import DataKey
from ...kernel.backup.manifest import Manifest
from ...kernel.errors import Broken, Refused, SaasError
from ..filestore import LocalFilestore
from ..ports import BackupPlace, BackupSource, Oddity, Proof, RestorePlace, Swept
from ..postgres.client_programs import Programs
from ..postgres.connect import SHORT, Limits, Server
from ..storage.port import BlobStore
from ..streams.encrypt import dedupe_key, key_of
from . import bring_back, canaries
from .proof import prove
from .reader import NO_EVIDENCE, BackupReader, objects_of
from .sweep import NamesOf, audit, remove_backup, strangers, sweep, weigh_backup
from .writer import BackupOrder, BackupWriter, Former

# What is said of a backup whose manifest nobody can use: the next one is written whole.
UNUSABLE = ("broken", "refused")


@dataclass(frozen=True)
class VaultSpec:
    """Keys of one tenant by id, the one that closes, where files and spools lie."""

    keys: Mapping[str, DataKey] = field(repr=False)
    files: Path
    spool: Path
    programs: Programs


class Logins(Protocol):
    """How what is backed up is reached (`postgres/tenant_login.py`, `control_login.py`)."""

    def server_of(self, role: str, generation: int, limits: Limits) -> Server:
        """Return the login of the role that owns a database, on that database.

        Raises: Unavailable, Broken.
        """


class Vault:
    """`VaultPort` on real stores, a real server and a real folder."""

    def __init__(self, spec: VaultSpec, logins: Logins) -> None:
        self._spec = spec
        self._logins = logins

    def write(self, store: BlobStore, place: BackupPlace, source: BackupSource) -> dict[str, Any]:
        """Write a backup and return its figures; one that is there already is taken as it is.

        Raises: Refused (`backup_key_missing`), and what store, server and folder raise.
        """
        reader = self._reader(store, place.tenant)
        found = self._manifest(reader, place.backup)
        if found is None:
            key = self._spec.keys.get(place.key)
            if key is None:
                raise Refused("backup_key_missing", key=place.key)
            server = self._logins.server_of(source.database, source.generation, SHORT)
            order = BackupOrder(
                tenant=place.tenant,
                backup=place.backup,
                fence=place.fence,
                reason=source.reason,
                former=self._former(reader, source.previous),
            )
            writer = BackupWriter(store, key, self._spec.programs)
            found = writer.write(order, server, self._spec.files / source.database).former
        return _figures(found.manifest, found.link.sha256)

    def discard(self, store: BlobStore, place: BackupPlace) -> int:
        """Remove the manifest, then every dump that a worker wrote for it; return bytes freed."""
        return remove_backup(store, place.tenant, place.backup)

    def weigh(self, store: BlobStore, place: BackupPlace) -> int:
        """Return how many bytes discarding it would free."""
        return weigh_backup(store, place.tenant, place.backup)

    def sweep(
        self, store: BlobStore, tenant: str, known: Mapping[str, str], before: datetime
    ) -> Swept:
        """Remove what no manifest names."""
        return sweep(store, tenant, known, before, self._names(store, tenant))

    def audit(
        self, store: BlobStore, tenant: str, known: Mapping[str, str], before: datetime
    ) -> list[Oddity]:
        """Return how what lies there differs from what is known."""
        return audit(store, tenant, known, before, self._names(store, tenant))

    def strangers(self, store: BlobStore, known: Collection[str], before: datetime) -> list[Oddity]:
        """Return what lies there of tenants nobody knows."""
        return strangers(store, known, before)

    def figures(self, store: BlobStore, place: BackupPlace) -> dict[str, Any]:
        """Return the figures of a backup that is there."""
        manifest, link = self._reader(store, place.tenant).manifest(place.backup)
        return _figures(manifest, link.sha256)

    def canary(self, store: BlobStore, tenant: str, key: str, write: bool) -> str:
        """Read the daily proof of a key, after putting it if asked to."""
        if key not in self._spec.keys:
            return WRONG_KEY
        if write:
            canaries.write_canary(store, tenant, self._spec.keys[key])
        return canaries.read_canary(store, tenant, self._spec.keys[key])

    def look(self, store: BlobStore, place: BackupPlace) -> list[str]:
        """Return the names of objects that are absent or of a wrong size (V0)."""
        reader = self._reader(store, place.tenant)
        manifest, _link = reader.manifest(place.backup, place.fence, place.sha256 or None)
        return [fault.key for fault in reader.look(manifest)]

    def prove(self, store: BlobStore, place: BackupPlace) -> Proof:
        """Read every byte of a backup and have pg_restore read the dump (V1)."""
        reader = self._reader(store, place.tenant)
        try:
            manifest, _link = reader.manifest(place.backup, place.fence, place.sha256 or None)
        except SaasError as error:
            if error.kind not in UNUSABLE or error.code in NO_EVIDENCE:
                raise
            return Proof((("manifest", error.code),), 0)
        faults = [*reader.look(manifest), *prove(reader, manifest, self._spec.programs)]
        told = sorted({(one.key, one.code) for one in faults})
        return Proof(tuple(told), len(manifest.files.files))

    def describe(self, store: BlobStore, place: BackupPlace) -> dict[str, Any]:
        """Open a backup's manifest and return what a restore has to know."""
        return bring_back.described(self._opened(store, place)[1])

    def load(self, store: BlobStore, place: BackupPlace, to: RestorePlace) -> dict[str, int]:
        """Bring the database into an empty one, every byte proven before."""
        reader, manifest = self._opened(store, place)
        server = self._logins.server_of(to.database, to.generation, SHORT)
        return bring_back.load(reader, manifest, server, self._spec.programs)

    def unpack(self, store: BlobStore, place: BackupPlace, name: str, fence: int) -> int:
        """Bring the files into a filestore that is not there yet."""
        into = bring_back.Filestore(LocalFilestore(self._spec.files), name, fence)
        return bring_back.unpack(*self._opened(store, place), into)

    def add_files(self, store: BlobStore, place: BackupPlace, name: str, fence: int) -> int:
        """Bring those files that a filestore lacks or that are damaged there."""
        into = bring_back.Filestore(LocalFilestore(self._spec.files), name, fence)
        return bring_back.add(*self._opened(store, place), into, self._hashing(place))

    def compare(
        self, store: BlobStore, place: BackupPlace, to: RestorePlace, files: str = ""
    ) -> list[list[str]]:
        """Return how a database and a filestore differ from the backup."""
        _reader, manifest = self._opened(store, place)
        server = self._logins.server_of(to.database, to.generation, SHORT)
        found = bring_back.compare_database(manifest, server)
        if files:
            folder = LocalFilestore(self._spec.files).folder(files)
            found += bring_back.compare_folder(manifest, folder, self._hashing(place))
        return [[one.kind, one.name] for one in found]

    def _opened(self, store: BlobStore, place: BackupPlace) -> tuple[BackupReader, Manifest]:
        reader = self._reader(store, place.tenant)
        return reader, reader.manifest(place.backup, place.fence, place.sha256 or None)[0]

    def _hashing(self, place: BackupPlace) -> bytes:
        return dedupe_key(key_of(self._spec.keys, place.key), place.tenant)

    def _reader(self, store: BlobStore, tenant: str) -> BackupReader:
        return BackupReader(store, tenant, self._spec.keys, self._spec.spool)

    def _names(self, store: BlobStore, tenant: str) -> NamesOf:
        reader = self._reader(store, tenant)
        return lambda backup, sha256: objects_of(reader.manifest(backup, None, sha256)[0])

    def _manifest(self, reader: BackupReader, backup: str) -> Former | None:
        """Return a backup that is there already: the worker before died after its last byte."""
        try:
            return Former(*reader.manifest(backup))
        except Broken as error:
            if error.code != "object_missing":
                raise
        return None

    def _former(self, reader: BackupReader, backup: str) -> Former | None:
        """Return the backup before; one that cannot be read costs bytes, and nothing else."""
        if not backup:
            return None
        try:
            return Former(*reader.manifest(backup))
        except SaasError as error:
            if error.kind not in UNUSABLE:
                raise
        return None


def _figures(manifest: Manifest, sha256: str) -> dict[str, Any]:
    """Return what is kept of a backup beside its bytes, as plain values; sizes in bytes."""
    return {
        "fence": manifest.fence,
        "taken_at": manifest.started_at.isoformat(),
        "manifest_hash": sha256,
        "database_bytes": sum(part.size for part in manifest.parts),
        "file_bytes": sum(one.size for one in manifest.files.files),
        "file_count": len(manifest.files.files),
        "new_bytes": manifest.new_bytes,
        "missing": len(manifest.files.missing),
        "rotten": len(manifest.files.rotten),
    }
