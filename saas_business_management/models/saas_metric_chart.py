"""Metrics as a screen shows them: which there are of a record, and the line of one of them.

Owns: who may see what, periods, points. Does not own: the line (`saas_metric_read.py`), how it
looks (`static/src/saas_metrics`).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError

from ..kernel.monitoring import layers
from ..kernel.monitoring.metric import DELTA, FAMILIES, METRICS
from ..messages.metrics import FAMILIES as FAMILY_LABELS
from ..messages.metrics import METRICS as LABELS

OF = {
    layers.TENANT: "saas.tenant",
    layers.CLUSTER: "saas.cluster",
    layers.MACHINE: "saas.machine",
}
# Hours looked back on, and how far apart points are, in seconds.
PERIODS = {"hour": (1, 60), "day": (24, 300), "week": (168, 3600), "month": (720, 3600)}
PERIODS |= {"year": (8760, 86400)}


class SaasMetric(models.AbstractModel):
    _inherit = "saas.metric"

    @api.model
    @api.private
    def _open_chart(self, scope, record):
        """Return the action that shows the metrics of a record."""
        return {
            "type": "ir.actions.client",
            "tag": "saas_business_management.metrics",
            "name": self.env._("Metrics of %(name)s", name=record.display_name),
            "params": {"scope": scope, "subject": record.id, "name": record.display_name},
        }

    @api.model
    @api.readonly
    def get_chart(self, scope, subject, code=False, period="day"):
        """Return what the screen shows of one record: `metrics` to choose from, and of the chosen
        one its points `[at (ISO, UTC), average, highest]`.
        """
        record = self._readable(scope, subject)
        shown = [one for one in METRICS.values() if FAMILIES[one.family].scope == scope]
        known = self._latest([one.code for one in shown], [record.id]).get(record.id, {})
        chosen = code if code in LABELS and METRICS[code] in shown else _first(shown, known)
        metric = METRICS[chosen]
        hours, seconds = PERIODS.get(period, PERIODS["day"])
        now = fields.Datetime.now()
        seconds = max(seconds, FAMILIES[metric.family].seconds)
        step = timedelta(seconds=seconds)
        line = self._series(chosen, record.id, now - timedelta(hours=hours), now, step)
        return {
            "name": record.display_name,
            "code": chosen,
            "unit": metric.unit,
            "delta": metric.kind == DELTA,
            "meaning": self.env._(LABELS[chosen][1]),
            "metrics": [self._choice(one, one.code in known) for one in shown],
            "points": [[at.isoformat(), mean, high] for at, mean, high in line],
        }

    def _choice(self, metric, known):
        return {
            "code": metric.code,
            "label": self.env._(LABELS[metric.code][0]),
            "group": self.env._(FAMILY_LABELS[metric.family]),
            "known": known,
        }

    def _readable(self, scope, subject):
        """Return the record whose metrics are asked for; who may not read it is told nothing."""
        if scope not in OF or not isinstance(subject, int):
            raise AccessError(self.env._("There are no metrics of this."))
        record = self.env[OF[scope]].browse(subject).exists()
        if not record:
            raise MissingError(self.env._("This record is not there any more."))
        record.check_access("read")
        return record


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def action_view_metrics(self):
        """Open its metrics over time."""
        self.ensure_one()
        return self.env["saas.metric"]._open_chart(layers.TENANT, self)


class SaasCluster(models.Model):
    _inherit = "saas.cluster"

    def action_view_metrics(self):
        """Open its metrics over time."""
        self.ensure_one()
        return self.env["saas.metric"]._open_chart(layers.CLUSTER, self)


def _first(shown, known):
    """Return the first metric of which anything is known, else the first of all."""
    return next((one.code for one in shown if one.code in known), shown[0].code)
