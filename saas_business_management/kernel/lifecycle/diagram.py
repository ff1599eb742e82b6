"""The lifecycle as a picture and a page, made from the table.

Owns: `docs/lifecycle.md` to the last character. Does not own: the rules it draws
(`transitions.py`), writing the file.
"""

from collections.abc import Iterable

from .states import DRAFT, FINAL, STATES, SUSPENSION_REASONS
from .transitions import TABLE, Rule

_HEAD = """# Lifecycle of a tenant

Made from the table in `kernel/lifecycle/transitions.py`; do not edit. To make it again:
`python -m tests.architecture.regenerate`.

Every move is one row of the table and one entry in the tenant's Timeline, with who, why and the
facts. Whatever is not in the table is refused. *Restricted* is a flag, not a state.
"""


def mermaid() -> str:
    """Return the Mermaid state diagram, arrows between the same two states joined."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for rule in TABLE:
        for source in rule.sources:
            events = arrows.setdefault((source, rule.target), [])
            if rule.event not in events:
                events.append(rule.event)
    lines = ["stateDiagram-v2", f"    [*] --> {DRAFT}"]
    for (source, target), events in sorted(arrows.items(), key=_by_state):
        lines.append(f"    {source} --> {target}: {', '.join(events)}")
    lines += [f"    {state} --> [*]" for state in STATES if state in FINAL]
    return "\n".join(lines)


def document() -> str:
    """Return the whole page, ending in one newline."""
    reasons = ", ".join(f"`{reason}`" for reason in SUSPENSION_REASONS)
    return "\n".join(
        [
            _HEAD,
            f"```mermaid\n{mermaid()}\n```\n",
            "## Moves\n",
            *_rows(TABLE),
            "\n*By*: an administrator may do what an operator may; `system` is the product itself.",
            f"Reasons of a suspension, from weakest to strongest: {reasons}.\n",
        ]
    )


def _by_state(item: tuple[tuple[str, str], list[str]]) -> tuple[int, int]:
    source, target = item[0]
    return STATES.index(source), STATES.index(target)


def _rows(rules: Iterable[Rule]) -> list[str]:
    lines = ["| event | from | to | only when | by | reason |", "|---|---|---|---|---|---|"]
    for rule in rules:
        guards = ", ".join(guard.replace("_", " ") for guard in rule.guards) or "–"
        reason = f"`{rule.sets_reason}`" if rule.sets_reason else "–"
        cells = (
            rule.event,
            ", ".join(rule.sources),
            rule.target,
            guards,
            rule.right,
            "needed" if rule.needs_reason else reason,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines
