"""Sentences of errors about plans in time and subscriptions."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
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
}
