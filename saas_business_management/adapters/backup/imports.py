"""Odoo's own zips from somebody else, in the upload folder of the control machine.

Owns: the folder, what an operation does with a zip in it. Does not own: what such a file may be
(`foreign_zip.py`), which operation wants it (`jobs/import_backup.py`).
"""

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...kernel.errors import Refused
from ...kernel.provisioning.naming import checked
from ..postgres import plain_load, quarantine
from ..postgres.client_programs import Programs
from ..postgres.connect import SHORT
from ..postgres.tenant_login import TenantLogins
from .foreign_zip import ForeignZip
from .spool import translated

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.zip")
GENERATION = 1


@dataclass(frozen=True)
class ImportsSpec:
    """The upload folder, the filestores of the cluster, the programs, the most that is taken."""

    folder: Path
    files: Path
    programs: Programs
    most_bytes: int


class Imports:
    """`ImportsPort` on a real folder and a real server.

    Raises: Refused, Unavailable, Broken in all its methods.
    """

    def __init__(self, spec: ImportsSpec, logins: TenantLogins) -> None:
        self._spec = spec
        self._logins = logins

    def look(self, name: str) -> dict[str, Any]:
        """Look at the whole zip, read its dump to nowhere, make sure that the disk takes it."""
        path = self._path(name)
        found = ForeignZip(path, self._spec.most_bytes)
        contents = found.look()
        with translated():
            self._spec.files.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self._spec.files).free
        if free < contents.file_bytes * 11 // 10:
            needed = contents.file_bytes * 11 // 10
            raise Refused("export_no_room", needed_bytes=needed, free_bytes=free)
        with found.statements(self._spec.programs, self._spec.folder) as pieces:
            scanned = plain_load.scan(pieces)
        return {
            "modules": sorted(contents.modules),
            "extensions": list(scanned.extensions),
            "tables": scanned.tables,
            "file_count": contents.file_count,
        }

    def make(self, database: str, extensions: Iterable[str]) -> None:
        """Make an empty database for it, closed to everybody but its own role."""
        quarantine.make(self._logins.server, database, extensions)

    def load(self, name: str, database: str) -> int:
        """Run its dump there, statement by statement, as that role; return how many indexes lost
        their `unaccent`.
        """
        server = self._logins.server_of(checked(database), GENERATION, SHORT)
        found = ForeignZip(self._path(name), self._spec.most_bytes)
        with found.statements(self._spec.programs, self._spec.folder) as pieces:
            return plain_load.load(pieces, server)

    def unpack(self, name: str, database: str) -> int:
        """Write its files where those of that database lie, anew if some are there."""
        target = self._spec.files / checked(database)
        found = ForeignZip(self._path(name), self._spec.most_bytes)
        with translated():
            if target.exists():
                shutil.rmtree(target)
            target.mkdir(mode=0o700)
        return found.unpack(target)

    def drop(self, name: str) -> None:
        """Remove an uploaded file; absent is done."""
        with translated():
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        """Return where a file of this name lies; a link is none.

        Raises: Refused (`import_name_form`, `import_file_missing`).
        """
        if not NAME.fullmatch(name):
            raise Refused("import_name_form", name=name[:60])
        path = self._spec.folder / name
        if os.path.islink(path):
            raise Refused("import_file_missing")
        return path
