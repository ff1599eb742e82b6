"""The states of a subscription.

Owns: the closed list. Does not own: who moves between them (`dunning`, the models).
"""

TRIAL = "trial"
ACTIVE = "active"
PAST_DUE = "past_due"
RESTRICTED = "restricted"
SUSPENDED = "suspended"
PAUSED = "paused"
CANCELLED = "cancelled"

STATES = (TRIAL, ACTIVE, PAST_DUE, RESTRICTED, SUSPENDED, PAUSED, CANCELLED)
