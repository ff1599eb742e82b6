"""A plain dump of pg_dump read as values: known statements pass, everything else is refused.

Owns: its lines: statements, rows, commands, the end. Does not own: cutting statements into tokens
(`plain_tokens.py`), which of them it may hold (`plain_statements.py`), running them
(`adapters/postgres/plain_load.py`).

A plain dump is a program that psql would run, with commands of the operating system in it where
somebody put them. Here it is never a program: nothing goes on but tables, sequences, views, rows,
defaults, constraints, indexes and comments in schema `public`, one by one. Owners and rights are
passed over; functions, triggers, rules, types, anything outside `public` and every command of psql
but pg_dump's own pair are refused with the line they begin on.

Source: PostgreSQL 15 to 18, `pg_dump.c`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..errors import Refused
from .plain_reading import Statement
from .plain_statements import statement_of
from .plain_tokens import Scanner

LAST_WORDS = "-- PostgreSQL database dump complete"
STATEMENTS_MAX = 500_000
_PSQL_PAIR = re.compile(r"\\(?:un)?restrict [A-Za-z0-9]{1,128}")


@dataclass(frozen=True)
class Rows:
    """Rows of a table: `text` begins the copying, `chunks` are the rows as the server takes them.

    The chunks have to be read to their end before the next statement is asked for.
    """

    table: str
    line: int
    text: str
    chunks: Iterator[bytes]


def parse(pieces: Iterable[bytes]) -> Iterator[Statement | Rows]:
    """Yield what a dump has to say, in its order; `pieces` are lines, long ones in several.

    The last thing is a check that the dump has its end, so nothing may be kept of one before.
    Raises: Refused (`plain_command`, `plain_copy_source`, `plain_extension`, `plain_function`,
    `plain_setting`, `plain_statement_form`, `plain_statement_unknown`, `plain_text_form`,
    `plain_too_long`, `plain_truncated`, each with `line`).
    """
    yield from _Reading(pieces).statements()


class _Reading:
    """The lines of a dump one by one.

    Raises: Refused, as `parse`.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._line = 0
        self._count = 0
        self._begun = False
        self._complete = False
        self._rows_open = False

    def statements(self) -> Iterator[Statement | Rows]:
        """Yield what may be run."""
        scanner: Scanner | None = None
        for text in self._texts():
            if scanner is None:
                if self._outside(text):
                    continue
                self._complete = False
                scanner = Scanner(self._line)
            scanner.feed(text)
            if scanner.done:
                yield from self._told(scanner)
                scanner = None
        if scanner is not None or not self._complete:
            raise Refused("plain_truncated", line=self._line)

    def _texts(self) -> Iterator[str]:
        """Yield whole lines outside of rows."""
        for piece in self._pieces:
            self._line += 1
            if not piece.endswith(b"\n"):
                # The last line of a file, or one that is longer than any of pg_dump's.
                rest = next(self._pieces, None)
                if rest is not None:
                    raise Refused("plain_too_long", line=self._line)
            try:
                yield piece.decode("utf-8")
            except UnicodeDecodeError:
                raise Refused("plain_text_form", line=self._line) from None

    def _outside(self, text: str) -> bool:
        """Tell whether a line between statements holds nothing of one."""
        line = text.rstrip("\r\n")
        if not line.strip():
            return True
        if line.startswith("--"):
            self._complete = self._complete or line == LAST_WORDS
            return True
        if line.startswith("\\"):
            if _PSQL_PAIR.fullmatch(line):
                return True
            raise Refused("plain_command", line=self._line)
        return False

    def _told(self, scanner: Scanner) -> Iterator[Statement | Rows]:
        self._count += 1
        if self._count > STATEMENTS_MAX:
            raise Refused("plain_too_long", line=scanner.line)
        found = statement_of(scanner.tokens, scanner.line)
        if found is None:
            return
        if found.kind != "copy":
            yield found
            return
        self._rows_open = True
        yield Rows(found.name, found.line, found.text, self._rows())
        if self._rows_open:
            raise Refused("plain_truncated", line=self._line)

    def _rows(self) -> Iterator[bytes]:
        """Yield the rows of a table up to the line that ends them."""
        at_begin = True
        for piece in self._pieces:
            self._line += at_begin
            if at_begin and piece in (b"\\.\n", b"\\.\r\n"):
                self._rows_open = False
                return
            at_begin = piece.endswith(b"\n")
            yield piece
        raise Refused("plain_truncated", line=self._line)
