"""What an alert says in words: its figure beside what it should be.

Owns: the sentence and the form of figures. Does not own: names of rules, what to do about it
(`saas_alert_rule.py`).
"""

from odoo import api, fields, models
from odoo.tools import formatLang

STEPS = ((86_400, "d"), (3600, "h"), (60, "min"))


class SaasAlert(models.Model):
    _inherit = "saas.alert"

    text = fields.Char(compute="_compute_text", string="What")

    @api.depends("value", "rule_id")
    @api.depends_context("lang")
    def _compute_text(self):
        for row in self:
            first = row.rule_id.condition_ids.sorted("sequence")[:1]
            row.text = row._sentence(first) if first else False

    def _sentence(self, condition):
        what = dict(condition._fields["metric"]._description_selection(self.env))
        unit = condition.unit or ""
        return self.env._(
            "%(metric)s: %(value)s (alert %(when)s %(threshold)s)",
            metric=what.get(condition.metric, condition.metric),
            value=self._figure(self.value, unit),
            when=self._when(condition.comparison),
            threshold=self._figure(condition.threshold, unit),
        )

    def _when(self, comparison):
        _ = self.env._
        return {
            ">": _("above"),
            ">=": _("from"),
            "<": _("below"),
            "<=": _("up to"),
            "=": _("at"),
        }[comparison]

    @api.model
    def _figure(self, value, unit):
        """Return a figure as people read it."""
        if unit == "s" and abs(value) >= 120:
            size, name = next((size, name) for size, name in STEPS if abs(value) >= size)
            return f"{formatLang(self.env, value / size, digits=0)} {name}"
        if unit == "B" and abs(value) >= 10**6:
            size, name = (10**9, "GB") if abs(value) >= 10**9 else (10**6, "MB")
            return f"{formatLang(self.env, value / size, digits=1)} {name}"
        digits = 0 if float(value).is_integer() else 1
        return f"{formatLang(self.env, value, digits=digits)} {unit}".strip()
