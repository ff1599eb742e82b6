"""`campaign …`: bringing many tenants to a new version of their template, in waves.

Owns: the words after `campaign`, their arguments, what is printed. Does not own: what is done
(records and operations).
"""

from .choose import by_code
from .grammar import command, family
from .say import Stop, listing, say

NO_CAMPAIGNS = "No campaigns. 'odoo saas campaign create TEMPLATE' plans one."
NO_CHANGES = "Nothing differs."
MODES = {"copy": "staged", "in-place": "in_place"}
PLAIN = {
    "check": ("action_check", "look at every tenant and plan the waves"),
    "change": ("action_change", "back to draft, to change its terms"),
    "rehearse": ("action_rehearse", "upgrade copies of a sample and drop them again"),
    "start": ("action_start", "begin with the canaries"),
    "wave": ("action_start_wave", "begin the next wave now"),
    "pause": ("action_pause", "begin no more tenants"),
    "resume": ("action_resume", "go on after a pause"),
}


def add_to(commands):
    """Add the command with its own words."""
    words = family(commands, "campaign", "upgrade many tenants in waves")
    one = command(words, "list", _list, "list campaigns")
    one.add_argument("--all", action="store_true", help="those that are over, too")
    _json(one)
    one = command(words, "changes", _changes, "say what the new version of a template changes")
    one.add_argument("template", metavar="TEMPLATE", help="its code")
    one.add_argument("--since", type=int, metavar="NUMBER", help="version to compare with")
    _json(one)
    _add_create(words)
    for word, (_method, text) in PLAIN.items():
        _number(command(words, word, _press, text)).set_defaults(word=word)
    one = _number(command(words, "stop", _stop, "end it; with --roll-back, bring tenants back"))
    one.add_argument("--roll-back", type=int, metavar="COUNT", help="how many are rolled back")
    one.add_argument("--why", default="", metavar="TEXT", help="needed to roll back")
    one = _number(command(words, "report", _report, "a line per tenant, with its times"))
    _json(one)


def _json(parser):
    parser.add_argument("--json", action="store_true", help="as JSON")


def _number(parser):
    parser.add_argument("campaign", type=int, metavar="NUMBER", help="as 'campaign list' shows it")
    return parser


def _add_create(words):
    one = command(words, "create", _create, "plan a campaign, as a draft")
    one.add_argument("template", metavar="TEMPLATE", help="its code")
    one.add_argument(
        "--tenant", action="append", metavar="SUBDOMAIN", help="again for more (default: all older)"
    )
    one.add_argument("--canary", action="append", metavar="SUBDOMAIN", help="goes first and alone")
    one.add_argument("--size", type=int, metavar="COUNT", help="tenants per wave")
    one.add_argument("--at-once", type=int, metavar="COUNT", help="tenants under way at a time")
    one.add_argument("--stop-after", type=int, metavar="COUNT", help="setbacks that stop it")
    one.add_argument("--pause", type=int, metavar="MINUTES", help="between waves")
    one.add_argument("--follow", action="store_true", help="waves follow by themselves")
    one.add_argument("--mode", choices=tuple(MODES), default="copy", help="(default: copy)")
    one.add_argument("--no-rehearsal", action="store_true", help="may start without a rehearsal")
    one.add_argument("--silent", action="store_true", help="customers are told nothing")


def _list(control, chosen):
    """Print campaigns, the newest first."""
    wanted = [] if chosen.all else [("state", "not in", ("done", "stopped"))]
    with control.records() as env:
        rows = [
            {
                "campaign": one.id,
                "name": one.name,
                "state": one.state,
                "tenants": one.tenant_count,
                "done": one.done_count + one.watching_count,
                "blocked": one.blocked_count,
                "setbacks": one.setback_count,
                "left": one.left_text or "",
                "now": one.status_text or "",
            }
            for one in env["saas.campaign"].search(wanted)
        ]
    listing(rows, chosen.json, NO_CAMPAIGNS)


def _changes(control, chosen):
    """Print what the published version of a template changes."""
    with control.records() as env:
        template = by_code(env, "saas.template", "code", chosen.template, "template")
        version = template.published_version_id
        if not version:
            raise Stop(f"Template “{chosen.template}” has no published version.")
        rows = version._change_list(_since(version, chosen.since))
    listing(rows, chosen.json, NO_CHANGES)


def _since(version, number):
    if number is None:
        former = version.former_id
    else:
        wanted = [("template_id", "=", version.template_id.id), ("number", "=", number)]
        former = version.search(wanted, limit=1)
    if not former:
        raise Stop("There is no older version to compare with.")
    return former


def _create(control, chosen):
    """Make a draft and print its number."""
    with control.records() as env:
        template = by_code(env, "saas.template", "code", chosen.template, "template")
        if not template.published_version_id:
            raise Stop(f"Template “{chosen.template}” has no published version.")
        told = {
            "wave_size": chosen.size,
            "at_once": chosen.at_once,
            "stop_after": chosen.stop_after,
            "pause_minutes": chosen.pause,
        }
        made = env["saas.campaign"].create(
            {
                "template_id": template.id,
                "everyone": not chosen.tenant,
                "tenant_ids": _tenants(env, chosen.tenant),
                "canary_ids": _tenants(env, chosen.canary),
                "by_itself": chosen.follow,
                "mode": MODES[chosen.mode],
                "needs_rehearsal": not chosen.no_rehearsal,
                "tell_customers": not chosen.silent,
                **{name: value for name, value in told.items() if value is not None},
            }
        )
        say(f"campaign: {made.id}")


def _tenants(env, subdomains):
    found = [by_code(env, "saas.tenant", "subdomain", one, "tenant").id for one in subdomains or ()]
    return [(6, 0, found)]


def _campaign(env, chosen):
    one = env["saas.campaign"].browse(chosen.campaign).exists()
    if not one:
        raise Stop(f"There is no campaign {chosen.campaign}. See 'odoo saas campaign list'.")
    return one


def _press(control, chosen):
    """Do what the button of this word does, and say how it stands."""
    with control.records() as env:
        one = _campaign(env, chosen)
        getattr(one, PLAIN[chosen.word][0])()
        _say_state(one)


def _stop(control, chosen):
    """End a campaign; the number of tenants to roll back is asked for, as on the screen."""
    with control.records() as env:
        one = _campaign(env, chosen)
        if chosen.roll_back is None:
            one.action_stop()
        else:
            count = len(one._to_roll_back())
            if chosen.roll_back != count:
                raise Stop(f"{count} tenants would be rolled back: say --roll-back {count}.")
            one._stop_and_roll_back(chosen.why)
        _say_state(one)


def _say_state(one):
    say(f"state: {one.state}")
    if one.status_text:
        say(one.status_text)


def _report(control, chosen):
    """Print a line per tenant."""
    with control.records() as env:
        lines = _campaign(env, chosen).line_ids
        rows = [
            {
                "tenant": line.tenant_id.subdomain,
                "wave": line.wave_number,
                "result": line.stage,
                "seconds": round(line.seconds, 1),
                "outage_seconds": round(line.outage_seconds, 1),
                "why": line.why or "",
            }
            for line in lines
        ]
    listing(rows, chosen.json, "It has no tenants yet. 'odoo saas campaign check' takes them.")
