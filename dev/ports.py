"""Free and busy TCP ports on loopback.

Owns: choosing and checking ports. Does not own: who listens there.
"""

from __future__ import annotations

import socket

from .say import fail

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def demand_free(port: int, what: str, variable: str) -> None:
    """Refuse a busy port with a sentence that names the variable to change."""
    if not is_free(port):
        fail(f"Port {port} for {what} is busy: stop the program that uses it or set {variable}.")
