"""Free and busy TCP ports on loopback.

Owns: choosing and checking ports. Does not own: who listens there.
"""

from __future__ import annotations

import random
import socket
from pathlib import Path

from .say import fail

LOOPBACK = "127.0.0.1"
# The system gives ports of this range to connections that go out.
GIVEN_AWAY = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 15_000
DRAWS = 200
_dice = random.SystemRandom()


def free_port() -> int:
    """A port nobody listens on at this moment and that no connection is given while it is not yet
    listened on, or while its server restarts.
    """
    highest = _first_given_away()
    for _draw in range(DRAWS if highest > LOWEST + DRAWS else 0):
        port = _dice.randrange(LOWEST, highest)
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def _first_given_away() -> int:
    """The lowest port that the system gives away; 0 when it does not say."""
    try:
        return int(GIVEN_AWAY.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


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
