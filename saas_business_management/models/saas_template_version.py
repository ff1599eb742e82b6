"""One build of a template: the golden database tenants are copied from.

Owns: its course building → healthy → published → retired, and that a published one is frozen. Does
not own: making it (job `build_template`).
"""

from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from .saas_job_look import duration_text

STATES = [
    ("building", "Building"),
    ("healthy", "Healthy"),
    ("published", "Published"),
    ("retired", "Retired"),
    ("failed", "Failed"),
    ("discarded", "Discarded"),
]
FROZEN = {
    "template_id",
    "number",
    "database_id",
    "spec",
    "modules",
    "fingerprint",
    "report",
    "bytes",
    "built_at",
    "seconds",
}


class SaasTemplateVersion(models.Model):
    _name = "saas.template.version"
    _description = "Template Version"
    _inherit = ["saas.operations"]
    _order = "template_id, number desc"
    _rec_names_search = ["template_id.name"]
    _job_link = "version_id"

    template_id = fields.Many2one(
        "saas.template", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="template_id.company_id", store=True, index=True)
    cluster_id = fields.Many2one(related="template_id.cluster_id", store=True, index=True)
    number = fields.Integer(required=True, readonly=True)
    state = fields.Selection(STATES, default="building", required=True, readonly=True, index=True)
    database_id = fields.Many2one("saas.database", readonly=True, ondelete="restrict")
    spec = fields.Json(readonly=True, string="Built From")
    modules = fields.Json(readonly=True, string="Modules and Versions")
    module_list = fields.Text(string="Modules", compute="_compute_module_list")
    module_count = fields.Integer(string="Number of Modules", compute="_compute_module_list")
    setting_list = fields.Text(string="Settings", compute="_compute_setting_list")
    fingerprint = fields.Char(readonly=True)
    report = fields.Json(readonly=True)
    built_at = fields.Datetime(string="Built", readonly=True)
    seconds = fields.Float(string="Seconds", readonly=True)
    duration = fields.Char(compute="_compute_duration")
    bytes = fields.Float(string="Size (Bytes)", digits=(20, 0), readonly=True)
    size_mb = fields.Float(string="Size (MB)", digits=(12, 1), compute="_compute_size_mb")
    job_id = fields.Many2one("saas.job", string="Build", readonly=True, ondelete="set null")
    error_text = fields.Text(related="job_id.error_text", string="Result")
    tenant_count = fields.Integer(string="Tenants", compute="_compute_tenant_count")

    _number_unique = models.Constraint(
        "UNIQUE (template_id, number)", "A template has each version number once."
    )
    _building_unique = models.UniqueIndex(
        "(template_id) WHERE state = 'building'",
        "A version of this template is being built already.",
    )
    _published_unique = models.UniqueIndex(
        "(template_id) WHERE state = 'published'", "A template has one published version."
    )

    @api.depends("template_id.name", "number")
    def _compute_display_name(self) -> None:
        for version in self:
            version.display_name = f"{version.template_id.name} v{version.number}"

    @api.depends("modules")
    def _compute_module_list(self) -> None:
        for version in self:
            rows = sorted((version.modules or {}).items())
            version.module_list = "\n".join(f"{name} {number}" for name, number in rows)
            version.module_count = len(rows)

    @api.depends("spec")
    def _compute_setting_list(self) -> None:
        """Tell the settings of the order, one a line."""
        labels = self.env["saas.template"]._part_labels()
        for version in self:
            spec = version.spec or {}
            lines = [
                f"{labels[part].capitalize()}: {version._told(spec[part])}"
                for part in labels
                if part != "modules" and spec.get(part)
            ]
            version.setting_list = "\n".join(lines)

    def _told(self, value: Any) -> str:
        if value is True:
            return self.env._("yes")
        if isinstance(value, dict):
            return (
                ", ".join(
                    f"{name} = {one}" for name, one in value.items() if one and name != "logo"
                )
                or "—"
            )
        return ", ".join(value) if isinstance(value, list) else str(value)

    @api.depends("seconds")
    def _compute_duration(self) -> None:
        for version in self:
            version.duration = duration_text(version.seconds)

    @api.depends("bytes")
    def _compute_size_mb(self) -> None:
        for version in self:
            version.size_mb = version.bytes / 1e6

    def _compute_tenant_count(self) -> None:
        groups = self.env["saas.tenant"]._read_group(
            [("version_id", "in", self.ids), ("state", "!=", "deleted")],
            ["version_id"],
            ["__count"],
        )
        counts = {version.id: count for version, count in groups}
        for version in self:
            version.tenant_count = counts.get(version._origin.id, 0)

    def write(self, vals: dict[str, Any]) -> bool:
        if FROZEN & vals.keys() and any(
            version.state in ("published", "retired") for version in self
        ):
            raise UserError(
                self.env._(
                    "A published version is frozen: tenants are copied from it. Change the "
                    "template and build a new version."
                )
            )
        return super().write(vals)

    def action_publish(self) -> bool:
        """Make a healthy version the one new tenants are copied from."""
        self.ensure_one()
        self.env["saas.cluster"].check_access("write")
        if self.state != "healthy":
            raise UserError(
                self.env._(
                    "Only a healthy version can be published; %(version)s is not.",
                    version=self.display_name,
                )
            )
        self.sudo()._publish()
        return True

    def action_discard(self) -> bool:
        """Give up a healthy version that was not published, and remove its database."""
        self.ensure_one()
        self.env["saas.template"].check_access("write")
        if self.state != "healthy":
            raise UserError(
                self.env._(
                    "Only a healthy version that is not published can be discarded; %(version)s "
                    "is not.",
                    version=self.display_name,
                )
            )
        self.sudo()._discard()
        return True

    def action_view_log(self) -> dict:
        """Open the operation that built this version."""
        self.ensure_one()
        return self._show_job(self.job_id)

    def action_view_tenants(self) -> dict:
        """Open the tenants made from this version."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_tenant"
        )
        return dict(action, domain=[("version_id", "=", self.id)], context={}, path=False)

    def _publish(self) -> None:
        """Publish this version and retire the one before it."""
        template = self.template_id
        template.published_version_id.state = "retired"
        self.env["saas.template.version"].flush_model(["state"])
        self.state = "published"
        template.write({"published_version_id": self.id, "code_changes": False})

    def _discard(self) -> None:
        self.state = "discarded"
        self.database_id._enqueue_drop()
