"""A real Caddy before a node and a control plane, with certificates of its own authority.

Owns: starting it with the Caddyfile of production. Does not own: what stands behind it.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
from pathlib import Path

from cryptography import x509

from dev import paths
from dev.ports import LOOPBACK, free_port
from dev.processes import Managed
from tests.helpers.node import until

CADDYFILE = paths.ROOT / "dev" / "compose" / "Caddyfile"
OPTIONS = "local_certs\nskip_install_trust\nadmin off"


class Caddy:
    """The front proxy on two free ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.http_port = free_port(), free_port()
        self.process = Managed("caddy", folder)

    def start(self, control_host: str, control_port: int, node_port: int) -> Caddy:
        """Start it; back when it accepts connections."""
        program = shutil.which("caddy")
        assert program, "Caddy is missing: 'apt-get install caddy'."
        control, node = f"{LOOPBACK}:{control_port}", f"{LOOPBACK}:{node_port}"
        self.process.start(
            [program, "run", "--config", CADDYFILE, "--adapter", "caddyfile"],
            HOME=str(self.folder),
            XDG_DATA_HOME=str(self.folder / "data"),
            XDG_CONFIG_HOME=str(self.folder / "config"),
            SAAS_CADDY_OPTIONS=OPTIONS,
            SAAS_HTTP_PORT=str(self.http_port),
            SAAS_HTTPS_PORT=str(self.port),
            SAAS_CONTROL_HOST=control_host,
            SAAS_CONTROL_UPSTREAM=control,
            SAAS_CONTROL_EVENTED=control,
            SAAS_NODE_UPSTREAM=node,
            # A threaded node answers websockets on the port of its pages.
            SAAS_NODE_EVENTED=node,
        )
        until(self._accepts, 20, self.process.log_tail)
        return self

    def stop(self) -> None:
        """Stop it."""
        self.process.stop()

    def names_of(self, host: str) -> list[str]:
        """Return the names in the certificate a visitor of this host is shown; empty for none."""
        try:
            with self.connected(host) as secured:
                shown = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True))
        except (ssl.SSLError, ConnectionResetError):
            return []
        names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return names.value.get_values_for_type(x509.DNSName)

    def connected(self, host: str) -> ssl.SSLSocket:
        """Open a TLS connection as a browser at this host name would."""
        plain = socket.create_connection((LOOPBACK, self.port), timeout=20)
        return _trusting_nobody().wrap_socket(plain, server_hostname=host)

    def ask(self, host: str, lines: list[str]) -> tuple[int, dict[str, str], str]:
        """Send these lines as one request; return status, headers in lower case and body."""
        with self.connected(host) as secured:
            secured.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
            told = b""
            with contextlib.suppress(ssl.SSLEOFError, ConnectionResetError):
                while chunk := secured.recv(65536):
                    told += chunk
        head, _, body = told.decode("utf-8", "replace").partition("\r\n\r\n")
        first, *rest = head.split("\r\n")
        pairs = (line.partition(": ") for line in rest)
        return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}, body

    def get(self, host: str, path: str = "/web/login", **headers: str):
        """Ask for a page as a visitor of this host."""
        more = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return self.ask(host, [f"GET {path} HTTP/1.1", f"Host: {host}:{self.port}", *more])

    def _accepts(self) -> bool:
        try:
            socket.create_connection((LOOPBACK, self.port), timeout=1).close()
        except OSError:
            return False
        return True


def _trusting_nobody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
