"""Metrics of backups and sizes, from what the product knows of each tenant already.

Owns: these figures. Does not own: backups, proofs, readings of sizes (their own rooms).
"""

from datetime import timezone
from statistics import median

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.metering.builtin import SIZES
from .saas_tenant_backup_policy import BACKED_UP

# Of every tenant the sizes of the newest stored backups, and failures since the newest of them.
BACKUPS = """
SELECT b.tenant_id, array_agg(b.database_bytes + b.file_bytes ORDER BY b.started_at DESC)
           FILTER (WHERE b.state = 'stored' AND b.place <= 7),
       count(*) FILTER (WHERE b.state = 'failed' AND NOT EXISTS (
           SELECT FROM saas_backup AS later WHERE later.tenant_id = b.tenant_id
              AND later.state = 'stored' AND later.started_at > b.started_at))
  FROM (SELECT *, row_number() OVER (PARTITION BY tenant_id, state ORDER BY started_at DESC)
                  AS place
          FROM saas_backup
         WHERE tenant_id = ANY(%s) AND state IN ('stored', 'failed')) AS b
 WHERE b.place <= 20 GROUP BY b.tenant_id
"""
STORAGE = """
SELECT q.tenant_id, q.percent FROM saas_quota AS q JOIN saas_meter AS m ON m.id = q.meter_id
 WHERE m.code = 'storage_gb' AND q.has_limit AND q.used_known AND q.tenant_id = ANY(%s)
"""


class SaasMetric(models.AbstractModel):
    _inherit = "saas.metric"

    @api.model
    @api.private
    def _collect_backups(self):
        """Write down age, size and proof of every tenant's backups; return how many there are."""
        now = fields.Datetime.now()
        tenants_sudo = self.env["saas.tenant"].sudo().search([("state", "in", tuple(BACKED_UP))])
        self.env["saas.backup"].flush_model()
        told = {
            tenant: (sizes or [], failures)
            for tenant, sizes, failures in self.env.execute_query(SQL(BACKUPS, tenants_sudo.ids))
        }
        rows = [
            (now, tenant.id, tenant._backup_figures(now, *told.get(tenant.id, ([], 0))))
            for tenant in tenants_sudo
        ]
        self._add("backup", rows)
        return len(rows)

    @api.model
    @api.private
    def _add_sizes(self, looks, now):
        """Write down what a look at sizes told: `tenant, numbers` of databases and files."""
        tenants = [one["tenant"] for one in looks]
        self.env["saas.quota"].flush_model()
        percent = dict(self.env.execute_query(SQL(STORAGE, tenants)))
        rows = []
        for one in looks:
            sizes = {
                code: float(one["numbers"][code])
                for code in ("database_bytes", "filestore_bytes")
                if one["numbers"].get(code) is not None
            }
            rows.append(
                (now, one["tenant"], {**sizes, "storage_percent": percent.get(one["tenant"])})
            )
        self._add("size", rows)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def _backup_figures(self, now, sizes, failures):
        """Return metrics of one tenant's backups; without a schedule there is no overdue."""
        figures = {"backup_failures": failures}
        schedule = self._backup_schedule()
        if self.backup_verified_at:
            figures["backup_age_s"] = (now - self.backup_verified_at).total_seconds()
        if schedule:
            period = schedule[0].period.total_seconds()
            fresh_at = self._backup_made().fresh_at.astimezone(timezone.utc).replace(tzinfo=None)
            figures["backup_age_ratio"] = (now - fresh_at).total_seconds() / period
        if len(sizes) > 1 and (usual := median(sizes[1:])):
            figures["backup_size_ratio"] = sizes[0] / usual
        return {**figures, **self._proof_figures(now)}

    def _proof_figures(self, now):
        figures = {}
        proven_at, failed_at = self.backup_proven_at, self.backup_failure_at
        if proven_at:
            figures["proof_age_s"] = (now - proven_at).total_seconds()
        days = self.backup_policy_effective_id.sudo().proof_days
        since = proven_at or self.backup_since
        if days and since:
            figures["proof_overdue"] = float((now - since).days >= days)
        figures["restore_test_failed"] = float(
            bool(failed_at) and (not proven_at or failed_at > proven_at)
        )
        return figures


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    @api.private
    def _step_usage_read(self, source, looks):
        """Keep sizes as metrics too."""
        told = super()._step_usage_read(source, looks)
        if source == SIZES:
            self.env["saas.metric"]._add_sizes(looks, fields.Datetime.now())
        return told
