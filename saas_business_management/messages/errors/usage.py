"""Sentences of errors about usage and its events."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
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
}
