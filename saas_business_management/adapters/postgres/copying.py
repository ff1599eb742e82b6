"""A running tenant copied beside itself: dumped as it is at one instant, masked as the copy's role.

Owns: the way from the one database into the other, who logs in where. Does not own: making and
dropping the copy's database (`restoring.py`), what is masked (`masking.py`), its files
(`adapters/filestore.py`).

The source is read by its own role and nobody waits: a snapshot holds it still
(`dump.py`). The dump lies in a file without a name, gone with the process.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from ...kernel.migration.masking import SECRET_BYTES, Masker, Rule
from ..backup.spool import spool
from . import dump, masking, restore, snapshot
from .client_programs import Programs
from .connect import SHORT, Cursor, Limits, used
from .tenant_login import TenantLogins

LONG = Limits(statement_seconds=1800, lock_seconds=60)
QUICK = Limits(statement_seconds=60, lock_seconds=10)
APPLICATION = "saas copy"


class Copies:
    """`CopiesPort` on a real server."""

    def __init__(self, logins: TenantLogins, programs: Programs, folder: Path) -> None:
        self._logins = logins
        self._programs = programs
        self._folder = folder

    def look(self, name: str, generation: int) -> dict[str, object]:
        """As the source's role: return its extensions and modules, after making sure that pg_dump
        fits.

        Raises: Refused (`pg_dump_too_old`), Unavailable, Broken.
        """
        server = self._logins.server_of(name, generation, SHORT)
        dump.require_fit(self._programs, server)
        with self._inside(name, generation, QUICK) as cursor:
            told = {}
            for what, order in (("extensions", snapshot.EXTENSIONS), ("modules", snapshot.MODULES)):
                cursor.execute(order)
                told[what] = sorted(row[0] for row in cursor.fetchall())
            return told

    def pour(
        self,
        source: str,
        generation: int,
        name: str,
        login: int,
        meanwhile: Callable[[], None],
    ) -> dict[str, object]:
        """Bring the source as it is now into an empty database; `meanwhile` runs while its files
        are sure to stay.

        Raises: Refused (`database_not_empty`, …), Unavailable, Broken.
        """
        origin = self._logins.server_of(source, generation, SHORT)
        target = self._logins.server_of(name, login, SHORT)
        with spool(self._folder) as file:
            with dump.pinned(origin) as held:
                facts = held.facts()
                for chunk in held.dump(self._programs):
                    _write(file.fileno(), chunk)
                held.release_snapshot()
                meanwhile()
                held.require_held()
                taken_at = held.started_at
            file.seek(0)
            restore.restore(file.fileno(), target, self._programs, facts.left_out)
        return {
            "taken_at": taken_at.isoformat(),
            "tables": len(facts.tables),
            "rows": sum(facts.tables.values()),
        }

    def mask(
        self, name: str, generation: int, rules: Sequence[Rule]
    ) -> tuple[dict[str, int], list[str]]:
        """As the copy's role, in one transaction: mask it, and make sure that nothing is left.

        The secret behind the replacements lives as long as this call.
        Raises: Refused, Unavailable, Broken (`masking_misfit`, `masking_left`).
        """
        with self._inside(name, generation, LONG) as cursor:
            return masking.mask(cursor, rules, Masker(os.urandom(SECRET_BYTES)))

    def preview(self, name: str, generation: int, rules: Sequence[Rule]) -> dict[str, int]:
        """As the tenant's role, read only: return how many rows each rule would meet.

        Raises: Refused, Unavailable, Broken (`masking_misfit`).
        """
        with self._inside(name, generation, QUICK) as cursor:
            return masking.preview(cursor, rules)

    def _inside(self, name: str, generation: int, limits: Limits) -> AbstractContextManager[Cursor]:
        settings = snapshot.SETTINGS
        return used(self._logins.open(name, generation, name, limits, APPLICATION, settings))


def _write(descriptor: int, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[os.write(descriptor, left) :]
