"""The days of raw metrics: partitions made ahead, old ones let go, rows that found no place.

Owns: partitions of raw rows, the end of all rows. Does not own: the tables (`saas_metric.py`).

Nothing is lost when a day has no partition: its rows lie in the default one, which says so to the
doctor, and move when the partition is made.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..kernel.monitoring.keeping import AHEAD_DAYS, LATE, RAW_DAYS, tiers_of
from ..kernel.monitoring.metric import FAMILIES
from .saas_metric import raw_table, rest_table, tier_table

PARTITION = """
CREATE TEMPORARY TABLE saas_metric_moving ON COMMIT DROP AS
    SELECT * FROM %(rest)s WHERE at >= %(start)s AND at < %(end)s;
DELETE FROM %(rest)s WHERE at >= %(start)s AND at < %(end)s;
CREATE TABLE %(table)s PARTITION OF %(raw)s FOR VALUES FROM (%(start)s) TO (%(end)s);
INSERT INTO %(raw)s SELECT * FROM saas_metric_moving;
DROP TABLE saas_metric_moving
"""
PARTITIONS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = to_regclass(%s) AND c.relname ~ '_[0-9]{8}$' ORDER BY c.relname
"""
LEAST_RAW_DAYS = 3


class SaasMetric(models.AbstractModel):
    _inherit = "saas.metric"

    @api.model
    def _cron_keep(self):
        """Make partitions of the coming days, average what is complete, let old rows go."""
        self._keep_partitions()
        self.env["ir.cron"]._commit_progress(1)
        for family in FAMILIES:
            self._roll_up(family)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    @api.private
    def _keep_partitions(self):
        """Make the partitions of the days that rows may come of, and let old ones go; may run
        twice.
        """
        today = fields.Date.context_today(self.with_context(tz="UTC"))
        for family in FAMILIES:
            there = self._partitions(family)
            for day in _days(today):
                if _name_of(family, day) not in there:
                    self._make_partition(family, day)
            last = _name_of(family, today - timedelta(days=self._kept_days("raw")))
            for name in sorted(one for one in there if one < last):
                self.env.cr.execute(SQL("DROP TABLE %s", SQL.identifier(name)))
            self._end_rows(family, today)

    def _make_partition(self, family, day):
        self.env.cr.execute(
            SQL(
                PARTITION,
                table=SQL.identifier(_name_of(family, day)),
                raw=SQL.identifier(raw_table(family)),
                rest=SQL.identifier(rest_table(family)),
                start=day,
                end=day + timedelta(days=1),
            )
        )

    def _end_rows(self, family, today):
        ends = [(rest_table(family), "at", self._kept_days("raw"))]
        ends += [
            (tier_table(family, tier), "start_at", self._kept_days(tier.code))
            for tier in tiers_of(family)
        ]
        for table, column, days in ends:
            name, at = SQL.identifier(table), SQL.identifier(column)
            oldest = today - timedelta(days=days)
            self.env.cr.execute(SQL("DELETE FROM %s WHERE %s < %s", name, at, oldest))

    @api.model
    def _partitions(self, family):
        found = self.env.execute_query(SQL(PARTITIONS, raw_table(family)))
        return {name for (name,) in found}

    @api.model
    def _kept_days(self, kind):
        """Return for how many days rows stay: parameter `saas.metric_<kind>_days`, where kind is
        raw, five, hour or day; never less than what charts and baselines read.
        """
        tiers = {tier.code: tier for family in FAMILIES for tier in tiers_of(family)}
        usual, least = (
            (RAW_DAYS, LEAST_RAW_DAYS)
            if kind == "raw"
            else (tiers[kind].days, tiers[kind].least_days)
        )
        told = self.env["ir.config_parameter"].sudo().get_param(f"saas.metric_{kind}_days")
        return max(int(told), least) if str(told or "").isdecimal() else usual

    @api.model
    @api.private
    def _unplaced(self):
        """Return how many rows lie in default partitions: their day has none of its own."""
        return sum(
            self.env.execute_query(
                SQL("SELECT count(*) FROM %s", SQL.identifier(rest_table(family)))
            )[0][0]
            for family in FAMILIES
        )

    @api.model
    @api.private
    def _days_without_partition(self):
        """Return the coming days for which a family has no partition, as dates."""
        today = fields.Date.context_today(self.with_context(tz="UTC"))
        missing = set()
        for family in FAMILIES:
            there = self._partitions(family)
            missing |= {day for day in _coming(today) if _name_of(family, day) not in there}
        return sorted(missing)


def _days(today):
    return [today - timedelta(days=past) for past in range(LATE.days, 0, -1)] + [
        today + timedelta(days=ahead) for ahead in range(AHEAD_DAYS + 1)
    ]


def _coming(today):
    """Return today and tomorrow: the day after is made in time, or this one would be missed."""
    return (today, today + timedelta(days=1))


def _name_of(family, day):
    return f"{raw_table(family)}_{day:%Y%m%d}"
