"""How a template stands: its versions, its last build, its tenants and standby copies.

Owns: these computed facts. Does not own: what people choose (`saas_template.py`), staleness
(`saas_template_spec.py`).
"""

from typing import Any

from odoo import api, fields, models


class SaasTemplate(models.Model):
    _inherit = "saas.template"

    version_ids = fields.One2many(
        "saas.template.version", "template_id", string="Versions", readonly=True
    )
    published_version_id = fields.Many2one(
        "saas.template.version",
        string="Published Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    latest_version_id = fields.Many2one(
        "saas.template.version", compute="_compute_state", store=True, string="Last Build"
    )
    latest_state = fields.Selection(
        related="latest_version_id.state", string="Last Build State", store=True
    )
    latest_error = fields.Text(
        related="latest_version_id.error_text", string="Why the Last Build Failed"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("building", "Building"),
            ("failed", "Build Failed"),
            ("healthy", "Healthy"),
            ("published", "Published"),
        ],
        compute="_compute_state",
        store=True,
        tracking=True,
    )
    tenant_count = fields.Integer(string="Tenants", compute="_compute_tenant_count")
    version_count = fields.Integer(string="Number of Versions", compute="_compute_version_count")
    standby_count = fields.Integer(string="Standby Copies Ready", compute="_compute_standby_count")
    standby_low = fields.Boolean(compute="_compute_standby_count", search="_search_standby_low")

    @api.depends("published_version_id", "version_ids.state", "version_ids.number")
    def _compute_state(self) -> None:
        for template in self:
            versions = template.version_ids.sorted("number")
            template.latest_version_id = versions[-1:]
            latest = versions[-1:].state
            if template.published_version_id:
                template.state = "published"
            else:
                template.state = latest if latest in ("building", "failed", "healthy") else "draft"

    def _compute_tenant_count(self) -> None:
        self._count("saas.tenant", [("state", "not in", ("deleted",))], "tenant_count")

    def _compute_version_count(self) -> None:
        self._count("saas.template.version", [], "version_count")

    def _count(self, model: str, domain: list, name: str) -> None:
        groups = self.env[model]._read_group(
            [("template_id", "in", self.ids), *domain], ["template_id"], ["__count"]
        )
        counts = {template.id: count for template, count in groups}
        for template in self:
            template[name] = counts.get(template._origin.id, 0)

    def _compute_standby_count(self) -> None:
        groups = (
            self.env["saas.database"]
            .sudo()
            ._read_group(
                [("stage", "=", "standby"), ("version_id", "in", self.published_version_id.ids)],
                ["version_id"],
                ["__count"],
            )
        )
        counts = {version.id: count for version, count in groups}
        for template in self:
            template.standby_count = counts.get(template.published_version_id.id, 0)
            template.standby_low = (
                bool(template.published_version_id)
                and template.standby_count < template.standby_wanted
            )

    def _search_standby_low(self, operator: str, value: Any) -> list:
        wanted = self.search([("standby_wanted", ">", 0), ("published_version_id", "!=", False)])
        return (
            [("id", operator, wanted.filtered("standby_low").ids)]
            if operator == "in"
            else NotImplemented
        )
