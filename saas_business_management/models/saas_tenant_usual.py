"""How a tenant stands to what is usual for it at this hour of the week.

Owns: the sentences of the screen, which figures are compared. Does not own: what is usual
(`kernel/monitoring/baseline.py`, `saas.metric`).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from ..kernel.monitoring import baseline

_lt = LazyTranslate(__name__)
# Figure: how it is called, its unit, and a difference that nobody minds.
COMPARED = {
    "latency_p95_ms": (_lt("Slowest answers"), "ms", 50.0),
    "active_sessions_average": (_lt("Database sessions at work"), "", 0.2),
    "requests": (_lt("Requests a minute"), "", 5.0),
    "blocks_read": (_lt("Blocks read from disk a minute"), "", 500.0),
}
WORDS = {
    baseline.USUAL: _lt("as usual"),
    baseline.HIGH: _lt("far more than usual"),
    baseline.LOW: _lt("far less than usual"),
    baseline.UNKNOWN: _lt("too little history to say"),
}
LATELY = timedelta(minutes=15)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    usual_text = fields.Text(compute="_compute_usual_text", string="Compared With Usual")

    @api.depends_context("lang")
    def _compute_usual_text(self):
        found = self._deviations()
        for tenant in self:
            tenant.usual_text = "\n".join(
                self._usual_line(code, *figures) for code, figures in found[tenant.id].items()
            )

    @api.private
    def _deviations(self):
        """Return by tenant id and metric: the average of the last quarter of an hour, what is
        usual (None when unknown) and the word of `kernel/monitoring/baseline.py` for it.
        """
        now = fields.Datetime.now()
        metrics = self.env["saas.metric"]
        found = {tenant.id: {} for tenant in self}
        for code, (_name, _unit, least) in COMPARED.items():
            lately = metrics._aggregate(code, "avg", now - LATELY, now)
            usual = metrics._baseline(code, now)
            for number, row in found.items():
                value, before = lately.get(number), usual.get(number)
                row[code] = (value, before, baseline.deviation(value, before, least=least))
        return found

    @api.model
    def _usual_line(self, code, value, before, word):
        name, unit, _least = COMPARED[code]
        if value is None:
            return self.env._("%(name)s: nothing was measured lately", name=self.env._(name))
        shown = f"{value:,.1f} {unit}".strip()
        said = self.env._(WORDS[word])
        if before is None:
            return f"{self.env._(name)}: {shown} ({said})"
        usual = self.env._("usual %(before)s", before=f"{before:,.1f} {unit}".strip())
        return f"{self.env._(name)}: {shown}, {usual} ({said})"
