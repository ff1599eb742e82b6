"""Scheduled actions that wait for their turn: a patch of `odoo.addons.base`.

Owns: which due actions the runner of crons sees. Does not own: the rule (`turns.py`). Somebody who
runs an action by hand waits for nothing.

Source: `addons/base/models/ir_cron.py` (_get_all_ready_jobs).
"""

from odoo.addons.base.models.ir_cron import IrCron

from .node import Node


def install(node: Node) -> None:
    """Patch the list of actions that are due."""
    IrCron._get_all_ready_jobs = staticmethod(_in_turn(IrCron._get_all_ready_jobs, node))


def _in_turn(original, node: Node):
    def get_all_ready_jobs(cr):
        return node.turns.those_due(cr.dbname, original(cr))

    return get_all_ready_jobs
