"""Scheduled actions counted, and the last word of a process: patches of `odoo.addons.base`.

Owns: timing `IrCron._process_jobs`, telling at the end. Does not own: the sums (`counters.py`).

Source: `addons/base/models/ir_cron.py` (_process_jobs).
"""

import atexit

from odoo.addons.base.models.ir_cron import IrCron

from .attempt import attempt
from .node import Node


def install(node: Node) -> None:
    """Patch the runner of crons, behind the patch that asks the route map."""
    IrCron._process_jobs = staticmethod(_timed(IrCron._process_jobs, node))
    # Children of a prefork server inherit this and end by `sys.exit`.
    atexit.register(attempt, "telling what was counted last", node.last_word)


def _timed(original, node: Node):
    def process_jobs(db_name: str):
        begun = node.counters.now()
        try:
            return original(db_name)
        finally:
            seconds = node.counters.now() - begun
            node.counters.cron(db_name, seconds)
            node.figures.add(cron_seconds=seconds)
            node.turns.took(db_name, seconds)

    return process_jobs
