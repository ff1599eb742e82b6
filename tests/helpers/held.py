"""A server on which nobody makes, changes or drops a database for a while.

Owns: the lock. Does not own: what happens meanwhile.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2

# What PostgreSQL itself takes before it writes down a new database is refused by it.
HOLD = "LOCK TABLE pg_catalog.pg_database IN SHARE MODE"


@contextmanager
def databases_held(login: Mapping[str, Any]) -> Iterator[None]:
    """Let every order about a database wait, as busy as if it was at work, until the block ends.

    `login` is the superuser's; those who wait give up after their own `lock_timeout`.
    """
    cnx = psycopg2.connect(**login)
    try:
        with cnx.cursor() as cursor:
            cursor.execute(HOLD)
        yield
    finally:
        # The server may have fallen in the block.
        with suppress(psycopg2.Error):
            cnx.rollback()
        cnx.close()
