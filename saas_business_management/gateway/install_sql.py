"""Whom Odoo connects as: patches of `odoo.sql_db`.

Owns: role and password per database, the bus, ending connections; a thread that works for one
database never connects to another. Does not own: which database a request may reach
(`install_http.py`, `install_rpc.py`).

Source: `odoo/sql_db.py` (connection_info_for, db_connect, ConnectionPool), `service/db.py`.
"""

import os

from odoo import sql_db
from odoo.service import db as db_service
from odoo.tools import config

from ..kernel.gateway.event import CONNECT_FOREIGN_DATABASE
from ..kernel.gateway.route import USABLE, RouteMap
from .attempt import attempt
from .context import current_database
from .node import Node

BUS = "postgres"
CONNECT_SECONDS = 3
# libpq has no code for it.
WRONG_PASSWORD = "password authentication failed"


def install(node: Node) -> None:
    """Patch `connection_info_for`, `db_connect` and the pool's `borrow` and `give_back`."""
    sql_db.connection_info_for = _connection_info(node)
    sql_db.db_connect = _db_connect(sql_db.db_connect, node.secrets.bus.database)
    db_service.db_connect = sql_db.db_connect
    pool = sql_db.ConnectionPool
    pool.borrow, pool.give_back = _borrow(pool.borrow, node), _give_back(pool.give_back, node)


class LiveConnection(sql_db.Connection):
    """A connection that asks for user and password anew for each cursor.

    A registry lives longer than a password generation; Odoo's own class would keep the first one.
    """

    def __init__(self, pool, dbname: str, asked: str, readonly: bool) -> None:
        super().__init__(pool, dbname, sql_db.connection_info_for(asked, readonly)[1])
        self._saas_pool, self._saas_asked, self._saas_readonly = pool, asked, readonly

    def cursor(self):
        """Return a cursor under the role and password of now."""
        info = sql_db.connection_info_for(self._saas_asked, self._saas_readonly)[1]
        return sql_db.Cursor(self._saas_pool, self.dbname, info)


def _borrow(original, node: Node):
    def borrow(self, connection_info: dict):
        try:
            cnx = original(self, connection_info)
        except sql_db.psycopg2.OperationalError as error:
            cnx = _borrow_otherwise(original, self, node, connection_info, error)
        if not hasattr(cnx, "saas_route"):
            name = connection_info.get("database")
            route = node.cache.map.by_database.get(name)
            cnx.saas_route = (name, route.generation) if route else None
        return cnx

    return borrow


def _borrow_otherwise(original, pool, node: Node, refused: dict, error: Exception):
    """Connect with another password the role may have got just now; else raise the error.

    While a password is changed, server and route map tell it milliseconds apart, or longer when the
    control plane died in between: the generation after the known one is as good. While the cluster
    gets a new secret, a password may be made from either.
    """
    if WRONG_PASSWORD not in str(error):
        raise error
    if refused.get("user") == node.secrets.bus.user:
        return original(pool, _other_bus_login(node, refused, error))
    name = refused.get("database")
    if name != refused.get("user"):
        raise error
    for secret, password in _other_passwords(node, name, refused.get("password")):
        try:
            cnx = original(pool, {**refused, "password": password})
        except sql_db.psycopg2.OperationalError as again:
            if WRONG_PASSWORD not in str(again):
                raise
        else:
            node.passwords.took(name, secret)
            return cnx
    raise error


def _other_passwords(node: Node, name: str, refused: str):
    """Give what may open instead, and then what a secret file that is newer adds to it."""
    route = node.cache.map.by_database.get(name)
    if route is None:
        return
    tried = {refused}
    yield from node.passwords.others(node.secrets, route, tried)
    attempt("reading the secret file again", node.renew_secrets)
    yield from node.passwords.others(node.secrets, route, tried)


def _other_bus_login(node: Node, refused: dict, error: Exception) -> dict:
    """Return the bus login with the password of the file as it is now, or with the next one."""
    attempt("reading the secret file again", node.renew_secrets)
    for server in (node.secrets.bus, node.secrets.bus_next):
        if server is not None and server.password.reveal() != refused.get("password"):
            return {**refused, "password": server.password.reveal()}
    raise error


def _give_back(original, node: Node):
    """Keep a connection only while its database is open under its generation."""

    def give_back(self, connection, keep_in_pool: bool = True):
        keep = keep_in_pool and _is_current(connection, node.cache.map)
        return original(self, connection, keep)

    return give_back


def _is_current(cnx, routes: RouteMap) -> bool:
    opened = getattr(cnx, "saas_route", None)
    if opened is None:
        return True
    name, generation = opened
    route = routes.by_database.get(name)
    return route is not None and route.state in USABLE and route.generation == generation


def end_idle_connections(node: Node) -> None:
    """Close the idle connections that are not current; those in use follow when given back."""
    for pool in (sql_db._Pool, sql_db._Pool_readonly):
        if pool is None:
            continue
        with pool._lock:
            stale = [cnx for cnx in pool._connections if not _is_current(cnx, node.cache.map)]
            for cnx in stale:
                if not cnx._pool_in_use:
                    pool._connections.remove(cnx)
                    cnx.close()


def _connection_info(node: Node):
    def connection_info_for(db_or_uri: str, readonly: bool = False) -> tuple[str, dict]:
        if db_or_uri == BUS:
            bus = node.secrets.bus
            login = {"user": bus.user, "password": bus.password.reveal(), "database": bus.database}
            return BUS, {**_place(bus), **login}
        route = node.cache.map.by_database.get(db_or_uri)
        if route is None or current_database() not in (None, db_or_uri):
            if current_database() is not None:
                node.events.note(CONNECT_FOREIGN_DATABASE)
            # The name is not told: it may be an address with a password in it.
            raise sql_db.psycopg2.OperationalError("no such database is served here")
        password = node.passwords.first(node.secrets, route)
        login = {"user": route.database, "password": password, "database": route.database}
        return db_or_uri, {**_place(node.secrets.tenants), **login}

    return connection_info_for


def _place(server) -> dict:
    place = {"host": server.host, "port": server.port, "sslmode": server.sslmode}
    name = config["db_app_name"].replace("{pid}", str(os.getpid()))[:63]
    # The pool holds its lock while it connects, so a server that is away must not keep it long.
    return {**place, "application_name": name, "connect_timeout": CONNECT_SECONDS}


def _db_connect(original, bus: str):
    def db_connect(to: str, allow_uri: bool = False, readonly: bool = False):
        original(to, allow_uri, readonly)  # makes the pool and refuses what it always refused
        pool = sql_db._Pool_readonly if readonly else sql_db._Pool
        # Odoo keeps no connection to a database called "postgres"; under its own name it does.
        return LiveConnection(pool, bus if to == BUS else to, to, readonly)

    return db_connect
