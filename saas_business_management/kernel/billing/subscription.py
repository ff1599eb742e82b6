"""The table: every move a subscription may make, the facts and the guards.

Owns: events, where they may happen and lead, under which guards, by whom. Does not own:
deciding (`subscription_move.py`), writing the state (the subscription's model), money.

Several rows of one event are alternatives; their guards exclude each other. Within a row the guards
stand in the order in which they are told to a person: first what can be mended now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .states import ACTIVE, CANCELLED, DRAFT, PAST_DUE, PAUSED, SUSPENDED, TRIAL

# Fees become due.
BILLED = frozenset({ACTIVE, PAST_DUE})
# There is an agreement: only one of a tenant may be in one of these.
RUNNING = frozenset({TRIAL, ACTIVE, PAST_DUE, PAUSED, SUSPENDED})

# What a suspended subscription is suspended for.
PAYMENT = "payment"
TRIAL_END = "trial_end"
SUSPENSION_REASONS = (TRIAL_END, PAYMENT)

# What happens when a trial ends.
CONVERT = "convert"
SUSPEND = "suspend"
CANCEL = "cancel"
TRIAL_END_RULES = (CONVERT, SUSPEND, CANCEL)

BILLING = "billing"
SYSTEM = "system"
# `system` is the product itself: a cron, a payment, the dunning ladder.
RIGHTS: Mapping[str, frozenset[str]] = {
    BILLING: frozenset({BILLING}),
    SYSTEM: frozenset({BILLING, SYSTEM}),
}


@dataclass(frozen=True)
class Facts:
    """The facts of one decision; the defaults are the cautious ones.

    `suspended_for` is one of `SUSPENSION_REASONS` or empty; `has_offer`: a published version with
    a price in its currency is in force.
    """

    actor_rights: frozenset[str] = frozenset()
    reason: str = ""
    suspended_for: str = ""
    has_customer: bool = False
    has_offer: bool = False
    alone_on_tenant: bool = False
    trial_days: int = 0
    trial_over: bool = False
    trial_end_rule: str = SUSPEND
    end_planned: bool = False
    end_reached: bool = False
    nothing_overdue: bool = False

    def may(self, right: str) -> bool:
        """Tell whether the actor's rights include this one."""
        return any(right in RIGHTS.get(own, ()) for own in self.actor_rights)


GUARDS: Mapping[str, Callable[[Facts], bool]] = {
    "customer_known": lambda facts: facts.has_customer,
    "offer_in_force": lambda facts: facts.has_offer,
    "alone_on_tenant": lambda facts: facts.alone_on_tenant,
    "trial_offered": lambda facts: facts.trial_days > 0,
    "no_trial_offered": lambda facts: facts.trial_days <= 0,
    "trial_over": lambda facts: facts.trial_over,
    "trial_converts": lambda facts: facts.trial_end_rule == CONVERT,
    "trial_suspends": lambda facts: facts.trial_end_rule == SUSPEND,
    "trial_cancels": lambda facts: facts.trial_end_rule == CANCEL,
    "suspended_for_trial_end": lambda facts: facts.suspended_for == TRIAL_END,
    "suspended_for_payment": lambda facts: facts.suspended_for == PAYMENT,
    "nothing_overdue": lambda facts: facts.nothing_overdue,
    "no_end_planned": lambda facts: not facts.end_planned,
    "end_planned": lambda facts: facts.end_planned,
    "end_reached": lambda facts: facts.end_planned and facts.end_reached,
    "end_ahead": lambda facts: not facts.end_reached,
}


@dataclass(frozen=True)
class Rule:
    """One row: from a source, when all guards hold and the right is there, to the target.

    An empty target leaves the state as it is: the agreement changes, not where it stands.
    """

    event: str
    sources: tuple[str, ...]
    target: str
    guards: tuple[str, ...] = ()
    right: str = SYSTEM
    needs_reason: bool = False
    sets_reason: str = ""


READY = ("customer_known", "offer_in_force", "alone_on_tenant")
OPEN = (TRIAL, ACTIVE, PAST_DUE, PAUSED, SUSPENDED)

TABLE: tuple[Rule, ...] = (
    # Begin
    Rule("started", (DRAFT,), TRIAL, (*READY, "trial_offered"), BILLING),
    Rule("started", (DRAFT,), ACTIVE, (*READY, "no_trial_offered"), BILLING),
    Rule("trial_converted", (TRIAL,), ACTIVE, ("offer_in_force", "no_end_planned"), BILLING),
    Rule(
        "trial_converted",
        (SUSPENDED,),
        ACTIVE,
        ("suspended_for_trial_end", "offer_in_force"),
        BILLING,
    ),
    Rule("trial_ended", (TRIAL,), ACTIVE, ("trial_over", "trial_converts")),
    Rule(
        "trial_ended", (TRIAL,), SUSPENDED, ("trial_over", "trial_suspends"), sets_reason=TRIAL_END
    ),
    Rule("trial_ended", (TRIAL,), CANCELLED, ("trial_over", "trial_cancels")),
    # Money comes late, or comes
    Rule("payment_failed", (ACTIVE,), PAST_DUE),
    Rule("paid", (PAST_DUE,), ACTIVE, ("nothing_overdue",)),
    Rule("paid", (SUSPENDED,), ACTIVE, ("suspended_for_payment", "nothing_overdue")),
    Rule("dunning_suspended", (ACTIVE, PAST_DUE), SUSPENDED, sets_reason=PAYMENT),
    Rule("dunning_cancelled", (PAST_DUE, SUSPENDED), CANCELLED),
    # The customer's wish
    Rule("paused", (ACTIVE,), PAUSED, ("no_end_planned",), BILLING, needs_reason=True),
    Rule("resumed", (PAUSED,), ACTIVE, (), BILLING),
    Rule("plan_changed", (TRIAL, ACTIVE), "", ("offer_in_force", "no_end_planned"), BILLING),
    Rule("quantity_changed", (TRIAL, ACTIVE), "", ("no_end_planned",), BILLING),
    Rule("addon_changed", (TRIAL, ACTIVE), "", ("no_end_planned",), BILLING),
    Rule("change_withdrawn", (TRIAL, ACTIVE, PAST_DUE), "", (), BILLING),
    Rule("renewed", (ACTIVE, PAST_DUE), "", ("offer_in_force",)),
    # End, and the way back
    Rule(
        "cancellation_planned",
        (TRIAL, ACTIVE, PAST_DUE),
        "",
        ("no_end_planned",),
        BILLING,
        needs_reason=True,
    ),
    Rule("cancellation_undone", OPEN, "", ("end_planned", "end_ahead"), BILLING),
    Rule("ended", OPEN, CANCELLED, ("end_reached",)),
    Rule("cancelled", (DRAFT, *OPEN), CANCELLED, (), BILLING, needs_reason=True),
    Rule("won_back", (CANCELLED,), ACTIVE, READY, BILLING),
)

EVENTS: tuple[str, ...] = tuple(dict.fromkeys(rule.event for rule in TABLE))
