"""Worked examples of billing, run through the product's own functions.

`python -m tests.vectors FILE.json` reads a list of `{id, title, anchor, input, expected}` and needs
neither Odoo nor a database. `MODULES` names the files that translate operations.
"""

MODULES = (
    "period",
    "proration",
    "change",
    "trial",
    "cancel",
    "pause",
    "deferral",
    "mrr",
    "run",
    "tax",
    "credit",
    "rating",
    "late_usage",
    "usage",
    "wallet",
    "dunning",
    "payments",
    "partners",
    "webhooks",
)
