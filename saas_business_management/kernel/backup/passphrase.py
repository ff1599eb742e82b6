"""A backup that leaves under a passphrase: the rules of one, and the key that is made of it.

Owns: how long a passphrase is, its one form, the derivation and its borders. Does not own: where
the key is kept meanwhile (records), the file it closes (`bundle.py`).

Source: RFC 7914 (scrypt); Unicode Standard Annex 15 (NFKC).
"""

import hashlib
import unicodedata
from dataclasses import dataclass

from ..errors import Broken, Refused
from ..secret import Secret
from .key import SECRET_BYTES, DataKey

PASSPHRASE_MIN = 12
PASSPHRASE_BYTES_MAX = 4096
KEY_ID = "passphrase"
SALT_BYTES = 32
# 128 MiB and about half a second; a reader takes no more than eight times that.
LOG_COST = 17
BLOCK_SIZE = 8
PARALLEL = 1
LOG_COST_MAX = 20
BLOCK_SIZE_MAX = 8
PARALLEL_MAX = 4


@dataclass(frozen=True)
class Derivation:
    """What makes a key of a passphrase: a salt of 32 bytes, scrypt's N as a power of 2, r and p.

    Raises: Broken (`backup_form`).
    """

    salt: bytes
    log_cost: int = LOG_COST
    block_size: int = BLOCK_SIZE
    parallel: int = PARALLEL

    def __post_init__(self) -> None:
        fits = (
            len(self.salt) == SALT_BYTES
            and 1 <= self.log_cost <= LOG_COST_MAX
            and 1 <= self.block_size <= BLOCK_SIZE_MAX
            and 1 <= self.parallel <= PARALLEL_MAX
        )
        if not fits:
            raise Broken("backup_form", where="derivation")

    def key(self, passphrase: Secret) -> DataKey:
        """Return the key; the same passphrase gives the same one, however it was typed."""
        cost = 1 << self.log_cost
        secret = hashlib.scrypt(
            _plain(passphrase),
            salt=self.salt,
            n=cost,
            r=self.block_size,
            p=self.parallel,
            maxmem=128 * self.block_size * (cost + self.parallel + 2) * 2,
            dklen=SECRET_BYTES,
        )
        return DataKey(KEY_ID, secret)


def checked(passphrase: Secret, again: Secret) -> Secret:
    """Return a passphrase that was typed twice.

    Raises: Refused (`passphrase_short` with `least`, `passphrase_long`, `passphrase_differs`).
    """
    plain = _plain(passphrase)
    if len(plain.decode()) < PASSPHRASE_MIN:
        raise Refused("passphrase_short", least=PASSPHRASE_MIN)
    if len(plain) > PASSPHRASE_BYTES_MAX:
        raise Refused("passphrase_long")
    if plain != _plain(again):
        raise Refused("passphrase_differs")
    return passphrase


def _plain(passphrase: Secret) -> bytes:
    return unicodedata.normalize("NFKC", passphrase.reveal()).encode(errors="replace")
