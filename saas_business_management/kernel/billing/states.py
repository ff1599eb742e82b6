"""The states of a subscription, and the stage of dunning that is none of them.

Owns: the closed list. Does not own: who moves between them (`subscription.py`, `dunning.py`).
"""

DRAFT = "draft"
TRIAL = "trial"
ACTIVE = "active"
PAST_DUE = "past_due"
PAUSED = "paused"
SUSPENDED = "suspended"
CANCELLED = "cancelled"
STATES = (DRAFT, TRIAL, ACTIVE, PAST_DUE, PAUSED, SUSPENDED, CANCELLED)

# A step of the ladder: the tenant is open with a banner, the subscription stays past due.
RESTRICTED = "restricted"
