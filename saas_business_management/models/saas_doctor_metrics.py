"""The doctor's checks of metrics: looks that do not come, days without a partition, statements.

Owns: these checks. Does not own: looking (`saas_cluster_watch.py`), partitions
(`saas_metric_keeping.py`).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from odoo import fields, models

LATE = timedelta(minutes=5)


class SaasDoctor(models.AbstractModel):
    _inherit = "saas.doctor"

    def _look_around(self) -> Iterator[dict[str, Any]]:
        yield from super()._look_around()
        yield from self._look_at_watching()
        yield self._look_at_partitions()

    def _look_at_watching(self) -> Iterator[dict[str, Any]]:
        _ = self.env._
        clusters = self.env["saas.cluster"].search([("state", "=", "ready")])
        clusters = clusters.filtered("has_secrets")
        late = fields.Datetime.now() - LATE
        blind = clusters.filtered(lambda one: one.watch_problem or (one.watched_at or late) < late)
        for one in blind:
            what = _("%(cluster)s is not watched", cluster=one.name)
            why = one.watch_text or _("No look came for 5 minutes; its metrics are unknown.")
            mend = _(
                "Look whether the control worker runs and the scheduled action “SaaS: Watch "
                "clusters” is switched on."
            )
            yield self._told("cluster_watched", "work", "warning", what, why, mend, one)
        for one in (clusters - blind).filtered(lambda one: one.watched_at):
            if not one.counts_statements:
                what = _("%(cluster)s does not count statements", cluster=one.name)
                why = _("Nobody can see which statements are slow, nor who writes most.")
                mend = _(
                    "Add pg_stat_statements to shared_preload_libraries, restart PostgreSQL, "
                    "and run CREATE EXTENSION pg_stat_statements in the database “postgres”."
                )
                yield self._told("statements_counted", "work", "warning", what, why, mend, one)
        if not blind:
            yield self._told("cluster_watched", "work", "ok", _("Every cluster is watched"))

    def _look_at_partitions(self) -> dict[str, Any]:
        _ = self.env._
        missing = self.env["saas.metric"]._days_without_partition()
        rows = self.env["saas.metric"]._unplaced()
        if not missing and not rows:
            what = _("Metrics of the coming days have their place")
            return self._told("metric_partitions", "work", "ok", what)
        what = _("Metrics lie in no partition of their day")
        why = _("%(rows)s rows; nothing is lost, but old ones are slow to find.", rows=rows)
        mend = _("Look whether the scheduled action “SaaS: Keep metrics” runs, and at its log.")
        return self._told("metric_partitions", "work", "warning", what, why, mend)
