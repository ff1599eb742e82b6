"""A backup as one single file: a front with what makes its key, then the objects of a store.

Owns: every byte around the objects. Does not own: the objects, which are those of a store and say
themselves whether they are whole (`manifest.py`, `envelope.py`).

Nothing here is authenticated, and nothing has to be: a name or a length that was changed shows as
an object that is missing or another than its manifest says.
"""

import struct
from dataclasses import dataclass

from ..errors import Broken, Refused
from .layout import ROOT
from .passphrase import SALT_BYTES, Derivation

MAGIC = b"\x93SAASEX\n"
VERSION = 1
SCRYPT = 1
NAME_BYTES_MAX = 200
OBJECTS_MAX = 1_000_000

_FIXED = struct.Struct(">BBBBB")
FRONT_BYTES = len(MAGIC) + _FIXED.size + SALT_BYTES
_LENGTH = struct.Struct(">Q")
_NAME = struct.Struct(">H")
LENGTH_BYTES = _LENGTH.size
NAME_LENGTH_BYTES = _NAME.size
END = _NAME.pack(0)


@dataclass(frozen=True)
class Placed:
    """Where an object stands in the file."""

    name: str
    offset: int
    size: int


def encode_front(one: Derivation) -> bytes:
    """Return how a file begins."""
    fixed = _FIXED.pack(VERSION, SCRYPT, one.log_cost, one.block_size, one.parallel)
    return MAGIC + fixed + one.salt


def parse_front(data: bytes) -> Derivation:
    """Return what makes the key of a file that begins with these bytes.

    Raises: Broken (`backup_form`, `backup_truncated`), Refused (`backup_version_unknown`,
    `backup_suite_unknown`).
    """
    if not data.startswith(MAGIC):
        raise Broken("backup_form", where="magic")
    if len(data) < FRONT_BYTES:
        raise Broken("backup_truncated", where="front")
    version, suite, log_cost, block_size, parallel = _FIXED.unpack_from(data, len(MAGIC))
    if version != VERSION:
        raise Refused("backup_version_unknown", version=version)
    if suite != SCRYPT:
        raise Refused("backup_suite_unknown", suite=suite)
    return Derivation(data[FRONT_BYTES - SALT_BYTES : FRONT_BYTES], log_cost, block_size, parallel)


def encode_name(name: str) -> bytes:
    """Return what stands in front of an object's length.

    Raises: Refused (`backup_name_form`).
    """
    told = name.encode("ascii", errors="replace")
    if not 1 <= len(told) <= NAME_BYTES_MAX or not name.isascii():
        raise Refused("backup_name_form")
    return _NAME.pack(len(told)) + told


def parse_name(data: bytes) -> str:
    """Return the name an object has.

    Raises: Broken (`backup_form`).
    """
    if not data.isascii() or not data.startswith(f"{ROOT}/".encode()):
        raise Broken("backup_form", where="name")
    return data.decode("ascii")


def name_length(data: bytes) -> int:
    """Return how long the next name is, 0 at the end.

    Raises: Broken (`backup_truncated`, `backup_form`).
    """
    if len(data) != NAME_LENGTH_BYTES:
        raise Broken("backup_truncated", where="name")
    (length,) = _NAME.unpack(data)
    if length > NAME_BYTES_MAX:
        raise Broken("backup_form", where="name")
    return length


def encode_length(size: int) -> bytes:
    """Return the length of an object as it stands in front of it."""
    return _LENGTH.pack(size)


def parse_length(data: bytes) -> int:
    """Return the length of an object.

    Raises: Broken (`backup_truncated`).
    """
    if len(data) != LENGTH_BYTES:
        raise Broken("backup_truncated", where="length")
    return _LENGTH.unpack(data)[0]
