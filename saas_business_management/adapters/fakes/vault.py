"""A tenant's backups in memory: one object a backup, in whatever store is given."""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime

from ...kernel.backup import layout
from ...kernel.backup.canary import WRONG_KEY, canary_content, canary_path, judge_canary
from ...kernel.errors import Broken, Refused
from ..backup.sweep import NamesOf, audit, remove_backup, strangers, sweep, weigh_backup
from ..ports import BackupPlace, BackupSource, Oddity, Proof, RestorePlace, Swept
from ..storage.port import BlobStore
from .cluster import FakeCluster, FakeDatabase
from .faults import Faults
from .filestore import FakeFilestore

TAKEN_AT = "2026-01-05T09:00:00+00:00"


class FakeVault(Faults):
    """`VaultPort` in memory. `keys`: the ids of keys it has; `databases`: name → its content;
    `shared`: name → contents that have objects of their own.

    Files and restores need a `cluster` and a `filestore` of the same world.
    """

    def __init__(self) -> None:
        super().__init__()
        self.keys = {"k1"}
        self.databases: dict[str, bytes] = {}
        self.shared: dict[str, list[bytes]] = {}
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
            told = {"fence": place.fence, "data": data, "size": len(content), "key": place.key}
            told["objects"] = self._put_shared(store, place.tenant, source.database)
            kept = self.filestore.files.get(source.database, {}) if self.filestore else {}
            told["files"] = {path: one.decode() for path, one in kept.items()}
            store.put_new(name, json.dumps(told).encode())
        return self._figures(store, name)

    def _put_shared(self, store: BlobStore, tenant: str, database: str) -> dict[str, int]:
        told = {}
        for content in self.shared.get(database, ()):
            name = layout.object_name(tenant, hashlib.sha256(content).hexdigest())
            told[name] = store.put_stream(name, [content]).size
        return told

    def discard(self, store: BlobStore, place: BackupPlace) -> int:
        """Remove the manifest and every content."""
        self._about_to("discard")
        return remove_backup(store, place.tenant, place.backup)

    def weigh(self, store: BlobStore, place: BackupPlace) -> int:
        """Add up manifest and dumps."""
        self._about_to("weigh")
        return weigh_backup(store, place.tenant, place.backup)

    def sweep(
        self, store: BlobStore, tenant: str, known: Mapping[str, str], before: datetime
    ) -> Swept:
        """Remove what no manifest names."""
        self._about_to("sweep")
        return sweep(store, tenant, known, before, self._names(store, tenant))

    def audit(
        self, store: BlobStore, tenant: str, known: Mapping[str, str], before: datetime
    ) -> list[Oddity]:
        """Return how what lies there differs from what is known."""
        self._about_to("audit")
        return audit(store, tenant, known, before, self._names(store, tenant))

    def _names(self, store: BlobStore, tenant: str) -> NamesOf:
        def names(backup: str, sha256: str | None) -> Mapping[str, int]:
            told = self._manifest(store, BackupPlace(tenant, backup, 0, "", sha256 or ""))
            return {told["data"]: told["size"], **told["objects"]}

        return names

    def strangers(self, store: BlobStore, known: Collection[str], before: datetime) -> list[Oddity]:
        """Return what lies there of tenants nobody knows."""
        self._about_to("strangers")
        return strangers(store, known, before)

    def figures(self, store: BlobStore, place: BackupPlace) -> dict[str, object]:
        """Return the figures of a backup that is there."""
        self._about_to("figures")
        return self._figures(store, layout.manifest_name(place.tenant, place.backup))

    def canary(self, store: BlobStore, tenant: str, key: str, write: bool) -> str:
        """Read what stands for a key; nothing is closed here, so its id must be known."""
        self._about_to("canary")
        name, content = canary_path(tenant, key), canary_content(tenant, key)
        if key not in self.keys:
            return WRONG_KEY
        if write:
            store.put_stream(name, [content])
        there = store.head(name) is not None
        return judge_canary(tenant, key, b"".join(store.get_range(name)) if there else None)

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
        try:
            told = json.loads(content)
        except ValueError:
            raise Broken("backup_form") from None
        if not isinstance(told, dict) or "data" not in told:
            raise Broken("backup_form")
        if told["key"] not in self.keys:
            raise Refused("backup_key_missing", key=told["key"])
        return told

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
