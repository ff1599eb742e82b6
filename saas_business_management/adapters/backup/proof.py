"""The proof of a backup by reading it (level V1): every byte authentic, the dump readable.

Owns: what belongs to that level. Does not own: restoring for a proof, when it is due.
"""

from typing import IO

from ...kernel.backup.manifest import Manifest
from ..postgres import archives
from ..postgres.client_programs import Programs
from .file_writer import Progress
from .reader import BackupReader, Fault


def _silent(_phase: str, _done: int, _total: int) -> None:
    return


def prove(
    reader: BackupReader,
    manifest: Manifest,
    programs: Programs,
    on_progress: Progress = _silent,
) -> list[Fault]:
    """Return what is wrong with a backup, nothing when all of it can be trusted.

    Raises: Unavailable when the store or a program gave no answer, Broken (`NO_EVIDENCE`) when this
    machine or the way to the store is at fault: that proves nothing.
    """

    def archive(file: IO[bytes]) -> None:
        entries = archives.contents(file.fileno(), programs)
        archives.require_tables(entries, manifest.facts.tables if manifest.facts else ())
        archives.require_readable(file.fileno(), programs)

    return reader.prove(manifest, archive, on_progress)
