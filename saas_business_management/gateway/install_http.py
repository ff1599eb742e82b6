"""Requests: patches of `odoo.http`.

Owns: guarding the application, one database per host, what a failed connection leads to. Does not
own: the decision (`middleware.py`).

Source: `odoo/http.py` (Application.__call__, db_list, db_filter, Request._serve_db).
"""

import logging

from odoo import http, sql_db
from werkzeug.exceptions import ServiceUnavailable

from ..kernel.gateway.answers import NO_ANSWER
from ..kernel.gateway.kind import kind_of
from ..kernel.gateway.page import about
from . import pages
from .context import current_database
from .install_registry import forget
from .install_sql import end_idle_connections
from .node import Node, Odoo

_logger = logging.getLogger(__name__)


def install(node: Node) -> None:
    """Patch the application, the choice of a database and `Request._serve_db`."""
    original = http.Application.__call__

    def call(self, environ, start_response):
        return node.guard.handle(original, self, environ, start_response)

    http.Application.__call__ = call
    http.db_list = db_list
    http.db_filter = db_filter
    http.Request._serve_db = _serve_db(http.Request._serve_db, node)
    node.odoo = Odoo(
        application=lambda environ, start_response: original(http.root, environ, start_response),
        load_registry=http.Registry,
        forget_registry=lambda database: forget(
            database, lambda work: node.chores.add(f"forgetting {database}", work)
        ),
        end_idle_connections=lambda: end_idle_connections(node),
    )


def db_list(force: bool = False, host: str | None = None) -> list[str]:
    """Return the one database of the host that was asked."""
    database = current_database()
    return [database] if database else []


def db_filter(dbs, host: str | None = None) -> list[str]:
    """Return those of `dbs` that are the database of the host that was asked."""
    database = current_database()
    return [name for name in dbs if name == database] if database else []


def _serve_db(original, node: Node):
    def serve_db(self):
        try:
            return original(self)
        except (http.RegistryError, sql_db.PoolError) as error:
            if hasattr(error, "error_response"):
                raise
            raise _no_answer(self, node, error) from error

    return serve_db


def _no_answer(request, node: Node, error: Exception) -> ServiceUnavailable:
    """Return an answer that keeps the session, where Odoo would log the visitor out."""
    environ = request.httprequest.environ
    kind = kind_of(environ.get("PATH_INFO", ""), environ.get("CONTENT_TYPE", ""))
    route = node.cache.map.by_database.get(request.db)
    _logger.warning("%s cannot be reached: %s", request.db, _one_line(error.__cause__ or error))

    def respond(environ, start_response):
        told = about(route, node.cache.brands)
        return pages.send(NO_ANSWER, kind, told, environ, start_response)

    refused = ServiceUnavailable(retry_after=NO_ANSWER.retry_seconds)
    refused.error_response = respond
    return refused


def _one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
