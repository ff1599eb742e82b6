"""What each metric is called and what it means.

Owns: labels and meanings of every code of `kernel/monitoring/metric.py`. Does not own: units and
layers (the register). `docs/metrics.md` is made of both.
"""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

METRICS = {
    # Machine
    "cpu_percent": (_lt("Processor"), _lt("Share of the minute in which processors worked.")),
    "cpu_iowait_percent": (
        _lt("Waiting for disks"),
        _lt("Share in which processors waited for a disk."),
    ),
    "cpu_steal_percent": (
        _lt("Taken by the host"),
        _lt("Share in which the host gave processors to others."),
    ),
    "load_per_core": (
        _lt("Load per core"),
        _lt("Tasks that ran or waited in the last minute, per processor core."),
    ),
    "memory_available_bytes": (
        _lt("Memory available"),
        _lt("Memory that programs can still get without swapping."),
    ),
    "memory_used_percent": (_lt("Memory in use"), _lt("Share of memory in use.")),
    "swap_in_bytes": (
        _lt("Swapped in"),
        _lt("Bytes read back from swap; much of it means too little memory."),
    ),
    "disk_free_bytes": (
        _lt("Disk free"),
        _lt("Free space on the fullest of the disks that hold data."),
    ),
    "disk_used_percent": (
        _lt("Disk in use"),
        _lt("Share in use of the fullest of the disks that hold data."),
    ),
    "disk_full_in_days": (
        _lt("Disk lasts"),
        _lt(
            "Days until nothing is free, by a straight line through 7 days; 3,650 when "
            "space does not shrink."
        ),
    ),
    "disk_latency_ms": (
        _lt("Disk answer time"),
        _lt("Average time of one reading or writing of a disk."),
    ),
    "disk_operations": (_lt("Disk operations"), _lt("Readings and writings of disks.")),
    "disk_bytes": (_lt("Disk traffic"), _lt("Bytes read from and written to disks.")),
    "network_bytes_in": (
        _lt("Network in"),
        _lt("Bytes received, the machine's talk to itself apart."),
    ),
    "network_bytes_out": (
        _lt("Network out"),
        _lt("Bytes sent, the machine's talk to itself apart."),
    ),
    "pressure_cpu_percent": (
        _lt("Pressure on processors"),
        _lt(
            "Share of the last minute in which some task waited for a processor; unknown "
            "on older kernels."
        ),
    ),
    "pressure_io_percent": (
        _lt("Pressure on disks"),
        _lt(
            "Share of the last minute in which some task waited for a disk; unknown on "
            "older kernels."
        ),
    ),
    "pressure_memory_percent": (
        _lt("Pressure on memory"),
        _lt(
            "Share of the last minute in which some task waited for memory; unknown on "
            "older kernels."
        ),
    ),
    "open_files_percent": (
        _lt("Open files"),
        _lt("Open files as a share of what the machine allows."),
    ),
    "clock_skew_s": (
        _lt("Clock off by"),
        _lt("Difference between the clock of a node and that of the control database."),
    ),
    # Cluster
    "cluster_up": (_lt("Answers"), _lt("1 when the database server answered, 0 when it did not.")),
    "connections": (_lt("Connections"), _lt("Open sessions of all databases.")),
    "connections_percent": (
        _lt("Connections in use"),
        _lt("Open sessions as a share of what the server allows."),
    ),
    "sessions_active": (
        _lt("Sessions at work"),
        _lt("Sessions that ran a statement at that moment."),
    ),
    "longest_transaction_s": (
        _lt("Longest transaction"),
        _lt("Age of the oldest open transaction."),
    ),
    "longest_idle_in_transaction_s": (
        _lt("Longest idle transaction"),
        _lt("How long a session has left a transaction open without doing anything."),
    ),
    "blocked_sessions": (
        _lt("Blocked sessions"),
        _lt("Sessions that wait for a lock somebody else holds."),
    ),
    "longest_blocked_s": (
        _lt("Longest wait for a lock"),
        _lt("How long the longest of them has waited."),
    ),
    "replication_lag_s": (
        _lt("Replica behind"),
        _lt("Time by which the slowest replica is behind; unknown without one."),
    ),
    "replication_lag_bytes": (
        _lt("Replica behind (bytes)"),
        _lt("Bytes the slowest replica has not replayed yet; unknown without one."),
    ),
    "slot_kept_bytes": (
        _lt("Kept for replicas"),
        _lt("Bytes of the log kept for a replica that is not connected."),
    ),
    "wal_archive_failures": (
        _lt("Failed archivings"),
        _lt("Files of the log that could not be archived."),
    ),
    "wal_archive_age_s": (
        _lt("Last archiving"),
        _lt("Time since a file of the log was archived; unknown where none are."),
    ),
    "wraparound_percent": (
        _lt("Transaction numbers used"),
        _lt("How near the oldest database is to running out of transaction numbers."),
    ),
    "checkpoints_requested": (
        _lt("Forced checkpoints"),
        _lt("Checkpoints that came before their time; many mean too little room for the log."),
    ),
    "invalid_databases": (
        _lt("Invalid databases"),
        _lt("Databases an interrupted removal left unusable."),
    ),
    "public_connect_databases": (
        _lt("Open databases"),
        _lt("Tenant databases that any role may connect to."),
    ),
    "settings_drift": (
        _lt("Settings at risk"),
        _lt(
            "Settings of the server that put data at risk or blind those who watch, and changes "
            "that wait for a restart."
        ),
    ),
    "cores": (
        _lt("Processor cores"),
        _lt("Processor cores of the machine."),
    ),
    # Database
    "active_sessions_average": (
        _lt("Average active sessions"),
        _lt("How many of its sessions worked at once, on average; 1 is one processor busy."),
    ),
    "database_connections": (_lt("Connections"), _lt("Open sessions of the tenant.")),
    "database_connections_percent": (
        _lt("Connections in use"),
        _lt("Open sessions as a share of what the tenant may open."),
    ),
    "transactions": (_lt("Transactions"), _lt("Transactions that were committed.")),
    "rollbacks": (_lt("Rollbacks"), _lt("Transactions that were taken back.")),
    "blocks_read": (_lt("Blocks read"), _lt("Blocks that were not in the server's memory.")),
    "blocks_hit": (_lt("Blocks found in memory"), _lt("Blocks that were in the server's memory.")),
    "rows_changed": (_lt("Rows changed"), _lt("Rows inserted, updated and deleted.")),
    "temp_bytes": (
        _lt("Temporary files"),
        _lt("Bytes written to temporary files by large sorts and joins."),
    ),
    "wal_bytes": (_lt("Log written"), _lt("Bytes of the server's log; needs pg_stat_statements.")),
    "deadlocks": (_lt("Deadlocks"), _lt("Transactions ended because they waited for each other.")),
    "sessions_killed": (
        _lt("Sessions ended by others"),
        _lt("Sessions that an operator or the product ended."),
    ),
    "database_blocked_sessions": (
        _lt("Blocked sessions"),
        _lt("Sessions of the tenant that wait for a lock."),
    ),
    "database_longest_transaction_s": (
        _lt("Longest transaction"),
        _lt("Age of the tenant's oldest open transaction."),
    ),
    "database_cpu_ms": (
        _lt("Processor time"),
        _lt(
            "Processor time that the tenant's sessions took, where the server runs on the machine "
            "of the control worker."
        ),
    ),
    # Gateway
    "requests": (_lt("Requests"), _lt("Requests that came for the tenant.")),
    "failures": (_lt("Failed requests"), _lt("Requests answered by an error of the server.")),
    "api_calls": (_lt("API calls"), _lt("Requests of programs.")),
    "answered": (_lt("Timed requests"), _lt("Requests whose answer time counts.")),
    "response_ms": (
        _lt("Answer time, together"),
        _lt("Answer times of all timed requests, added up."),
    ),
    "latency_p95_ms": (
        _lt("Answer time (95 %)"),
        _lt("95 of 100 requests were answered at least this fast."),
    ),
    "bytes_in": (_lt("Received"), _lt("Bytes of requests.")),
    "bytes_out": (_lt("Sent"), _lt("Bytes of answers.")),
    "cron_ms": (_lt("Scheduled work"), _lt("Time for which scheduled actions of the tenant ran.")),
    "failed_logins": (_lt("Failed logins"), _lt("Logins with a wrong name or password.")),
    "held_requests": (_lt("Held requests"), _lt("Requests that had to wait for a free place.")),
    "queue_wait_p95_ms": (
        _lt("Wait for a place (95 %)"),
        _lt("95 of 100 requests waited at most this long for a free place."),
    ),
    # Front door
    "door_open": (_lt("Front door"), _lt("1 when the login page came, 0 when it did not.")),
    "door_ms": (_lt("Login page"), _lt("How long the login page took.")),
    "door_misses": (_lt("Missed looks"), _lt("Looks in a row without the login page.")),
    # Inside
    "cron_lag_s": (
        _lt("Scheduled work late"),
        _lt("By how much the latest scheduled action is overdue."),
    ),
    "crons_overdue": (
        _lt("Overdue actions"),
        _lt("Scheduled actions overdue by more than 5 minutes."),
    ),
    "crons_failing": (_lt("Failing actions"), _lt("Scheduled actions that failed the last time.")),
    "crons_dead": (
        _lt("Given-up actions"),
        _lt("Scheduled actions switched off after failing again and again."),
    ),
    "scheduler_completion_percent": (
        _lt("Actions on time"),
        _lt("Share of scheduled actions that ran when they should."),
    ),
    "sessions": (_lt("People at work"), _lt("People who did something in the last 15 minutes.")),
    "mail_waiting": (_lt("Mails waiting"), _lt("Mails that are not sent yet, counted to 1,000.")),
    "mail_oldest_s": (
        _lt("Oldest waiting mail"),
        _lt("Age of the oldest mail that is not sent yet."),
    ),
    "mail_exceptions": (
        _lt("Failed mails"),
        _lt("Mails that could not be sent in the last 24 hours."),
    ),
    "mail_exceptions_percent": (
        _lt("Failed mails (share)"),
        _lt("Share of the last day's mails that could not be sent."),
    ),
    "payment_errors_percent": (
        _lt("Failed payments"),
        _lt("Share of the last day's payments that ended with an error."),
    ),
    "orders_hour": (_lt("Orders an hour"), _lt("Sales orders confirmed in the last hour.")),
    "orders_stuck": (
        _lt("Stuck orders"),
        _lt("Confirmed orders not invoiced for over a day, counted to 1,000."),
    ),
    "moves_done_percent": (
        _lt("Stock moves done"),
        _lt("Share of due stock moves that were done in the last hour."),
    ),
    "pickings_late": (_lt("Late transfers"), _lt("Stock transfers after their date.")),
    "procurement_age_s": (
        _lt("Last procurement run"),
        _lt("Time since the procurement scheduler ran."),
    ),
    "invoice_oldest_draft_s": (
        _lt("Oldest draft invoice"),
        _lt("Age of the oldest customer invoice in draft."),
    ),
    "invoices_posted_hour": (_lt("Invoices an hour"), _lt("Invoices posted in the last hour.")),
    "edi_errors": (_lt("Failed e-documents"), _lt("Electronic documents in error.")),
    "edi_oldest_s": (
        _lt("Oldest waiting e-document"),
        _lt("Age of the oldest electronic document to be sent."),
    ),
    "modules_stuck": (_lt("Stuck apps"), _lt("Apps left half installed, upgraded or removed.")),
    "internal_users": (_lt("Users"), _lt("Active internal users.")),
    "database_present": (
        _lt("Database there"),
        _lt("1 when the tenant's database was there to be asked, 0 when it was missing."),
    ),
    # Size
    "database_bytes": (_lt("Database"), _lt("Size of the tenant's database.")),
    "filestore_bytes": (_lt("Files"), _lt("Size of the tenant's files.")),
    "storage_percent": (
        _lt("Storage in use"),
        _lt("Share of the storage that the tenant may use."),
    ),
    # Audit
    "admins": (_lt("Administrators"), _lt("People who administer the tenant.")),
    "admins_added": (
        _lt("New administrators"),
        _lt("Administrators that were not there at the look before."),
    ),
    "api_keys": (_lt("API keys"), _lt("Keys by which programs log in.")),
    "api_keys_without_end": (_lt("API keys without end"), _lt("Keys that never expire.")),
    "api_keys_old": (_lt("Old API keys"), _lt("Keys older than 180 days.")),
    "code_actions": (_lt("Actions with code"), _lt("Server actions that run code.")),
    "parameters_changed": (
        _lt("Changed parameters"),
        _lt("System parameters that changed since the look before."),
    ),
    "modules_changed": (
        _lt("Changed apps"),
        _lt("Apps installed, removed or upgraded since the look before."),
    ),
    "patch_behind_days": (
        _lt("Behind on patches"),
        _lt("For how many days a newer version has been available."),
    ),
    "certificate_days": (
        _lt("Certificate lasts"),
        _lt("Days until the certificate of its address ends."),
    ),
    # Backup
    "backup_age_s": (
        _lt("Last verified backup"),
        _lt("Age of the newest backup that was read back whole."),
    ),
    "backup_age_ratio": (
        _lt("Backup age by schedule"),
        _lt("Age of the newest backup as a multiple of the schedule's interval."),
    ),
    "backup_size_ratio": (
        _lt("Backup size by the usual"),
        _lt("Size of the newest backup as a multiple of the median of those before."),
    ),
    "backup_failures": (
        _lt("Failed backups"),
        _lt("Backups in a row that failed since the last good one."),
    ),
    "proof_age_s": (
        _lt("Last proven restore"),
        _lt("Time since a backup was restored and compared."),
    ),
    "proof_overdue": (
        _lt("Proof overdue"),
        _lt("1 when the last proven restore is older than the policy allows."),
    ),
    "restore_test_failed": (
        _lt("Restore test failed"),
        _lt("1 when the last test of a restore failed."),
    ),
    # Backup target
    "target_answers": (
        _lt("Backup target answers"),
        _lt("1 when the target took and gave back a test object."),
    ),
    "target_free_bytes": (
        _lt("Free on the target"),
        _lt("Free space of the target, where it tells."),
    ),
    # Dependency
    "dependency_up": (_lt("Outside service"), _lt("1 when the service answered as expected.")),
    "dependency_ms": (_lt("Answer of the service"), _lt("How long the service took to answer.")),
    "dependency_misses": (
        _lt("Missed checks"),
        _lt("Checks in a row without the expected answer."),
    ),
    # Service
    "service_burn_1h": (
        _lt("Error budget use (hour)"),
        _lt("How many times faster than allowed the error budget was used in the last hour."),
    ),
    "service_burn_6h": (
        _lt("Error budget use (6 hours)"),
        _lt("How many times faster than allowed the error budget was used in the last 6 hours."),
    ),
    "service_burn_1d": (
        _lt("Error budget use (day)"),
        _lt("How many times faster than allowed the error budget was used in the last day."),
    ),
    "service_burn_3d": (
        _lt("Error budget use (3 days)"),
        _lt("How many times faster than allowed the error budget was used in the last 3 days."),
    ),
    "service_bad_minutes": (
        _lt("Bad minutes"),
        _lt("Minutes in which the service was not as good as promised."),
    ),
    "noisy_share_percent": (
        _lt("Share of a noisy neighbour"),
        _lt(
            "The part of its cluster that a tenant takes while others suffer; there is none of who "
            "disturbs nobody."
        ),
    ),
    # Platform
    "worker_silent_s": (
        _lt("Worker silent"),
        _lt("For how long no runner of operations has had its turn."),
    ),
    "operations_waiting": (
        _lt("Waiting operations"),
        _lt("Operations that are due and have not begun."),
    ),
    "operations_oldest_s": (
        _lt("Longest waiting operation"),
        _lt("How long the oldest of them has waited."),
    ),
    "operations_failed": (
        _lt("Failed operations"),
        _lt("Operations that failed and that nobody has looked at."),
    ),
    "nodes_silent": (
        _lt("Silent nodes"),
        _lt("Clusters whose nodes have told nothing for 5 minutes."),
    ),
    "crons_late": (
        _lt("Late scheduled actions"),
        _lt("Scheduled actions of the control plane overdue by 10 minutes."),
    ),
    "mails_waiting": (
        _lt("Mails waiting"),
        _lt("Mails of the control plane that are not sent yet."),
    ),
    "webhooks_given_up": (
        _lt("Given-up deliveries"),
        _lt("Deliveries of webhooks that were given up."),
    ),
    "channel_failures": (
        _lt("Failing channels"),
        _lt("Channels of alerts whose last message did not arrive."),
    ),
    "audit_unsealed_s": (
        _lt("Unsealed audit entries"),
        _lt("Age of the oldest entry of the audit log without a seal."),
    ),
    "security_events": (
        _lt("Security events"),
        _lt("Grave events and warnings noticed in the last hour."),
    ),
    "login_failures_one_source": (
        _lt("Failed logins of one source"),
        _lt("Most failed logins from one address over all tenants."),
    ),
    "unbilled_usage_periods": (
        _lt("Usage not billed"),
        _lt("Days of usage, over for a day, that billing was not told of."),
    ),
    "metric_rows_unplaced": (
        _lt("Metrics without a day"),
        _lt("Rows of metrics that lie in a default partition."),
    ),
}
FAMILIES = {
    "machine": _lt("Machine"),
    "cluster": _lt("Database Server"),
    "database": _lt("Database"),
    "gateway": _lt("Requests"),
    "door": _lt("Front Door"),
    "probe": _lt("Inside the Tenant"),
    "size": _lt("Size"),
    "audit": _lt("Security"),
    "backup": _lt("Backups"),
    "target": _lt("Backup Target"),
    "dependency": _lt("Outside Service"),
    "service": _lt("Service"),
    "platform": _lt("Platform"),
}
