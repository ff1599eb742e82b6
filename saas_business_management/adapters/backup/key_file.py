"""Data keys in a file, for reading backups where nothing else of the product is left.

Owns: its form, `{"format": 1, "keys": {"<id>": "<base64 of 32 bytes>"}}`, readable by its owner
alone. Does not own: how it is made (the recovery sheet), the key file of the backups
(`adapters/backup_keys.py`), from which the keys of the control database's backups follow.
"""

import base64
import json
import os
import stat
from collections.abc import Mapping

from ...kernel.backup.key import DataKey
from ...kernel.errors import Broken, Refused, SaasError
from ..backup_keys import BackupKeys

FORMAT = 1
FILE_BYTES_MAX = 4 << 20


def read_keys(path: str | os.PathLike[str]) -> dict[str, DataKey]:
    """Return the keys of a file by their ids.

    Of the key file of the backups, which names its `current` key, those of the control database.
    Raises: Refused (`keyring_missing`, `keyring_open_to_others` when its mode is not 0600), Broken
    (`keyring_damaged`, `backup_kek_damaged`).
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        raise Refused("keyring_missing") from None
    with open(descriptor, "rb") as file:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & 0o077:
            raise Refused("keyring_open_to_others", mode=f"{mode:04o}")
        content = file.read(FILE_BYTES_MAX)
    return _control_keys(path) if _is_key_file(content) else _parse(content)


def _is_key_file(content: bytes) -> bool:
    try:
        return "current" in json.loads(content)
    except (ValueError, TypeError, RecursionError):
        return False


def _control_keys(path: str | os.PathLike[str]) -> dict[str, DataKey]:
    keys = BackupKeys.load(path)
    found = [keys.control_key(f"control-{kek_id}") for kek_id in keys.ids]
    return {key.id: key for key in found}


def write_keys(path: str | os.PathLike[str], keys: Mapping[str, DataKey]) -> None:
    """Write a new file with keys.

    Raises: Refused (`keyring_exists`, `keyring_folder`).
    """
    told = {key.id: base64.b64encode(key.secret).decode() for key in keys.values()}
    text = json.dumps({"format": FORMAT, "keys": told}, indent=1) + "\n"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        raise Refused("keyring_exists") from None
    except OSError:
        raise Refused("keyring_folder") from None
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _parse(content: bytes) -> dict[str, DataKey]:
    try:
        told = json.loads(content)
        keys = {
            name: DataKey(name, base64.b64decode(secret, validate=True))
            for name, secret in told["keys"].items()
        }
        whole = told["format"] == FORMAT
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, SaasError):
        raise Broken("keyring_damaged") from None
    if not whole or not keys:
        raise Broken("keyring_damaged")
    return keys
