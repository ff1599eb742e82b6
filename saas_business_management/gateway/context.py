"""Which database the request of this thread belongs to.

Owns: that one thread-local. Odoo's own `request` is empty while RPC is dispatched.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_here = threading.local()


def current_database() -> str | None:
    """Return the database of the host that was asked, None outside of a request."""
    return getattr(_here, "database", None)


def set_database(database: str | None) -> None:
    """Bind the thread to a database; whoever binds also unbinds."""
    _here.database = database


@contextmanager
def bound_to(database: str) -> Iterator[None]:
    """Bind the thread for the length of the block."""
    before = current_database()
    set_database(database)
    try:
        yield
    finally:
        set_database(before)
