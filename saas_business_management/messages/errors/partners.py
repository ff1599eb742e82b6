"""Sentences of errors about partners' shares and webhooks."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "share_tiers_empty": _lt("The revenue share has no bands. Add at least one without an end."),
    "share_tiers_open": _lt(
        "The last band of a revenue share has no end, and all others have one. Correct the bands."
    ),
    "share_tiers_order": _lt(
        "The bands of a revenue share have to grow from one to the next. Correct their ends."
    ),
    "share_credit_without_base": _lt(
        "An invoice over nothing cannot be credited, so no share was taken back. Choose another "
        "invoice."
    ),
    "backoff_seconds": _lt(
        "The first waiting time has to be above zero, not above the longest, and that not above "
        "the time of all tries. Correct them."
    ),
    "replay_times": _lt("Choose how often the event is to be sent again: once or more."),
    "signature_without_secret": _lt(
        "The endpoint has no secret, so nothing was sent to it. Make one."
    ),
}
