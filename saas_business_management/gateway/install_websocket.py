"""Websockets: a patch of the bus, made when a tenant is closed for the first time.

Owns: ending the open websockets of databases. Does not own: when (`node.py`).

Source: `addons/bus/websocket.py` (Websocket.close, _terminate, _websocket_instances, CloseCode).
"""

import contextlib
import logging
import sys

import psycopg2
from odoo import http, sql_db

from .node import Node

_logger = logging.getLogger(__name__)
BUS_MODULE = "odoo.addons.bus.websocket"
_MARK = "saas_ends_quietly"


def install(node: Node) -> None:
    """Give the node the way to end websockets; the bus itself may never be loaded here."""
    node.odoo.end_websockets = end_websockets


def end_websockets(databases: frozenset[str]) -> int:
    """End the websockets of these databases without waiting for their clients; tell how many."""
    bus = sys.modules.get(BUS_MODULE)
    if bus is None or not databases:
        return 0
    _end_quietly(bus.Websocket)
    found = [one for one in list(bus._websocket_instances) if one._db in databases]
    for one in found:
        if one.state is not bus.ConnectionState.CLOSED:
            # No closing handshake: a client that does not take part would stay for 15 seconds.
            with contextlib.suppress(OSError):  # it ended by itself in the meantime
                one.close(bus.CloseCode.KILL_NOW)
    return len(found)


def _end_quietly(websocket_class: type) -> None:
    """Let a websocket end although its database cannot be told that somebody left."""
    if hasattr(websocket_class, _MARK):
        return
    original = websocket_class._terminate

    def terminate(self) -> None:
        try:
            original(self)
        except (psycopg2.Error, sql_db.PoolError, http.RegistryError) as error:
            _logger.info(
                "%s was not told of an ended websocket: %s", self._db, type(error).__name__
            )

    websocket_class._terminate = terminate
    setattr(websocket_class, _MARK, True)
