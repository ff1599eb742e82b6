"""What people ask of a cluster: tests, module catalogues, audits; and what stands on it.

Owns: buttons, crons, counts. Does not own: the operations (`jobs/`), what they write
(`saas_cluster_steps.py`).
"""

from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    tenant_count = fields.Integer(string="Tenants on Cluster", compute="_compute_tenant_count")
    template_count = fields.Integer(string="Templates", compute="_compute_template_count")
    module_count = fields.Integer(string="Modules", compute="_compute_module_count")

    def _compute_tenant_count(self) -> None:
        self._count("saas.tenant", "tenant_count")

    def _compute_template_count(self) -> None:
        self._count("saas.template", "template_count")

    def _compute_module_count(self) -> None:
        self._count("saas.module", "module_count")

    def _count(self, model: str, name: str) -> None:
        groups = self.env[model]._read_group(
            [("cluster_id", "in", self.ids)], ["cluster_id"], ["__count"]
        )
        counts = {cluster.id: count for cluster, count in groups}
        for cluster in self:
            cluster[name] = counts.get(cluster._origin.id, 0)

    @api.model
    def _own_jobs(self) -> Domain:
        tenants = Domain("tenant_id", "=", False) & Domain("database_id", "=", False)
        return tenants & Domain("version_id", "=", False)

    def action_test_connection(self) -> bool:
        """Have every right, folder and address of this cluster tested; the result appears on the
        form.
        """
        self._check_startable()
        self._test_connection()
        return True

    def action_refresh_modules(self) -> bool:
        """Have the modules on the cluster read again and published versions compared with them."""
        self._check_startable()
        self._refresh_modules()
        return True

    def _check_startable(self) -> None:
        """Let operators start work on clusters that can be reached, and say what is missing."""
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        for cluster in self:
            if not cluster.has_secrets:
                raise UserError(
                    self.env._(
                        "The secrets of %(cluster)s are not stored, so it cannot be reached. "
                        "Run “odoo saas cluster-prepare” for it first.",
                        cluster=cluster.name,
                    )
                )

    def _test_connection(self) -> None:
        for cluster in self.filtered("has_secrets"):
            cluster._start("test_cluster", cluster._test_spec())

    def _refresh_modules(self) -> None:
        for cluster in self.filtered("has_secrets"):
            versions = (
                self.env["saas.template.version"]
                .sudo()
                .search([("state", "=", "published"), ("template_id.cluster_id", "=", cluster.id)])
            )
            spec = {
                "versions": {str(version.id): sorted(version.modules or {}) for version in versions}
            }
            cluster._start("refresh_modules", spec)

    def _start(self, kind: str, spec: dict[str, Any], once: bool = True) -> models.Model:
        """Order an operation, with `once` the one that is open already; steps order without it
        (`saas.tenant._order_rotation`).
        """
        label = f"{kind}:{self.id}" if once else None
        return (
            self.env["saas.job"]
            .sudo()
            ._enqueue(kind, spec=spec, dedupe_key=label, cluster_id=self.id)
        )

    def action_view_tenants(self) -> dict:
        """Open the tenants on this cluster."""
        return self._open_list("action_saas_tenant")

    def action_view_templates(self) -> dict:
        """Open the templates of this cluster."""
        return self._open_list("action_saas_template")

    def action_view_modules(self) -> dict:
        """Open the modules this cluster offers."""
        return self._open_list("action_saas_module")

    def _open_list(self, name: str) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"saas_business_management.{name}")
        return dict(
            action,
            domain=[("cluster_id", "=", self.id)],
            context={"default_cluster_id": self.id},
            path=False,
        )

    @api.model
    def _cron_audit(self) -> None:
        """Compare every cluster with the records and read its modules again; test those that
        failed once more.
        """
        for cluster in self.search([("state", "=", "ready")]).filtered("has_secrets"):
            cluster._start("audit_cluster", {})
            cluster._refresh_modules()
        self.search([("state", "=", "failing")])._test_connection()
