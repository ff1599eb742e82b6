"""The page of every alert rule that comes with the product, made from the data files."""

from tests.helpers.alert_pack import rules, words

LAYERS = (*("infrastructure", "application", "database", "tenant", "business", "security"),)
HOWS = {
    "avg": "average of {0} min",
    "max": "highest of {0} min",
    "min": "lowest of {0} min",
    "sum": "sum of {0} min",
    "count": "readings within {0} min",
    "last": "last within {0} min",
    "usual": "usual at this hour",
}


def document() -> str:
    """Return the page: for each rule when it fires, what it means, what to do."""
    parts = [
        "# Alert rules",
        "",
        "Made from `data/alert_rules_*.xml` by `python -m tests.architecture.regenerate`; do not "
        "edit. How rules are judged: [alerts.md](alerts.md).",
    ]
    for layer in LAYERS:
        mine = [one for one in rules().values() if one.layer == layer]
        parts += ["", f"## {layer.capitalize()}"]
        for rule in mine:
            parts += ["", *_section(rule)]
    return "\n".join(parts) + "\n"


def _section(rule):
    told = words()[rule.code]
    held = f" for {rule.for_minutes} min" if rule.for_minutes else ""
    when = " and ".join(_condition(one) for one in rule.conditions)
    missing = {
        "keep": "",
        "ok": " No reading counts as good.",
        "alert": " No reading counts as bad.",
    }
    return [
        f"### {told['name']}",
        "",
        f"`{rule.code}` · {rule.severity} · of a {rule.scope} · when {when}{held}; resolved after "
        f"{rule.keep_minutes} quiet min.{missing[rule.no_data]}",
        "",
        told["meaning"],
        f"*Where to look:* {told['look']} *What to do:* {told['mend']}",
    ]


def _condition(one):
    of = {"": "", "usual": " in % of the usual at this hour"}.get(one.of, f" in % of `{one.of}`")
    how = HOWS[one.how].format(one.window_minutes)
    return f"`{one.metric}` ({how}){of} {one.comparison} {one.threshold:g}"
