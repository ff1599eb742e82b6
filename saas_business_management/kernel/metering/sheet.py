"""Usage in a table of text: a heading, then a line for each stretch of time.

Owns: columns, separators, moments and quantities as people write them, the key of a line, repeated
keys. Does not own: which subscriptions and meters there are, keeping lines (records).

A line names a subscription, a meter, from, until (the first moment that is not in it) and a
quantity. A day alone is its midnight where the subscription is; a moment without an offset is of
there too. The key makes a line count once, however often its file comes: `key` when the table has
that column, otherwise subscription, meter and both moments.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone, tzinfo
from decimal import Decimal

from ..errors import Refused
from ..period import midnight
from .quantity import read_value

COLUMNS = ("subscription", "meter", "from", "until", "quantity")
KEY = "key"
LINES_MOST = 20_000
BYTES_MOST = 5_000_000
KEY_MOST = 200
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was written; `number` counts from 1, the heading is 1."""

    number: int
    subscription: str
    meter: str
    start: str
    end: str
    quantity: str
    key: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a line says: instants in UTC, `end` not included, and the key that it is known by."""

    start: datetime
    end: datetime
    quantity: Decimal
    key: str


def read_table(data: bytes) -> tuple[Line, ...]:
    """Return the lines of a file; those without any text are passed over.

    Columns come in any order, separated by comma, semicolon or tab; further ones are ignored.

    Raises: Refused (`sheet_large`, `sheet_encoding`, `sheet_empty`, `sheet_columns`,
        `sheet_lines`, `sheet_form`).
    """
    text = _text(data)
    heading = text.split("\n", 1)[0]
    separator = max(",;\t", key=heading.count)
    lines = (line + "\n" for line in text.split("\n"))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Refused("sheet_form", line=reader.line_num) from error
    if not rows:
        raise Refused("sheet_empty")
    places = _places(rows[0][1])
    if len(rows) == 1:
        raise Refused("sheet_empty")
    if len(rows) > LINES_MOST + 1:
        raise Refused("sheet_lines", most=LINES_MOST)
    return tuple(_line(number, row, places) for number, row in rows[1:])


def read_stretch(line: Line, zone: tzinfo) -> Stretch:
    """Return what a line says, for a subscription in a zone.

    Raises: Refused (`sheet_moment`, `sheet_reversed`, `sheet_quantity`, `sheet_key`).
    """
    start, end = _moment(line.start, "from", zone), _moment(line.end, "until", zone)
    if start >= end:
        raise Refused("sheet_reversed", start=line.start, end=line.end)
    quantity = read_value(line.quantity)
    if quantity is None:
        raise Refused("sheet_quantity", text=line.quantity[:40])
    if len(line.key) > KEY_MOST:
        raise Refused("sheet_key", most=KEY_MOST)
    own = f"{line.subscription}/{line.meter}/{_written(start)}/{_written(end)}"
    return Stretch(start, end, quantity, line.key or own)


def repeated(keys: Sequence[tuple[int, str]]) -> Mapping[int, int]:
    """Return for each line whose key came before the number of the line that had it first."""
    first: dict[str, int] = {}
    found = {}
    for number, key in keys:
        if key in first:
            found[number] = first[key]
        first.setdefault(key, number)
    return found


def _text(data: bytes) -> str:
    if len(data) > BYTES_MOST:
        raise Refused("sheet_large", most=BYTES_MOST)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("sheet_encoding") from error


def _places(heading: Sequence[str]) -> Mapping[str, int]:
    names = [name.strip().lower() for name in heading]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise Refused("sheet_columns", missing=", ".join(missing), wanted=", ".join(COLUMNS))
    return {name: names.index(name) for name in (*COLUMNS, KEY) if name in names}


def _line(number: int, row: Sequence[str], places: Mapping[str, int]) -> Line:
    return Line(number, *_cells(row, places))


def _cells(row: Sequence[str], places: Mapping[str, int]) -> Iterator[str]:
    for name in (*COLUMNS, KEY):
        place = places.get(name, len(row))
        yield row[place].strip() if place < len(row) else ""


def _moment(text: str, name: str, zone: tzinfo) -> datetime:
    try:
        if _DAY.fullmatch(text):
            return midnight(date.fromisoformat(text), zone).astimezone(timezone.utc)
        if _MOMENT.fullmatch(text):
            found = datetime.fromisoformat(text.replace("Z", "+00:00"))
            found = found if found.tzinfo else found.replace(tzinfo=zone)
            return found.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise Refused("sheet_moment", name=name, text=text[:40]) from error
    raise Refused("sheet_moment", name=name, text=text[:40])


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
