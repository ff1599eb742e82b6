"""Metrics are kept: once each, on their day, averaged when the time is over, none of them lost."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.fields import Datetime
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..kernel.monitoring.keeping import DAY, FIVE, HOUR, RAW_DAYS
from ..kernel.monitoring.metric import FAMILIES, METRICS, of_family
from ..models import saas_metric as storage

NOON = Datetime.to_datetime("2031-05-02 12:00:00")
MINUTE, HOURS = timedelta(minutes=1), timedelta(hours=1)
ONE, TWO = 71, 72


class MetricCase(TransactionCase):
    def setUp(self):
        super().setUp()
        self.metrics = self.env["saas.metric"]
        self.clock = freeze_time(NOON)
        self.frozen = self.clock.start()
        self.addCleanup(self.clock.stop)

    def add(self, at, subject=ONE, family="database", **values):
        self.metrics._add(family, [(at, subject, values)])

    def rows(self, table):
        return self.env.execute_query(SQL("SELECT * FROM %s", SQL.identifier(table)))

    def kept(self, family, tier, column):
        table = SQL.identifier(storage.tier_table(family, tier))
        query = SQL(
            "SELECT start_at, %s, readings FROM %s WHERE subject_id = %s ORDER BY start_at",
            *(SQL.identifier(column), table, ONE),
        )
        return self.env.execute_query(query)

    def total(self, code="transactions"):
        return self.metrics._aggregate(code, "sum", NOON - 30 * HOURS, NOON + 30 * HOURS)


@tagged("post_install", "-at_install")
class TestMetricRows(MetricCase):
    def test_a_row_has_a_column_for_every_metric(self):
        for family in FAMILIES:
            asked = SQL("SELECT * FROM %s LIMIT 0", SQL.identifier(storage.raw_table(family)))
            self.env.cr.execute(asked)
            there = {column.name for column in self.env.cr.description}
            self.assertLessEqual(set(of_family(family)), there, family)

    def test_a_metric_that_joins_the_register_gets_its_column_and_nothing_is_lost(self):
        self.add(NOON, transactions=5)
        more = METRICS | {"novelty": METRICS["transactions"]}
        codes = (*of_family("database"), "novelty")
        with (
            patch.object(storage, "METRICS", more),
            patch.object(storage, "of_family", lambda one: codes if one == "database" else ()),
        ):
            self.metrics._add_columns()
            self.add(NOON, novelty=7)
        self.env.cr.execute("SELECT transactions, novelty FROM saas_metric_database")
        self.assertEqual(self.env.cr.fetchall(), [(5, 7)])

    def test_the_same_minute_told_twice_is_one_row(self):
        for _time in range(2):
            self.add(NOON, transactions=5, deadlocks=1)
        self.assertEqual(self.total(), {ONE: 5})

    def test_another_writer_completes_the_row_of_a_minute(self):
        self.add(NOON, family="gateway", requests=8, answered=7)
        self.add(NOON + timedelta(seconds=20), family="gateway", failed_logins=3, answered=8)
        self.env.cr.execute("SELECT requests, failed_logins, answered FROM saas_metric_gateway")
        self.assertEqual(self.env.cr.fetchall(), [(8, 3, 8)])

    def test_minutes_and_subjects_are_rows_of_their_own(self):
        self.add(NOON, transactions=5)
        self.add(NOON + MINUTE, transactions=7)
        self.add(NOON, TWO, transactions=1)
        self.assertEqual(self.total(), {ONE: 12, TWO: 1})

    def test_what_is_unknown_has_no_value_and_a_row_without_any_is_none(self):
        self.add(NOON, transactions=None, deadlocks=None)
        self.assertEqual(self.total(), {})
        self.assertEqual(self.metrics._latest(["transactions"]), {})

    def test_a_code_of_another_family_is_refused(self):
        with self.assertRaises(KeyError):
            self.add(NOON, requests=1)

    def test_the_newest_value_stands_and_a_late_one_changes_nothing(self):
        self.add(NOON, transactions=5)
        self.add(NOON + MINUTE, deadlocks=2)
        self.add(NOON - MINUTE, transactions=99)
        codes = ["transactions", "deadlocks", "connections"]
        told = {"transactions": (5, NOON), "deadlocks": (2, NOON + MINUTE)}
        self.assertEqual(self.metrics._latest(codes, [ONE, TWO]), {ONE: told})
        self.assertEqual(self.metrics._latest(codes, [TWO]), {})
        with self.assertQueryCount(2):  # one for each family
            self.metrics._latest(codes)

    def test_a_thousand_rows_take_as_many_queries_as_one(self):
        rows = [(NOON, subject, {"transactions": subject}) for subject in range(1, 1001)]
        with self.assertQueryCount(2):
            self.metrics._add("database", rows)
        self.assertEqual(len(self.total()), 1000)


@tagged("post_install", "-at_install")
class TestMetricDays(MetricCase):
    def partitions(self):
        return sorted(self.metrics._partitions("database"))

    def test_days_are_made_ahead_and_old_ones_go(self):
        self.metrics._keep_partitions()
        self.metrics._keep_partitions()
        self.assertIn("saas_metric_database_20310505", self.partitions())
        self.add(NOON, transactions=5)
        self.frozen.tick(timedelta(days=RAW_DAYS + 1))
        self.metrics._keep_partitions()
        self.assertNotIn("saas_metric_database_20310502", self.partitions())
        self.assertEqual(self.total(), {})

    def test_a_row_without_a_day_is_kept_told_and_moves_when_its_day_is_made(self):
        before = self.metrics._unplaced()
        self.add(NOON, transactions=5)
        self.assertEqual(self.metrics._unplaced(), before + 1)
        self.assertEqual(self.total(), {ONE: 5})
        self.assertEqual(self.metrics._days_without_partition()[0], NOON.date())
        self.metrics._keep_partitions()
        self.assertEqual(self.metrics._unplaced(), before)
        self.assertFalse(self.metrics._days_without_partition())
        self.assertEqual(len(self.rows("saas_metric_database_20310502")), 1)
        self.assertEqual(self.total(), {ONE: 5})

    def test_how_long_rows_stay_is_a_parameter_with_a_least(self):
        set_param = self.env["ir.config_parameter"].set_param
        self.assertEqual(self.metrics._kept_days("hour"), HOUR.days)
        set_param("saas.metric_hour_days", "100")
        self.assertEqual(self.metrics._kept_days("hour"), 100)
        set_param("saas.metric_hour_days", "1")
        self.assertEqual(self.metrics._kept_days("hour"), HOUR.least_days)

    def test_averages_end_too(self):
        self.add(NOON, transactions=5)
        self.metrics._average_again("database", NOON, NOON + MINUTE)
        self.assertTrue(self.kept("database", FIVE, "transactions"))
        self.frozen.tick(timedelta(days=FIVE.days + 1))
        self.metrics._keep_partitions()
        self.assertFalse(self.kept("database", FIVE, "transactions"))
        self.assertTrue(self.kept("database", DAY, "transactions"))


@tagged("post_install", "-at_install")
class TestMetricAverages(MetricCase):
    def setUp(self):
        super().setUp()
        self.add(NOON, database_connections=2)
        self.add(NOON + MINUTE, database_connections=4)

    def later(self, **span):
        self.frozen.move_to(NOON + timedelta(**span))
        return self.metrics._roll_up("database")

    def five(self, column="database_connections"):
        return self.kept("database", FIVE, column)

    def test_a_bucket_waits_until_it_is_over(self):
        self.assertEqual(self.later(minutes=4, seconds=59), 0)
        self.assertEqual(self.later(minutes=5), 1)
        self.assertEqual(self.five(), [(NOON, 3, 2)])
        self.assertEqual(self.five("database_connections_top"), [(NOON, 4, 2)])

    def test_rolling_up_again_changes_nothing(self):
        self.later(minutes=5)
        self.assertEqual(self.later(minutes=6), 0)
        self.metrics._average_again("database", NOON, NOON + MINUTE)
        self.assertEqual(self.five(), [(NOON, 3, 2)])

    def test_a_late_row_opens_its_bucket_again(self):
        self.later(hours=1)
        self.frozen.move_to(NOON + 47 * HOURS)
        self.add(NOON + 2 * MINUTE, database_connections=9)
        self.assertEqual(self.metrics._roll_up("database"), 3)
        self.assertEqual(self.five(), [(NOON, 5, 3)])
        self.assertEqual(self.kept("database", HOUR, "database_connections"), [(NOON, 5, 3)])
        midnight = NOON.replace(hour=0)
        self.assertEqual(self.kept("database", DAY, "database_connections"), [(midnight, 5, 3)])

    def test_a_row_that_comes_after_two_days_opens_nothing(self):
        self.later(hours=1)
        self.frozen.move_to(NOON + 49 * HOURS)
        self.add(NOON + 2 * MINUTE, database_connections=9)
        self.metrics._roll_up("database")
        self.assertEqual(self.five(), [(NOON, 3, 2)])

    def test_a_day_weighs_its_hours_by_their_readings(self):
        self.add(NOON + HOURS, database_connections=9)
        self.later(days=1)
        midnight = NOON.replace(hour=0)
        self.assertEqual(self.kept("database", DAY, "database_connections"), [(midnight, 5, 3)])
        tops = self.kept("database", DAY, "database_connections_top")
        self.assertEqual(tops, [(midnight, 9, 3)])


@tagged("post_install", "-at_install")
class TestMetricReading(MetricCase):
    def test_one_figure_of_each_subject(self):
        for minute, value in enumerate((4, 1, 7)):
            self.add(NOON + minute * MINUTE, transactions=value)
        self.add(NOON + 3 * MINUTE, transactions=100)
        told = {
            how: self.metrics._aggregate("transactions", how, NOON, NOON + 3 * MINUTE)[ONE]
            for how in ("avg", "max", "min", "sum", "last", "count")
        }
        expected = {"avg": 4, "max": 7, "min": 1, "sum": 12, "last": 7, "count": 3}
        self.assertEqual(told, expected)

    def test_a_line_of_rows_has_no_point_where_nothing_was_read(self):
        self.add(NOON, transactions=4)
        self.add(NOON + 2 * MINUTE, transactions=6)
        line = self.metrics._series("transactions", ONE, NOON, NOON + HOURS, MINUTE)
        self.assertEqual(line, [(NOON, 4, 4), (NOON + 2 * MINUTE, 6, 6)])

    def test_a_line_of_averages_ends_with_the_rows_that_are_not_averaged_yet(self):
        self.add(NOON, database_connections=2)
        self.add(NOON + MINUTE, database_connections=4)
        self.frozen.move_to(NOON + 6 * MINUTE)
        self.metrics._roll_up("database")
        self.env.cr.execute("DELETE FROM saas_metric_database")  # so that averages are read
        self.add(NOON + 6 * MINUTE, database_connections=8)
        line = self.metrics._series(
            "database_connections", ONE, NOON, NOON + HOURS, timedelta(minutes=5)
        )
        self.assertEqual(line, [(NOON, 3, 4), (NOON + timedelta(minutes=5), 8, 8)])

    def test_usual_is_the_median_of_that_hour_of_the_week(self):
        for week, value in ((1, 10), (2, 12), (3, 500), (5, 7000)):
            at = NOON - timedelta(weeks=week)
            self.add(at + MINUTE, database_connections=value)
            self.metrics._average_again("database", at, at + MINUTE)
        self.add(NOON - HOURS, database_connections=9000)
        self.metrics._average_again("database", NOON - HOURS, NOON)
        self.assertEqual(self.metrics._baseline("database_connections", NOON + MINUTE), {ONE: 12})

    def test_nothing_is_usual_of_what_is_kept_by_the_day(self):
        self.assertEqual(self.metrics._baseline("database_bytes", NOON), {})
