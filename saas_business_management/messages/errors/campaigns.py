"""Sentences of campaigns."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "campaign_move": _lt("This is not possible now. Nothing was changed."),
    "campaign_move.not_from_here": _lt(
        "A campaign in this state cannot do that. Nothing was changed; choose another button."
    ),
    "campaign_move.no_right": _lt(
        "You have no right to do this with a campaign. Nothing was changed; ask an administrator."
    ),
    "campaign_move.no_reason": _lt("Write why. Nothing was changed."),
    "campaign_move.has_tenants": _lt(
        "It has no tenant. Choose some, or publish a newer version of the template first."
    ),
    "campaign_move.has_ready": _lt(
        "No tenant is ready: see what stands in the way of each, mend it, then check again."
    ),
    "campaign_move.is_rehearsed": _lt(
        "The rehearsal did not pass. Look why, then rehearse again. Nothing was changed."
    ),
    "campaign_move.may_skip": _lt(
        "Rehearse first, or switch Rehearse First off. Nothing was changed."
    ),
    "campaign_move.is_quiet": _lt("A rehearsal runs. Wait for its end; nothing was changed."),
}
