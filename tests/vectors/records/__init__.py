"""Worked examples that have records, played with them on a test database.

Each module translates operations like those beside `tests/vectors`: it reads the input, lets
records do the work, and names parts of the answer. What records do not keep (a number of days, say)
is left to the rule, so that nothing of an example goes unchecked.

`MODULES` names the modules that play operations; `WITHOUT` says of every other operation why no
record plays it.
"""

MODULES = (
    *("periods", "changes", "courses", "usage", "papers", "wallets", "revenue"),
    *("payments", "dunning", "mrr", "webhooks", "metering", "quotas"),
)

RULE = (
    "it is a rule of computation: the documents that follow from it are those of other operations"
)
EVENTS = "events are parsed, judged and kept by rules alone: no record takes them in yet"
PARTNERS = "its records are the statements of partners"
NOT_SOLD = "plans have no terms for it: it is a rule alone"

WITHOUT = {
    **dict.fromkeys(("round", "split", "prorate", "assign_period"), RULE),
    **dict.fromkeys(("ingest_then_fix", "ingest_count", "reconcile"), EVENTS),
    **dict.fromkeys(("revenue_share", "revenue_share_tiered"), PARTNERS),
    **dict.fromkeys(("rollover", "pooled_overage", "progressive", "rate_multi"), NOT_SOLD),
    "credit_note": "records credit what facts make too much, never an amount that somebody wishes",
    "suspended_usage": NOT_SOLD,
    "sla_credit": "its records are those of service levels",
}
