"""Rules of alerting: what is looked at, when it is bad, for how long, and what to do about it.

Owns: the rows, their bounds, giving the kernel its rule. Does not own: the rules that come with the
product (`data/alert_rules_*.xml`), judging (`saas_alert_pass.py`), other thresholds
(`saas_alert_override.py`).
"""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..kernel.alerting import rule as kernel
from ..kernel.monitoring import layers, metric

LAYERS = [
    (layers.INFRASTRUCTURE, "Infrastructure"),
    (layers.APPLICATION, "Application"),
    (layers.DATABASE, "Database"),
    (layers.TENANT, "Tenant"),
    (layers.BUSINESS, "Business"),
    (layers.SECURITY, "Security"),
]
SCOPES = [
    (layers.TENANT, "Tenant"),
    (layers.CLUSTER, "Cluster"),
    (layers.MACHINE, "Machine"),
    (layers.TARGET, "Backup Target"),
    (layers.DEPENDENCY, "Outside Service"),
    (layers.PLATFORM, "Platform"),
]
SEVERITIES = [
    (layers.INFO, "Information"),
    (layers.WARNING, "Warning"),
    (layers.CRITICAL, "Critical"),
]
NO_DATA = [
    (kernel.KEEP, "Leave it as it is"),
    (kernel.OK, "Take it as good"),
    (kernel.ALERT, "Take it as bad"),
]
HOWS = [
    (kernel.LAST, "Last"),
    (kernel.AVG, "Average"),
    (kernel.MAX, "Highest"),
    (kernel.MIN, "Lowest"),
    (kernel.SUM, "Sum"),
    (kernel.COUNT, "Number of Readings"),
    (kernel.USUAL, "Usual at This Hour"),
]
COMPARISONS = [
    (">", "is above"),
    (">=", "is at least"),
    ("<", "is below"),
    ("<=", "is at most"),
    ("=", "is"),
]
assert {one for one, _label in HOWS} == set(kernel.HOWS)
assert kernel.SEVERITIES == layers.SEVERITIES
CODE = re.compile(r"[a-z][a-z0-9_]{2,58}")


def metric_label(code):
    """Return how a metric is called where nobody named it better."""
    words = re.sub(r"_(s|ms|bytes|percent)$", "", code).replace("_", " ")
    return words.capitalize()


class SaasAlertRule(models.Model):
    _name = "saas.alert.rule"
    _description = "Alert Rule"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "layer, severity, code"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        required=True,
        index=True,
        copy=False,
        help="What other systems know it by. It never changes.",
    )
    active = fields.Boolean(default=True, tracking=True)
    shipped = fields.Boolean(readonly=True, copy=False, string="Comes with the Product")
    layer = fields.Selection(LAYERS, required=True, default=layers.TENANT)
    scope = fields.Selection(
        SCOPES, compute="_compute_scope", store=True, string="About", help="What an alert is of."
    )
    severity = fields.Selection(
        SEVERITIES,
        required=True,
        default=layers.WARNING,
        tracking=True,
        help="Critical wakes somebody at any hour, a warning waits for business hours, information "
        "is only shown.",
    )
    condition_ids = fields.One2many(
        "saas.alert.condition", "rule_id", string="Conditions", copy=True
    )
    for_minutes = fields.Integer(
        string="Holds For (Minutes)",
        default=5,
        tracking=True,
        help="It fires when its conditions held for so long.",
    )
    keep_minutes = fields.Integer(
        string="Quiet For (Minutes)",
        default=5,
        tracking=True,
        help="It is resolved when its conditions did not hold for so long. Doubled for an alert "
        "that comes and goes.",
    )
    no_data = fields.Selection(
        NO_DATA, required=True, default=kernel.KEEP, string="Without Readings", tracking=True
    )
    meaning = fields.Text(translate=True, string="What It Means")
    look = fields.Text(translate=True, string="Where to Look")
    mend = fields.Text(translate=True, string="What to Do")
    broken_text = fields.Char(readonly=True, copy=False, string="Why It Cannot Be Judged")
    override_ids = fields.One2many("saas.alert.override", "rule_id", string="Other Thresholds")
    firing_count = fields.Integer(compute="_compute_firing_count", string="Firing")
    summary = fields.Char(compute="_compute_summary", string="When")

    _code_uniq = models.Constraint("UNIQUE (code)", "There is a rule with this code already.")
    _minutes_range = models.Constraint(
        "CHECK (for_minutes BETWEEN 0 AND 10080 AND keep_minutes BETWEEN 0 AND 10080)",
        "Minutes are between 0 and 10080, which is a week.",
    )

    @api.depends("condition_ids.metric", "condition_ids.sequence")
    def _compute_scope(self):
        for one in self:
            first = one.condition_ids.sorted("sequence")[:1]
            known = first.metric in metric.METRICS
            one.scope = metric.scope(first.metric) if known else False

    def _compute_firing_count(self):
        counts = dict(
            self.env["saas.alert"]._read_group(
                [("rule_id", "in", self.ids), ("state", "=", "firing")], ["rule_id"], ["__count"]
            )
        )
        for one in self:
            one.firing_count = counts.get(one, 0)

    @api.depends("condition_ids", "for_minutes")
    @api.depends_context("lang")
    def _compute_summary(self):
        for one in self:
            said = self.env._(" and ").join(one.condition_ids.mapped("display_name"))
            one.summary = said
            if said and one.for_minutes:
                one.summary = self.env._(
                    "%(what)s for %(minutes)s minutes", what=said, minutes=one.for_minutes
                )

    @api.constrains("code")
    def _check_code(self):
        for one in self:
            if not CODE.fullmatch(one.code or ""):
                raise ValidationError(
                    self.env._(
                        "A code has 3 to 59 small letters, digits and underscores, and begins with "
                        "a letter."
                    )
                )

    @api.constrains("condition_ids")
    def _check_conditions(self):
        for one in self:
            scopes = {
                metric.scope(each.metric)
                for each in one.condition_ids
                if each.metric in metric.METRICS
            }
            if len(scopes) > 1:
                raise ValidationError(
                    self.env._(
                        "All metrics of a rule are of the same kind of thing: of tenants, or of "
                        "clusters, and so on."
                    )
                )

    def write(self, vals):
        if "code" in vals and any(one.code != vals["code"] for one in self):
            raise UserError(self.env._("The code of a rule never changes. Copy the rule instead."))
        return super().write(vals)

    def copy_data(self, default=None):
        told = super().copy_data(default)
        for one, vals in zip(self, told, strict=True):
            vals.setdefault("code", f"{one.code[:48]}_copy")
            vals["name"] = self.env._("%(name)s (copy)", name=one.name)
        return told

    @api.ondelete(at_uninstall=False)
    def _unlink_own(self):
        if self.filtered("shipped") or self.env["saas.alert"].sudo().search_count(
            [("rule_id", "in", self.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "This rule comes with the product or has alerts already: archive it instead."
                )
            )

    def action_view_alerts(self):
        """Open the alerts of this rule."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_alert"
        )
        return dict(action, domain=[("rule_id", "=", self.id)], context={}, path=False)

    @api.private
    def _to_rule(self):
        """Return it as the kernel judges it.

        Raises: KeyError for a metric that nobody keeps, ValueError without any condition.
        """
        self.ensure_one()
        conditions = tuple(one._to_condition() for one in self.condition_ids.sorted("sequence"))
        if not conditions:
            raise ValueError(self.code)
        return kernel.Rule(
            code=self.code,
            conditions=conditions,
            severity=self.severity,
            scope=metric.scope(conditions[0].metric),
            layer=self.layer,
            for_minutes=self.for_minutes,
            keep_minutes=self.keep_minutes,
            no_data=self.no_data,
        )

    @api.private
    def _broke(self, why):
        """Show why it cannot be judged, nothing when it can; return the rules of which that is
        news.
        """
        changed = self.filtered(lambda one: (one.broken_text or "") != why)
        changed.sudo().write({"broken_text": why or False})
        return changed

    def _outlived(self, code):
        """Archive what came with an earlier version about a metric that nobody keeps any more.

        A rule that people made stays broken, where they see it, until they mend it.
        """
        if not self.shipped:
            return
        self.sudo().active = False
        self.message_post(
            body=self.env._(
                "Archived: it came with an earlier version, and nobody keeps the metric "
                "“%(metric)s” any more. Its alerts ended.",
                metric=code,
            )
        )


class SaasAlertCondition(models.Model):
    _name = "saas.alert.condition"
    _description = "Condition of an Alert Rule"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one("saas.alert.rule", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    metric = fields.Selection(
        selection=lambda self: self._metrics(), required=True, string="Metric"
    )
    how = fields.Selection(HOWS, required=True, default=kernel.LAST, string="Reading")
    window_minutes = fields.Integer(required=True, default=10, string="Of Minutes")
    of = fields.Selection(
        selection=lambda self: [(kernel.USUAL, "Usual at This Hour"), *self._metrics()],
        string="As Percent Of",
        help="Empty: the reading itself.",
    )
    comparison = fields.Selection(COMPARISONS, required=True, default=">")
    threshold = fields.Float(required=True, digits=(16, 3))
    unit = fields.Char(compute="_compute_unit")

    _window_range = models.Constraint(
        "CHECK (window_minutes BETWEEN 1 AND 10080)",
        "A window has 1 to 10080 minutes, which is a week.",
    )

    @api.model
    def _metrics(self):
        return [(code, metric_label(code)) for code in metric.METRICS]

    @api.depends("metric", "of", "how")
    def _compute_unit(self):
        for one in self:
            known = metric.METRICS.get(one.metric)
            plain = "" if one.how == kernel.COUNT else known.unit if known else ""
            one.unit = "%" if one.of else plain

    @api.depends("metric", "how", "window_minutes", "of", "comparison", "threshold")
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = {name: self._spoken(name) for name in ("metric", "how", "of", "comparison")}
        for one in self:
            what = words["metric"].get(one.metric, one.metric or "")
            if one.of:
                of = words["of"].get(one.of, one.of)
                what = self.env._("%(what)s as percent of %(of)s", what=what, of=of.lower())
            is_ = words["comparison"].get(one.comparison, "")
            one.display_name = f"{what} {is_} {one.threshold:g} {one.unit}".strip()

    def _spoken(self, name):
        return dict(self._fields[name]._description_selection(self.env))

    @api.constrains("metric", "how", "window_minutes", "of")
    def _check_window(self):
        for one in self.filtered(lambda one: one.metric in metric.METRICS):
            seconds = metric.FAMILIES[metric.METRICS[one.metric].family].seconds
            if one.how != kernel.USUAL and one.window_minutes * 60 < 2 * seconds:
                raise ValidationError(
                    self.env._(
                        "“%(metric)s” is read every %(minutes)s minutes, so its window needs at "
                        "least twice as many.",
                        metric=metric_label(one.metric),
                        minutes=round(seconds / 60),
                    )
                )

    @api.private
    def _to_condition(self):
        """Return it as the kernel judges it.

        Raises: KeyError for a metric that nobody keeps.
        """
        for code in (self.metric, self.of):
            if code and code != kernel.USUAL and code not in metric.METRICS:
                raise KeyError(code)
        return kernel.Condition(
            metric=self.metric,
            comparison=self.comparison,
            threshold=self.threshold,
            how=self.how,
            window_minutes=self.window_minutes,
            of=self.of or "",
        )
