"""What becomes of an event that a source sent: the closed list of words.

Owns: the words that the API answers and the quarantine shows. Does not own: deciding
(`judgement.py`).

Four kinds: it counts, it was known, it waits in quarantine for a person, it is refused. What waits
is kept in full; only what is refused is not.
"""

ACCEPTED = "accepted"
DUPLICATE = "duplicate"
# The same identity with another content: the first one counts, the second waits.
CONFLICT = "conflict"

REJECTED_INVALID_EVENT = "rejected_invalid_event"
REJECTED_INVALID_ID = "rejected_invalid_id"
REJECTED_INVALID_METER = "rejected_invalid_meter"
REJECTED_INVALID_SUBSCRIPTION = "rejected_invalid_subscription"
REJECTED_INVALID_TS = "rejected_invalid_ts"
REJECTED_INVALID_VALUE = "rejected_invalid_value"
REJECTED_INVALID_PROPERTIES = "rejected_invalid_properties"
REJECTED_FUTURE = "rejected_future"
REJECTED_FORBIDDEN = "rejected_forbidden"

QUARANTINED_UNKNOWN_SUBSCRIPTION = "quarantined_unknown_subscription"
QUARANTINED_UNKNOWN_METER = "quarantined_unknown_meter"
QUARANTINED_OUT_OF_SUBSCRIPTION = "quarantined_out_of_subscription"
QUARANTINED_PERIOD_CLOSED = "quarantined_period_closed"
QUARANTINED_TOO_OLD = "quarantined_too_old"

REJECTED = frozenset(
    {
        REJECTED_INVALID_EVENT,
        REJECTED_INVALID_ID,
        REJECTED_INVALID_METER,
        REJECTED_INVALID_SUBSCRIPTION,
        REJECTED_INVALID_TS,
        REJECTED_INVALID_VALUE,
        REJECTED_INVALID_PROPERTIES,
        REJECTED_FUTURE,
        REJECTED_FORBIDDEN,
    }
)
QUARANTINED = frozenset(
    {
        CONFLICT,
        QUARANTINED_UNKNOWN_SUBSCRIPTION,
        QUARANTINED_UNKNOWN_METER,
        QUARANTINED_OUT_OF_SUBSCRIPTION,
        QUARANTINED_PERIOD_CLOSED,
        QUARANTINED_TOO_OLD,
    }
)
STATUSES = frozenset({ACCEPTED, DUPLICATE}) | REJECTED | QUARANTINED
