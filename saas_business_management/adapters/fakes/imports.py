"""Odoo's own zips of somebody else, in memory."""

from collections.abc import Iterable

from ...kernel.errors import Refused
from .cluster import FakeCluster
from .faults import Faults
from .filestore import FakeFilestore


class FakeImports(Faults):
    """`ImportsPort` in memory. `uploads`: name → the modules of the zip; `loaded`: databases with a
    dump in them.
    """

    def __init__(self, cluster: FakeCluster, files: FakeFilestore) -> None:
        super().__init__()
        self._cluster = cluster
        self._files = files
        self.uploads: dict[str, list[str]] = {}
        self.loaded: dict[str, int] = {}

    def look(self, name: str) -> dict[str, object]:
        """Tell the modules."""
        self._about_to("look")
        told = {"modules": self._upload(name), "extensions": ["pg_trgm"]}
        return {**told, "tables": 1, "file_count": 1}

    def make(self, database: str, extensions: Iterable[str]) -> None:
        """Make the database anew on the cluster."""
        self._about_to("make")
        self._cluster.drop_database(database)
        self.loaded.pop(database, None)
        self._cluster.create_empty(database)

    def load(self, name: str, database: str) -> int:
        """Note that it is loaded; twice is once too often."""
        self._about_to("load")
        self._upload(name)
        oid = self._cluster.databases_by_name[database].info.oid
        if self.loaded.get(database) == oid:
            raise Refused("database_not_empty", database=database)
        self.loaded[database] = oid
        return 0

    def unpack(self, name: str, database: str) -> int:
        """Write one file."""
        self._about_to("unpack")
        self._upload(name)
        self._files.files.pop(database, None)
        self._files.put(database, "ab/file", b"imported")
        return 1

    def drop(self, name: str) -> None:
        """Remove an uploaded file."""
        self._about_to("drop")
        self.uploads.pop(name, None)

    def _upload(self, name: str) -> list[str]:
        if name not in self.uploads:
            raise Refused("import_file_missing")
        return self.uploads[name]
