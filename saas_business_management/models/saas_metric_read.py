"""Reading metrics: one figure of each subject over a time, a line of one subject, what is usual.

Owns: `_aggregate`, `_series`, `_baseline`. Does not own: the newest values (`saas_metric.py`), from
which tier a line is drawn (`kernel/monitoring/keeping.py`).

Times are half-open, `[since, until)`, naive in UTC. Who was not read has no figure.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.monitoring.baseline import LEAST_WEEKS, WEEKS
from ..kernel.monitoring.keeping import HOUR, source, tiers_of
from ..kernel.monitoring.metric import DELTA, METRICS
from .saas_metric import raw_table, tier_table, top

HOWS = {
    "avg": "avg(%s)",
    "max": "max(%s)",
    "min": "min(%s)",
    "sum": "sum(%s::float8)",
    "count": "count(%s)",
    "last": "(array_agg(%s ORDER BY at DESC))[1]",
}
AGGREGATE = """
SELECT subject_id, %(figure)s FROM %(raw)s
 WHERE at >= %(since)s AND at < %(until)s AND %(value)s IS NOT NULL GROUP BY subject_id
"""
# What is not averaged yet comes from the rows themselves.
SERIES = """
WITH kept AS (
    SELECT start_at AS at, %(value)s AS value, %(top)s AS top, readings FROM %(tier)s
     WHERE subject_id = %(subject)s AND start_at >= %(since)s AND start_at < %(until)s),
points AS (
    SELECT * FROM kept
    UNION ALL
    SELECT at, %(value)s, %(value)s, 1 FROM %(raw)s
     WHERE subject_id = %(subject)s AND at < %(until)s
       AND at >= greatest(%(since)s, %(newest)s,
                          coalesce((SELECT max(at) + %(length)s FROM kept), %(since)s)))
SELECT date_bin(%(step)s, at, '2000-01-01') AS bin,
       sum(value * readings) / sum(readings), max(coalesce(top, value))
  FROM points WHERE value IS NOT NULL GROUP BY bin ORDER BY bin
"""
SERIES_RAW = """
SELECT date_bin(%(step)s, at, '2000-01-01') AS bin, avg(%(value)s), max(%(value)s) FROM %(raw)s
 WHERE subject_id = %(subject)s AND at >= %(since)s AND at < %(until)s AND %(value)s IS NOT NULL
 GROUP BY bin ORDER BY bin
"""
BASELINE = """
SELECT subject_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY %(value)s) FROM %(tier)s
 WHERE start_at = ANY(%(hours)s) AND %(value)s IS NOT NULL GROUP BY subject_id
HAVING count(*) >= %(least)s
"""
RECENT = timedelta(days=2)


class SaasMetric(models.AbstractModel):
    _inherit = "saas.metric"

    @api.model
    @api.private
    def _aggregate(self, code, how, since, until):
        """Return `{subject id: figure}` of raw rows; `how` is avg, max, min, sum, last or count."""
        value = SQL.identifier(code)
        found = self.env.execute_query(
            SQL(
                AGGREGATE,
                figure=SQL(HOWS[how], value),
                raw=_raw(code),
                value=value,
                since=since,
                until=until,
            )
        )
        return {subject: float(figure) for subject, figure in found}

    @api.model
    @api.private
    def _series(self, code, subject_id, since, until, step):
        """Return `[(at, average, highest)]` of one subject, points `step` (timedelta) apart; times
        without a value have no point.

        Of a delta the average is what was added per look; its highest is exact in raw rows alone.
        """
        metric = METRICS[code]
        tier = source(metric.family, since, step, fields.Datetime.now())
        asked = {
            "value": SQL.identifier(code),
            "raw": _raw(code),
            "subject": subject_id,
            "since": since,
            "until": until,
            "step": step,
        }
        if tier is None:
            return self.env.execute_query(SQL(SERIES_RAW, **asked))
        asked.update(
            top=SQL.identifier(code if metric.kind == DELTA else top(code)),
            tier=SQL.identifier(tier_table(metric.family, tier)),
            newest=fields.Datetime.now() - RECENT,
            length=tier.step,
            step=max(step, tier.step),
        )
        return self.env.execute_query(SQL(SERIES, **asked))

    @api.model
    @api.private
    def _baseline(self, code, at):
        """Return `{subject id: median}` of that hour of the week over the 4 weeks before; of who
        was not read in at least two of them there is none.
        """
        family = METRICS[code].family
        if HOUR not in tiers_of(family):
            return {}
        hour = at.replace(minute=0, second=0, microsecond=0)
        hours = [hour - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
        tier = SQL.identifier(tier_table(family, HOUR))
        found = self.env.execute_query(
            SQL(
                BASELINE,
                value=SQL.identifier(code),
                tier=tier,
                hours=hours,
                least=LEAST_WEEKS,
            )
        )
        return dict(found)


def _raw(code):
    return SQL.identifier(raw_table(METRICS[code].family))
