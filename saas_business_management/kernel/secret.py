"""Secrets: a value that does not show itself, and how secrets of a cluster are derived.

Owns: `Secret`, derived passwords, SCRAM verifiers. Does not own: storage and encryption
(`adapters/keyring.py`).
"""

import base64
import hashlib
import hmac

SCRAM_ITERATIONS = 4096


class Secret:
    """A string that prints as stars; `reveal()` is the only way to its value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the clear value; the caller must not log, print or store it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(********)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(
            self._value.encode(), other._value.encode()
        )

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> tuple:
        raise TypeError("a secret is never pickled")


def derive(cluster_secret: Secret, purpose: str, name: str, generation: int) -> Secret:
    """Return the 256-bit secret of one name for one purpose, as 43 URL-safe characters.

    The same arguments always give the same value, so nothing has to be stored; a new generation
    gives a new one.
    """
    message = "\0".join(("saas", purpose, name, str(generation))).encode()
    digest = hmac.new(cluster_secret.reveal().encode(), message, hashlib.sha256).digest()
    return Secret(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


def derive_password(cluster_secret: Secret, role: str, generation: int) -> Secret:
    """Return the password of a tenant's database role in one generation."""
    return derive(cluster_secret, "role", role, generation)


def scram_verifier(password: Secret, salt: bytes, iterations: int = SCRAM_ITERATIONS) -> str:
    """Return what PostgreSQL stores for a SCRAM-SHA-256 password, so that the clear text never
    travels.

    Source: RFC 5802 section 3, PostgreSQL `src/common/scram-common.c` (scram_build_secret).
    """
    salted = hashlib.pbkdf2_hmac("sha256", password.reveal().encode(), salt, iterations)
    client_key = hmac.new(salted, b"Client Key", hashlib.sha256).digest()
    stored_key = hashlib.sha256(client_key).digest()
    server_key = hmac.new(salted, b"Server Key", hashlib.sha256).digest()
    encoded = [base64.b64encode(part).decode() for part in (salt, stored_key, server_key)]
    return f"SCRAM-SHA-256${iterations}:{encoded[0]}${encoded[1]}:{encoded[2]}"
