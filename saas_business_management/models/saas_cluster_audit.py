"""What the hourly audit of a cluster is compared with, and what it found.

Owns: the control plane's side of audits A1, A2, A8; findings on the doctor's page. Does not own:
the comparison
(`kernel/provisioning/audit.py`), removing (job `audit_cluster`).
"""

from types import SimpleNamespace
from typing import Any

from odoo import api, models

from ..kernel.provisioning.audit import Finding, Inventory, Known, audit
from ..kernel.provisioning.naming import stem_of
from ..kernel.work.states import UNSETTLED
from .saas_database import WITH_ROLE

STAGES = {
    "building": "building",
    "ready": "ready",
    "standby": "ready",
    "claimed": "claimed",
    "dropping": "gone",
    "dropped": "gone",
}


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    @api.private
    def _step_audit(self, databases: list, roles: list, folders: list) -> dict[str, Any]:
        """Compare what lies on the cluster with the records; return what may be swept."""
        self.ensure_one()
        inventory = Inventory(
            provisioner=self.prov_role,
            databases=tuple(SimpleNamespace(**row) for row in databases),
            roles=tuple(SimpleNamespace(**row) for row in roles),
            folders=tuple(folders),
        )
        found = audit(self._known(), inventory)
        self.env["saas.doctor.finding"]._note_audit(self, found)
        return {
            "findings": len(found),
            "sweep": [self._sweepable(one) for one in found if one.sweep],
        }

    def _known(self) -> list[Known]:
        rows_sudo = self.env["saas.database"].sudo().search([("cluster_id", "=", self.id)])
        busy = self._busy(rows_sudo)
        return [
            Known(
                name=row.name,
                stage=STAGES[row.stage],
                busy=row.id in busy,
                oid=row.oid,
                has_role=row.kind in WITH_ROLE,
                has_folder=row.kind in ("tenant", "kept", "moved"),
            )
            for row in rows_sudo
        ]

    def _busy(self, rows: models.Model) -> set[int]:
        """Return the ids of databases that an operation works on or, dead, still answers for."""
        # One that applies limits waits for a tenant as long as that wishes; nobody else does.
        unsettled = [("state", "in", tuple(UNSETTLED)), ("kind", "!=", "apply_limits")]
        jobs_sudo = self.env["saas.job"].sudo().search(unsettled)
        return set(
            (
                jobs_sudo.database_id
                | jobs_sudo.tenant_id.database_id
                | jobs_sudo.tenant_move_id.database_id
                | jobs_sudo.tenant_move_id.source_database_id
                | jobs_sudo.version_id.database_id
                | jobs_sudo.copy_id.database_id
            ).ids
        )

    @api.private
    def _step_confirm_sweep(self, sweep: list[dict[str, str]]) -> dict[str, Any]:
        """Return those that still nobody needs: a row may have been written while the cluster was
        being listed.
        """
        known = {row.name: row for row in self._known()}
        kept = [one for one in sweep if self._unneeded(known.get(stem_of(one["name"])))]
        return {"sweep": kept}

    @api.model
    def _unneeded(self, row: Known | None) -> bool:
        return row is None or (not row.busy and row.stage in ("building", "gone"))

    def _sweepable(self, finding: Finding) -> dict[str, str]:
        return {"kind": finding.what, "name": finding.name, "why": finding.kind}
