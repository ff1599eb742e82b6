"""Sentences of errors about release windows, approved modules and where tenants belong."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "window_hours": _lt(
        "A release window opens at 00:00 to 23:59 and closes at 24:00 at the latest. Correct its "
        "hours."
    ),
    "window_weekdays": _lt("A release window needs a day of the week. Choose at least one."),
    "freeze_days": _lt(
        "A freeze has a first and a last day, in this order; one that comes each year lasts at "
        "most 360 days."
    ),
    "approval_missing": _lt(
        "A second person has to approve this for %(name)s first. Nothing was changed. Ask in the "
        "dialog of the operation."
    ),
    "module_not_approved": _lt(
        "These modules are not approved for cluster %(cluster)s: %(modules)s. Nothing was changed. "
        "Have them approved under Configuration › Infrastructure › Approved Modules, or leave them "
        "out."
    ),
}
