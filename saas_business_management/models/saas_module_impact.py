"""Module impact: whether a change of modules made a tenant slower or heavier.

Owns: one row for each change that the audit of a tenant saw, its figures a week before and after.
Does not own: seeing changes (metric `modules_changed`), the words of a verdict
(`kernel/monitoring/impact.py`).
"""

from datetime import timedelta, timezone

from odoo import api, fields, models

from ..kernel.monitoring import impact

VERDICTS = [
    (impact.WORSE, "Worse"),
    (impact.BETTER, "Better"),
    (impact.SAME, "As Before"),
    (impact.EARLY, "Too Early"),
    (impact.UNKNOWN, "Unknown"),
]
assert tuple(one for one, _label in VERDICTS) == impact.VERDICTS
HOUR = timedelta(hours=1)
# Changes are found while single rows are kept, and looked at until a week after is over.
FOUND = timedelta(days=6)
LOOKED = timedelta(days=8)
FIGURES = {
    "response": "latency_p95_ms",
    "sessions": "active_sessions_average",
    "reads": "blocks_read",
    "scheduled": "cron_ms",
}


class SaasModuleImpact(models.Model):
    _name = "saas.module.impact"
    _inherit = "saas.ledger"
    _description = "Impact of a Change of Modules"
    _order = "at desc, id desc"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    cluster_id = fields.Many2one(related="tenant_id.cluster_id", store=True, index=True)
    at = fields.Datetime(required=True, readonly=True, index=True, string="Changed")
    count = fields.Integer(readonly=True, string="Modules", help="How many modules changed.")
    response_before = fields.Float(readonly=True, digits=(12, 0), aggregator="avg")
    response_after = fields.Float(readonly=True, digits=(12, 0), aggregator="avg")
    sessions_before = fields.Float(readonly=True, digits=(12, 2), aggregator="avg")
    sessions_after = fields.Float(readonly=True, digits=(12, 2), aggregator="avg")
    reads_before = fields.Float(readonly=True, digits=(16, 0), aggregator="avg")
    reads_after = fields.Float(readonly=True, digits=(16, 0), aggregator="avg")
    scheduled_before = fields.Float(readonly=True, digits=(16, 0), aggregator="avg")
    scheduled_after = fields.Float(readonly=True, digits=(16, 0), aggregator="avg")
    verdict = fields.Selection(VERDICTS, readonly=True, index=True, default=impact.EARLY)
    response_verdict = fields.Selection(VERDICTS, readonly=True, string="Response")
    sessions_verdict = fields.Selection(VERDICTS, readonly=True, string="Load")
    reads_verdict = fields.Selection(VERDICTS, readonly=True, string="Reading")
    scheduled_verdict = fields.Selection(VERDICTS, readonly=True, string="Scheduled Work")
    judged_at = fields.Datetime(readonly=True, string="Compared")

    _once = models.Constraint("UNIQUE (tenant_id, at)", "This change is written down already.")

    @api.depends("tenant_id", "count", "at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for row in self:
            at = fields.Datetime.context_timestamp(row, row.at) if row.at else None
            row.display_name = self.env._(
                "%(count)s modules changed on %(at)s",
                count=row.count,
                at=at.strftime("%Y-%m-%d %H:%M") if at else "",
            )

    @api.model
    def _cron_compare(self):
        """Write new changes down, and compare the weeks around those of the last days."""
        self._compare()

    @api.model
    @api.private
    def _compare(self):
        now = fields.Datetime.now()
        self._find(now)
        for row in self._at_work().search([("at", ">", now - LOOKED)]):
            row._judge(now)

    @api.model
    def _find(self, now):
        metrics = self.env["saas.metric"]
        since = now - FOUND
        changed = metrics._aggregate("modules_changed", "sum", since, now)
        tenants = (
            self.env["saas.tenant"].sudo().browse([one for one, sum_ in changed.items() if sum_])
        )
        known = {
            (row.tenant_id.id, row.at) for row in self.sudo().search([("at", ">", since - HOUR)])
        }
        for tenant in tenants.exists():
            for at, average, highest in metrics._series(
                "modules_changed", tenant.id, since, now, HOUR
            ):
                at = at.replace(tzinfo=None)
                if average and (tenant.id, at) not in known:
                    vals = {"tenant_id": tenant.id, "at": at, "count": round(highest)}
                    self._at_work().create(vals)

    def _judge(self, now):
        before, after = impact.spans(self.at, now)
        at, until = (one.replace(tzinfo=timezone.utc) for one in (self.at, now))
        vals, verdicts = {"judged_at": now}, []
        for name, code in FIGURES.items():
            found = [self._average(code, *span) for span in (before, after)]
            verdict = impact.verdict(*found, at, until)
            verdicts.append(verdict)
            vals |= {
                f"{name}_before": found[0] or 0,
                f"{name}_after": found[1] or 0,
                f"{name}_verdict": verdict,
            }
        self.write(vals | {"verdict": impact.whole(verdicts)})

    def _average(self, code, since, until):
        """Return the average of the hours; None where there were none."""
        rows = self.env["saas.metric"]._series(code, self.tenant_id.id, since, until, HOUR)
        known = [average for _at, average, _highest in rows if average is not None]
        return sum(known) / len(known) if known else None

    @api.private
    def _expire(self):
        """Forget old rows; the retention rule's."""
        self._at_work()._drop()

    def _by_hand_text(self):
        return self.env._("Changes of modules are compared by measuring, never by hand.")

    def _stays_text(self):
        return self.env._("What a change of modules did cannot be deleted.")
