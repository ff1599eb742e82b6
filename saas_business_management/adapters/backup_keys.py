"""Keys of backups: each tenant's own, wrapped by one that lies in a file outside the database.

Owns: the wrapping, what it is bound to, fingerprints, the key of the control database's backups.
Does not own: the form of the key file (`keyring.py`), what a data key closes, the records.

The key-encryption key (KEK) has a file of its own: whoever holds the control database and its
keyring still opens no backup. A wrapped data key is bound to its id and its tenant: under another
of either it does not open.
"""

import base64
import os
import re
import secrets
from collections.abc import Callable
from typing import TypeVar

from ..kernel.backup.key import SECRET_BYTES, DataKey
from ..kernel.errors import Broken, Refused, SaasError
from ..kernel.secret import Secret
from .keyring import Keyring

FINGERPRINT = "saas backup fingerprint v1"
CONTROL = "saas backup control v1"
_GROUP = 4
_CONTROL_ID = re.compile(r"control-(k[0-9]{1,9})")
# What the file says of itself, in the words of backups.
_FAULTS: dict[str, tuple[type[SaasError], str]] = {
    "keyring_missing": (Refused, "backup_kek_missing"),
    "keyring_open_to_others": (Refused, "backup_kek_open_to_others"),
    "keyring_exists": (Refused, "backup_kek_exists"),
    "keyring_folder": (Refused, "backup_kek_folder"),
    "keyring_damaged": (Broken, "backup_kek_damaged"),
    "secret_key_unknown": (Broken, "backup_kek_unknown"),
    "secret_damaged": (Broken, "backup_key_damaged"),
}
Given = TypeVar("Given")


class BackupKeys:
    """Wraps and opens data keys; the current KEK wraps, every one in the file opens.

    Raises, in every method that reads or writes the file or opens a key: Refused
    (`backup_kek_missing`, `backup_kek_open_to_others`, `backup_kek_exists`, `backup_kek_folder`),
    Broken (`backup_kek_damaged`, `backup_kek_unknown`, `backup_key_damaged`).
    """

    def __init__(self, ring: Keyring) -> None:
        self._ring = ring

    def __repr__(self) -> str:
        return f"BackupKeys(current={self.current!r}, keks={len(self.ids)})"

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> "BackupKeys":
        """Make the key file with one new KEK, readable by its owner alone; never over another."""
        return cls(_told(Keyring.create, path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "BackupKeys":
        """Read the key file."""
        return cls(_told(Keyring.load, path))

    @property
    def current(self) -> str:
        """The id of the KEK that wraps."""
        return self._ring.current

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the KEKs in the file."""
        return self._ring.ids

    def fingerprint(self, kek_id: str = "") -> str:
        """Return what tells a KEK from every other and does not give it away, for paper.

        32 hexadecimal digits in groups of four; of the current KEK when none is named.
        """
        digits = _told(self._ring.derive, FINGERPRINT, kek_id)[:16].hex().upper()
        return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))

    def shares_with(self, ring: Keyring) -> bool:
        """Tell whether a keyring holds one of these keys: then its loss opens the backups."""
        own = {self._ring.derive(FINGERPRINT, one) for one in self.ids}
        return any(ring.derive(FINGERPRINT, one) in own for one in ring.ids)

    def make(self, tenant: str) -> tuple[DataKey, str]:
        """Return a new random data key of a tenant, and the same wrapped."""
        key = DataKey(secrets.token_hex(8), secrets.token_bytes(SECRET_BYTES))
        return key, self.wrap(key, tenant)

    def wrap(self, key: DataKey, tenant: str) -> str:
        """Return a data key closed for its tenant: `v1:<KEK id>:<base64>`."""
        text = base64.b64encode(key.secret).decode()
        return self._ring.encrypt(Secret(text), _label(key.id, tenant))

    def unwrap(self, wrapped: str, key_id: str, tenant: str) -> DataKey:
        """Open the data key of this id and tenant."""
        opened = _told(self._ring.decrypt, wrapped, _label(key_id, tenant))
        return DataKey(key_id, base64.b64decode(opened.reveal()))

    def is_current(self, wrapped: str) -> bool:
        """Tell whether a data key is wrapped with the current KEK."""
        return self._ring.is_current(wrapped)

    def rewrap(self, wrapped: str, key_id: str, tenant: str) -> str:
        """Return the same data key under the current KEK; unchanged when it is there already."""
        if self.is_current(wrapped):
            return wrapped
        return self.wrap(self.unwrap(wrapped, key_id, tenant), tenant)

    def control_key(self, key_id: str = "") -> DataKey:
        """Return the key of the control database's own backups; it is stored nowhere.

        It follows from a KEK, which its id names: the current one, or that of an older backup.
        Raises: Refused (`backup_key_form`), Broken (`backup_kek_unknown`).
        """
        found = _CONTROL_ID.fullmatch(key_id or f"control-{self.current}")
        if not found:
            raise Refused("backup_key_form")
        return DataKey(found[0], _told(self._ring.derive, CONTROL, found[1]))

    def rotated(self) -> "BackupKeys":
        """Add a new KEK to the file and make it the current one; the older ones stay in it."""
        return BackupKeys(_told(self._ring.rotated))

    def without_old_keks(self) -> "BackupKeys":
        """Take every KEK but the current one out of the file; what only they open is lost."""
        return BackupKeys(_told(self._ring.without_old_keys))


def _label(key_id: str, tenant: str) -> str:
    return f"saas.backup.key,{key_id},{tenant}"


def _told(work: Callable[..., Given], *arguments: object) -> Given:
    """Do it, and tell faults of the key file as those of backups."""
    try:
        return work(*arguments)
    except SaasError as error:
        kind, error_code = _FAULTS.get(error.code, (type(error), error.code))
        raise kind(error_code, **error.facts) from None
