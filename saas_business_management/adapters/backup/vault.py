"""A tenant's backups as operations see them: one is written, looked at, read back.

Owns: from the names of an operation to writer and reader, figures as plain values. Does not own:
the format, stores, when what is done (`jobs/backup_tenant.py`, `jobs/verify_backup.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...kernel.backup import layout
from ...kernel.backup.key import DataKey
from ...kernel.backup.manifest import Manifest
from ...kernel.errors import Broken, Refused, SaasError
from ..filestore import LocalFilestore
from ..ports import BackupPlace, BackupSource, Proof, RestorePlace
from ..postgres.client_programs import Programs
from ..postgres.connect import SHORT
from ..postgres.tenant_login import TenantLogins
from ..storage.port import BlobStore
from ..streams.encrypt import dedupe_key, key_of
from . import bring_back
from .proof import prove
from .reader import NO_EVIDENCE, BackupReader
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


class Vault:
    """`VaultPort` on real stores, a real server and a real folder."""

    def __init__(self, spec: VaultSpec, logins: TenantLogins) -> None:
        self._spec = spec
        self._logins = logins

    def write(self, store: BlobStore, place: BackupPlace, source: BackupSource) -> dict[str, Any]:
        """Write a backup and return its figures; one that is there already is taken as it is.

        Raises: Refused (`backup_key_missing`), and what store, server and folder raise.
        """
        reader = self._reader(store, place)
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

    def discard(self, store: BlobStore, place: BackupPlace) -> None:
        """Remove the manifest, then every dump that a worker wrote for it."""
        store.delete(layout.manifest_name(place.tenant, place.backup))
        for one in list(store.list(dumps_of(place))):
            store.delete(one.key)

    def look(self, store: BlobStore, place: BackupPlace) -> list[str]:
        """Return the names of objects that are absent or of a wrong size (V0)."""
        reader = self._reader(store, place)
        manifest, _link = reader.manifest(place.backup, place.fence, place.sha256 or None)
        return [fault.key for fault in reader.look(manifest)]

    def prove(self, store: BlobStore, place: BackupPlace) -> Proof:
        """Read every byte of a backup and have pg_restore read the dump (V1)."""
        reader = self._reader(store, place)
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
        reader = self._reader(store, place)
        return reader, reader.manifest(place.backup, place.fence, place.sha256 or None)[0]

    def _hashing(self, place: BackupPlace) -> bytes:
        return dedupe_key(key_of(self._spec.keys, place.key), place.tenant)

    def _reader(self, store: BlobStore, place: BackupPlace) -> BackupReader:
        return BackupReader(store, place.tenant, self._spec.keys, self._spec.spool)

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


def dumps_of(place: BackupPlace) -> str:
    """Return how the names of all dumps of a backup begin, whatever their fences."""
    return layout.database_name(place.tenant, place.backup, 0).removesuffix("0")


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
