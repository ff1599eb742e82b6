"""Which moves are told to other systems, and as what."""

import pytest

from saas_business_management.kernel.billing.subscription import TABLE as AGREEMENT_TABLE
from saas_business_management.kernel.integration.kinds import (
    KINDS,
    SUBSCRIPTION_EVENTS,
    kind_of_document,
    kind_of_subscription_event,
    kinds_of_tenant_event,
)
from saas_business_management.kernel.lifecycle.transitions import TABLE

MOVES = [
    ("provisioned", "provisioning", "trial", ("tenant.created",)),
    ("provisioned", "provisioning", "active", ("tenant.created", "tenant.activated")),
    ("provisioning_failed", "provisioning", "failed", ("tenant.failed",)),
    ("trial_converted", "trial", "active", ("tenant.activated",)),
    ("trial_converted", "suspended", "active", ("tenant.resumed", "tenant.activated")),
    ("trial_converted", "suspended", "suspended", ()),
    ("trial_ended", "trial", "suspended", ("tenant.suspended",)),
    ("suspended", "active", "suspended", ("tenant.suspended",)),
    ("reason_changed", "suspended", "suspended", ()),
    ("resumed", "suspended", "trial", ("tenant.resumed",)),
    ("archived", "suspended", "archived", ("tenant.archived",)),
    ("reactivated", "archived", "active", ("tenant.resumed",)),
    ("deletion_requested", "archived", "deleting", ("tenant.deletion_requested",)),
    ("deletion_undone", "deleting", "archived", ("tenant.archived",)),
    ("deleted", "deleting", "deleted", ("tenant.deleted",)),
    ("discarded", "draft", "deleted", ()),
    ("provisioning_started", "draft", "provisioning", ()),
    ("restored", "active", "active", ("backup.restored",)),
    ("restore_failed", "active", "active", ("backup.restore_failed",)),
    ("upgraded", "active", "active", ("tenant.upgraded",)),
    ("upgrade_failed", "active", "active", ()),
    ("upgrade_undone", "suspended", "suspended", ("tenant.upgrade_undone",)),
    ("move_done", "trial", "trial", ("tenant.moved",)),
    ("move_undone", "active", "active", ("tenant.move_undone",)),
    ("copied", "active", "active", ("tenant.copied",)),
    ("copy_failed", "active", "active", ()),
]


@pytest.mark.parametrize(("event", "source", "target", "told"), MOVES)
def test_a_move_of_a_tenant(event, source, target, told) -> None:
    assert kinds_of_tenant_event(event, source, target) == told


def test_whatever_is_told_is_in_the_catalogue() -> None:
    for rule in TABLE:
        for source in rule.sources:
            assert set(kinds_of_tenant_event(rule.event, source, rule.target)) <= set(KINDS)


def test_every_way_out_of_service_is_told() -> None:
    for rule in TABLE:
        for source in rule.sources:
            closed = rule.target in ("suspended", "archived", "deleted") and source != rule.target
            if closed and source != "draft":
                assert kinds_of_tenant_event(rule.event, source, rule.target), rule


def test_every_event_of_a_subscription_is_told_under_its_own_name() -> None:
    assert {rule.event for rule in AGREEMENT_TABLE} <= set(SUBSCRIPTION_EVENTS)
    assert kind_of_subscription_event("paused") == "subscription.paused"
    assert kind_of_subscription_event("eaten") == ""


@pytest.mark.parametrize(
    ("move_type", "paid", "kind"),
    [
        ("out_invoice", False, "invoice.posted"),
        ("out_invoice", True, "invoice.paid"),
        ("out_refund", False, "credit_note.posted"),
        ("out_refund", True, ""),
        ("in_invoice", False, ""),
        ("entry", True, ""),
    ],
)
def test_documents(move_type, paid, kind) -> None:
    assert kind_of_document(move_type, paid) == kind
