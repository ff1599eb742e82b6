"""Every advisory lock of the product.

Owns: the numbers. Does not own: waiting, that is `lock_timeout` of the connection.

A lock lives in one database: those of a cluster in its database `postgres`, those of the control
plane in the control database. A lock is taken on the connection that does the work, so a server
that finishes the work of a dead client still holds it.
"""

from .connect import Cursor

DATABASE = (
    7  # pair (7, hashtext(name)): creating, owning, sealing or dropping one database of a cluster
)
TAKE_OVER = 8  # pair (8, 0): looking for jobs whose worker died
SEAL = 9  # pair (9, 0): adding to the chain over the audit log
WATCH = 10  # pair (10, 0): one pass over alerts at a time (`models/saas_alert_pass.py` takes it)


def hold_database(cursor: Cursor, name: str) -> None:
    """Wait for the lock of one database and hold it until the connection closes.

    Raises: Unavailable (`lock_timeout`) when another keeps it for longer than the connection waits.
    """
    cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", (DATABASE, name))


def try_take_over(cursor: Cursor) -> bool:
    """Take the lock of the look for dead workers until the transaction ends, unless taken."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", (TAKE_OVER,))
    return bool(cursor.fetchone()[0])


def try_seal(cursor: Cursor) -> bool:
    """Take the lock of the audit log's one sealer until the transaction ends, unless taken."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", (SEAL,))
    return bool(cursor.fetchone()[0])
