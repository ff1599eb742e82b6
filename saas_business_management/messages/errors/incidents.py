"""Sentences of incidents, maintenance and status pages."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "incident_move": _lt("This is not possible now. Nothing was changed."),
    "incident_move.not_from_here": _lt(
        "An incident in this state cannot go there. Nothing was changed; choose another state."
    ),
    "incident_move.no_right": _lt(
        "Only operators move an incident. Nothing was changed; ask its owner."
    ),
    "incident_move.no_reason": _lt("Write why. Nothing was changed."),
    "incident_move.has_root_cause": _lt(
        "Write the root cause first, then begin the post-mortem. Nothing was changed."
    ),
    "maintenance_move": _lt("This is not possible now. Nothing was changed."),
    "maintenance_move.not_from_here": _lt(
        "Maintenance in this state cannot do that. Nothing was changed; choose another button."
    ),
    "maintenance_move.no_right": _lt(
        "Only operators run maintenance. Nothing was changed; ask its owner."
    ),
    "maintenance_move.no_reason": _lt("Write why it is called off. Nothing was changed."),
    "maintenance_move.is_published": _lt(
        "Customers were not told yet. Choose Announce first; nothing was changed."
    ),
    "maintenance_window": _lt("The window ends before it begins. Choose a later end."),
    "maintenance_long": _lt(
        "A window lasts at most 30 days. Choose an earlier end, or plan several windows."
    ),
    "status_limit": _lt(
        "Many addresses were entered from here. Nothing is lost: try again in %(minutes)s minutes."
    ),
}
