"""The signature of what is sent to and received from other systems.

Owns: the header `t=…,v1=…`, its making and its check. Does not own: secrets (rows of the
endpoint), sending, the clock.

Signed is the second of sending, a point and the body as it is, byte by byte. While a secret is
exchanged, both are used: one `v1` each.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..errors import Refused
from ..secret import Secret

HEADER = "Saas-Signature"
TOLERANCE_SECONDS = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class Signature:
    """What a header says: the second of sending and one or more signatures in hexadecimal."""

    timestamp: int
    marks: tuple[str, ...]

    @property
    def header(self) -> str:
        """Return the value of the header."""
        return ",".join([f"t={self.timestamp}", *(f"v1={mark}" for mark in self.marks)])


def sign(body: bytes, timestamp: int, secrets: Sequence[Secret]) -> Signature:
    """Return the signature of a body that is sent at this second, with each secret in use.

    Raises: Refused (`signature_without_secret`).
    """
    if not secrets or not all(secrets):
        raise Refused("signature_without_secret")
    return Signature(timestamp, tuple(_mark(body, timestamp, secret) for secret in secrets))


def parse(header: str) -> Signature | None:
    """Return what a header says; None when it is none. Parts of other schemes are passed over."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _equal, value in parts if name == "t"]
    marks = tuple(value for name, _equal, value in parts if name == "v1" and value.isascii())
    if len(stamps) != 1 or not _TIMESTAMP.fullmatch(stamps[0]) or not marks:
        return None
    return Signature(int(stamps[0]), marks)


def verify(
    header: str,
    body: bytes,
    secrets: Iterable[Secret],
    now: int,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> bool:
    """Tell whether one of the secrets signed this body, no more than the tolerance away from now.

    A signature from the future is as wrong as an old one.
    """
    found = parse(header)
    if found is None or abs(now - found.timestamp) > tolerance_seconds:
        return False
    wanted = [_mark(body, found.timestamp, secret) for secret in secrets if secret]
    # Every pair is compared, so that the time taken tells nothing.
    hits = [
        hmac.compare_digest(mark.encode(), one.encode()) for mark in found.marks for one in wanted
    ]
    return any(hits)


def _mark(body: bytes, timestamp: int, secret: Secret) -> str:
    signed = b"%d." % timestamp + body
    return hmac.new(secret.reveal().encode(), signed, hashlib.sha256).hexdigest()
