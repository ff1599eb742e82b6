"""A host as visitors meet it through the front proxy: its certificate, its login page.

Owns: the handshake, how much is read, the forged header. Does not own: what is good
(`kernel/hosts`, the doctor).
"""

import http.client
import socket
import ssl
from datetime import datetime

from cryptography import x509

from ..kernel.errors import Broken, Refused, Unavailable
from .http import HOST
from .ports import PublicLook

PORT = 443
FORGED = {"X-Forwarded-Host": "forged.invalid", "X-Real-IP": "192.0.2.1"}


class TlsPublicDoor:
    """`PublicDoorPort` over TLS. `address` (`host:port`) is where the front proxy is reached from
    here; empty = where the host's own name leads.
    """

    def __init__(self, address: str = "", seconds: float = 5) -> None:
        self._address, self._seconds = address, seconds

    def look(self, host: str) -> PublicLook:
        """Ask for the login page of a host, with a forwarding header that no proxy may let through.

        Raises: Refused (`host_form`), Unavailable (`proxy_silent`), Broken (`certificate_refused`
        when the proxy has none for this host, `proxy_garbled`).
        """
        if not HOST.fullmatch(host) or ":" in host:
            raise Refused("host_form")
        try:
            return self._trusting(host)
        except ssl.SSLCertVerificationError:
            return self._looked(host, ssl._create_unverified_context(), trusted=False)
        except ssl.SSLError:
            raise Broken("certificate_refused", host=host) from None

    def _trusting(self, host: str) -> PublicLook:
        return self._looked(host, ssl.create_default_context(), trusted=True)

    def _looked(self, host: str, context: ssl.SSLContext, trusted: bool) -> PublicLook:
        try:
            with (
                socket.create_connection(self._target(host), self._seconds) as plain,
                context.wrap_socket(plain, server_hostname=host) as secured,
            ):
                until = _end_of(secured.getpeercert(binary_form=True))
                return PublicLook(self._status(host, secured), until, trusted)
        except ssl.SSLError:
            raise
        except OSError:
            raise Unavailable("proxy_silent", host=host) from None
        except http.client.HTTPException:
            raise Broken("proxy_garbled", host=host) from None

    def _target(self, host: str) -> tuple[str, int]:
        address, _, port = self._address.rpartition(":")
        return (address, int(port)) if address else (host, PORT)

    def _status(self, host: str, secured: ssl.SSLSocket) -> int:
        lines = [f"{name}: {value}" for name, value in FORGED.items()]
        head = ["GET /web/login HTTP/1.1", f"Host: {host}", *lines, "Connection: close", "", ""]
        secured.sendall("\r\n".join(head).encode("ascii"))
        answer = http.client.HTTPResponse(secured)
        answer.begin()
        return answer.status


def _end_of(certificate: bytes) -> datetime:
    return x509.load_der_x509_certificate(certificate).not_valid_after_utc
