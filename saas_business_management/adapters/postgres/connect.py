"""Connections to PostgreSQL.

Owns: where a server is and how every connection to it is opened (time-outs, keepalives, name). Does
not own: what is asked there, and retries.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import psycopg2
import psycopg2.extensions

from ...kernel.secret import Secret
from .errors import translated

Connection = psycopg2.extensions.connection
Cursor = psycopg2.extensions.cursor


@dataclass(frozen=True)
class Server:
    """One server and who we are there; an empty host, port or user leaves the choice to libpq."""

    host: str
    port: int
    user: str
    password: Secret
    database: str = "postgres"
    sslmode: str = "prefer"

    def within(self, database: str) -> "Server":
        """Return the same login on another database."""
        return replace(self, database=database)

    def as_role(self, role: str, password: Secret) -> "Server":
        """Return the same database under another role."""
        return replace(self, user=role, password=password)


@dataclass(frozen=True)
class Limits:
    """How long a connection may take for what; `statement` and `lock` are held by the server."""

    connect_seconds: int = 5
    statement_seconds: float = 30
    lock_seconds: float = 10


SHORT = Limits()
NOTHING: Mapping[str, str] = {}


def connect(
    server: Server,
    limits: Limits = SHORT,
    application: str = "saas",
    settings: Mapping[str, str] = NOTHING,
) -> Connection:
    """Open an autocommit connection with these session settings; the caller closes it.

    Raises: Unavailable when nothing answers or the server is full, Broken when it refuses the
    login.
    """
    with translated():
        cnx = psycopg2.connect(
            **_arguments(server, limits, application), options=_options(limits, settings)
        )
        cnx.autocommit = True
        return cnx


def _arguments(server: Server, limits: Limits, application: str) -> dict[str, object]:
    named = {
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "password": server.password.reveal(),
    }
    return {
        **{key: value for key, value in named.items() if value},
        "dbname": server.database,
        "sslmode": server.sslmode,
        "gssencmode": "disable",
        "connect_timeout": limits.connect_seconds,
        "application_name": application,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }


def _options(limits: Limits, settings: Mapping[str, str]) -> str:
    """Return settings that travel with the connection itself: no round trip, in no log."""
    every = {
        "statement_timeout": int(limits.statement_seconds * 1000),
        "lock_timeout": int(limits.lock_seconds * 1000),
        "idle_in_transaction_session_timeout": 60_000,
        "timezone": "UTC",
        "client_encoding": "UTF8",
        **settings,
    }
    return " ".join(f"-c {name}={_escaped(value)}" for name, value in every.items())


def _escaped(value: object) -> str:
    return re.sub(r"([\\\s])", r"\\\1", str(value))


@contextmanager
def opened(
    server: Server,
    limits: Limits = SHORT,
    application: str = "saas",
    settings: Mapping[str, str] = NOTHING,
) -> Iterator[Cursor]:
    """Give a cursor on an autocommit connection of its own, closed at the end.

    Raises: Refused, Unavailable or Broken for whatever the driver raises inside.
    """
    with used(connect(server, limits, application, settings)) as cursor:
        yield cursor


@contextmanager
def used(cnx: Connection) -> Iterator[Cursor]:
    """Give a cursor on a connection and close both at the end.

    Raises: Refused, Unavailable or Broken for whatever the driver raises inside.
    """
    with closing(cnx), translated(), cnx.cursor() as cursor:
        yield cursor


@contextmanager
def transaction(cnx: Connection) -> Iterator[Cursor]:
    """Run the block as one transaction of an autocommit connection: all of it or nothing.

    Raises: Refused, Unavailable or Broken for whatever the driver raises inside.
    """
    with translated(), cnx.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            yield cursor
        except BaseException:
            if not cnx.closed:
                cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")
