"""Files of backups that people take away, in a private folder of the control machine.

Owns: the folder, room on its disk, making a file and proving it before anybody gets it. Does not
own: the two forms (`odoo_zip.py`, `reseal.py`), who may take one, for how long it lies there.

A file has its name only when all of it is there; an unfinished one is hidden and begun anew.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ...kernel.backup.key import DataKey
from ...kernel.backup.manifest import Manifest
from ...kernel.backup.passphrase import Derivation
from ...kernel.errors import Broken, Refused
from ..filetree import sync
from ..ports import BackupPlace, ExportOrder
from ..postgres.client_programs import Programs
from ..storage.port import BlobStore
from . import odoo_zip
from .bundle_file import BundleReader, BundleWriter
from .reader import BackupReader
from .reseal import Resealer
from .spool import pieces, translated

NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PART = ".part"
ODOO_ZIP, SEALED = "odoo_zip", "sealed"


@dataclass(frozen=True)
class ExportsSpec:
    """Keys of one tenant by id, the private folder, the client programs."""

    keys: Mapping[str, DataKey] = field(repr=False)
    folder: Path
    programs: Programs


class Exports:
    """`ExportsPort` on a real folder.

    Raises: Refused, Unavailable, Broken in all its methods.
    """

    def __init__(self, spec: ExportsSpec) -> None:
        self._spec = spec

    def require_room(self, wanted_bytes: int) -> None:
        """Make sure the disk takes so many bytes more, and a tenth.

        Raises: Refused (`export_no_room`).
        """
        with translated():
            self._folder()
            free = shutil.disk_usage(self._spec.folder).free
        needed = wanted_bytes + wanted_bytes // 10
        if free < needed:
            raise Refused("export_no_room", needed_bytes=needed, free_bytes=free)

    def write(self, store: BlobStore, place: BackupPlace, order: ExportOrder) -> dict[str, Any]:
        """Make the file, anew if one was there: what it holds was not proven yet."""
        reader, manifest = self._opened(store, place)
        target = self._path(order.name)
        part = target.with_name(f".{target.name}{PART}")
        with translated():
            self._folder()
            part.unlink(missing_ok=True)
            with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
                told = self._written(reader, manifest, order, file)
            part.replace(target)
            sync(self._spec.folder)
        return {**told, "size": target.stat().st_size, "sha256": _sha256(target)}

    def _written(
        self, reader: BackupReader, manifest: Manifest, order: ExportOrder, file: IO[bytes]
    ) -> dict[str, Any]:
        folder = self._spec.folder
        if order.kind == ODOO_ZIP:
            programs = self._spec.programs
            sql = odoo_zip.write(reader, manifest, programs, file, order.label, folder)
            return {"sql_sha256": sql}
        if order.key is None:
            raise Refused("export_key_gone")
        target = BundleWriter(file, Derivation(order.salt))
        Resealer(target, order.key, folder).write(reader, manifest)
        target.end()
        return {"sql_sha256": ""}

    def prove(
        self, store: BlobStore, place: BackupPlace, order: ExportOrder, told: Mapping[str, Any]
    ) -> None:
        """Read the whole file back before a byte of it is offered; `told` is what `write` said.

        Raises: Broken (`export_damaged`), and what reading a backup raises.
        """
        path = self._path(order.name)
        with translated():
            if not path.is_file() or _sha256(path) != told["sha256"]:
                raise Broken("export_damaged")
        if order.kind == ODOO_ZIP:
            odoo_zip.prove(path, self._opened(store, place)[1], told["sql_sha256"])
            return
        if order.key is None:
            raise Refused("export_key_gone")
        keys = {order.key.id: order.key}
        reader = BackupReader(BundleReader(path), place.tenant, keys, self._spec.folder)
        manifest, _link = reader.manifest(place.backup)
        if reader.look(manifest) or reader.prove(manifest):
            raise Broken("export_damaged")

    def drop(self, name: str) -> None:
        """Remove a file and what is unfinished of it; absent is done."""
        path = self._path(name)
        with translated():
            path.unlink(missing_ok=True)
            path.with_name(f".{path.name}{PART}").unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return the names of the files that are there, finished or not."""
        with translated():
            self._folder()
            found = {one.lstrip(".").removesuffix(PART) for one in os.listdir(self._spec.folder)}
        return sorted(one for one in found if NAME.fullmatch(one))

    def _opened(self, store: BlobStore, place: BackupPlace) -> tuple[BackupReader, Manifest]:
        reader = BackupReader(store, place.tenant, self._spec.keys, self._spec.folder)
        manifest, _link = reader.manifest(place.backup, place.fence, place.sha256 or None)
        return reader, manifest

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise Refused("backup_name_form")
        return self._spec.folder / name

    def _folder(self) -> None:
        """Make the folder, readable by its owner alone."""
        with suppress(FileExistsError):
            self._spec.folder.mkdir(mode=0o700)
        self._spec.folder.chmod(0o700)


def _sha256(path: Path) -> str:
    running = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        for chunk in pieces(file):
            running.update(chunk)
    return running.hexdigest()
