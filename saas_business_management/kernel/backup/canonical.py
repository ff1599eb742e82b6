"""JSON in one form: the same value always gives the same bytes, and no other bytes are taken.

Owns: writing, reading, and taking values out of what was read with their types checked. Does not
own: which values there are (`manifest.py`).

UTF-8, keys sorted by code point, no blanks, no numbers but whole ones below 2^63, every character
beyond ASCII escaped.
"""

import json
import re
from collections.abc import Callable
from typing import TypeVar

from ..errors import Broken

_HALF = re.compile("[\ud800-\udfff\\x00]")
NUMBER_MAX = (1 << 63) - 1
T = TypeVar("T")


def dump(value: object) -> bytes:
    """Return the bytes of a value made of dicts, lists, texts, whole numbers, true, false, None."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")


def load(data: bytes, where: str) -> object:
    """Return the value of bytes that `dump` made.

    Raises: Broken (`backup_form`) for everything else.
    """
    try:
        value = json.loads(data.decode("ascii"), parse_float=_refuse, parse_constant=_refuse)
        if dump(value) != data:
            raise Broken("backup_form", where=where)
    except (ValueError, RecursionError):
        raise Broken("backup_form", where=where) from None
    return value


def _refuse(text: str) -> None:
    raise ValueError(text[:10])


class Fields:
    """The fields of a JSON object, each to be taken with its type.

    Raises: Broken (`backup_form`, with the field).
    """

    def __init__(self, value: object, where: str, names: str) -> None:
        self._where = where
        if not isinstance(value, dict) or sorted(value) != sorted(names.split()):
            raise Broken("backup_form", where=where)
        self._value = value

    def text(self, name: str, form: re.Pattern[str] | None = None) -> str:
        """Return a text, of a form if one is given."""
        return as_text(self._value[name], self._at(name), form)

    def number(self, name: str) -> int:
        """Return a whole number that is not negative."""
        return as_number(self._value[name], self._at(name))

    def optional(self, name: str, read: Callable[[object, str], T]) -> T | None:
        """Return what is read of a field, None where it is null."""
        value = self._value[name]
        return None if value is None else read(value, self._at(name))

    def rows(self, name: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        """Return what is read of each entry of a list."""
        value, where = self._value[name], self._at(name)
        if not isinstance(value, list):
            raise Broken("backup_form", where=where)
        return tuple(read(one, where) for one in value)

    def table(self, name: str, read: Callable[[object, str], T]) -> dict[str, T]:
        """Return what is read of each value of a JSON object."""
        value, where = self._value[name], self._at(name)
        if not isinstance(value, dict):
            raise Broken("backup_form", where=where)
        return {key: read(one, where) for key, one in value.items()}

    def inner(self, name: str, read: Callable[[object, str], T]) -> T:
        """Return what is read of one field."""
        return read(self._value[name], self._at(name))

    def _at(self, name: str) -> str:
        return f"{self._where}.{name}"


def as_text(value: object, where: str, form: re.Pattern[str] | None = None) -> str:
    """Return a text, whole characters only.

    Raises: Broken (`backup_form`).
    """
    if not isinstance(value, str) or _HALF.search(value) or (form and not form.fullmatch(value)):
        raise Broken("backup_form", where=where)
    return value


def as_number(value: object, where: str, least: int = 0) -> int:
    """Return a whole number.

    Raises: Broken (`backup_form`).
    """
    fits = isinstance(value, int) and not isinstance(value, bool)
    if not fits or not least <= value <= NUMBER_MAX:
        raise Broken("backup_form", where=where)
    return value


def as_row(value: object, where: str, length: int) -> list[object]:
    """Return a list of a known length.

    Raises: Broken (`backup_form`).
    """
    if not isinstance(value, list) or len(value) != length:
        raise Broken("backup_form", where=where)
    return value
