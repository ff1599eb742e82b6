"""`jobs` and `work`: the operations there are, and a worker in the foreground."""

import signal
import sys

from odoo.modules.registry import Registry

from .grammar import command
from .say import minute, say, table

WORK_SECONDS = 60


def add_to(commands):
    """Add the commands."""
    parser = command(commands, "jobs", jobs, "list the latest operations")
    parser.add_argument(
        "--open", action="store_true", help="only those that wait, run or need attention"
    )
    parser.add_argument("--limit", type=int, default=20, metavar="N")
    parser = command(
        commands, "work", work, "run operations in the foreground, until it is stopped"
    )
    parser.add_argument("--once", action="store_true", help="stop when nothing is due")
    parser.set_defaults(log=True)


def jobs(control, chosen):
    """Print operations as a table, the newest first."""
    wanted = [("state", "in", ("waiting", "running", "undoing", "dead"))] if chosen.open else []
    with control.records() as env:
        states = dict(env["saas.job"]._fields["state"]._description_selection(env))
        rows = [
            (
                one.id,
                one.label,
                states[one.state],
                f"{one.progress_percent} %",
                one.step_now,
                minute(one.started_at),
                _first(one),
            )
            for one in env["saas.job"].search(wanted, limit=chosen.limit, order="id desc")
        ]
    table(
        ("id", "operation", "state", "done", "step", "started", "result"),
        rows,
        "No operations yet.",
    )


def _first(job):
    return (job.error_text or "").strip().partition("\n")[0]


def work(control, chosen):
    """Be a worker; a stop signal ends it, and another worker resumes what it was at."""
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    count = 0
    while True:
        Registry(control.database).check_signaling()
        with control.records() as env:
            jobs, once = env["saas.job"], chosen.once
            count += jobs._work(WORK_SECONDS, until_idle=once, seal=once)
        if chosen.once:
            say(f"{count} operations were run.")
            return
