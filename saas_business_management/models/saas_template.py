"""A tenant template: which modules and settings a new tenant begins with.

Owns: what people choose. Does not own: what is built from it (`saas_template_version.py`),
staleness (`saas_template_spec.py`), building and standby copies (`saas_template_build.py`).
"""

import re
import unicodedata
from typing import Any

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import ValidationError

COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def slug(text: str) -> str:
    """Return a name as a code: a–z, 0–9 and hyphens, at most 40 characters; empty when nothing is
    left.
    """
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].rstrip("-")


class SaasTemplate(models.Model):
    _name = "saas.template"
    _description = "Tenant Template"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.operations", "saas.limits"]
    _order = "sequence, name, id"
    _job_link = "template_id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        tracking=True,
        help="Short name for commands and the API.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        default=lambda self: self.env.company,
        help="Empty: every company may use it.",
    )
    description = fields.Text(translate=True, help="What a tenant made from it is good for.")
    cluster_id = fields.Many2one(
        "saas.cluster",
        string="Cluster",
        tracking=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self._only_cluster(),
        help="Where it is built, and where its tenants live.",
    )
    module_ids = fields.Many2many(
        "saas.module", string="Modules", domain="[('cluster_id', '=', cluster_id)]"
    )
    demo_data = fields.Boolean(
        tracking=True, help="Load the modules' demonstration data, for a tenant to try things out."
    )
    lang = fields.Selection(
        selection="_select_lang", string="Language", default="en_US", required=True, tracking=True
    )
    extra_lang_ids = fields.Many2many(
        "res.lang",
        string="More Languages",
        context={"active_test": False},
        help="Also installed, for users to choose.",
    )
    country_id = fields.Many2one("res.country", tracking=True)
    currency_id = fields.Many2one("res.currency", tracking=True, context={"active_test": False})
    chart = fields.Selection(
        selection="_select_chart",
        string="Chart of Accounts",
        tracking=True,
        help="Used when accounting is among the modules.",
    )
    tz = fields.Selection(
        selection=_tz_get, string="Time Zone", default="UTC", required=True, tracking=True
    )
    company_label = fields.Char(
        string="Company Name",
        translate=False,
        help="Name of the company until a tenant gets its own.",
    )
    logo = fields.Image(max_width=512, max_height=512)
    primary_color = fields.Char(tracking=True)
    secondary_color = fields.Char(tracking=True)
    parameter_ids = fields.One2many(
        "saas.template.parameter", "template_id", string="System Parameters", copy=True
    )
    standby_wanted = fields.Integer(
        string="Standby Copies",
        tracking=True,
        help="Ready copies kept waiting, so that a tenant opens at once.",
    )

    _code_unique = models.Constraint("UNIQUE (code)", "Another template has this code already.")
    _code_form = models.Constraint(
        "CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,39}$')",
        "A code has a–z, 0–9 and hyphens and at most 40 characters.",
    )
    _standby_border = models.Constraint(
        "CHECK (standby_wanted BETWEEN 0 AND 50)",
        "Keep between 0 and 50 standby copies of a template.",
    )
    _limits_positive = models.Constraint(
        "CHECK (limit_users >= 0 AND limit_storage_gb >= 0 AND limit_api_calls >= 0 AND "
        "limit_bandwidth_gb >= 0)",
        "A limit cannot be negative; 0 means no limit.",
    )

    @api.depends("name")
    def _compute_code(self) -> None:
        for template in self:
            template.code = template.code or slug(template.name)

    @api.model
    def _only_cluster(self) -> models.Model:
        clusters = self.env["saas.cluster"].search([], limit=2)
        return clusters if len(clusters) == 1 else clusters.browse()

    @api.model
    def _select_lang(self) -> list[tuple[str, str]]:
        langs = self.env["res.lang"].sudo().with_context(active_test=False).search([], order="name")
        return [(lang.code, lang.name) for lang in langs]

    @api.model
    def _select_chart(self) -> list[tuple[str, str]]:
        charts = self.env["account.chart.template"].sudo()._get_chart_template_mapping()
        return sorted(
            ((code, chart["name"]) for code, chart in charts.items()), key=lambda pair: pair[1]
        )

    @api.onchange("country_id")
    def _onchange_country_id(self) -> None:
        """A country brings its currency and its chart of accounts along."""
        if self.country_id:
            self.currency_id = self.country_id.currency_id
            self.chart = (
                self.env["account.chart.template"].sudo()._guess_chart_template(self.country_id)
            )

    @api.constrains("primary_color", "secondary_color")
    def _check_colors(self) -> None:
        for template in self:
            for color in (template.primary_color, template.secondary_color):
                if color and not COLOR.fullmatch(color):
                    raise ValidationError(
                        self.env._(
                            "“%(color)s” is not a colour: write it like #0A4C8C.", color=color
                        )
                    )

    @api.constrains("module_ids", "cluster_id")
    def _check_modules(self) -> None:
        for template in self.filtered("cluster_id"):
            foreign = template.module_ids.filtered(
                lambda module, own=template.cluster_id: module.cluster_id != own
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(cluster)s does not offer these modules: %(modules)s. Remove them, or "
                        "choose another cluster.",
                        cluster=template.cluster_id.name,
                        modules=", ".join(foreign.mapped("technical_name")),
                    )
                )

    @api.constrains("cluster_id")
    def _check_cluster(self) -> None:
        for template in self:
            built_at = template.version_ids.database_id.cluster_id
            if built_at - template.cluster_id:
                raise ValidationError(
                    self.env._(
                        "Versions of %(template)s lie on another cluster. Duplicate the "
                        "template instead.",
                        template=template.name,
                    )
                )

    def copy_data(self, default: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        return [
            dict(
                vals,
                name=self.env._("%(name)s (copy)", name=template.name),
                code=slug(f"{template.code[:34]}-copy"),
            )
            for template, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_built(self) -> None:
        if self.version_ids or any(template.tenant_count for template in self):
            raise ValidationError(
                self.env._(
                    "This template was built or has tenants. Archive it instead: its history "
                    "stays readable."
                )
            )
