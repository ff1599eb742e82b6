"""The keys that close secrets in the control database, kept in a file outside of it.

Owns: the key file and the form `v1:<key id>:<base64>` of a closed secret. Does not own: which
fields hold one.

A closed secret is bound to its place by a label, such as `saas.cluster,prov_password,3`: moved
elsewhere it does not open.
"""

import base64
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..kernel.errors import Broken, Refused
from ..kernel.secret import Secret

FORMAT = 1
VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12
KEY_ID = re.compile(r"k[0-9]{1,9}")


class Keyring:
    """Opens with every key it knows and closes with the current one."""

    def __init__(self, path: Path, current: str, keys: Mapping[str, bytes]) -> None:
        self._path = path
        self._current = current
        self._keys = dict(keys)

    def __repr__(self) -> str:
        return f"Keyring(current={self._current!r}, keys={len(self._keys)})"

    @property
    def current(self) -> str:
        """The id of the key that closes."""
        return self._current

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the keys in the file, the oldest first."""
        return tuple(sorted(self._keys, key=lambda key_id: int(key_id[1:])))

    def derive(self, purpose: str, key_id: str = "") -> bytes:
        """Return 32 bytes that follow from one key and one purpose, and give neither away.

        Raises: Broken (`secret_key_unknown`).
        Source: RFC 5869 with an empty salt, one block.
        """
        key_id = key_id or self._current
        if key_id not in self._keys:
            raise Broken("secret_key_unknown", key=key_id)
        derivation = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode())
        return derivation.derive(self._keys[key_id])

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> "Keyring":
        """Make a key file with one new key, readable by its owner alone.

        Raises: Refused (`keyring_exists`, `keyring_folder`).
        """
        ring = cls(Path(path), "k1", {"k1": secrets.token_bytes(KEY_BYTES)})
        try:
            ring._write_new(ring._path)
        except FileExistsError:
            raise Refused("keyring_exists") from None
        except OSError:
            raise Refused("keyring_folder") from None
        return ring

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Keyring":
        """Read a key file.

        Raises: Refused (`keyring_missing`, `keyring_open_to_others` when its mode is not 0600),
        Broken (`keyring_damaged`).
        """
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            raise Refused("keyring_missing") from None
        with open(descriptor, "rb") as file:
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            if mode & 0o077:
                raise Refused("keyring_open_to_others", mode=f"{mode:04o}")
            return cls(Path(path), *_parse(file.read(1 << 20)))

    def encrypt(self, secret: Secret, label: str) -> str:
        """Return the closed secret; the same secret never gives the same text twice."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._keys[self._current]).encrypt(
            nonce, secret.reveal().encode(), label.encode()
        )
        return ":".join((VERSION, self._current, base64.b64encode(nonce + sealed).decode()))

    def decrypt(self, stored: str, label: str) -> Secret:
        """Open a closed secret that was bound to this label.

        Raises: Broken (`secret_key_unknown` with the key's id, `secret_damaged` when it, or its
        place, was changed).
        """
        version, key_id, body = [*stored.split(":"), "", ""][:3]
        if version != VERSION or not KEY_ID.fullmatch(key_id):
            raise Broken("secret_damaged")
        if key_id not in self._keys:
            raise Broken("secret_key_unknown", key=key_id)
        try:
            raw = base64.b64decode(body, validate=True)
            opened = AESGCM(self._keys[key_id]).decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], label.encode()
            )
            return Secret(opened.decode())
        except (ValueError, InvalidTag):
            raise Broken("secret_damaged") from None

    def is_current(self, stored: str) -> bool:
        """Tell whether a closed secret was closed with the current key."""
        return stored.startswith(f"{VERSION}:{self._current}:")

    def reencrypt(self, stored: str, label: str) -> str:
        """Return the same secret under the current key; unchanged when it is there already.

        Raises: Broken, as `decrypt`.
        """
        return (
            stored if self.is_current(stored) else self.encrypt(self.decrypt(stored, label), label)
        )

    def rotated(self) -> "Keyring":
        """Add a new key to the file, make it the current one and return the keyring with it.

        Older keys stay in the file until everything was re-encrypted and `without_old_keys` is
        called.
        Raises: Refused (`keyring_folder`).
        """
        number = 1 + max(int(key_id[1:]) for key_id in self._keys)
        key_id = f"k{number}"
        return self._replaced(key_id, {**self._keys, key_id: secrets.token_bytes(KEY_BYTES)})

    def without_old_keys(self) -> "Keyring":
        """Remove every key but the current one from the file; what they closed is lost.

        Raises: Refused (`keyring_folder`).
        """
        return self._replaced(self._current, {self._current: self._keys[self._current]})

    def _replaced(self, current: str, keys: Mapping[str, bytes]) -> "Keyring":
        ring = Keyring(self._path, current, keys)
        part = self._path.with_name(f".{self._path.name}.{secrets.token_hex(6)}")
        try:
            ring._write_new(part)
            part.replace(self._path)
        except OSError:
            part.unlink(missing_ok=True)
            raise Refused("keyring_folder") from None
        return ring

    def _write_new(self, path: Path) -> None:
        keys = {key_id: base64.b64encode(key).decode() for key_id, key in self._keys.items()}
        text = json.dumps({"format": FORMAT, "current": self._current, "keys": keys}, indent=1)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())


def _parse(content: bytes) -> tuple[str, dict[str, bytes]]:
    """Return current key id and keys of a key file.

    Raises: Broken (`keyring_damaged`).
    """
    try:
        told = json.loads(content)
        keys = {
            key_id: base64.b64decode(key, validate=True) for key_id, key in told["keys"].items()
        }
        whole = told["format"] == FORMAT and told["current"] in keys
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Broken("keyring_damaged") from None
    if not whole or not all(KEY_ID.fullmatch(one) and len(keys[one]) == KEY_BYTES for one in keys):
        raise Broken("keyring_damaged")
    return told["current"], keys
