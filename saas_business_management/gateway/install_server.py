"""Processes: patches of `odoo.service.server`.

Owns: starting the agent in each process of the node, after the fork. Does not own: the agent.

Source: `odoo/service/server.py` (ThreadedServer, GeventServer, Worker, WorkerHTTP, WorkerCron).
"""

from odoo.service import server
from odoo.tools import config

from .node import Node


def install(node: Node) -> None:
    """Patch `start` of every kind of server and close what only whole installations need."""
    config["list_db"] = False
    server.Worker.start = _worker_start(server.Worker.start, node)
    server.ThreadedServer.start = _threaded_start(server.ThreadedServer.start, node)
    server.GeventServer.start = _evented_start(server.GeventServer.start, node)


def _worker_start(original, node: Node):
    def start(self) -> None:
        original(self)
        serves = isinstance(self, server.WorkerHTTP)
        node.odoo.serves_pages = node.odoo.keeps_registries = serves
        node.agent.ensure()

    return start


def _threaded_start(original, node: Node):
    def start(self, stop: bool = False) -> None:
        original(self, stop)
        node.agent.ensure()

    return start


def _evented_start(original, node: Node):
    def start(self) -> None:
        node.odoo.serves_pages = False
        node.agent.ensure()
        original(self)  # does not return before the end

    return start
