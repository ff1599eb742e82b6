"""Worked examples that are documents, played with the product's own records on a test database.

Each module translates operations like those beside `tests/vectors`: it reads the input, lets
records do the work, and names parts of the answer. What records do not keep (a number of days, say)
is left to the rule, so that nothing of an example goes unchecked.

`MODULES` names the modules that play operations; `WITHOUT` says of every other operation why no
record plays it.
"""

MODULES = ("periods", "changes", "courses", "usage", "papers")

RULE = (
    "it is a rule of computation: the documents that follow from it are those of other operations"
)
METERING = "its records are those of metering: events, quarantine, corrections, reconciliation"
WALLETS = "its records are those of wallets and grants"
REVENUE = "its records are the entries of deferred revenue"
PAYMENTS = "its records are those of payments and dunning"
ANALYTICS = "its records are the ledger of recurring revenue"
WEBHOOKS = "its records are those of webhooks"
PARTNERS = "its records are the statements of partners"
NOT_SOLD = "plans have no terms for it: it is a rule alone"

WITHOUT = {
    **dict.fromkeys(("round", "split", "prorate", "assign_period"), RULE),
    **dict.fromkeys(
        ("ingest", "ingest_then_fix", "ingest_count", "aggregate", "correct_repeat", "reconcile"),
        METERING,
    ),
    "alerts": "its records are the notices of quotas",
    **dict.fromkeys(("wallet_burn", "wallet_topup"), WALLETS),
    **dict.fromkeys(("deferral", "deferral_cancel", "prepaid_revenue"), REVENUE),
    **dict.fromkeys(
        (
            *("charge", "double_pay", "partial", "auto_close"),
            *("dunning", "dunning_offline", "dunning_threshold"),
        ),
        PAYMENTS,
    ),
    **dict.fromkeys(("mrr", "mrr_movements", "retention"), ANALYTICS),
    **dict.fromkeys(
        ("webhook_sign", "webhook_verify", "webhook_backoff", "webhook_replay"), WEBHOOKS
    ),
    **dict.fromkeys(("revenue_share", "revenue_share_tiered"), PARTNERS),
    **dict.fromkeys(("rollover", "pooled_overage", "progressive", "rate_multi"), NOT_SOLD),
    "credit_note": "records credit what facts make too much, never an amount that somebody wishes",
    "suspended_usage": NOT_SOLD,
    "consolidate": "each subscription has its own invoice; putting several on one is a rule alone",
    "sla_credit": "its records are those of service levels",
}
