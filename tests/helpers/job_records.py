"""The records that jobs work for, in memory: tenants, databases, versions, routes, one cluster.

Owns: which part does what the `_step_…` methods of the models do to rows. Does not own: the rows
(`job_rows.py`), transactions and journal (`job_journal.py`), what lies on servers (`job_world.py`).
"""

from typing import Any

from tests.helpers.job_backups import BackupRecords
from tests.helpers.job_billing import BillingRecords
from tests.helpers.job_clusters import ClusterRecords
from tests.helpers.job_databases import DatabaseRecords
from tests.helpers.job_restores import RestoreRecords
from tests.helpers.job_supports import SupportRecords
from tests.helpers.job_tenants import TenantRecords


class MemoryRecords(
    TenantRecords,
    DatabaseRecords,
    SupportRecords,
    ClusterRecords,
    BackupRecords,
    RestoreRecords,
    BillingRecords,
):
    """`jobs.journal.Records` on a session."""

    def call(self, link: str, step: str, **values: Any) -> dict[str, Any]:
        return getattr(self, f"_{link}_{step}")(**values) or {}
