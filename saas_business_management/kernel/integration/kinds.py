"""The kinds of events that other systems may be told: their codes, versions, and when they happen.

Owns: the closed list, and which kind a move of a tenant or subscription is. Does not own: the
moves (`kernel/lifecycle`, `kernel/billing`), what stands in an event (records), its words.

A code is `subject.past_tense`. A version counts what stands in `data`: new names may appear in a
version, none goes or changes its meaning; where that is needed the version grows.
"""

from collections.abc import Iterator

TEST = "webhook.test"
TENANT_KINDS = (
    "tenant.created",
    "tenant.activated",
    "tenant.suspended",
    "tenant.resumed",
    "tenant.archived",
    "tenant.deletion_requested",
    "tenant.deleted",
    "tenant.failed",
)
# What is done to a tenant that stays in its state.
CHANGE_KINDS = (
    *("tenant.upgraded", "tenant.upgrade_undone", "tenant.moved", "tenant.move_undone"),
    "tenant.copied",
)
BACKUP_KINDS = ("backup.failed", "backup.restored", "backup.restore_failed")
QUOTA_KINDS = ("quota.warned", "quota.reached", "quota.released")
ALERT_KINDS = ("alert.firing", "alert.resolved")
SUBSCRIPTION_EVENTS = (
    *("started", "trial_converted", "trial_ended", "payment_failed", "paid"),
    *("dunning_suspended", "dunning_cancelled", "paused", "resumed", "plan_changed"),
    *("quantity_changed", "addon_changed", "change_withdrawn", "renewed"),
    *("cancellation_planned", "cancellation_undone", "ended", "cancelled", "won_back"),
)
SUBSCRIPTION_KINDS = tuple(f"subscription.{event}" for event in SUBSCRIPTION_EVENTS)
INCIDENT_KINDS = ("incident.opened", "incident.updated", "incident.resolved")
MAINTENANCE_KINDS = ("maintenance.scheduled",)
CAMPAIGN_KINDS = ("campaign.halted", "campaign.finished")
DOCUMENT_KINDS = ("invoice.posted", "invoice.paid", "credit_note.posted")
KINDS: dict[str, int] = dict.fromkeys(
    (
        TEST,
        *TENANT_KINDS,
        *CHANGE_KINDS,
        *BACKUP_KINDS,
        *QUOTA_KINDS,
        *ALERT_KINDS,
        *SUBSCRIPTION_KINDS,
        *DOCUMENT_KINDS,
        *INCIDENT_KINDS,
        *MAINTENANCE_KINDS,
        *CAMPAIGN_KINDS,
    ),
    1,
)
# What customers are told of their own: a failed backup names our storage and is our affair.
CUSTOMER_KINDS = (
    *(TEST, *TENANT_KINDS, *CHANGE_KINDS, "backup.restored", "backup.restore_failed"),
    *(*QUOTA_KINDS, *SUBSCRIPTION_KINDS, *DOCUMENT_KINDS),
)

# Where a tenant is open for its users.
_OPEN = ("trial", "active")
_ENTERED = {
    "suspended": "tenant.suspended",
    "archived": "tenant.archived",
    "deleting": "tenant.deletion_requested",
    "deleted": "tenant.deleted",
    "failed": "tenant.failed",
}
_BY_EVENT = {
    "restored": "backup.restored",
    "restore_failed": "backup.restore_failed",
    "upgraded": "tenant.upgraded",
    "upgrade_undone": "tenant.upgrade_undone",
    "move_done": "tenant.moved",
    "move_undone": "tenant.move_undone",
    "copied": "tenant.copied",
}


def kinds_of_tenant_event(event: str, source: str, target: str) -> tuple[str, ...]:
    """Return what is told of an entry in a tenant's timeline, in order; often nothing."""
    if event in _BY_EVENT:
        return (_BY_EVENT[event],)
    return tuple(_of_move(event, source, target))


def kind_of_subscription_event(event: str) -> str:
    """Return what is told of an entry in a subscription's timeline, empty for nothing."""
    code = f"subscription.{event}"
    return code if code in KINDS else ""


def kind_of_document(move_type: str, paid: bool = False) -> str:
    """Return what is told of a document that is posted or paid, empty for nothing."""
    if move_type == "out_invoice":
        return "invoice.paid" if paid else "invoice.posted"
    return "credit_note.posted" if move_type == "out_refund" and not paid else ""


def _of_move(event: str, source: str, target: str) -> Iterator[str]:
    # A draft that is thrown away was never told, and what did not move is no news.
    if source == target or (source == "draft" and target == "deleted"):
        return
    if event == "provisioned":
        yield "tenant.created"
    if target in _ENTERED:
        yield _ENTERED[target]
    if target in _OPEN and source in ("suspended", "archived"):
        yield "tenant.resumed"
    if target == "active" and event in ("provisioned", "trial_converted", "trial_ended"):
        yield "tenant.activated"
