"""Read the figures of the machine that works through operations, and of databases that run there.

Nodes tell theirs themselves (`gateway/machine.py`). Nothing is written outside, so that reading
twice does no harm.
"""

from collections.abc import Mapping
from typing import Any

from .base import Context, Job, Step


def _look(ctx: Context) -> Mapping[str, Any]:
    machine = ctx.ports.machine
    figures = dict(machine.look())
    spent = dict(machine.database_ms())
    ctx.records.call("machine", "seen", name=machine.name, figures=figures, spent=spent)
    return {"figures": len(figures)}


COLLECT_MACHINE = Job(
    kind="collect_machine",
    label="Read Machine",
    steps=(Step("look", "Read processors, memory and disks", _look),),
    give_up_seconds=120,
    exclusive=False,
)
