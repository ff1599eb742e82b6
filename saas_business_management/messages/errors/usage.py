"""Sentences of errors about usage events, revenue shares, webhooks."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Usage
    "batch_too_large": _lt(
        "A batch of %(items)s events was not taken: send at most %(most)s at once. Nothing of it "
        "was stored."
    ),
    "meter_kind_unknown": _lt("“%(kind)s” is no way to add up usage. Choose one of the list."),
    "meter_property_missing": _lt(
        "A meter that counts different values needs the name of the property. Enter it."
    ),
    "meter_period_missing": _lt(
        "A level weighted by time needs the period it is measured over. Nothing was computed."
    ),
    "event_void": _lt(
        "Event “%(event)s” is void, so it cannot be corrected. Send a new event with a new id."
    ),
    "correction_reused": _lt(
        "Correction “%(correction)s” was used for something else before. Nothing was changed. Use "
        "a new id for a new correction."
    ),
    # Partners and webhooks
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
