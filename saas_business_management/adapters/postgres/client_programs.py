"""PostgreSQL's client programs: where they are, how they log in, what their complaints mean.

Owns: an order for `pump.py`. Does not own: running it, what is dumped (`dump.py`) or restored
(`restore.py`).

A login travels in the environment and the password in a file that exists in memory alone, so
neither stands in a list of processes or on a disk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...kernel.errors import Broken, SaasError, Unavailable
from ..streams.pump import Order, run

if TYPE_CHECKING:  # a backup is read without the driver, too
    from .connect import Server

VERSION_SECONDS = 20
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?")

# Programs tell no SQLSTATE; these words of theirs, in English because of LC_ALL=C, are all there
# is to go by. The complaint itself may hold statements and values, so nothing of it goes on.
WORDS: tuple[tuple[str, type[SaasError], str], ...] = (
    ("No space left on device", Broken, "disk_full"),
    ("could not extend file", Broken, "disk_full"),
    ("lock timeout", Unavailable, "lock_timeout"),
    ("statement timeout", Unavailable, "statement_timeout"),
    ("too many connections", Unavailable, "too_many_connections"),
    ("remaining connection slots", Unavailable, "too_many_connections"),
    ("too many clients", Unavailable, "too_many_connections"),
    ("administrator command", Unavailable, "server_restarting"),
    ("is shutting down", Unavailable, "server_restarting"),
    ("is starting up", Unavailable, "server_restarting"),
    ("recovery mode", Unavailable, "server_restarting"),
    ("server closed the connection", Unavailable, "connection_lost"),
    ("no connection to the server", Unavailable, "connection_lost"),
    ("connection to server was lost", Unavailable, "connection_lost"),
    ("Connection refused", Unavailable, "server_unreachable"),
    ("timeout expired", Unavailable, "server_unreachable"),
    ("could not translate host name", Unavailable, "server_unreachable"),
    ("invalid snapshot identifier", Unavailable, "connection_lost"),
    ("does not exist or is not running", Unavailable, "connection_lost"),
    ("aborting because of server version mismatch", Broken, "not_supported"),
    ("unrecognized configuration parameter", Broken, "not_supported"),
    ("unsupported version", Broken, "archive_version_unknown"),
    ("password authentication failed", Broken, "login_refused"),
    ("not permitted to log in", Broken, "login_refused"),
    ("permission denied", Broken, "right_missing"),
    ("must be owner", Broken, "right_missing"),
    ("must be marked IMMUTABLE", Broken, "unaccent_mutable"),
    ("row-level security", Broken, "right_missing"),
    ("input file does not appear to be a valid archive", Broken, "archive_damaged"),
    ("did not find magic string", Broken, "archive_damaged"),
    ("could not read from input file", Broken, "archive_damaged"),
    ("unexpected end of file", Broken, "archive_damaged"),
)


@dataclass(frozen=True)
class Programs:
    """The folder of pg_dump and pg_restore; empty means the search path."""

    folder: str = ""

    def path(self, name: str) -> str:
        """Return what to start."""
        return os.path.join(self.folder, name) if self.folder else name

    def version(self, name: str) -> tuple[int, str]:
        """Return the main number of a program's version, and the whole of it.

        Raises: Unavailable, Broken (`program_missing`, `program_failed`).
        """
        said = run(Order([self.path(name), "--version"], VERSION_SECONDS), 4096)
        found = _VERSION.search(said.decode(errors="replace"))
        if found is None:
            raise Broken("program_failed", program=name, status=0)
        return int(found[1]), ".".join(part for part in found.groups() if part)


@contextmanager
def login(server: Server, application: str) -> Iterator[tuple[dict[str, str], int]]:
    """Give the variables that log a program in, and the descriptor it has to keep for that."""
    with in_memory(f"*:*:*:*:{_escaped(server.password.reveal())}\n".encode()) as descriptor:
        told = {
            "PGHOST": server.host,
            "PGPORT": str(server.port or ""),
            "PGUSER": server.user,
            "PGDATABASE": server.database,
            "PGSSLMODE": server.sslmode,
            "PGGSSENCMODE": "disable",
            "PGCONNECT_TIMEOUT": "5",
            "PGAPPNAME": application,
            "PGCLIENTENCODING": "UTF8",
            "PGPASSFILE": path_of(descriptor),
        }
        yield {name: value for name, value in told.items() if value}, descriptor


@contextmanager
def in_memory(content: bytes) -> Iterator[int]:
    """Give the descriptor of a file that lies in memory and is readable by us alone."""
    descriptor = os.memfd_create("saas", os.MFD_CLOEXEC)
    try:
        os.fchmod(descriptor, 0o600)
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        yield descriptor
    finally:
        os.close(descriptor)


def path_of(descriptor: int) -> str:
    """Return the name under which a child opens a descriptor it was given."""
    return f"/proc/self/fd/{descriptor}"


def order(
    command: Sequence[str],
    seconds: float,
    settings: dict[str, str],
    *files: int,
    on_line: Callable[[str], None] | None = None,
) -> Order:
    """Return an order whose failures are told in our words."""
    return Order(command, seconds, settings, files, judge, on_line)


def judge(program: str, status: int, complaint: str) -> SaasError:
    """Return our error for what a program complained last."""
    for words, kind, code in WORDS:
        if words in complaint:
            return kind(code)
    return Broken("program_failed", program=program, status=status)


def _escaped(password: str) -> str:
    return re.sub(r"([:\\])", r"\\\1", password)
