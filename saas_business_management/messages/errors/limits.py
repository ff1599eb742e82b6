"""Sentences of errors about limits that are enforced inside tenants' databases."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "limit_negative": _lt(
        "A limit cannot be below zero, so it is not enforced. Correct the limit of the tenant."
    ),
    "limit_too_large": _lt(
        "A limit is larger than 9,223,372,036,854,775,807, the largest number that a database can "
        "count to, so the limits inside the tenant stay as they were. Enter a smaller one, or 0 "
        "for no limit."
    ),
    "limits_role_unknown": _lt(
        "The cluster was prepared before limits were enforced inside tenants, so nothing was "
        "changed there. Run “saas cluster-prepare” for it once more."
    ),
    "table_replaced": _lt(
        "Somebody put something else in the place of a table of this tenant, so its limits do not "
        "hold. All else was put right. Look into its database, or restore it."
    ),
}
