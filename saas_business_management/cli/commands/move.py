"""`move …` and `move-undo …`: a tenant brought to another cluster, and back.

Owns: the words, what is printed. Does not own: what is done (records and operations).
"""

from .choose import by_code
from .follow import follow
from .grammar import command
from .lifecycle import living
from .say import Stop, minute, say


def add_to(commands):
    """Add the commands."""
    parser = command(commands, "move", move, "bring a tenant to another cluster")
    parser.add_argument("subdomain")
    parser.add_argument("--to", required=True, metavar="KEY", help="the cluster it goes to")
    parser.add_argument("--why", required=True, metavar="TEXT", help="stands in the timeline")
    parser.add_argument(
        "--leave-region",
        action="store_true",
        help="the customer agreed that data leaves its region",
    )
    parser.add_argument(
        "--now", action="store_true", help="do not wait for the next release window"
    )
    parser = command(commands, "move-undo", undo, "take the last move of a tenant back")
    parser.add_argument("subdomain")


def move(control, chosen):
    """Order a move and follow it to its end."""
    with control.records() as env:
        tenant = living(env, chosen.subdomain)
        cluster = by_code(env, "saas.cluster", "key", chosen.to, "cluster")
        agreed = (chosen.leave_region, chosen.now)
        one = env["saas.move"]._order_move(tenant, cluster, chosen.why, *agreed)
        move_id, job_id = one.id, one.sudo().job_ids.id
    follow(control, job_id)
    with control.records() as env:
        one = env["saas.move"].browse(move_id)
        if one.error_text:
            raise Stop(one.error_text)
        say(f"address: {one.tenant_id.url}")
        say(f"outage: {one.outage_seconds:.1f} s of {one.seconds:.1f} s")
        say(f"undo until: {minute(one.undo_until)}" if one.undo_until else "undo: not possible")


def undo(control, chosen):
    """Take the last move back, when nothing was written since."""
    with control.records() as env:
        one = living(env, chosen.subdomain).undo_move_id
        if not one:
            raise Stop("There is no move that could be taken back.")
        move_id, job_id = one.id, one._order_undo().id
    follow(control, job_id)
    with control.records() as env:
        say(f"address: {env['saas.move'].browse(move_id).tenant_id.url}")
