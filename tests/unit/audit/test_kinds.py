"""Which kind an action is of, and how grave a breach of a rule is."""

import pytest

from saas_business_management.kernel.audit.kinds import KINDS, SEVERITIES, kind_of, severity_of


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("tenant_suspended", "state"),
        ("tenant_deletion_requested", "deletions"),
        ("tenant_deleted", "deletions"),
        ("customer_erased", "deletions"),
        ("rights_gained", "rights"),
        ("api_key_made", "rights"),
        ("secret_stored", "secrets"),
        ("link_used", "secrets"),
        ("host_added", "hosts"),
        ("records_exported", "downloads"),
        ("audit_downloaded", "downloads"),
        ("support_entered", "support"),
        ("price_changed", "prices"),
        ("cluster_changed", "settings"),
        ("whatever_happened", "settings"),
    ],
)
def test_an_action_is_of_the_kind_its_code_says(action, kind):
    assert kind_of(action) == kind
    assert kind in KINDS


@pytest.mark.parametrize(
    ("rule", "severity"),
    [("rpc_foreign_database", "grave"), ("link_expired", "info"), ("never_heard_of", "warning")],
)
def test_an_unknown_rule_is_a_warning(rule, severity):
    assert severity_of(rule) == severity
    assert severity in SEVERITIES
