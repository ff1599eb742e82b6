"""Sentences of errors about numbers, days and periods."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "number_invalid": _lt("%(name)s has to be a number. Enter one."),
    "number_negative": _lt("%(name)s cannot be less than zero. Enter zero or more."),
    "percent_range": _lt("%(name)s has to be a percentage from 0 to 100."),
    "weights_empty": _lt("There is nothing to divide the amount by, so nothing was booked."),
    "currency_step": _lt(
        "Currency %(currency)s cannot be rounded to %(step)s. Correct its rounding factor."
    ),
    "period_reversed": _lt(
        "The end (%(end)s) has to come after the start (%(start)s). Correct one of the two."
    ),
    "outside_period": _lt(
        "%(at)s is not between %(start)s and %(end)s. Nothing was changed. Choose a day of the "
        "running period."
    ),
    "timezone_unknown": _lt("“%(name)s” is no known time zone. Choose one of the list."),
    "instant_naive": _lt(
        "The time %(instant)s has no time zone, so it was not used. Send it with its offset, such "
        "as Z or +02:00."
    ),
    "decimal_form": _lt(
        "“%(text)s” is not a number. Write it with a decimal point and without other separators, "
        "such as 0.002 or 12400."
    ),
    "decimal_fine": _lt("“%(text)s” has more than %(most)s decimals. Leave some out."),
    "decimal_large": _lt("“%(text)s” has more than %(most)s digits before the point."),
    "decimal_negative": _lt("“%(text)s” is below zero. Enter 0 or more."),
}
