"""Sentences about deferred revenue and its accounts."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "deferral_off": _lt(
        "%(company)s spreads no revenue: every invoice is revenue of its own month. Choose by days "
        "or by full months in the settings of SaaS Management, under Deferred Revenue."
    ),
    "no_deferred_account": _lt(
        "%(company)s has no account of deferred revenue, so nothing was booked. Choose one in the "
        "settings of SaaS Management, under Deferred Revenue."
    ),
    "no_deferral_journal": _lt(
        "%(company)s has no journal of deferred revenue, so nothing was booked. Choose one in the "
        "settings of SaaS Management, under Deferred Revenue."
    ),
    "entry_refused": _lt(
        "Odoo refused the entry of %(month)s: %(text)s Nothing of that month was posted. Mend the "
        "cause, then recognize revenue again."
    ),
}
