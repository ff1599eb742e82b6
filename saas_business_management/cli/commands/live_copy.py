"""`copy …`, `copy-refresh …` and `copies`: a running tenant once more, beside itself.

Owns: the words, what is printed. Does not own: what is done (records and operations).
"""

from .follow import follow
from .grammar import command, day
from .lifecycle import living
from .say import Stop, listing, minute, say

NONE = "No copies. 'odoo saas copy SUBDOMAIN --as NEW' makes one."
UNMASKED = "copies with personal data as it is are ordered on the screen alone"


def add_to(commands):
    """Add the commands."""
    parser = command(commands, "copy", copy, f"copy a running tenant, masked; {UNMASKED}")
    parser.add_argument("subdomain")
    parser.add_argument("--as", dest="to", required=True, metavar="SUBDOMAIN", help="of the copy")
    parser.add_argument(
        "--for", dest="use", choices=("sandbox", "staging"), default="sandbox", help="what for"
    )
    parser.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="its last day")
    parser.add_argument(
        "--why", default="", metavar="TEXT", help="needed for more copies than the plan gives"
    )
    parser = command(commands, "copy-refresh", refresh, "give a copy the data of today")
    parser.add_argument("subdomain", help="of the copy")
    parser = command(commands, "copies", copies, "list copies, the newest first")
    parser.add_argument("subdomain", nargs="?", help="of this tenant alone")
    parser.add_argument("--json", action="store_true", help="as JSON")


def copy(control, chosen):
    """Order a masked copy and follow it to its end."""
    with control.records() as env:
        one = env["saas.copy"]._order_copy(
            living(env, chosen.subdomain),
            chosen.use,
            reason=chosen.why,
            exempt=bool(chosen.why),
            subdomain=chosen.to,
            until=chosen.until,
        )
        copy_id, job_id = one.id, one.sudo().job_ids.id
    _follow(control, copy_id, job_id)


def refresh(control, chosen):
    """Give a copy new data and follow that to its end."""
    with control.records() as env:
        into = living(env, chosen.subdomain)
        if not into.copied_from_id or not into.made_copy_ids:
            raise Stop("Only a copy made of a running tenant can get new data.")
        one = env["saas.copy"]._order_refresh(into, exempt=True)
        copy_id, job_id = one.id, one.sudo().job_ids.sorted("id")[-1:].id
    _follow(control, copy_id, job_id)


def _follow(control, copy_id, job_id):
    follow(control, job_id)
    with control.records() as env:
        one = env["saas.copy"].browse(copy_id)
        if one.error_text:
            raise Stop(one.error_text)
        say(f"address: {one.into_id.url}")
        say(f"shows: {minute(one.taken_at)}")
        say(f"masked values: {one.masked_values}")
        if one.into_id.sandbox_until:
            say(f"open until: {one.into_id.sandbox_until}")


def copies(control, chosen):
    """Print copies as a table."""
    with control.records() as env:
        wanted = []
        if chosen.subdomain:
            wanted = [("tenant_id", "=", living(env, chosen.subdomain).id)]
        rows = [
            {
                "copy": one.into_id.subdomain,
                "of": one.tenant_id.subdomain,
                "for": one.use,
                "masked": "yes" if one.masked else "no",
                "state": one.state,
                "shows": minute(one.taken_at),
                "why": one.error_text or one.reason or "",
            }
            for one in env["saas.copy"].search(wanted)
        ]
    listing(rows, chosen.json, NONE)
