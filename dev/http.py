"""Asking a server on loopback, whatever host name it is asked for.

Owns: waiting for an answer. Does not own: cookies and forms (`visitor.py`).
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable

from .ports import LOOPBACK
from .say import fail


def status_of(port: int, path: str = "/web/login", host: str = "localhost") -> int | None:
    """The HTTP status of one GET, None if nobody answers."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def wait_for(
    answered: Callable[[], bool],
    what: str,
    *,
    seconds: float = 90,
    alive: Callable[[], bool] = lambda: True,
    hint: Callable[[], str] = lambda: "",
) -> None:
    """Poll until `answered()`; stop with a sentence when the process dies or time is up."""
    until = time.monotonic() + seconds
    while not answered():
        if not alive():
            fail(f"{what} ended at once. Its log says:\n{hint()}")
        if time.monotonic() > until:
            fail(f"{what} did not answer within {seconds:.0f} seconds. Its log says:\n{hint()}")
        time.sleep(0.2)
