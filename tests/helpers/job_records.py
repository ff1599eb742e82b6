"""The records that jobs work for, in memory: tenants, databases, versions, routes, one cluster.

Owns: which part does what the `_step_…` methods of the models do to rows. Does not own: the rows
(`job_rows.py`), transactions and journal (`job_journal.py`), what lies on servers (`job_world.py`).
"""

from typing import Any

from tests.helpers.job_adoptions import AdoptionRecords
from tests.helpers.job_alerts import AlertRecords
from tests.helpers.job_backups import BackupRecords
from tests.helpers.job_billing import BillingRecords
from tests.helpers.job_clusters import ClusterRecords
from tests.helpers.job_copies import CopyRecords
from tests.helpers.job_databases import DatabaseRecords
from tests.helpers.job_moves import MoveRecords
from tests.helpers.job_supports import SupportRecords
from tests.helpers.job_tenants import TenantRecords
from tests.helpers.job_upgrades import UpgradeRecords


class MemoryRecords(
    TenantRecords,
    DatabaseRecords,
    SupportRecords,
    ClusterRecords,
    BackupRecords,
    CopyRecords,
    MoveRecords,
    UpgradeRecords,
    BillingRecords,
    AlertRecords,
    AdoptionRecords,
):
    """`jobs.journal.Records` on a session."""

    def call(self, link: str, step: str, **values: Any) -> dict[str, Any]:
        return getattr(self, f"_{link}_{step}")(**values) or {}
