"""Having a template built, and its standby copies kept ready.

Owns: the buttons and the cron that ask for this work. Does not own: the work (`jobs/`), how many
copies (`kernel/provisioning/standby.py`).
"""

from typing import Any

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError

from ..kernel.provisioning import standby


class SaasTemplate(models.Model):
    _inherit = "saas.template"

    def action_build(self) -> dict:
        """Begin a new version, or show the build that runs already."""
        self.ensure_one()
        self.check_access("write")
        self._check_buildable()
        template_sudo = self.sudo()
        version_sudo = template_sudo.version_ids.filtered(lambda one: one.state == "building")
        if not version_sudo:
            version_sudo = template_sudo._begin_version()
        return self._show_job(version_sudo.job_id.with_env(self.env))

    def _check_buildable(self) -> None:
        if not self.cluster_id:
            raise RedirectWarning(
                self.env._(
                    "%(template)s has no cluster to be built on. Choose one first.",
                    template=self.name,
                ),
                self.env.ref("saas_business_management.action_saas_cluster").id,
                self.env._("Open Clusters"),
            )
        if not self.active:
            raise UserError(
                self.env._("%(template)s is archived. Bring it back first.", template=self.name)
            )

    def _begin_version(self) -> models.Model:
        version = self.env["saas.template.version"].create(
            {
                "template_id": self.id,
                "number": max(self.version_ids.mapped("number"), default=0) + 1,
                "spec": self._to_spec(),
            }
        )
        version.job_id = self.env["saas.job"]._enqueue(
            "build_template",
            spec={
                "golden": version.spec,
                "cluster": self.cluster_id.key,
                "former_bytes": int(self.published_version_id.bytes),
            },
            dedupe_key=f"build_template:{self.id}",
            serial_key=f"template:{self.id}",
            template_id=self.id,
            version_id=version.id,
            cluster_id=self.cluster_id.id,
        )
        return version

    def action_fill_standby(self) -> bool:
        """Have missing standby copies made now."""
        self.check_access("write")
        for template in self:
            if not template.published_version_id:
                raise UserError(
                    self.env._(
                        "%(template)s has no published version to copy. Build it first.",
                        template=template.name,
                    )
                )
        self.sudo()._keep_standby()
        return True

    def action_publish(self) -> bool:
        """Publish the last build."""
        return self.latest_version_id.action_publish()

    def action_discard(self) -> bool:
        """Discard the last build."""
        return self.latest_version_id.action_discard()

    def action_view_tenants(self) -> dict:
        """Open the tenants made from this template."""
        return self._open_list("action_saas_tenant", {"default_template_id": self.id})

    def action_view_versions(self) -> dict:
        """Open the versions of this template."""
        return self._open_list("action_saas_template_version", {})

    def action_view_standby(self) -> dict:
        """Open the standby copies of this template."""
        return dict(
            self._open_list("action_saas_database", {}),
            domain=self._standby_domain(),
        )

    def _standby_domain(self) -> list[tuple]:
        return [
            ("version_id.template_id", "=", self.id),
            ("kind", "=", "tenant"),
            ("tenant_id", "=", False),
            ("stage", "in", ("building", "ready", "standby")),
        ]

    def _open_list(self, name: str, context: dict[str, Any]) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"saas_business_management.{name}")
        return dict(action, domain=[("template_id", "=", self.id)], context=context, path=False)

    @api.model
    def _cron_maintain(self) -> None:
        """Make missing standby copies, give up useless ones, read modules never read before."""
        self.with_context(active_test=False).search([("version_ids", "!=", False)])._keep_standby()
        self.env["saas.cluster"].search(
            [("modules_read_at", "=", False), ("state", "=", "ready")]
        )._refresh_modules()

    def _keep_standby(self) -> None:
        for template in self.filtered("cluster_id"):
            pool = template._pool()
            for _number in range(standby.how_many_to_make(pool)):
                template._make_standby()
            useless = standby.which_to_drop(pool)
            self.env["saas.database"].search([("name", "in", useless)])._enqueue_drop()

    def _pool(self) -> standby.Pool:
        copies = self.env["saas.database"].search(self._standby_domain(), order="id")
        facts = self.cluster_id._placement_facts()
        return standby.Pool(
            wanted=self.standby_wanted,
            published=self.published_version_id.number or 0,
            active=self.active,
            capacity_left=facts.capacity - facts.used,
            standbys=tuple(
                standby.Standby(
                    copy.name,
                    copy.version_id.number,
                    standby.READY if copy.stage == "standby" else standby.BUILDING,
                )
                for copy in copies
            ),
            stale=self.is_stale,
            newer_build=self.latest_state == "building",
        )

    def _make_standby(self) -> None:
        version = self.published_version_id
        database = self.env["saas.database"]._reserve(
            "tenant", self.cluster_id, version_id=version.id
        )
        self.env["saas.job"]._enqueue(
            "fill_standby",
            dedupe_key=f"fill_standby:{database.name}",
            serial_key=f"database:{database.name}",
            priority=20,
            database_id=database.id,
            template_id=self.id,
            cluster_id=self.cluster_id.id,
        )
