"""The figures that the control plane has at hand itself, collected by a scheduled action.

Owns: their order and how often. Does not own: the figures (each in a file of its own), looks at
clusters (`saas_cluster_watch.py`).
"""

from datetime import timedelta

from odoo import api, fields, models

from ..kernel.monitoring.metric import of_family

FORGET = timedelta(days=1)
AT_ONCE = 2000
SLOW_MINUTES = 5


class SaasMetric(models.AbstractModel):
    _inherit = "saas.metric"

    @api.model
    def _cron_collect(self):
        """Collect what is at hand, and order the figures of the worker's own machine."""
        commit = self.env["ir.cron"]._commit_progress
        while count := self.env["saas.machine.report"]._fold_some():
            commit(count)
        commit(self._collect_gateway())
        self._collect_platform()
        commit(1)
        self._order_machine()
        if fields.Datetime.now().minute % SLOW_MINUTES == 0:
            commit(self._collect_backups())
            commit(self.env["saas.machine"]._forecast_disks())

    def _order_machine(self):
        jobs = self.env["saas.job"].sudo()
        jobs._enqueue("collect_machine", spec={}, dedupe_key="collect_machine")
        old = fields.Datetime.now() - FORGET
        done = [("kind", "=", "collect_machine"), ("state", "=", "done"), ("ended_at", "<", old)]
        jobs.search(done, limit=AT_ONCE).unlink()

    @api.model
    @api.private
    def _codes(self, family):
        """Return the metrics of a family."""
        return of_family(family)
