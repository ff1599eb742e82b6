"""Answers as the vectors write them, and where two of them differ.

Amounts are decimal strings with the digits of their currency and are compared as printed. An
answer may tell more than is expected of it; lists have to be as long as expected.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """Return values of the product as JSON has them: texts, whole numbers, lists and objects."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"an answer cannot hold {value!r}")


def differences(expected: Any, got: Any, where: str = "") -> Iterator[str]:
    """Yield every place in which an answer is not what was expected."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key, one in expected.items():
            place = f"{where}.{key}" if where else key
            if key in got:
                yield from differences(one, got[key], place)
            else:
                yield f"expected {place} {_shown(one)} got nothing of that name in {_shown(got)}"
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for number, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from differences(one, other, f"{where}[{number}]")
    elif type(expected) is not type(got) or expected != got:
        yield f"expected {where} {_shown(expected)} got {_shown(got)}".replace("  ", " ")


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
