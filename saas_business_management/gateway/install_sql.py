"""Whom Odoo connects as: patches of `odoo.sql_db`.

Owns: role and password per database, the bus, ending connections. Does not own: which database a
request may reach (`install_http.py`, `install_rpc.py`).

Source: `odoo/sql_db.py` (connection_info_for, db_connect, ConnectionPool), `service/db.py`.
"""

import os

from odoo import sql_db
from odoo.service import db as db_service
from odoo.tools import config

from .node import Node

BUS = "postgres"
CONNECT_SECONDS = 3


def install(node: Node) -> None:
    """Patch `connection_info_for`, `db_connect` and the pool's `give_back`."""
    sql_db.connection_info_for = _connection_info(node)
    sql_db.db_connect = _db_connect(sql_db.db_connect, node.secrets.bus.database)
    db_service.db_connect = sql_db.db_connect
    sql_db.ConnectionPool.give_back = _give_back(sql_db.ConnectionPool.give_back)


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


def end_connections(database: str) -> None:
    """Close the idle connections to a database, and those in use as soon as they are given back."""
    for pool in (sql_db._Pool, sql_db._Pool_readonly):
        if pool is None:
            continue
        with pool._lock:
            for cnx in [cnx for cnx in pool._connections if _leads_to(cnx, database)]:
                if cnx._pool_in_use:
                    cnx.saas_ended = True
                else:
                    pool._connections.remove(cnx)
                    cnx.close()


def _leads_to(cnx, database: str) -> bool:
    return not cnx.closed and cnx.get_dsn_parameters().get("dbname") == database


def _connection_info(node: Node):
    def connection_info_for(db_or_uri: str, readonly: bool = False) -> tuple[str, dict]:
        if db_or_uri == BUS:
            bus = node.secrets.bus
            login = {"user": bus.user, "password": bus.password.reveal(), "database": bus.database}
            return BUS, {**_place(bus), **login}
        route = node.cache.map.by_database.get(db_or_uri)
        if route is None:
            # The name is not told: it may be an address with a password in it.
            raise sql_db.psycopg2.OperationalError("this node serves no such database")
        password = node.secrets.password(route.database, route.generation)
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


def _give_back(original):
    def give_back(self, connection, keep_in_pool: bool = True):
        keep = keep_in_pool and not getattr(connection, "saas_ended", False)
        return original(self, connection, keep)

    return give_back
