"""Sentences of errors about unpaid invoices and payments."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "dunning_days": _lt(
        "The days of a dunning profile have to grow from step to step, and a retry comes a day "
        "after the failure at the earliest. Correct them."
    ),
    "dunning_states": _lt("A dunning profile has one state twice. Remove one of the two."),
    "dunning_pause": _lt(
        "The pause ends on %(until_on)s and begins on %(from_on)s. Correct one of the days."
    ),
    "decline_unknown": _lt("The kind of decline “%(decline)s” is not known. Nothing was charged."),
    "charge_result_unknown": _lt(
        "The payment provider told a state that is not known (%(result)s). The payment stays as it "
        "was, and nothing is charged again. Look at it in the provider's own pages."
    ),
}
