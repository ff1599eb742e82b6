"""Files of backups that people take away, in memory."""

import hashlib
import json
from collections.abc import Mapping

from ...kernel.backup import layout
from ...kernel.errors import Broken, Refused
from ..ports import BackupPlace, ExportOrder
from ..storage.port import BlobStore
from .faults import Faults


class FakeExports(Faults):
    """`ExportsPort` in memory. `files`: name → content; `free_bytes`: what the disk takes."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, str] = {}
        self.free_bytes = 10**12

    def require_room(self, wanted_bytes: int) -> None:
        """Compare with `free_bytes`."""
        self._about_to("require_room")
        if self.free_bytes < wanted_bytes + wanted_bytes // 10:
            raise Refused("export_no_room", needed_bytes=wanted_bytes, free_bytes=self.free_bytes)

    def write(self, store: BlobStore, place: BackupPlace, order: ExportOrder) -> dict[str, object]:
        """Keep the backup's own bytes under the name."""
        self._about_to("write")
        if order.kind == "sealed" and order.key is None:
            raise Refused("export_key_gone")
        content = b"".join(store.get_range(layout.manifest_name(place.tenant, place.backup)))
        self.files[order.name] = f"{order.kind} of {json.loads(content)['size']} bytes"
        return {**self._told(order.name), "sql_sha256": ""}

    def prove(
        self, store: BlobStore, place: BackupPlace, order: ExportOrder, told: Mapping[str, object]
    ) -> None:
        """Compare with what was written."""
        self._about_to("prove")
        if self._told(order.name)["sha256"] != told["sha256"]:
            raise Broken("export_damaged")

    def drop(self, name: str) -> None:
        """Remove a file."""
        self._about_to("drop")
        self.files.pop(name, None)

    def names(self) -> list[str]:
        """Return the names of the files."""
        self._about_to("names")
        return sorted(self.files)

    def _told(self, name: str) -> dict[str, object]:
        if name not in self.files:
            raise Broken("export_damaged")
        content = self.files[name].encode()
        return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
