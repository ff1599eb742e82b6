"""The order for a build, and whether what was built still matches it.

Owns: `_to_spec`, staleness. Does not own: fingerprints of code (adapters, job `refresh_modules`).
"""

import hashlib
import json
from typing import Any

from odoo import api, fields, models

# Part of the order → what people call it.
PARTS = (
    *("modules", "languages", "language", "country", "currency", "time_zone"),
    *("chart", "demo", "parameters", "company"),
)
SPEC_FIELDS = (
    *("module_ids", "module_ids.technical_name", "demo_data", "lang", "extra_lang_ids"),
    *("country_id", "currency_id", "chart", "tz", "parameter_ids.key", "parameter_ids.value"),
    *("company_label", "logo", "primary_color", "secondary_color"),
)


class SaasTemplate(models.Model):
    _inherit = "saas.template"

    code_changes = fields.Char(
        string="Changed Modules",
        readonly=True,
        copy=False,
        help="What differs between the published version and the cluster.",
    )
    is_stale = fields.Boolean(string="Stale", compute="_compute_stale", store=True)
    stale_reason = fields.Char(string="Why Stale", compute="_compute_stale", store=True)
    stale_since = fields.Datetime(compute="_compute_stale", store=True)

    @api.depends(*SPEC_FIELDS, "code_changes", "published_version_id.spec")
    def _compute_stale(self) -> None:
        for template in self:
            reasons = template._stale_reasons()
            template.stale_reason = "; ".join(reasons)
            template.is_stale = bool(reasons)
            template.stale_since = (
                (template.stale_since or fields.Datetime.now()) if reasons else False
            )

    def _stale_reasons(self) -> list[str]:
        if not self.published_version_id:
            return []
        built, now = self.published_version_id.spec or {}, self._to_spec()
        labels = self._part_labels()
        changed = [labels[part] for part in PARTS if built.get(part) != now[part]]
        reasons = (
            [self.env._("changed here: %(settings)s", settings=", ".join(changed))]
            if changed
            else []
        )
        return [*reasons, self.code_changes] if self.code_changes else reasons

    def _part_labels(self) -> dict[str, str]:
        return {
            "modules": self.env._("modules"),
            "languages": self.env._("more languages"),
            "language": self.env._("language"),
            "country": self.env._("country"),
            "currency": self.env._("currency"),
            "time_zone": self.env._("time zone"),
            "chart": self.env._("chart of accounts"),
            "demo": self.env._("demo data"),
            "parameters": self.env._("system parameters"),
            "company": self.env._("company and branding"),
        }

    @api.private
    def _to_spec(self) -> dict[str, Any]:
        """Return the order for the golden build as plain JSON values, the same for the same
        choices.
        """
        self.ensure_one()
        extra = self.extra_lang_ids.with_context(active_test=False)
        return {
            "modules": sorted(self.module_ids.mapped("technical_name")),
            "languages": sorted({self.lang, *extra.mapped("code")}),
            "language": self.lang,
            "country": self.country_id.code or "",
            "currency": self.currency_id.name or "",
            "time_zone": self.tz,
            "chart": self.chart or "",
            "demo": self.demo_data,
            "parameters": {
                parameter.key: parameter.value for parameter in self.parameter_ids.sorted("key")
            },
            "company": self._company_spec(),
        }

    def _company_spec(self) -> dict[str, str]:
        logo = self.with_context(bin_size=False).logo or b""
        return {
            "name": self.company_label or "",
            "logo": logo.decode() if isinstance(logo, bytes) else logo,
            "primary_color": self.primary_color or "",
            "secondary_color": self.secondary_color or "",
        }

    @api.private
    def _settings_hash(self) -> str:
        """Return a hash over everything a build depends on but code."""
        text = json.dumps(self._to_spec(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
