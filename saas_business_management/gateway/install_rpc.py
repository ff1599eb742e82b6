"""Side doors to other databases: patches of `odoo.service` and of the cron runner.

Owns: RPC that names a database, the database service, lists of databases, whose crons run. Does not
own: which database a host has (`middleware.py`).

Source: `odoo/service/{common,model,db,server}.py`, `addons/base/models/ir_cron.py` (_process_jobs).
"""

import logging

from odoo.addons.base.models.ir_cron import IrCron
from odoo.exceptions import AccessDenied
from odoo.service import common, db, model, server

from ..kernel.gateway.event import DATABASE_MANAGER, RPC_FOREIGN_DATABASE
from .context import bound_to, current_database, set_user
from .node import Node

_logger = logging.getLogger(__name__)
NAMES_A_DATABASE = frozenset({"login", "authenticate"})
MAP_SECONDS = 2.0


def install(node: Node) -> None:
    """Patch the dispatchers, the lists of databases and the cron runner."""
    model.dispatch = _own_database_only(_with_user(model.dispatch), lambda method: True, node)
    common.dispatch = _own_database_only(common.dispatch, NAMES_A_DATABASE.__contains__, node)
    db.dispatch = _version_only(db.dispatch, node)
    db.list_dbs = lambda force=False: node.cache.map.serving_databases()
    server.list_dbs = db.list_dbs
    server.cron_database_list = _cron_databases(node)
    IrCron._process_jobs = staticmethod(_serving_only(IrCron._process_jobs, node))


def _own_database_only(original, names_a_database, node: Node):
    def dispatch(method: str, params):
        if names_a_database(method) and (not params or params[0] != current_database()):
            _logger.warning("RPC %s named another database than its host's", method)
            node.events.note(RPC_FOREIGN_DATABASE, method=method)
            raise AccessDenied()
        return original(method, params)

    return dispatch


def _with_user(original):
    """Say whose call it was, once Odoo has let it through."""

    def dispatch(method: str, params):
        found = original(method, params)
        set_user(int(params[1]))
        return found

    return dispatch


def _version_only(original, node: Node):
    def dispatch(method: str, params):
        if method != "server_version":
            _logger.warning("the database service was asked for %s", method)
            node.events.note(DATABASE_MANAGER, method=method)
            raise AccessDenied()
        return original(method, params)

    return dispatch


def _cron_databases(node: Node):
    def cron_database_list() -> list[str]:
        node.agent.ensure()
        node.agent.wait_for_first_reading(MAP_SECONDS)
        return node.cache.map.serving_databases()

    return cron_database_list


def _serving_only(original, node: Node):
    """Look again before each run: the list that the cron thread keeps is up to a minute old.

    A thread that already works for a database runs no crons: code of a tenant may have asked.
    """

    def process_jobs(db_name: str) -> None:
        route = node.cache.map.by_database.get(db_name)
        if route is None or not route.serving or current_database() is not None:
            return
        with bound_to(db_name):
            original(db_name)

    return process_jobs
