"""`upgrade …`, `upgrade-undo …` and `upgrades`: one tenant brought to the published version.

Owns: the words, what is printed. Does not own: what is done (records and operations), many tenants
at once (`campaign.py`).
"""

from .follow import follow
from .grammar import command
from .lifecycle import living
from .say import Stop, listing, minute, say

NONE = "No upgrades. 'odoo saas upgrade SUBDOMAIN' begins one."
MODES = {"copy": "staged", "in-place": "in_place"}


def add_to(commands):
    """Add the commands."""
    parser = command(commands, "upgrade", upgrade, "bring a tenant to the published version")
    parser.add_argument("subdomain")
    parser.add_argument("--rehearse", action="store_true", help="on a copy that is dropped again")
    parser.add_argument("--mode", choices=tuple(MODES), default="copy", help="(default: copy)")
    parser.add_argument("--why", default="", metavar="TEXT", help="stands in the timeline")
    parser = command(commands, "upgrade-undo", undo, "take the last upgrade of a tenant back")
    parser.add_argument("subdomain")
    parser.add_argument("--why", default="", metavar="TEXT", help="stands in the timeline")
    parser = command(commands, "upgrades", upgrades, "list upgrades, the newest first")
    parser.add_argument("subdomain", nargs="?", help="of this tenant alone")
    parser.add_argument("--limit", type=int, default=20, metavar="N")
    parser.add_argument("--json", action="store_true", help="as JSON")


def upgrade(control, chosen):
    """Order an upgrade, or a rehearsal, and follow it to its end."""
    with control.records() as env:
        one = env["saas.upgrade"]._propose(
            living(env, chosen.subdomain),
            mode=MODES[chosen.mode],
            rehearsal=chosen.rehearse,
            reason=chosen.why,
        )
        one._start()
        upgrade_id, job_id = one.id, one.sudo().job_ids.id
    follow(control, job_id)
    with control.records() as env:
        one = env["saas.upgrade"].browse(upgrade_id)
        if one.state == "failed":
            raise Stop(one.failure_text or "The upgrade failed; everything is as it was.")
        say(f"version: {one.to_version_id.number}")
        say(f"outage: {one.outage_seconds:.1f} s of {one.seconds:.1f} s")
        if one.undo_until:
            say(f"undo until: {minute(one.undo_until)}")
        if one.watch_until:
            say(f"watched until: {minute(one.watch_until)}")


def undo(control, chosen):
    """Put what was live before the last upgrade in place again."""
    with control.records() as env:
        one = living(env, chosen.subdomain).undo_upgrade_id
        if not one:
            raise Stop("There is no upgrade that could be taken back.")
        one._roll_back(chosen.why)
        upgrade_id, job_id = one.id, one.sudo().job_ids.sorted("id")[-1:].id
    follow(control, job_id)
    with control.records() as env:
        say(f"version: {env['saas.upgrade'].browse(upgrade_id).from_version_id.number}")


def upgrades(control, chosen):
    """Print upgrades as a table."""
    with control.records() as env:
        wanted = []
        if chosen.subdomain:
            wanted = [("tenant_id", "=", living(env, chosen.subdomain).id)]
        rows = [
            {
                "upgrade": one.id,
                "tenant": one.tenant_id.subdomain,
                "from": one.from_version_id.number or 0,
                "to": one.to_version_id.number,
                "rehearsal": "yes" if one.rehearsal else "",
                "state": one.state,
                "seconds": round(one.seconds, 1),
                "outage_seconds": round(one.outage_seconds, 1),
                "why": one.failure_text or "",
            }
            for one in env["saas.upgrade"].search(wanted, limit=chosen.limit)
        ]
    listing(rows, chosen.json, NONE)
