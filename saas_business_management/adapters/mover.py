"""A tenant carried between two clusters: its records by a dump that is restored, its files by copy.

Owns: which login reads and writes what, the comparison of both ends. Does not own: pg_dump and
pg_restore (`postgres/dump.py`, `postgres/restore.py`), copying files (`move_files.py`), when what
is done (`jobs/move_tenant.py`).

The dump passes through a file without a name, so that no part of it reaches the server before all
of it came.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..kernel.backup.facts import DatabaseFacts
from ..kernel.backup.verify import compare_databases
from .backup.spool import spool, translated
from .filestore import LocalFilestore
from .filetree import size
from .move_files import copy_new, lacking
from .ports import Compared, End
from .postgres import dump, restore, snapshot
from .postgres.client_programs import Programs
from .postgres.connect import SHORT, Server
from .postgres.tenant_login import TenantLogins


@dataclass(frozen=True)
class MoverSpec:
    """Where files lie at both ends, where the dump waits, and programs that fit both servers: those
    of the destination, which is never the older one.
    """

    files_here: Path
    files_there: Path
    spool: Path
    programs: Programs


class Mover:
    """`MoverPort` between two real servers and two folders.

    Raises: Refused, Unavailable, Broken in all its methods.
    """

    def __init__(self, spec: MoverSpec, here: TenantLogins, there: TenantLogins) -> None:
        self._spec = spec
        self._here, self._there = here, there

    def look(self, source: End) -> dict[str, object]:
        """Return what has to be known before."""
        server = self._source(source)
        dump.require_fit(self._spec.programs, server)
        facts = dump.look(server)
        folder = LocalFilestore(self._spec.files_here).folder(source.database)
        with translated():
            file_bytes = size(folder) if folder.is_dir() else 0
        return {
            "extensions": sorted(facts.extensions),
            "modules": dict(facts.modules),
            "file_bytes": file_bytes,
        }

    def copy_files(self, source: str, name: str) -> dict[str, int]:
        """Copy the files that the destination does not have yet."""
        here = LocalFilestore(self._spec.files_here).folder(source)
        there = LocalFilestore(self._spec.files_there).folder(name)
        with translated():
            return copy_new(here, there)

    def carry(self, source: End, to: End) -> dict[str, int]:
        """Bring the records into an empty database, all or nothing."""
        with spool(self._spec.spool) as archive:
            facts, written = self._dumped(self._source(source), archive)
            archive.seek(0)
            server = self._destination(to)
            restore.restore(archive.fileno(), server, self._spec.programs, facts.left_out)
        rows = sum(facts.tables.values())
        return {"tables": len(facts.tables), "rows": rows, "bytes": written}

    def compare(self, source: End, to: End) -> Compared:
        """Compare both ends, each read by a thread of its own."""
        with ThreadPoolExecutor(2) as pool:
            there = pool.submit(dump.look, self._destination(to), None)
            with dump.looking(self._source(source)) as cursor:
                before, files = snapshot.facts(cursor, None), snapshot.files(cursor)
            now = there.result()
        wrong = [(one.kind, one.name) for one in compare_databases(before, now)]
        here = LocalFilestore(self._spec.files_here).folder(source.database)
        folder = LocalFilestore(self._spec.files_there).folder(to.database)
        with translated():
            wrong += [
                ("file", name) for name in lacking([one for one, _size in files], here, folder)
            ]
        return Compared(wrong, dict(now.row_hashes))

    def marks(self, to: End, tables: Sequence[str] = ()) -> dict[str, str]:
        """Return the marks at the destination."""
        with dump.looking(self._destination(to)) as cursor:
            return snapshot.row_hashes(cursor, tables)

    def _dumped(self, server: Server, archive: IO[bytes]) -> tuple[DatabaseFacts, int]:
        """Write a dump into a file; what stood there is read meanwhile."""
        with dump.pinned(server) as held, ThreadPoolExecutor(1) as pool:
            done = pool.submit(self._write, held, archive)
            facts = held.facts()
            return facts, done.result()

    def _write(self, held: dump.PinnedDatabase, archive: IO[bytes]) -> int:
        written = 0
        for chunk in held.dump(self._spec.programs):
            with translated():
                archive.write(chunk)
            written += len(chunk)
        return written

    def _source(self, end: End) -> Server:
        return self._here.server_of(end.database, end.generation, SHORT)

    def _destination(self, end: End) -> Server:
        return self._there.server_of(end.database, end.generation, SHORT)
