"""Every metric that is kept: its code, layer, unit, and the family of rows it stands in.

Owns: the register; rules of alerts, screens, Prometheus and the documentation read it. Does not
own: collecting (`jobs/`), keeping (`models/saas_metric*.py`).

A family is one table of wide rows, one row for each subject and look. A gauge is a reading; a delta
is what was added since the look before, so that deltas add up over time and over subjects.
"""

from dataclasses import dataclass

from . import layers
from .layers import APPLICATION, BUSINESS, DATABASE, INFRASTRUCTURE, SECURITY, TENANT

GAUGE = "gauge"
DELTA = "delta"


@dataclass(frozen=True)
class Family:
    """Rows of one kind of look: what they are of, and how many seconds apart they usually are."""

    code: str
    scope: str
    seconds: int


@dataclass(frozen=True)
class Metric:
    """One figure: `unit` is s, ms, B, %, 1/s, days or empty for a plain count."""

    code: str
    family: str
    layer: str
    unit: str = ""
    kind: str = GAUGE


FAMILIES = {
    one.code: one
    for one in (
        Family("machine", layers.MACHINE, 60),
        Family("cluster", layers.CLUSTER, 60),
        Family("database", layers.TENANT, 60),
        Family("gateway", layers.TENANT, 60),
        Family("door", layers.TENANT, 300),
        Family("probe", layers.TENANT, 300),
        Family("size", layers.TENANT, 900),
        Family("audit", layers.TENANT, 3600),
        Family("backup", layers.TENANT, 300),
        Family("target", layers.TARGET, 3600),
        Family("dependency", layers.DEPENDENCY, 300),
        Family("service", layers.TENANT, 300),
        Family("platform", layers.PLATFORM, 60),
    )
}

_MACHINE = (
    ("cpu_percent", "%"),
    ("cpu_iowait_percent", "%"),
    ("cpu_steal_percent", "%"),
    ("load_per_core", ""),
    ("cores", ""),
    ("memory_available_bytes", "B"),
    ("memory_used_percent", "%"),
    ("swap_in_bytes", "B", DELTA),
    ("disk_free_bytes", "B"),
    ("disk_used_percent", "%"),
    ("disk_full_in_days", "days"),
    ("disk_latency_ms", "ms"),
    ("disk_operations", "", DELTA),
    ("disk_bytes", "B", DELTA),
    ("network_bytes_in", "B", DELTA),
    ("network_bytes_out", "B", DELTA),
    ("pressure_cpu_percent", "%"),
    ("pressure_io_percent", "%"),
    ("pressure_memory_percent", "%"),
    ("open_files_percent", "%"),
    ("clock_skew_s", "s"),
)
_CLUSTER = (
    ("cluster_up", ""),
    ("connections", ""),
    ("connections_percent", "%"),
    ("sessions_active", ""),
    ("longest_transaction_s", "s"),
    ("longest_idle_in_transaction_s", "s"),
    ("blocked_sessions", ""),
    ("longest_blocked_s", "s"),
    ("replication_lag_s", "s"),
    ("replication_lag_bytes", "B"),
    ("slot_kept_bytes", "B"),
    ("wal_archive_failures", "", DELTA),
    ("wal_archive_age_s", "s"),
    ("wraparound_percent", "%"),
    ("checkpoints_requested", "", DELTA),
    ("invalid_databases", ""),
    ("public_connect_databases", ""),
    ("settings_drift", ""),
)
_DATABASE = (
    ("active_sessions_average", ""),
    ("database_cpu_ms", "ms", DELTA),
    ("database_connections", ""),
    ("database_connections_percent", "%"),
    ("transactions", "", DELTA),
    ("rollbacks", "", DELTA),
    ("blocks_read", "", DELTA),
    ("blocks_hit", "", DELTA),
    ("rows_changed", "", DELTA),
    ("temp_bytes", "B", DELTA),
    ("wal_bytes", "B", DELTA),
    ("deadlocks", "", DELTA),
    ("sessions_killed", "", DELTA),
    ("database_blocked_sessions", ""),
    ("database_longest_transaction_s", "s"),
    ("database_present", ""),
)
_GATEWAY = (
    ("requests", "", DELTA),
    ("failures", "", DELTA),
    ("api_calls", "", DELTA),
    ("answered", "", DELTA),
    ("response_ms", "ms", DELTA),
    ("latency_p95_ms", "ms"),
    ("queue_wait_p95_ms", "ms"),
    ("bytes_in", "B", DELTA),
    ("bytes_out", "B", DELTA),
    ("cron_ms", "ms", DELTA),
    ("failed_logins", "", DELTA),
    ("held_requests", "", DELTA),
)
_PROBE = (
    ("cron_lag_s", APPLICATION, "s"),
    ("crons_overdue", APPLICATION),
    ("crons_failing", APPLICATION),
    ("crons_dead", APPLICATION),
    ("scheduler_completion_percent", BUSINESS, "%"),
    ("sessions", APPLICATION),
    ("mail_waiting", BUSINESS),
    ("mail_oldest_s", BUSINESS, "s"),
    ("mail_exceptions", TENANT),
    ("mail_exceptions_percent", BUSINESS, "%"),
    ("payment_errors_percent", BUSINESS, "%"),
    ("orders_hour", BUSINESS),
    ("orders_stuck", BUSINESS),
    ("moves_done_percent", BUSINESS, "%"),
    ("pickings_late", BUSINESS),
    ("procurement_age_s", BUSINESS, "s"),
    ("invoice_oldest_draft_s", BUSINESS, "s"),
    ("invoices_posted_hour", BUSINESS),
    ("edi_errors", BUSINESS),
    ("edi_oldest_s", BUSINESS, "s"),
    ("modules_stuck", TENANT),
    ("internal_users", TENANT),
)
_AUDIT = (
    ("admins", ""),
    ("admins_added", "", DELTA),
    ("api_keys", ""),
    ("api_keys_without_end", ""),
    ("api_keys_old", ""),
    ("code_actions", ""),
    ("parameters_changed", "", DELTA),
    ("modules_changed", "", DELTA),
    ("patch_behind_days", "days"),
    ("certificate_days", "days"),
)
_BACKUP = (
    ("backup_age_s", "s"),
    ("backup_age_ratio", ""),
    ("backup_size_ratio", ""),
    ("backup_failures", ""),
    ("proof_age_s", "s"),
    ("proof_overdue", ""),
    ("restore_test_failed", ""),
)
# How many times faster than allowed the error budget is used, by the slower of two windows.
_SERVICE = (
    ("service_burn_1h", ""),
    ("service_burn_6h", ""),
    ("service_burn_1d", ""),
    ("service_burn_3d", ""),
    ("service_bad_minutes", "", DELTA),
)
_PLATFORM = (
    ("worker_silent_s", APPLICATION, "s"),
    ("operations_waiting", APPLICATION),
    ("operations_oldest_s", APPLICATION, "s"),
    ("operations_failed", APPLICATION),
    ("nodes_silent", APPLICATION),
    ("crons_late", APPLICATION),
    ("mails_waiting", APPLICATION),
    ("webhooks_given_up", APPLICATION),
    ("channel_failures", APPLICATION),
    ("audit_unsealed_s", SECURITY, "s"),
    ("security_events", SECURITY),
    ("login_failures_one_source", SECURITY),
    ("unbilled_usage_periods", BUSINESS),
    ("metric_rows_unplaced", APPLICATION),
)


def _same(family: str, layer: str, rows: tuple[tuple[str, ...], ...]) -> list[Metric]:
    return [Metric(code, family, layer, *rest) for code, *rest in rows]


def _each(family: str, rows: tuple[tuple[str, ...], ...]) -> list[Metric]:
    return [Metric(code, family, layer, *rest) for code, layer, *rest in rows]


METRICS = {
    one.code: one
    for one in (
        *_same("machine", INFRASTRUCTURE, _MACHINE),
        *_same("cluster", DATABASE, _CLUSTER),
        *_same("database", DATABASE, _DATABASE),
        *_same("gateway", APPLICATION, _GATEWAY),
        *_same("door", APPLICATION, (("door_open", ""), ("door_ms", "ms"), ("door_misses", ""))),
        *_each("probe", _PROBE),
        *_same(
            "size",
            TENANT,
            (("database_bytes", "B"), ("filestore_bytes", "B"), ("storage_percent", "%")),
        ),
        *_same("audit", SECURITY, _AUDIT),
        *_same("backup", INFRASTRUCTURE, _BACKUP),
        *_same("target", INFRASTRUCTURE, (("target_answers", ""), ("target_free_bytes", "B"))),
        *_same(
            "dependency",
            TENANT,
            (("dependency_up", ""), ("dependency_ms", "ms"), ("dependency_misses", "")),
        ),
        *_same("service", BUSINESS, _SERVICE),
        Metric("noisy_share_percent", "service", TENANT, "%"),
        *_each("platform", _PLATFORM),
    )
}


def of_family(family: str) -> tuple[str, ...]:
    """Return the codes of a family, in the order of its columns."""
    return tuple(one.code for one in METRICS.values() if one.family == family)


def scope(code: str) -> str:
    """Return what a metric is of; KeyError for a code that is not in the register."""
    return FAMILIES[METRICS[code].family].scope
