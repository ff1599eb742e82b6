"""Sentences of errors about credit notes and revenue."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "exceeds_creditable": _lt(
        "Only %(creditable)s of this can still be credited. Nothing was changed. Enter this amount "
        "or less."
    ),
    "credit_line": _lt(
        "The invoice has %(count)s lines, and none with number %(number)s. Nothing was credited."
    ),
    "kept_too_much": _lt(
        "What was used (%(kept)s) costs more than what was charged (%(charged)s), so nothing can "
        "be given back."
    ),
    "rounding_method": _lt(
        "“%(method)s” is no way to round a tax. Choose per line or globally in the company."
    ),
    "deferral_method": _lt(
        "“%(method)s” is no way to spread revenue. Choose by days or by full months."
    ),
    "prepaid_overdrawn": _lt(
        "%(used)s was to be taken from prepaid credits of which %(left)s is left. Nothing was "
        "booked."
    ),
}
