"""The states of a tenant and the reasons of a suspension.

Owns: the closed lists and what each state means for others. Does not own: how one leads to another
(`transitions.py`), labels for people (the model's selection).
"""

DRAFT = "draft"
PROVISIONING = "provisioning"
TRIAL = "trial"
ACTIVE = "active"
SUSPENDED = "suspended"
ARCHIVED = "archived"
MIGRATING = "migrating"
DELETING = "deleting"
DELETED = "deleted"
FAILED = "failed"

STATES = (
    DRAFT,
    PROVISIONING,
    TRIAL,
    ACTIVE,
    SUSPENDED,
    ARCHIVED,
    MIGRATING,
    DELETING,
    DELETED,
    FAILED,
)

# Visitors meet their Odoo and crons run.
SERVING = frozenset({TRIAL, ACTIVE})
# There is, or was promised, a database: one that cannot be found is a finding of the audit.
HOUSED = frozenset({TRIAL, ACTIVE, SUSPENDED, ARCHIVED, MIGRATING, DELETING})
# The subdomain belongs to the tenant. A draft only wishes for it; a failed tenant has given it
# back.
HOLDS_NAME = HOUSED | {PROVISIONING}
# Nothing can happen any more.
FINAL = frozenset({DELETED})

PAYMENT = "payment"
QUOTA = "quota"
TRIAL_END = "trial_end"
MANUAL = "manual"
SECURITY = "security"

# From weakest to strongest: only a stronger reason replaces the one a tenant is suspended for.
SUSPENSION_REASONS = (TRIAL_END, QUOTA, PAYMENT, MANUAL, SECURITY)

# What happens when a trial ends.
CONVERT = "convert"
SUSPEND = "suspend"
CANCEL = "cancel"
TRIAL_END_RULES = (CONVERT, SUSPEND, CANCEL)
