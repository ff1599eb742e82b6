"""`placement …`: which tenants should be on another cluster, and what was decided.

Owns: the words, what is printed. Does not own: what is done (records), moving (`move.py`).
"""

from .grammar import command, family
from .say import Stop, listing, say

NO_PROPOSALS = "No proposals: every tenant is where it should be."


def add_to(commands):
    """Add the command with its own words."""
    words = family(commands, "placement", "say which tenants should be elsewhere")
    one = command(words, "list", _list, "list proposals, the weightiest first")
    one.add_argument("--all", action="store_true", help="those that were settled, too")
    one.add_argument("--json", action="store_true", help="as JSON")
    command(words, "look", _look, "look at the whole fleet now")
    _number(command(words, "accept", _accept, "say that a tenant is to move"))
    one = _number(command(words, "reject", _reject, "say that a tenant stays"))
    one.add_argument("--why", required=True, metavar="TEXT", help="stands beside the proposal")


def _number(parser):
    parser.add_argument("proposal", type=int, metavar="NUMBER", help="as 'list' shows it")
    return parser


def _list(control, chosen):
    """Print proposals."""
    wanted = [] if chosen.all else [("state", "in", ("open", "accepted"))]
    with control.records() as env:
        rows = [
            {
                "proposal": one.id,
                "tenant": one.tenant_id.subdomain,
                "from": one.cluster_id.key,
                "to": one.destination_id.key or "",
                "state": one.state,
                "because": " ".join((one.reason_text or "").split()),
            }
            for one in env["saas.placement.proposal"].search(wanted)
        ]
    listing(rows, chosen.json, NO_PROPOSALS)


def _look(control, chosen):
    """Have the daily look made now."""
    with control.records() as env:
        proposals = env["saas.placement.proposal"]
        proposals.action_look()
        say(f"open proposals: {proposals.search_count([('state', '=', 'open')])}")


def _accept(control, chosen):
    """Accept a proposal."""
    with control.records() as env:
        _proposal(env, chosen).action_accept()
        say("accepted. Order it by 'odoo saas move'.")


def _reject(control, chosen):
    """Reject a proposal."""
    with control.records() as env:
        _proposal(env, chosen)._reject(chosen.why)
        say("rejected. The same is not proposed again for 90 days.")


def _proposal(env, chosen):
    one = env["saas.placement.proposal"].browse(chosen.proposal).exists()
    if not one:
        raise Stop(f"There is no proposal {chosen.proposal}. See 'odoo saas placement list'.")
    return one
