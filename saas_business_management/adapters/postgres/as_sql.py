"""An archive of pg_dump written as statements, for people who take it elsewhere.

Owns: pg_restore without a database. Does not own: which archive, proving it before
(`adapters/backup/reader.py`), running such statements: nobody here does.
"""

from collections.abc import Iterable, Iterator

from ...kernel.errors import Broken
from ..streams.pump import pump
from . import archives, client_programs
from .client_programs import Programs

SECONDS = 7200
# How pg_restore ends what it wrote to its end; more may follow in a line of its own.
LAST_WORDS = b"-- PostgreSQL database dump complete\n"
TAIL_BYTES = 4096


def statements(
    archive: int,
    programs: Programs,
    tables: Iterable[str],
    left_out: Iterable[tuple[str, str, str]] = (),
) -> Iterator[bytes]:
    """Yield the statements of an archive, without owners, rights and what is the platform's.

    `tables` (`schema.name`) must be in it. Who takes the bytes has them all only when the last one
    came without an error. Raises: Unavailable, Broken (`archive_damaged`, `program_failed`).
    """
    entries = archives.contents(archive, programs)
    archives.require_tables(entries, tables)
    wanted = archives.select(entries, (), left_out)
    text = "\n".join([*wanted, ""]).encode()
    with client_programs.in_memory(text) as chosen:
        command = [
            programs.path("pg_restore"),
            "--file=-",
            "--no-owner",
            "--no-acl",
            "--no-tablespaces",
            f"--use-list={client_programs.path_of(chosen)}",
            client_programs.path_of(archive),
        ]
        order = client_programs.order(command, SECONDS, {}, chosen, archive)
        yield from _whole(pump(order))


def _whole(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass statements on and make sure their last words came."""
    tail = b""
    for chunk in chunks:
        tail = (tail + chunk)[-TAIL_BYTES:]
        yield chunk
    if LAST_WORDS not in tail:
        raise Broken("archive_damaged")
