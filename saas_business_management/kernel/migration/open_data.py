"""A dump of statements read as tables anybody can open: one CSV for each, and what its columns are.

Owns: reading `CREATE TABLE` and `COPY … FROM stdin` of pg_dump, the rows as CSV, which columns are
withheld, the README and the index of attachments. Does not own: the zip (`adapters/backup`).

Source: PostgreSQL manual, COPY (text format), RFC 4180.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

FOLDER = "open_data/"
TABLES = FOLDER + "tables/"
README = FOLDER + "README.txt"
INDEX = FOLDER + "attachments.csv"
INDEX_COLUMNS = ("id", "name", "res_model", "res_id", "mimetype", "file_size", "store_fname")
# Nobody needs these to read the data, and whoever has them may log in.
WITHHELD = {
    "res_users": {"password", "totp_secret"},
    "res_users_apikeys": {"key"},
    "auth_totp_device": {"key"},
    "ir_mail_server": {"smtp_pass", "smtp_ssl_private_key"},
    "fetchmail_server": {"password"},
}
_COPY = re.compile(rb"COPY ((?:\"[^\"]*\"|[^ \"])+) \((.*)\) FROM stdin;\n")
_CREATE = re.compile(rb"CREATE TABLE ((?:\"[^\"]*\"|[^ \"])+) \(\n")
_COLUMN = re.compile(rb"    (\"(?:[^\"]|\"\")+\"|[^ ]+) (.*?),?\n")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)", re.DOTALL)
_SHORT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_SAFE = re.compile(r"[^A-Za-z0-9_.-]")
END = b"\\.\n"


@dataclass
class Table:
    """A table of the dump: its name with schema, columns with their types, rows seen."""

    name: str
    types: dict[str, str] = field(default_factory=dict)
    rows: int = 0

    @property
    def short(self) -> str:
        """Return the name without the schema that Odoo uses."""
        return self.name.removeprefix("public.")

    @property
    def file(self) -> str:
        """Return the name of its CSV in the zip."""
        return f"{TABLES}{_SAFE.sub('_', self.short)}.csv"


@dataclass(frozen=True)
class Rows:
    """A piece of a table's CSV; `begins` when it is the first, and then the header."""

    table: Table
    text: bytes
    begins: bool = False


class Reader:
    """Goes through the lines of a dump once; afterwards knows its tables and attachments."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.attachments: list[tuple[str, ...]] = []
        self.models: dict[str, str] = {}
        self.labels: dict[tuple[str, str], str] = {}
        self._made: Table | None = None
        self._copied: Table | None = None
        self._columns: list[str] = []
        self._shown: list[int] = []

    def read(self, lines: Iterable[bytes]) -> Iterator[Rows]:
        """Yield the rows of each table as they come."""
        for line in lines:
            if self._copied is not None:
                if line == END:
                    self._copied = None
                    continue
                yield Rows(self._copied, self._row(line))
            elif found := _COPY.fullmatch(line):
                yield self._begin(found)
            elif found := _CREATE.fullmatch(line):
                self._made = self._table(found[1])
            elif self._made is not None:
                self._column(line)

    def _table(self, name: bytes) -> Table:
        plain = name.decode().replace('"', "")
        return self.tables.setdefault(plain, Table(plain))

    def _column(self, line: bytes) -> None:
        found = _COLUMN.fullmatch(line)
        if line.startswith(b")") or not found:
            self._made = None
        elif not line.lstrip().startswith((b"CONSTRAINT", b"CHECK")):
            self._made.types[found[1].decode().strip('"')] = found[2].decode()

    def _begin(self, found: re.Match[bytes]) -> Rows:
        self._copied = self._table(found[1])
        self._columns = [one.strip().strip('"') for one in found[2].decode().split(",")]
        hidden = WITHHELD.get(self._copied.short, set())
        self._shown = [place for place, one in enumerate(self._columns) if one not in hidden]
        return Rows(self._copied, csv_line([self._columns[one] for one in self._shown]), True)

    def _row(self, line: bytes) -> bytes:
        values = [plain(one) for one in line.removesuffix(b"\n").split(b"\t")]
        self._copied.rows += 1
        self._note(dict(zip(self._columns, values, strict=False)))
        return csv_line([values[one] if one < len(values) else None for one in self._shown])

    def _note(self, row: dict[str, str | None]) -> None:
        short = self._copied.short
        if short == "ir_attachment":
            self.attachments.append(tuple(row.get(one) or "" for one in INDEX_COLUMNS))
        elif short == "ir_model":
            self.models[(row.get("model") or "").replace(".", "_")] = _label(row.get("name"))
        elif short == "ir_model_fields":
            key = ((row.get("model") or "").replace(".", "_"), row.get("name") or "")
            self.labels[key] = _label(row.get("field_description"))

    def index(self) -> bytes:
        """Return the index of attachments: where the file of each lies in the zip."""
        lines = [csv_line([*INDEX_COLUMNS[:-1], "file"])]
        for row in self.attachments:
            if row[-1]:
                lines.append(csv_line([*row[:-1], f"filestore/{row[-1]}"]))
        return b"".join(lines)

    def readme(self) -> bytes:
        """Return what the files are and what stands in which column."""
        lines = [*_INTRODUCTION]
        for table in sorted(self.tables.values(), key=lambda one: one.short):
            label = self.models.get(table.short)
            title = f"{table.short}.csv: {table.rows} rows"
            lines += ["", f"{title} · {label}" if label else title]
            hidden = WITHHELD.get(table.short, set())
            for column, kind in table.types.items():
                told = self.labels.get((table.short, column))
                note = " · withheld" if column in hidden else ""
                lines.append(f"    {column}: {kind}" + (f" · {told}" if told else "") + note)
        return ("\n".join(lines) + "\n").encode()


_INTRODUCTION = (
    "Everything of this database, to take away.",
    "",
    "dump.sql, filestore/ and manifest.json are what Odoo's database manager restores.",
    "tables/ has each table as CSV (RFC 4180, UTF-8, first line: names of columns; an empty value",
    'without quotes is not set, "" is an empty text; times are in UTC).',
    "attachments.csv says which file in filestore/ belongs to which record.",
    "Passwords and keys are withheld in tables/; dump.sql has their hashes.",
    "A column that ends in _id holds the id of a row of another table.",
)


def plain(value: bytes) -> str | None:
    """Return a value of COPY's text format, None when it is not set."""
    if value == b"\\N":
        return None
    return _ESCAPE.sub(_unescaped, value).decode("utf-8", "replace")


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if code[:1].isdigit():
        return bytes([int(code, 8) & 0xFF])
    if code[:1] == b"x" and len(code) > 1:
        return bytes([int(code[1:], 16)])
    return _SHORT.get(code, code)


def csv_line(values: Iterable[str | None]) -> bytes:
    """Return a line of CSV: nothing for what is not set, quotes around everything that needs
    them.
    """
    return (",".join(_quoted(one) for one in values) + "\r\n").encode("utf-8", "replace")


def _quoted(value: str | None) -> str:
    if value is None:
        return ""
    if value == "" or any(sign in value for sign in ',"\r\n') or value != value.strip():
        doubled = value.replace('"', '""')
        return f'"{doubled}"'
    return value


def _label(value: str | None) -> str:
    """Return the English of a translated text."""
    found = re.search(r'"en_US": "((?:[^"\\]|\\.)*)"', value or "")
    return (found[1] if found else value or "")[:120]
