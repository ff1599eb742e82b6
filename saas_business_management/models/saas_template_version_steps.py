"""What a build writes to its version, and what a look at the cluster's code tells about it.

Owns: `_step_…` called by the job `build_template`. Does not own: the build itself (`jobs/`),
publishing by hand.
"""

from typing import Any

from odoo import api, fields, models


class SaasTemplateVersion(models.Model):
    _inherit = "saas.template.version"

    @api.private
    def _step_intent(self, fence: int) -> dict[str, Any]:
        """Write the database's name down before it exists; a build that is tried again keeps its
        name.
        """
        self.ensure_one()
        database_sudo = self.database_id
        if database_sudo.stage in (False, "dropping", "dropped"):
            database_sudo = self.env["saas.database"]._reserve(
                "golden", self.template_id.cluster_id, version_id=self.id
            )
        database_sudo.fence = fence
        self.write(
            {
                "database_id": database_sudo.id,
                "job_id": self.env.context.get("saas_job_id") or self.job_id.id,
            }
        )
        return {"database": database_sudo.name}

    @api.private
    def _step_discard(self) -> None:
        """Note that nothing is left of the database of a build that failed."""
        self.database_id.write({"stage": "dropped"})

    @api.private
    def _step_failed(self) -> None:
        """Close a build that was undone; the published version stays."""
        self.write({"state": "failed", "built_at": fields.Datetime.now(), "seconds": self._took()})
        self.template_id.message_post(
            body=self.env._(
                "%(version)s was not built: %(reason)s The published version stays as it was.",
                version=self.display_name,
                reason=self.job_id.error_text or "",
            )
        )

    @api.private
    def _step_publish(
        self, report: dict[str, Any], fingerprint: str, bytes: float, oid: int
    ) -> None:
        """Take over a healthy build and make it the one tenants are copied from. May run twice."""
        if self.state == "published":
            return
        self.database_id.write({"stage": "ready", "oid": oid})
        self.write(
            {
                "state": "healthy",
                "modules": report["modules"],
                "report": report,
                "fingerprint": fingerprint,
                "bytes": bytes,
                "built_at": fields.Datetime.now(),
                "seconds": self._took(),
            }
        )
        self._publish()
        self.template_id.message_post(
            body=self.env._("%(version)s was built and published.", version=self.display_name)
        )

    def _took(self) -> float:
        started = self.job_id.started_at
        return (fields.Datetime.now() - started).total_seconds() if started else 0.0

    def _compare_code(self, fingerprint: str) -> None:
        """Note on the template how the cluster's modules differ from those of this version."""
        self.ensure_one()
        changes = self._code_changes(fingerprint) if fingerprint != self.fingerprint else False
        if self.template_id.code_changes != changes:
            self.template_id.code_changes = changes

    def _code_changes(self, fingerprint: str) -> str:
        """Return a sentence part such as "x_pos 1.2 → 1.3"."""
        if fingerprint.startswith("missing: "):
            return self.env._(
                "modules no longer there: %(modules)s",
                modules=fingerprint.removeprefix("missing: "),
            )
        offered = self.env["saas.module"].search([("cluster_id", "=", self.cluster_id.id)])
        now = {module.technical_name: module.version for module in offered}
        changed = [
            f"{name} {built} → {now[name]}"
            for name, built in sorted((self.modules or {}).items())
            if name in now and now[name] and now[name] != built
        ]
        if not changed:
            return self.env._("code changed on the cluster without a new version number")
        more = self.env._(" and %(count)s more", count=len(changed) - 3) if len(changed) > 3 else ""
        return ", ".join(changed[:3]) + more
