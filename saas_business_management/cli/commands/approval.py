"""`approval …`: what waits for a second person, and asking one.

Owns: the words, what is printed. Does not own: what is done (records). Approvals are given by
people with a login of their own, never here: whoever types commands is nobody's second person.
"""

from .grammar import command, family
from .say import listing, minute, say

NO_APPROVALS = "Nothing waits for a second person."


def add_to(commands):
    """Add the command with its own words."""
    words = family(commands, "approval", "say what waits for a second person")
    one = command(words, "list", _approvals, "list what was asked")
    one.add_argument("--all", action="store_true", help="those that no longer count, too")
    one.add_argument("--json", action="store_true", help="as JSON")
    one = command(words, "ask", _ask, "ask for a second person's approval")
    one.add_argument("kind", metavar="KIND", help="such as move or start_wave")
    one.add_argument("name", metavar="NAME", help="subdomain of a tenant, number of a campaign")
    one.add_argument("--why", required=True, metavar="TEXT", help="what approvers read")


def _approvals(control, chosen):
    """Print what was asked for."""
    wanted = [] if chosen.all else [("state", "in", ("asked", "granted"))]
    with control.records() as env:
        rows = [
            {
                "approval": one.id,
                "kind": one.kind,
                "for": one.what,
                "state": one.state,
                "asked_by": one.asked_by_id.name,
                "decided_by": one.decided_by_id.name or "",
                "counts_until": minute(one.expires_at),
                "why": one.reason,
            }
            for one in env["saas.approval"].search(wanted)
        ]
    listing(rows, chosen.json, NO_APPROVALS)


def _ask(control, chosen):
    """Ask, or join the request that stands."""
    with control.records() as env:
        found = env["saas.approval"].action_ask(chosen.kind, chosen.name, chosen.why)
        one = env["saas.approval"].browse(found)
        say(f"approval: {one.id}")
        say(f"state: {one.state}")
