"""Which database the request of this thread belongs to, where it came from, whose it is.

Owns: that one thread-local. Odoo's own `request` is empty while RPC is dispatched.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_here = threading.local()


def current_database() -> str | None:
    """Return the database of the host that was asked, None outside of a request."""
    return getattr(_here, "database", None)


def current_source() -> str:
    """Return the address the request came from, empty outside of one."""
    return getattr(_here, "source", "")


def set_database(database: str | None, source: str = "") -> None:
    """Bind the thread to a database; whoever binds also unbinds."""
    _here.database, _here.source = database, source


def set_wait(seconds: float) -> None:
    """Say that the request of this thread may try again only after so long."""
    _here.wait = seconds


def take_wait() -> float:
    """Return what was said by `set_wait` since this was asked last, else 0."""
    wait, _here.wait = getattr(_here, "wait", 0.0), 0.0
    return wait


def set_user(number: int | None) -> None:
    """Say which user of the tenant the request of this thread is from, None for a visitor."""
    _here.user = number


def take_user() -> int | None:
    """Return what was said by `set_user` since this was asked last, else None."""
    number, _here.user = getattr(_here, "user", None), None
    return number


@contextmanager
def bound_to(database: str) -> Iterator[None]:
    """Bind the thread for the length of the block."""
    before, source = current_database(), current_source()
    set_database(database)
    try:
        yield
    finally:
        set_database(before, source)
