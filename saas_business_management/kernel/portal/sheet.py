"""Tables and records that a person takes away: CSV and JSON.

Owns: these bytes, cells that no spreadsheet runs. Does not own: what stands in them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return rows as CSV in UTF-8 (RFC 4180), with a line of names first."""
    lines = [",".join(names), *(",".join(_cell(value) for value in row) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines).encode()


def record(told: Mapping[str, Any]) -> bytes:
    """Return plain values as JSON in UTF-8; days and numbers as text."""
    return (json.dumps(told, indent=2, ensure_ascii=False, default=_plain) + "\n").encode()


def _cell(value: Any) -> str:
    text = _plain(value)
    if isinstance(value, str) and text.startswith(_FORMULA):
        text = f"'{text}"
    quoted = any(sign in text for sign in ',"\r\n')
    return '"' + text.replace('"', '""') + '"' if quoted else text


def _plain(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
