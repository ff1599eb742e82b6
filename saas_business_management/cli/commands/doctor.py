"""`doctor`: what usually fails, looked at before it does."""

import json

from .grammar import command
from .say import say

SIGNS = {"failing": "✖", "warning": "!", "unknown": "?", "ok": "✔"}
SHOWN = ("code", "area", "level", "what", "why", "mend")


def add_to(commands):
    """Add the command."""
    parser = command(
        commands,
        "doctor",
        doctor,
        "check the installation and say what mends it; status 1 when something fails",
    )
    parser.add_argument("--json", action="store_true", help="findings as JSON")


def doctor(control, chosen):
    """Print the findings, the worst first; return 1 when something fails."""
    with control.records() as env:
        areas = dict(env["saas.doctor.finding"]._fields["area"]._description_selection(env))
        found = [{name: one.get(name) or "" for name in SHOWN} for one in env["saas.doctor"]._run()]
    if chosen.json:
        say(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _tell(found, areas)
    return 1 if any(one["level"] == "failing" for one in found) else 0


def _tell(found, areas):
    for one in found:
        say(f"{SIGNS.get(one['level'], '·')} {areas.get(one['area'], one['area'])}: {one['what']}")
        if one["level"] != "ok":
            for text in filter(None, (one["why"], one["mend"] and f"→ {one['mend']}")):
                say(f"    {text}")
    counts = [f"{sum(one['level'] == level for one in found)} {level}" for level in SIGNS]
    say(", ".join(counts))
