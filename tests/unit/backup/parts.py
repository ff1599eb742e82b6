"""Keys, contexts and a manifest for the tests of backups."""

import contextlib
import json
from collections.abc import Iterator

from saas_business_management.kernel.backup.envelope import Context
from saas_business_management.kernel.backup.key import DataKey
from saas_business_management.kernel.backup.manifest import Manifest, decode_manifest
from saas_business_management.kernel.errors import SaasError

from . import reference

VECTORS = json.loads(reference.VECTORS.read_text(encoding="ascii"))
TENANT, BACKUP, OTHER = reference.TENANT, reference.BACKUP, reference.OTHER
KEY = DataKey(reference.KEY_ID, reference.KEY)
FOREIGN_KEY = DataKey(reference.KEY_ID, bytes(reversed(reference.KEY)))
KEYS = {KEY.id: KEY}
CONTEXT = Context(TENANT, BACKUP, "db")


def fixed(*pieces: bytes):
    """Chance that is none: gives these, one after the other."""
    rest = iter(pieces)

    def draw(length: int) -> bytes:
        piece = next(rest)
        assert len(piece) == length
        return piece

    return draw


def manifest() -> Manifest:
    return decode_manifest(VECTORS["manifest"]["plain"].encode())


def code_of(call) -> str:
    """The code a call fails with, empty when it does not."""
    try:
        result = call()
        if isinstance(result, Iterator):
            for _one in result:
                continue
    except SaasError as error:
        return error.code
    return ""


@contextlib.contextmanager
def failing(code: str):
    """Expect one of our errors."""
    try:
        yield
    except SaasError as error:
        assert error.code == code, error
    else:
        raise AssertionError(f"nothing failed, {code} was expected")
