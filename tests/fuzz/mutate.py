"""Bytes and JSON values changed by chance, in the ways that readers are misled by.

Owns: the changes. Does not own: what they are tried on (`targets.py`), chance (a `random.Random` is
given).
"""

import json
import random
from collections.abc import Callable

ODD_BYTES = (
    *(b"", b"\0", b"\xff" * 4, b"\x7f\xff\xff\xff", b"\n", b"{", b"[" * 300, b'{"a":' * 300),
    *(b"[" * 50_000, b'{"a":' * 50_000),  # deeper than any parser goes
    *(b"NaN", b"-0", b"1e999", b"9" * 30, b"\\ud800", b"null", b"\x28\xb5\x2f\xfd"),
)
ODD_VALUES = (
    *(None, True, False, 0, -1, 1, (1 << 63) - 1, 1 << 63, -(1 << 63) - 1, 10**400),
    *("", "\0", "\ud800", "a" * 100_000, "../../etc/passwd", "0001-01-01T00:00:00.000000Z"),
    *("9999-12-31T23:59:59.999999Z", "2026-02-30T00:00:00.000000Z", "ab" * 32, "ab/" + "c" * 40),
    *([], {}, [[]], [None] * 4, {"": ""}, [0, 0, 0], [[[[[[[[1]]]]]]]]),
)
LONGEST_BYTES = 1 << 20


def changed(data: bytes, others: list[bytes], dice: random.Random) -> bytes:
    """Return the bytes after one to four changes."""
    for _again in range(dice.randint(1, 4)):
        data = dice.choice(CHANGES)(data, others, dice)[:LONGEST_BYTES]
    return data


def _flip(data: bytes, _others: list[bytes], dice: random.Random) -> bytes:
    at = dice.randrange(len(data) or 1)
    return (
        data[:at]
        + bytes([(data[at : at + 1] or b"\0")[0] ^ 1 << dice.randrange(8)])
        + data[at + 1 :]
    )


def _set(data: bytes, _others: list[bytes], dice: random.Random) -> bytes:
    at = dice.randrange(len(data) or 1)
    return (
        data[:at]
        + bytes([dice.choice((0, 1, 2, 127, 128, 255, dice.randrange(256)))])
        + data[at + 1 :]
    )


def _cut(data: bytes, _others: list[bytes], dice: random.Random) -> bytes:
    begin, end = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return dice.choice((data[:begin], data[end:], data[:begin] + data[end:], data[begin:end]))


def _double(data: bytes, _others: list[bytes], dice: random.Random) -> bytes:
    begin, end = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[begin:end] * dice.randint(1, 5) + data[end:]


def _insert(data: bytes, _others: list[bytes], dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice((*ODD_BYTES, dice.randbytes(dice.randint(1, 9)))) + data[at:]


def _swap(data: bytes, _others: list[bytes], dice: random.Random) -> bytes:
    one, two, three = sorted(dice.randrange(len(data) + 1) for _ in range(3))
    return data[:one] + data[two:three] + data[one:two] + data[three:]


def _splice(data: bytes, others: list[bytes], dice: random.Random) -> bytes:
    other = dice.choice(others)
    return data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]


def _retyped(data: bytes, _others: list[bytes], dice: random.Random) -> bytes:
    """Change a value of JSON, and write it in its one form."""
    front, text = data[: data.find(b"{")], data[data.find(b"{") :]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return data
    value = with_change(value, dice)
    try:
        return front + json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")
    except (ValueError, TypeError, RecursionError):
        return data


CHANGES: tuple[Callable[[bytes, list[bytes], random.Random], bytes], ...] = (
    *(_flip, _set, _cut, _double, _insert, _swap, _splice),
    *(_retyped, _retyped, _retyped),
)


def with_change(value: object, dice: random.Random) -> object:
    """Return a JSON value with one change somewhere inside."""
    if not isinstance(value, dict | list) or not value or dice.random() < 0.15:
        return dice.choice(ODD_VALUES)
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = dice.choice(keys)
    made = value.copy()
    how = dice.random()
    if how < 0.7:
        made[key] = with_change(value[key], dice)
    elif how < 0.8:
        del made[key]
    elif isinstance(made, dict):
        made[dice.choice((*(one for one in ODD_VALUES if isinstance(one, str)), key))] = value[key]
    else:
        made.insert(key, dice.choice((value[key], dice.choice(ODD_VALUES))))
    return made
