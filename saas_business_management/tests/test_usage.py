"""Readings become days, days become what billing rates; unknown is never zero."""

import random
from datetime import timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ..kernel.metering.aggregate import Meter, measure
from ..kernel.metering.event import Event
from ..models.saas_usage_day import OF_HOURS, OF_READINGS
from ..models.saas_usage_sample import FIRST_XID, LAST_XID
from .billing_common import BillingCommon

NODE = """
INSERT INTO saas_node_usage (node_role, process, sequence, at, database, requests, api_calls,
                             bytes_in, bytes_out, response_ms, answered, cron_ms)
VALUES (%s, 'p1', %s, %s, %s, %s, 3, 1000, 2500000000, 900, 9, 1500)
ON CONFLICT DO NOTHING
"""
DAY = "2026-03-10"


def aware(text):
    return fields.Datetime.to_datetime(text).replace(tzinfo=timezone.utc)


def _checked(create, check):
    """Return a `create` whose rows are looked at afterwards."""

    def create_and_look(self, vals_list):
        made = create(self, vals_list)
        check(made)
        return made

    return create_and_look


@tagged("post_install", "-at_install")
class TestUsage(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.days = cls.env["saas.usage.day"]
        cls.storage = cls.env.ref("saas_business_management.meter_storage_gb")
        cls.users = cls.env.ref("saas_business_management.meter_users")
        cls.calls = cls.env.ref("saas_business_management.meter_api_calls")
        cls.startClassPatcher(
            patch.object(
                type(cls.env["saas.usage.sample"]),
                "_take_new",
                # Nothing is committed here, so no transaction is over.
                lambda self: (FIRST_XID, LAST_XID),
            )
        )

    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="metered")

    def read(self, source, numbers, problem="", ended=""):
        look = {"tenant": self.tenant.id, "numbers": numbers, "problem": problem, "ended": ended}
        self.cluster.sudo()._step_usage_read(source=source, looks=[look])

    def sample(self, meter, *readings):
        """Add readings `(instant, quantity)` or with a weight behind."""
        rows = [
            (fields.Datetime.to_datetime(at), self.tenant.id, meter.id, Decimal(str(number)), *more)
            for at, number, *more in readings
        ]
        rows = [row if len(row) == 5 else (*row, 1) for row in rows]
        self.env["saas.usage.sample"]._add(rows)

    def day(self, meter, day=DAY):
        self.days._roll_up()
        domain = [("tenant_id", "=", self.tenant.id), ("meter_id", "=", meter.id)]
        return self.days.search([*domain, ("day", "=", day)])

    def subscribe(self, **values):
        # 08:00 in Brussels: the day of the zone and that of UTC are the same.
        with self.on("2026-03-01 08:00:00"):
            one = self.make_subscription(tenant_id=self.tenant.id, **values)
            one._set({"state": "active", "started_on": "2026-03-01"})
        return one

    def fed(self, one, meter):
        rows = self.env["saas.usage.bucket"].search(
            [("subscription_id", "=", one.id), ("meter_id", "=", meter.id)], order="id"
        )
        return [(row.quantity, str(row.start_at)) for row in rows]

    # Readings

    def test_sizes_of_a_tenant_become_readings_days_and_what_its_form_shows(self):
        with self.on(f"{DAY} 10:00:00"):
            numbers = {"database_bytes": "2000000000", "filestore_bytes": "500000000"}
            self.read("sizes", numbers)
        self.assertEqual(self.day(self.storage).quantity, 2.5)
        self.tenant.invalidate_recordset()
        self.assertEqual((self.tenant.usage_storage_gb, self.tenant.usage_known), (2.5, True))

    def test_a_tenant_without_an_answer_is_unknown_and_no_day_says_zero(self):
        with self.on(f"{DAY} 10:00:00"):
            self.read("users", {}, "statement_timeout")
        self.assertFalse(self.day(self.users))
        gap = self.env["saas.usage.gap"].search([("tenant_id", "=", self.tenant.id)])
        self.assertEqual((gap.state, gap.source), ("unknown", "users"))
        self.assertIn("too long", gap.reason)

    def test_a_gap_reaches_from_the_last_answer_to_the_next(self):
        told = {"internal_users": "4", "portal_users": "0", "active_users": "3"}
        for at, numbers, problem in (
            ("09:00", told, ""), ("09:05", {}, "login_refused"), ("09:10", {}, "lock_timeout"),
            ("09:15", told, ""),
        ):  # fmt: skip
            with self.on(f"{DAY} {at}:00"):
                self.read("users", numbers, problem)
        gap = self.env["saas.usage.gap"].search([("tenant_id", "=", self.tenant.id)])
        self.assertEqual(len(gap), 1)
        self.assertEqual((str(gap.since_at)[11:16], str(gap.until_at)[11:16]), ("09:00", "09:15"))
        self.assertEqual(gap.problem, "lock_timeout")
        source = self.env["saas.usage.source"].search([("tenant_id", "=", self.tenant.id)])
        self.assertEqual((source.failures, source.problem), (0, False))

    def test_a_number_that_cannot_be_is_unknown(self):
        for text in ("-1", "NaN", "1e400", "nine"):
            with self.subTest(text=text), self.on(f"{DAY} 10:00:00"):
                self.read("users", {"internal_users": text})
                self.assertFalse(self.day(self.users))
        self.assertEqual(self.tenant.usage_unknown_count, 1)

    def test_half_of_the_storage_is_no_storage(self):
        with self.on(f"{DAY} 10:00:00"):
            numbers = {"database_bytes": "2000000000", "filestore_bytes": None}
            self.read("sizes", numbers, "filestore_unreachable")
        self.assertFalse(self.day(self.storage))
        database = self.env.ref("saas_business_management.meter_database_gb")
        self.assertEqual(self.day(database).quantity, 2)

    # Who is asked

    def test_open_tenants_are_due_once_in_their_interval(self):
        with self.on(f"{DAY} 10:00:00"):
            due = self.cluster.sudo()._step_usage_due(source="users")
            self.assertEqual([one["tenant"] for one in due["tenants"]], [self.tenant.id])
            self.assertEqual(len(due["questions"]), 3)
            self.read("users", {"internal_users": "1"})
            self.assertFalse(self.cluster._usage_due("users"))
        with self.on(f"{DAY} 10:31:00"):
            self.assertEqual(self.cluster._usage_due("users"), self.tenant)

    def test_of_a_closed_tenant_only_its_size_is_read(self):
        self.tenant.sudo()._fire("suspended", reason="manual")
        self.tenant.job_ids.sudo().write({"state": "done"})
        self.assertEqual(self.cluster._usage_due("sizes"), self.tenant)
        self.assertFalse(self.cluster._usage_due("users"))

    def test_the_first_look_after_midnight_also_asks_for_the_day_before(self):
        with self.on(f"{DAY} 23:30:00"):
            self.read("business", {"orders": "7"})
        with self.on("2026-03-11 01:05:00"):
            due = self.cluster.sudo()._step_usage_due(source="business")["tenants"][0]
            self.assertEqual(due["before"], f"{DAY}T00:00:00+00:00")
            self.read("business", {"orders": "0", "orders@before": "9"}, ended=due["since"])
        orders = self.env.ref("saas_business_management.meter_orders")
        self.assertEqual(self.day(orders).quantity, 9)
        self.assertEqual(self.day(orders, "2026-03-11").quantity, 0)

    def test_the_cron_orders_one_operation_for_a_cluster(self):
        self.env["saas.cluster"]._cron_sample()
        self.env["saas.cluster"]._cron_sample()
        domain = [("kind", "=", "sample_usage"), ("cluster_id", "=", self.cluster.id)]
        self.assertEqual(self.env["saas.job"].search_count(domain), 1)

    # Days

    def test_days_say_what_the_kernel_says(self):
        readings = [(f"{DAY} {hour:02}:00:00", hour * 7 % 11, hour + 1) for hour in range(24)]
        events = [
            Event("s", f"{place:02}", "", "m", aware(at), Decimal(number))
            for place, (at, number, _weight) in enumerate(readings)
        ]
        for kind in ("sum", "max", "last"):
            meter = self.meter.copy({"code": f"test_{kind}", "aggregation": kind})
            self.sample(meter, *readings)
            with self.subTest(kind=kind):
                self.assertEqual(
                    Decimal(str(self.day(meter).quantity)), measure(Meter(kind), events).raw
                )

    def test_an_average_weighs_each_reading_and_a_level_by_its_time(self):
        average = self.meter.copy({"code": "test_average", "aggregation": "average"})
        self.sample(average, (f"{DAY} 01:00:00", 100, 9), (f"{DAY} 02:00:00", 200, 1))
        self.assertEqual(self.day(average).quantity, 110)
        level = self.meter.copy({"code": "test_level", "aggregation": "time_weighted"})
        self.sample(level, (f"{DAY} 00:00:00", 10), (f"{DAY} 18:00:00", 2))
        self.assertEqual(self.day(level).quantity, 8)

    def test_rolling_up_twice_changes_nothing_and_late_readings_count(self):
        self.sample(self.calls, (f"{DAY} 01:00:00", 5), (f"{DAY} 02:00:00", 6))
        self.assertEqual(self.day(self.calls).quantity, 11)
        self.assertEqual(self.day(self.calls).quantity, 11)
        self.sample(self.calls, (f"{DAY} 00:30:00", 4))
        self.assertEqual(self.day(self.calls).quantity, 15)
        asked = "SELECT count(*), sum(total) FROM saas_usage_hour WHERE tenant_id = %s"
        self.env.cr.execute(asked, [self.tenant.id])
        self.assertEqual(tuple(map(int, self.env.cr.fetchone())), (3, 15))

    def test_days_of_hours_say_what_days_of_readings_say(self):
        chance = random.Random(11)
        meters = self.env["saas.meter"].search([("aggregation", "!=", "time_weighted")])
        for meter in meters:
            for _reading in range(20):
                at = f"{DAY} {chance.randrange(24):02}:{chance.randrange(60):02}:00"
                self.sample(meter, (at, Decimal(chance.randrange(10**9)) / 7, chance.randrange(9)))
        self.days._roll_up()
        day, start = fields.Date.to_date(DAY), fields.Datetime.to_datetime(f"{DAY} 00:00:00")
        found = []
        for statement in (OF_HOURS, OF_READINGS):
            self.days.search([("tenant_id", "=", self.tenant.id)]).sudo().unlink()
            span = {"days": [day], "starts": [start], "ends": [start + timedelta(days=1)]}
            for meter in meters:
                place = {"tenants": [self.tenant.id], "meters": [meter.id]}
                self.env.cr.execute(SQL(statement, **place, **span))
            self.env.cr.execute(
                "SELECT meter_id, quantity::text, lowest::text, highest::text, reading_count,"
                " last_at FROM saas_usage_day WHERE tenant_id = %s ORDER BY meter_id",
                [self.tenant.id],
            )
            found.append(self.env.cr.fetchall())
        self.assertEqual(found[0], found[1])
        self.assertEqual({row[4] for row in found[0]}, {20})
        self.assertEqual(len(found[0]), len(meters))

    def test_a_day_is_one_of_the_subscriptions_zone(self):
        self.subscribe(timezone="Asia/Kolkata")
        self.sample(self.calls, (f"{DAY} 18:29:59", 1), (f"{DAY} 18:30:00", 10))
        self.assertEqual(self.day(self.calls).quantity, 1)
        self.assertEqual(self.day(self.calls, "2026-03-11").quantity, 10)

    # Nodes

    def count(self, sequence, at=f"{DAY} 10:00:00", role=None, database=None, requests=10):
        name = self.tenant.database_id.name if database is None else database
        role = role or self.cluster.node_role
        self.env.cr.execute(NODE, [role, sequence, at, name, requests])

    def test_what_a_node_counted_counts_once(self):
        self.count(1), self.count(1), self.count(2)
        fold = self.env["saas.node.usage"]._fold_some
        self.assertEqual((fold(), fold()), (2, 0))
        self.assertEqual(self.day(self.calls).quantity, 6)
        place = "saas_business_management.meter_"
        found = [
            self.day(self.env.ref(place + code)).quantity
            for code in ("requests", "bandwidth_gb", "response_ms", "cron_seconds")
        ]
        self.assertEqual(found, [20, 5.000002, 100, 3])

    def test_what_is_told_in_a_minute_is_one_reading_and_adds_up_to_the_last_byte(self):
        for place in range(12):
            self.count(place, at=f"{DAY} 10:0{place // 6}:{place % 6 * 10:02}")
        self.assertEqual(self.env["saas.node.usage"]._fold_some(), 12)
        self.env.cr.execute(
            "SELECT count(*), sum(quantity)::text FROM saas_usage_sample"
            " WHERE tenant_id = %s AND meter_id = %s",
            [self.tenant.id, self.env.ref("saas_business_management.meter_bandwidth_gb").id],
        )
        count, added = self.env.cr.fetchone()
        self.assertEqual((count, Decimal(added)), (2, 12 * Decimal("2.500001")))

    def test_a_node_of_another_cluster_counts_for_nobody_here(self):
        self.count(1, role="saas_node_elsewhere")
        self.count(2, database="t_unknown")
        self.env["saas.node.usage"]._fold_some()
        self.assertFalse(self.day(self.calls))

    def test_while_nodes_speak_nobody_there_is_zero_and_in_silence_unknown(self):
        self.count(1, at=f"{DAY} 09:59:00", database="")
        with self.on(f"{DAY} 10:00:00"):
            self.env["saas.node.usage"]._fold_some()
            self.env["saas.node.usage"]._look_for_silence()
        self.assertEqual(self.day(self.calls).quantity, 0)
        with self.on("2026-03-11 10:00:00"):
            self.env["saas.node.usage"]._look_for_silence()
        self.assertFalse(self.day(self.calls, "2026-03-11"))
        gap = self.env["saas.usage.gap"].search([("tenant_id", "=", self.tenant.id)])
        self.assertEqual((gap.source, gap.problem), ("gateway", "counts_missing"))

    # Billing

    def test_billing_is_told_of_days_that_are_over_and_once(self):
        one = self.subscribe()
        self.sample(self.calls, (f"{DAY} 10:00:00", 40), ("2026-03-11 10:00:00", 2))
        self.days._roll_up()
        with self.on("2026-03-11 12:00:00"):
            for _again in range(2):
                self.env["saas.usage.bucket"]._feed()
        self.assertEqual(self.fed(one, self.calls), [("40", f"{DAY} 00:00:00")])

    def test_billing_gets_every_digit(self):
        one = self.subscribe()
        self.sample(self.storage, (f"{DAY} 10:00:00", "2.049000002"))
        self.sample(self.calls, (f"{DAY} 10:00:00", "9007199254740993"))
        self.days._roll_up()
        with self.on("2026-03-12"):
            self.env["saas.usage.bucket"]._feed()
        self.assertEqual(self.fed(one, self.storage)[0][0], "2.049000002")
        self.assertEqual(self.fed(one, self.calls)[0][0], "9007199254740993")

    def test_late_readings_reach_billing_as_the_difference_and_levels_by_a_newer_row(self):
        one = self.subscribe()
        self.sample(self.calls, (f"{DAY} 10:00:00", 40))
        self.sample(self.users, (f"{DAY} 10:00:00", 5))
        self.days._roll_up()
        with self.on("2026-03-12"):
            self.env["saas.usage.bucket"]._feed()
            self.sample(self.calls, (f"{DAY} 11:00:00", 2))
            self.sample(self.users, (f"{DAY} 11:00:00", 9))
            self.days._roll_up()
            self.env["saas.usage.bucket"]._feed()
        self.assertEqual([row[0] for row in self.fed(one, self.calls)], ["40", "2"])
        self.assertEqual([row[0] for row in self.fed(one, self.users)], ["5", "9"])

    def test_a_correction_stays_and_billing_gets_its_difference_downwards_too(self):
        one = self.subscribe()
        self.sample(self.calls, (f"{DAY} 10:00:00", 40))
        self.sample(self.users, (f"{DAY} 10:00:00", 9))
        self.days._roll_up()
        with self.on("2026-03-12"):
            self.env["saas.usage.bucket"]._feed()
            for meter, right in ((self.calls, "30"), (self.users, "4")):
                made = self.env["saas.usage.correction"].create(
                    {
                        "tenant_id": self.tenant.id,
                        "meter_id": meter.id,
                        "day": DAY,
                        "quantity": right,
                        "reason": "A test import",
                    }
                )
            self.env["saas.usage.bucket"]._feed()
        day = self.day(self.calls)
        self.assertEqual((day.quantity, day.corrected), (30, True))
        self.assertEqual([row[0] for row in self.fed(one, self.calls)], ["40", "-10"])
        period = self.env["saas.billing.period"].new({"subscription_id": one.id})
        start, end = fields.Datetime.to_datetime(DAY), fields.Datetime.to_datetime("2026-03-12")
        arrived = fields.Datetime.now() + timedelta(days=400)
        period.subscription_id = one
        used = [period._used(one, start, end, arrived)[0] for one in (self.calls, self.users)]
        self.assertEqual(list(map(Decimal, used)), [30, 4])
        for refused in (lambda: made.write({"quantity": "1"}), made.unlink):
            with self.assertRaises(UserError):
                refused()

    def test_a_day_billing_takes_no_more_stops_nobody_else_and_is_marked(self):
        one = self.subscribe()
        self.sample(self.calls, (f"{DAY} 10:00:00", 40), ("2026-03-11 10:00:00", 2))
        self.days._roll_up()
        buckets = type(self.env["saas.usage.bucket"])

        def closed(records):
            if any(str(row.start_at).startswith(DAY) for row in records):
                raise UserError("closed")  # pylint: disable=translation-required

        with (
            self.on("2026-03-13"),
            patch.object(buckets, "create", _checked(buckets.create, closed)),
        ):
            self.env["saas.usage.bucket"]._feed()
        self.assertEqual([row[0] for row in self.fed(one, self.calls)], ["2"])
        late, fine = self.day(self.calls), self.day(self.calls, "2026-03-11")
        self.assertEqual((late.told, late.too_late, fine.too_late), (True, True, False))

    def test_a_tenant_without_a_subscription_is_metered_and_not_billed(self):
        self.sample(self.calls, (f"{DAY} 10:00:00", 40))
        self.days._roll_up()
        before = self.env["saas.usage.bucket"].search_count([])
        with self.on("2026-03-12"):
            self.env["saas.usage.bucket"]._feed()
        self.assertEqual(self.env["saas.usage.bucket"].search_count([]), before)
        self.assertTrue(self.day(self.calls).told)

    # Meters

    def test_built_in_meters_know_their_source_and_keep_it(self):
        self.assertEqual((self.storage.source, self.calls.source), ("sizes", "gateway"))
        self.assertTrue(self.storage.is_builtin)
        with self.assertRaises(ValidationError):
            self.storage.source = "events"

    def test_only_an_administrator_asks_tenants_and_only_what_is_safe(self):
        values = {
            "name": "Tickets",
            "code": "tickets",
            "unit_label": "tickets",
            "source": "business",
            "question": "SELECT count(*) FROM public.helpdesk_ticket",
        }
        meters = self.env["saas.meter"]
        with self.assertRaisesRegex(UserError, "administrator"):
            meters.with_user(self.pricer).create(values)
        made = meters.with_user(self.admin).create(values)
        self.assertEqual(made.source, "business")
        for text in ("DELETE FROM public.t", "SELECT pg_sleep(9)", ""):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                made.with_user(self.admin).question = text

    def test_shipped_business_meters_fit_the_tables_of_odoo(self):
        installed = self.env["ir.module.module"].search([("state", "=", "installed")])
        now = fields.Datetime.now()
        values = dict.fromkeys(("since", "until", "now", "month_ago"), now)
        meters = self.env["saas.meter"].search([("source", "=", "business")])
        self.assertGreaterEqual(len(meters), 10)
        asked = [one for one in meters if one.module in installed.mapped("name")]
        self.assertGreaterEqual(len(asked), 8)
        for meter in asked:
            with self.subTest(meter=meter.code):
                self.env.cr.execute(meter.question, values)
                self.assertGreaterEqual(self.env.cr.fetchone()[0], 0)

    def test_questions_about_users_fit_the_tables_of_odoo(self):
        now = fields.Datetime.now()
        values = dict.fromkeys(("since", "until", "now", "month_ago"), now)
        for one in self.env["saas.meter"]._questions("users"):
            with self.subTest(code=one["code"]):
                self.env.cr.execute(one["text"], values)
                self.assertGreaterEqual(self.env.cr.fetchone()[0], 0)

    # Upkeep

    def test_days_to_come_have_a_partition_and_old_ones_go(self):
        samples = self.env["saas.usage.sample"]
        names = "SELECT count(*) FROM pg_class WHERE relname ~ '^saas_usage_raw_20[0-9]+$'"
        with self.on("2031-05-01"):
            self.sample(self.calls, ("2031-05-02 10:00:00", 7))
            samples._keep_partitions()
            samples._keep_partitions()
            self.env.cr.execute(names, [])
            self.assertEqual(self.env.cr.fetchone()[0], 4)
            self.env.cr.execute("SELECT quantities[1] FROM saas_usage_raw_20310502")
            self.assertEqual(self.env.cr.fetchone()[0], 7)

    def test_the_doctor_names_who_is_unknown_for_long(self):
        with self.on("2026-03-01"):
            self.read("users", {}, "login_refused")
        told = {one["code"]: one for one in self.env["saas.doctor"]._look_around()}
        self.assertEqual(told["usage_unknown"]["level"], "warning")
        self.assertIn(self.tenant.name, told["usage_unknown"]["why"])
        self.assertEqual(told["usage_untold"]["level"], "ok")
