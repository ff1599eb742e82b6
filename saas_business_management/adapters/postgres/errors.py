"""What PostgreSQL's complaints mean to us.

Owns: driver error → kind and code. Does not own: sentences, retries. A server message may carry
values, passwords or the statement, so nothing of it is passed on: facts hold the SQLSTATE and names
from the catalogue alone.

Source: PostgreSQL manual, appendix A (error codes).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2

from ...kernel.errors import Broken, SaasError, Unavailable

STATES: dict[str, tuple[type[SaasError], str]] = {
    "57014": (Unavailable, "statement_timeout"),
    "55P03": (Unavailable, "lock_timeout"),
    "55006": (Unavailable, "object_in_use"),
    "55000": (Broken, "object_not_in_state"),
    "57P01": (Unavailable, "server_restarting"),
    "57P02": (Unavailable, "server_restarting"),
    "57P03": (Unavailable, "server_restarting"),
    "57P05": (Unavailable, "connection_lost"),
    "25P03": (Unavailable, "connection_lost"),
    "53300": (Unavailable, "too_many_connections"),
    "53200": (Unavailable, "out_of_memory"),
    "53100": (Broken, "disk_full"),
    "40001": (Unavailable, "conflict"),
    "40P01": (Unavailable, "conflict"),
    "42501": (Broken, "right_missing"),
    "28P01": (Broken, "login_refused"),
    "28000": (Broken, "login_refused"),
    "3D000": (Broken, "database_missing"),
    "42P04": (Broken, "already_exists"),
    "42710": (Broken, "already_exists"),
    "42704": (Broken, "object_missing"),
    "42P01": (Broken, "table_missing"),
    "42703": (Broken, "column_missing"),
    "58P01": (Broken, "extension_missing"),
    "0A000": (Broken, "not_supported"),
    "2BP01": (Broken, "still_referenced"),
    "23503": (Broken, "still_referenced"),
    "23505": (Broken, "not_unique"),
    "23514": (Broken, "check_violated"),
    "P0002": (Broken, "record_missing"),
}
CLASSES: dict[str, tuple[type[SaasError], str]] = {
    "22": (Broken, "value_refused"),
    "08": (Unavailable, "connection_lost"),
    "53": (Unavailable, "out_of_resources"),
    "57": (Unavailable, "server_restarting"),
    "58": (Broken, "server_damaged"),
    "XX": (Broken, "server_damaged"),
}
# libpq gives no SQLSTATE for a refused connection, so these words of an English-speaking server are
# all there is to go by.
CONNECT_WORDS: tuple[tuple[str, type[SaasError], str], ...] = (
    ("too many connections", Unavailable, "too_many_connections"),
    ("remaining connection slots", Unavailable, "too_many_connections"),
    ("too many clients", Unavailable, "too_many_connections"),
    ("starting up", Unavailable, "server_restarting"),
    ("shutting down", Unavailable, "server_restarting"),
    ("recovery mode", Unavailable, "server_restarting"),
    ("password authentication failed", Broken, "login_refused"),
    ("no password supplied", Broken, "login_refused"),
    ("not permitted to log in", Broken, "login_refused"),
    ("no pg_hba.conf entry", Broken, "login_refused"),
    ("permission denied for database", Broken, "database_closed"),
    ("not currently accepting connections", Broken, "database_closed"),
    ("cannot connect to invalid database", Broken, "database_invalid"),
    ("does not exist", Broken, "database_missing"),
)


def translate(error: psycopg2.Error) -> SaasError:
    """Return our error for the driver's: no message, statement or value of the server in it."""
    state = error.pgcode or ""
    if state:
        kind, code = STATES.get(state) or CLASSES.get(state[:2]) or (Broken, "database_error")
        return kind(code, sqlstate=state, **_names(error))
    if not isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return Broken("driver_error")
    text = str(error)
    for words, kind, code in CONNECT_WORDS:
        if words in text:
            return kind(code)
    lost = "closed" in text or "SSL SYSCALL" in text
    return Unavailable("connection_lost" if lost else "server_unreachable")


def _names(error: psycopg2.Error) -> dict[str, str]:
    """Return the catalogue names the error points at; values never stand in these fields."""
    diag = error.diag
    told = {
        "table": diag.table_name,
        "column": diag.column_name,
        "constraint": diag.constraint_name,
    }
    return {key: value for key, value in told.items() if value}


@contextmanager
def translated() -> Iterator[None]:
    """Let only our own errors out of the block.

    Raises: Refused, Unavailable or Broken instead of whatever the driver raises inside.
    """
    try:
        yield
    except psycopg2.Error as error:
        # `from None`: the driver's error would print the statement and its values in every
        # traceback.
        raise translate(error) from None
