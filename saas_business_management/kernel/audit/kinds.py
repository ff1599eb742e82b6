"""What kind an action of the audit log is of, by its code, and how grave a security event is.

Owns: the closed lists of kinds and severities, and how codes are sorted into them. Does not own:
the words for codes (`messages/actions.py`).
"""

STATE, RIGHTS, SECRETS, HOSTS = "state", "rights", "secrets", "hosts"
DELETIONS, DOWNLOADS, SUPPORT, PRICES, SETTINGS = (
    *("deletions", "downloads", "support", "prices", "settings"),
)
KINDS = (STATE, RIGHTS, SECRETS, HOSTS, DELETIONS, DOWNLOADS, SUPPORT, PRICES, SETTINGS)

# Part of a code → kind; the first that is found counts.
_PARTS = (
    ("support", SUPPORT),
    ("erase", DELETIONS),
    ("delet", DELETIONS),
    ("discarded", DELETIONS),
    ("destroyed", DELETIONS),
    ("export", DOWNLOADS),
    ("download", DOWNLOADS),
    ("rights", RIGHTS),
    ("api_key", RIGHTS),
    ("secret", SECRETS),
    ("link_", SECRETS),
    ("generation", SECRETS),
    ("rotated", SECRETS),
    ("keyring", SECRETS),
    ("backup_ke", SECRETS),
    ("recovery_sheet", SECRETS),
    ("host", HOSTS),
    ("price", PRICES),
    ("coupon", PRICES),
    ("wallet", PRICES),
    ("tenant_", STATE),
    ("adoption_", STATE),
    ("subscription_", STATE),
    ("billing_run", STATE),
    ("payment_", STATE),
    ("dunning_", STATE),
)

INFO, WARNING, GRAVE = "info", "warning", "grave"
SEVERITIES = (INFO, WARNING, GRAVE)
# Rules whose breach says that somebody tries, not that somebody errs; the rest is a warning.
_GRAVE = frozenset(
    "rpc_foreign_database connect_foreign_database link_foreign hostile_statement "
    "audit_tampered limits_tampered".split()
)
_INFO = frozenset("link_expired link_used bad_host login_failed".split())


def kind_of(action: str) -> str:
    """Return the kind of an action; settings when nothing else fits."""
    return next((kind for part, kind in _PARTS if part in action), SETTINGS)


def severity_of(rule: str) -> str:
    """Return how grave a breach of a rule is."""
    if rule in _GRAVE:
        return GRAVE
    return INFO if rule in _INFO else WARNING
