"""Sentences of errors about numbers, plans, subscriptions, their periods and documents."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Numbers, days, periods
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
    # Numbers of prices and quantities
    "decimal_form": _lt(
        "“%(text)s” is not a number. Write it with a decimal point and without other separators, "
        "such as 0.002 or 12400."
    ),
    "decimal_fine": _lt("“%(text)s” has more than %(most)s decimals. Leave some out."),
    "decimal_large": _lt("“%(text)s” has more than %(most)s digits before the point."),
    "decimal_negative": _lt("“%(text)s” is below zero. Enter 0 or more."),
    # Plans and subscriptions
    "interval_unknown": _lt(
        "“%(unit)s” is no billing interval. Choose week, month, quarter, half-year or year."
    ),
    "interval_count": _lt("Choose a number of intervals from 1 to %(most)s."),
    "date_range": _lt("So long after %(start)s there is no date. Choose a shorter time."),
    "before_anchor": _lt(
        "%(day)s is before the first day of the subscription, %(anchor)s. Choose a later day."
    ),
    "not_a_boundary": _lt(
        "No billing period of this subscription begins on %(day)s, so nothing was invoiced. Check "
        "its start and its billing interval."
    ),
    "timing_unknown": _lt("“%(timing)s” is no time to invoice. Choose in advance or in arrears."),
    "usage_interval": _lt(
        "Usage cannot be invoiced in this interval: a whole number of them has to make one "
        "interval of the fee. Choose a shorter one."
    ),
    "service_outside_period": _lt(
        "The service from %(start)s to %(end)s is not inside its billing period. Nothing was "
        "computed. Correct the days."
    ),
    "change_policy": _lt("“%(word)s” is no rule for changes of a plan. Choose one of the list."),
    "papers_unknown": _lt(
        "“%(papers)s” is no choice of documents. Choose separate documents or one invoice."
    ),
    "price_policy": _lt(
        "“%(policy)s” is no rule for new prices. Choose to keep the price or to change it at "
        "renewal."
    ),
    "price_version_missing": _lt(
        "The plan has no price that is valid on %(day)s, so nothing was invoiced. Add a version "
        "that begins on that day or before."
    ),
    "trial_days": _lt("A trial of %(days)s days is not possible: choose 0 to %(most)s."),
    "trial_policy": _lt("“%(policy)s” is no rule for trials. Choose one of the list."),
    "trial_over": _lt(
        "%(day)s is not inside the trial, which lasts from %(start)s until before %(end)s. Nothing "
        "was changed."
    ),
    "settlement_unknown": _lt(
        "“%(settlement)s” is no way to settle a cancellation. Choose credit, refund, offset or "
        "none."
    ),
    "cancel_over": _lt(
        "The subscription ends before %(end)s, and %(day)s is no day on which its cancellation can "
        "be taken back. Start a new subscription."
    ),
    "pauses_overlap": _lt(
        "A pause that begins on %(start)s overlaps one that lasts until before %(end)s. Correct "
        "one of them."
    ),
    "usage_policy": _lt(
        "“%(policy)s” is no rule for usage during a suspension. Choose billed or not billed."
    ),
    # Credit notes and revenue
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
