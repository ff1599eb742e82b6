"""Averages of metrics over five minutes, an hour, a day.

Owns: which buckets wait to be averaged, averaging them. Does not own: raw rows (`saas_metric.py`),
which tiers a family has (`kernel/monitoring/keeping.py`).

A writer notes which buckets its rows lie in. A bucket is averaged when it is over, whole, and takes
the place of what was there: late rows open it again, and doing it twice changes nothing.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.monitoring.keeping import DAY, HOUR, LATE, bucket, tiers_of
from ..kernel.monitoring.metric import of_family
from .saas_metric import columns_of, raw_table, tier_table, top, tops_of

NOTE = """
INSERT INTO saas_metric_open (family, tier, start_at)
SELECT %s, * FROM unnest(%s::text[], %s::timestamp[])
"""
TAKE = """
DELETE FROM saas_metric_open
 WHERE family = %s AND tier = %s AND start_at <= %s RETURNING start_at
"""
# Of raw rows, or of hours, which count for as many readings as they are made of.
AVERAGE = """
INSERT INTO %(table)s (start_at, subject_id, readings, %(columns)s)
SELECT %(start)s, subject_id, %(readings)s, %(values)s
  FROM %(source)s WHERE %(at)s >= %(start)s AND %(at)s < %(end)s GROUP BY subject_id
"""


class SaasMetric(models.AbstractModel):
    _inherit = "saas.metric"

    def _note_open(self, family, instants):
        """Note which buckets got rows; what comes too late opens none."""
        oldest = fields.Datetime.now() - LATE
        opened = {
            (tier.code, bucket(tier, at))
            for at in instants
            if at >= oldest
            for tier in tiers_of(family)
        }
        if opened:
            tiers, starts = zip(*sorted(opened), strict=True)
            self.env.cr.execute(SQL(NOTE, family, list(tiers), list(starts)))

    @api.model
    @api.private
    def _roll_up(self, family):
        """Average every bucket that is over and got rows since it was averaged last; return how
        many there were.
        """
        now, count = fields.Datetime.now(), 0
        for tier in tiers_of(family):
            found = self.env.execute_query(SQL(TAKE, family, tier.code, now - tier.step))
            starts = sorted({start for (start,) in found})
            for start in starts:
                self._average(family, tier, start)
            count += len(starts)
        return count

    @api.model
    @api.private
    def _average_again(self, family, since, until):
        """Average all buckets that begin in `[since, until)` again, from the rows there are."""
        for tier in tiers_of(family):
            start = bucket(tier, since)
            while start < until:
                self._average(family, tier, start)
                start += tier.step

    def _average(self, family, tier, start):
        table = SQL.identifier(tier_table(family, tier))
        self.env.cr.execute(SQL("DELETE FROM %s WHERE start_at = %s", table, start))
        of_hours = tier is DAY and HOUR in tiers_of(family)
        read = _of_hours if of_hours else _of_rows
        source = tier_table(family, HOUR) if of_hours else raw_table(family)
        codes = of_family(family)
        self.env.cr.execute(
            SQL(
                AVERAGE,
                table=table,
                columns=columns_of((*codes, *tops_of(family))),
                start=start,
                end=start + timedelta(seconds=tier.seconds),
                values=SQL(", ").join(read(codes, tops_of(family))),
                source=SQL.identifier(source),
                readings=SQL("sum(readings)") if of_hours else SQL("count(*)"),
                at=SQL.identifier("start_at" if of_hours else "at"),
            )
        )


def _of_rows(codes, tops):
    averages = [SQL("avg(%s)", SQL.identifier(code)) for code in codes]
    highest = [SQL("max(%s)", SQL.identifier(code)) for code in codes if top(code) in tops]
    return averages + highest


def _of_hours(codes, tops):
    weighted = "sum(%s * readings) / nullif(sum(readings) FILTER (WHERE %s IS NOT NULL), 0)"
    averages = [SQL(weighted, *[SQL.identifier(code)] * 2) for code in codes]
    return averages + [SQL("max(%s)", SQL.identifier(name)) for name in tops]
