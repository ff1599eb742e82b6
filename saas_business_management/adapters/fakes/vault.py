"""A tenant's backups in memory: one object a backup, in whatever store is given."""

import hashlib
import json
from collections.abc import Mapping

from ...kernel.backup import layout
from ...kernel.errors import Broken, Refused
from ..ports import BackupPlace, BackupSource, Proof, RestorePlace
from ..storage.port import BlobStore
from .cluster import FakeCluster, FakeDatabase
from .faults import Faults
from .filestore import FakeFilestore

TAKEN_AT = "2026-01-05T09:00:00+00:00"


class FakeVault(Faults):
    """`VaultPort` in memory. `keys`: the ids of keys it has; `databases`: name → its content.

    Files and restores need a `cluster` and a `filestore` of the same world.
    """

    def __init__(self) -> None:
        super().__init__()
        self.keys = {"k1"}
        self.databases: dict[str, bytes] = {}
        self.cluster: FakeCluster | None = None
        self.filestore: FakeFilestore | None = None

    def write(
        self, store: BlobStore, place: BackupPlace, source: BackupSource
    ) -> dict[str, object]:
        """Write content first, the manifest last; a manifest that is there is taken as it is."""
        self._about_to("write")
        if place.key not in self.keys:
            raise Refused("backup_key_missing", key=place.key)
        name = layout.manifest_name(place.tenant, place.backup)
        if store.head(name) is None:
            content = self.databases.get(source.database, source.database.encode())
            data = layout.database_name(place.tenant, place.backup, place.fence)
            store.put_stream(data, [content])
            told = {"fence": place.fence, "data": data, "size": len(content)}
            kept = self.filestore.files.get(source.database, {}) if self.filestore else {}
            told["files"] = {path: one.decode() for path, one in kept.items()}
            store.put_new(name, json.dumps(told).encode())
        return self._figures(store, name)

    def discard(self, store: BlobStore, place: BackupPlace) -> None:
        """Remove the manifest and every content."""
        self._about_to("discard")
        store.delete(layout.manifest_name(place.tenant, place.backup))
        every = layout.database_name(place.tenant, place.backup, 0).removesuffix("0")
        for one in list(store.list(every)):
            store.delete(one.key)

    def look(self, store: BlobStore, place: BackupPlace) -> list[str]:
        """Return the content's name when it is not there in its size."""
        self._about_to("look")
        told = self._manifest(store, place)
        found = store.head(told["data"])
        return [] if found and found.size == told["size"] else [told["data"]]

    def prove(self, store: BlobStore, place: BackupPlace) -> Proof:
        """Look, as there is nothing to read."""
        self._about_to("prove")
        try:
            told = self._manifest(store, place)
        except Broken as error:
            return Proof((("manifest", error.code),), 0)
        found = store.head(told["data"])
        code = "object_missing" if found is None else "object_differs"
        good = found is not None and found.size == told["size"]
        return Proof(() if good else ((told["data"], code),), 0)

    def describe(self, store: BlobStore, place: BackupPlace) -> dict[str, object]:
        """Return what a restore has to know."""
        self._about_to("describe")
        told = self._manifest(store, place)
        return {
            "taken_at": TAKEN_AT,
            "extensions": ["pg_trgm"],
            "modules": {"base": "19.0.1.3"},
            "database_bytes": told["size"],
            "file_bytes": sum(map(len, told["files"].values())),
            "server_version": 180000,
        }

    def load(self, store: BlobStore, place: BackupPlace, to: RestorePlace) -> dict[str, int]:
        """Put the content into an empty database."""
        self._about_to("load")
        found = self._entered(to)
        if found.content:
            raise Refused("database_not_empty", database=to.database)
        found.content = self._content(store, self._manifest(store, place))
        return {"tables": 1, "rows": 1}

    def unpack(self, store: BlobStore, place: BackupPlace, name: str, fence: int) -> int:
        """Put the files where there are none."""
        self._about_to("unpack")
        files = self._files(store, place)
        self.filestore.files.setdefault(name, files)
        return len(files)

    def add_files(self, store: BlobStore, place: BackupPlace, name: str, fence: int) -> int:
        """Put the files that are not there or are others."""
        self._about_to("add_files")
        there = self.filestore.files.setdefault(name, {})
        wanted = {
            path: one for path, one in self._files(store, place).items() if there.get(path) != one
        }
        there.update(wanted)
        return len(self._files(store, place))

    def compare(
        self, store: BlobStore, place: BackupPlace, to: RestorePlace, files: str = ""
    ) -> list[list[str]]:
        """Compare content and files."""
        self._about_to("compare")
        told = self._manifest(store, place)
        same = self._entered(to).content == self._content(store, told)
        found = [] if same else [["table", "content"]]
        if files and self.filestore.files.get(files, {}) != self._files(store, place):
            found.append(["file", files])
        return found

    def _entered(self, to: RestorePlace) -> FakeDatabase:
        return self.cluster.entered(to.database, to.generation)

    def _content(self, store: BlobStore, told: Mapping[str, object]) -> bytes:
        return b"".join(store.get_range(told["data"]))

    def _files(self, store: BlobStore, place: BackupPlace) -> dict[str, bytes]:
        told = self._manifest(store, place)
        return {path: one.encode() for path, one in told["files"].items()}

    def _manifest(self, store: BlobStore, place: BackupPlace) -> Mapping[str, object]:
        name = layout.manifest_name(place.tenant, place.backup)
        content = b"".join(store.get_range(name))
        if place.sha256 and hashlib.sha256(content).hexdigest() != place.sha256:
            raise Broken("backup_stale")
        return json.loads(content)

    def _figures(self, store: BlobStore, name: str) -> dict[str, object]:
        content = b"".join(store.get_range(name))
        told = json.loads(content)
        return {
            "fence": told["fence"],
            "taken_at": TAKEN_AT,
            "manifest_hash": hashlib.sha256(content).hexdigest(),
            "database_bytes": told["size"],
            "file_bytes": 0,
            "file_count": 0,
            "new_bytes": told["size"],
            "missing": 0,
            "rotten": 0,
        }
