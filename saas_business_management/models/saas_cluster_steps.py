"""What operations write to a cluster, and what placement wants to know of it.

Owns: `_step_…` called by jobs, facts for the kernel. Does not own: the decisions
(kernel/provisioning).
"""

from typing import Any

from odoo import api, fields, models

from ..kernel.provisioning.placement import DEDICATED, ClusterFacts

OCCUPYING = ("building", "ready", "standby", "claimed", "dropping")


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    @api.private
    def _step_checked(self, checks: list[dict[str, Any]]) -> dict[str, Any]:
        """Take over the outcome of a connection test."""
        self._apply_checks(checks)
        return {
            "passed": sum(row["ok"] for row in checks),
            "failed": sum(not row["ok"] for row in checks),
        }

    def _apply_checks(self, rows: list[dict[str, Any]]) -> None:
        """Replace the test lines by these (`code, ok, facts, mend`) and set the state they give."""
        self.ensure_one()
        self.env["saas.cluster.check"]._replace(self, rows)
        now = fields.Datetime.now()
        passed = bool(rows) and all(row["ok"] for row in rows)
        vals = {"checked_at": now, "state": "ready" if passed else "failing"}
        self.write({**vals, "passed_at": now} if passed else vals)

    @api.private
    def _step_modules_read(self, modules: list[dict[str, Any]]) -> None:
        """Take over the catalogue of modules that was read on the cluster."""
        self.ensure_one()
        self.env["saas.module"]._apply_modules(self, modules)
        self.modules_read_at = fields.Datetime.now()

    @api.private
    def _step_fingerprints_read(self, fingerprints: dict[str, str]) -> None:
        """Note which published versions were built from other code than the cluster has now."""
        for version_id, fingerprint in fingerprints.items():
            version = self.env["saas.template.version"].browse(int(version_id)).exists()
            if version.state == "published":
                version._compare_code(fingerprint)

    @api.private
    def _placement_facts(self) -> ClusterFacts:
        """Return what the kernel needs to place a tenant: standby copies and databases in the
        making count as used.
        """
        self.ensure_one()
        used = self.env["saas.database"].search_count(
            [("cluster_id", "=", self.id), ("kind", "=", "tenant"), ("stage", "in", OCCUPYING)]
        )
        return ClusterFacts(
            key=self.key,
            active=self.active,
            healthy=self.state != "failing",
            capacity=self.capacity,
            used=used,
            company_id=self.company_id.id or 0,
            region=self.region or "",
            hosting=self.hosting,
            customers=self._customers() if self.hosting == DEDICATED else frozenset(),
        )

    def _customers(self):
        """Return the ids of the customers who have a tenant here; 0 stands for one not known."""
        here = [("cluster_id", "=", self.id), ("database_id", "!=", False)]
        tenants_sudo = self.env["saas.tenant"].sudo().search(here)
        return frozenset(one.partner_id.commercial_partner_id.id or 0 for one in tenants_sudo)
