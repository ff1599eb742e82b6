"""Sentences of errors about copies of running tenants and masking."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "copy_use_unknown": _lt("A copy is a sandbox or a staging copy. Choose one of them."),
    "copy_of_copy": _lt("A copy cannot be copied. Copy the tenant that it shows."),
    "copy_state": _lt(
        "Only an open tenant can be copied, and this one is in state %(state)s. Open it first, or "
        "restore a backup of it to a sandbox."
    ),
    "copy_busy": _lt(
        "Another operation is under way with this tenant. Wait until it has ended and try again."
    ),
    "copy_restricted": _lt(
        "The tenant is restricted because an invoice is overdue. Copies are possible again when "
        "it is paid."
    ),
    "copy_refresh_state": _lt(
        "A copy in state %(state)s gets no new data. Reactivate it first, or make a new one."
    ),
    "copy_not_in_plan": _lt(
        "The plan includes no %(use)s copies. Choose a plan that does; an operator can make one "
        "all the same, with a reason."
    ),
    "copy_enough": _lt(
        "All %(count)s %(use)s copies of the plan are in use. Remove one, or choose a bigger plan; "
        "an operator can make one more, with a reason."
    ),
    "copy_unmasked_right": _lt(
        "Only an administrator of the platform may make a copy with personal data that is not "
        "masked. Have it masked."
    ),
    "copy_unmasked_reason": _lt(
        "Write why personal data is not masked: it stands in the audit log."
    ),
    "masking_misfit": _lt(
        "The masking rule for %(rule)s does not fit: the column is of type %(type)s. Correct or "
        "archive the rule. The copy was not made, the tenant is as it was."
    ),
    "masking_left": _lt(
        "After masking, personal data was still found in %(where)s. Add a masking rule for it and "
        "copy again. Nobody could open the copy, and it is gone."
    ),
}
