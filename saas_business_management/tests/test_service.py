"""Service levels: from what visitors met to minutes, months and what is left out."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .service_common import MONTH, ServiceCommon, at

NODE = """
INSERT INTO saas_node_usage (node_role, process, sequence, at, arrived_at, database, requests,
                             failures, latency)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
NOON = "2026-03-10 12:00:00"


def look(tenant, status=200, problem=""):
    seen = {"tenant": tenant.id, "problem": problem, "status": status, "seconds": 0.1}
    return {**seen, "until": None, "trusted": True}


@tagged("post_install", "-at_install")
class TestServiceMinute(ServiceCommon):
    def setUp(self):
        super().setUp()
        self.number = 0

    def tell(self, when, requests, failures=0, slow=0, arrived=None, role=None, database=None):
        self.number += 1
        row = (
            role or self.cluster.node_role or "node",
            "p1",
            self.number,
            when,
            arrived or when,
            database or self.tenant.database_id.name,
            requests,
            failures,
            [requests - slow, 0, 0, 0, 0, 0, 0, 0, 0, slow],
        )
        self.env.cr.execute(NODE, row)

    def look_at(self, when, **seen):
        with self.on(when):
            self.cluster._step_health_seen([look(self.tenant, **seen)])

    def told(self, since, until):
        found = self.intervals._intervals([self.tenant.id], "service", at(since), at(until))
        return [
            (start.strftime("%H:%M"), end.strftime("%H:%M"), state)
            for start, end, state in found[self.tenant.id]
        ]

    def judge(self, when):
        with self.on(when):
            self.minutes._cron_judge()

    def test_nodes_and_the_front_door_make_minutes(self):
        self.cluster.node_role = "node"
        self.judged("2026-03-10 12:00:00")
        for clock in ("11:58:30", "12:03:30", "12:08:30"):
            self.look_at(f"2026-03-10 {clock}")
        self.tell("2026-03-10 12:02:10", 40)
        self.tell("2026-03-10 12:02:30", 60, failures=2)
        self.tell("2026-03-10 12:05:00", 100, slow=2)
        self.tell("2026-03-10 12:06:00", 4, failures=4)
        self.tell("2026-03-10 12:07:00", 99, failures=99, role="stranger")
        self.judge("2026-03-10 12:11:00")
        self.assertEqual(
            self.told("2026-03-10 12:00:00", "2026-03-10 12:10:00"),
            [
                ("12:00", "12:02", "ok"),
                ("12:02", "12:03", "critical"),
                ("12:03", "12:05", "ok"),
                ("12:05", "12:06", "critical"),
                ("12:06", "12:10", "ok"),
            ],
        )

    def test_what_nodes_tell_late_changes_the_minute_they_tell_of(self):
        self.cluster.node_role = "node"
        self.judged(NOON)
        for clock in ("11:58:30", "12:03:30", "12:08:30"):
            self.look_at(f"2026-03-10 {clock}")
        self.judge("2026-03-10 12:11:00")
        self.tell("2026-03-10 12:02:10", 100, failures=50, arrived="2026-03-10 14:00:00")
        self.judge("2026-03-10 14:01:00")
        self.assertIn(
            ("12:02", "12:03", "critical"), self.told("2026-03-10 12:00:00", "2026-03-10 13:00:00")
        )

    def test_the_second_miss_makes_an_outage_of_the_first(self):
        self.judged(NOON)
        self.look_at("2026-03-10 11:58:30")
        self.look_at("2026-03-10 12:03:30", status=502)
        self.judge("2026-03-10 12:06:00")
        self.assertEqual(
            self.told("2026-03-10 12:00:00", "2026-03-10 12:05:00"), [("12:00", "12:05", "ok")]
        )
        self.look_at("2026-03-10 12:08:30", status=502)
        self.look_at("2026-03-10 12:13:30")
        self.judge("2026-03-10 12:16:00")
        self.assertEqual(
            self.told("2026-03-10 12:00:00", "2026-03-10 12:15:00"),
            [("12:00", "12:03", "ok"), ("12:03", "12:13", "critical"), ("12:13", "12:15", "ok")],
        )

    def test_a_look_that_told_nothing_and_a_gap_of_looks_are_unknown(self):
        self.judged(NOON)
        self.look_at("2026-03-10 12:00:00")
        self.look_at("2026-03-10 12:05:00", problem="unreachable", status=0)
        self.judge("2026-03-10 13:01:00")
        self.assertEqual(
            self.told("2026-03-10 12:00:00", "2026-03-10 13:00:00"),
            [("12:00", "12:15", "ok"), ("12:15", "13:00", "unknown")],
        )

    def test_a_closed_tenant_has_no_minutes(self):
        self.judged(NOON)
        self.look_at("2026-03-10 12:00:00")
        with self.on("2026-03-10 12:10:20"):
            self.tenant._fire("suspended", system=True, reason="manual", note="")
        self.judge("2026-03-10 12:31:00")
        self.assertEqual(
            self.told("2026-03-10 12:00:00", "2026-03-10 12:30:00"), [("12:00", "12:11", "ok")]
        )

    def test_judging_again_writes_nothing(self):
        self.judged(NOON)
        self.look_at("2026-03-10 12:00:00")
        self.judge("2026-03-10 12:10:00")
        rows = self.intervals.search([("tenant_id", "=", self.tenant.id)])
        self.judge("2026-03-10 12:10:30")
        self.assertEqual(self.intervals.search([("tenant_id", "=", self.tenant.id)]), rows)

    def test_evidence_goes_after_forty_days_and_the_verdict_stays(self):
        self.judged(NOON)
        self.look_at("2026-03-10 12:00:00")
        self.judge("2026-03-10 12:10:00")
        self.judge("2026-04-25 12:10:00")
        self.env.cr.execute("SELECT count(*) FROM saas_service_look")
        self.assertEqual(self.env.cr.fetchone(), (0,))
        self.assertTrue(self.told("2026-03-10 12:00:00", "2026-03-10 12:05:00"))

    def test_burn_rates_are_told_as_metrics(self):
        self.served(("2026-03-20 11:30:00", 20), until="2026-03-20 12:00:00")
        rows = []
        keep = patch.object(
            type(self.env["saas.metric"]), "_add", lambda _self, family, new: rows.extend(new)
        )
        with self.on("2026-03-20 12:01:00"), keep:
            self.minutes._tell_burn()
        told = {subject: figures for _at, subject, figures in rows}[self.tenant.id]
        self.assertEqual(told["service_burn_1h"], 0, "the last five minutes were good")
        self.assertAlmostEqual(told["service_burn_6h"], 20 / 360 / 0.0005, 3)
        self.assertAlmostEqual(told["service_burn_1d"], 20 / 1440 / 0.0005, 3)
        self.assertAlmostEqual(told["service_burn_3d"], 20 / 4320 / 0.0005, 3)


@tagged("post_install", "-at_install")
class TestServiceLevel(ServiceCommon):
    def test_a_month_is_counted_in_the_zone_of_the_customer(self):
        self.subscription._set({"timezone": "Europe/Berlin"})
        self.served(("2026-03-10 10:00:00", 30), since="2026-02-20 00:00:00")
        row = self.reckoned()
        self.assertEqual(row.start_at, at("2026-02-28 23:00:00"))
        self.assertEqual(row.end_at, at("2026-03-31 22:00:00"))
        self.assertEqual(row.good + row.bad, 31 * 1440 - 60, "the clocks go forward once")
        self.assertEqual((row.bad, row.unknown, row.excluded), (30, 0, 0))
        self.assertEqual(row.availability, 99.932)
        self.assertFalse(row.missed)
        self.assertTrue(row.missed_internal or row.internal_availability < 99.95)
        self.assertAlmostEqual(row.budget, 44.58, 1)
        self.assertEqual(row.state, "computed")

    def test_the_unknown_is_told_apart(self):
        self.served(("2026-03-10 10:00:00", 100, "unknown"))
        row = self.reckoned()
        self.assertEqual((row.bad, row.unknown), (0, 100))
        self.assertEqual(row.availability, 100)
        self.assertLess(row.internal_availability, 99.8)
        self.assertFalse(row.missed)
        self.assertTrue(row.missed_internal)
        self.assertFalse(self.credit())

    def test_maintenance_counts_as_left_out_when_it_was_told_in_time(self):
        self.served(("2026-03-10 02:00:00", 60), ("2026-03-11 02:00:00", 60))
        windows = [
            (
                at("2026-03-10 02:00:00"),
                at("2026-03-10 03:00:00"),
                at("2026-03-08 02:00:00"),
                False,
            ),
            (
                at("2026-03-11 02:00:00"),
                at("2026-03-11 03:00:00"),
                at("2026-03-10 03:00:00"),
                False,
            ),
        ]
        told = patch.object(type(self.env["saas.maintenance"]), "_windows", lambda *_args: windows)
        with told:
            row = self.reckoned()
        self.assertEqual((row.bad, row.excluded_maintenance), (60, 60))

    def test_a_tenant_that_was_suspended_is_left_out_for_that_time(self):
        self.served()
        with self.on("2026-03-10 12:00:00"):
            self.tenant._fire("suspended", system=True, reason="manual", note="")
        with self.on("2026-03-11 12:00:00"):
            self.tenant._fire("resumed", system=True)
        row = self.reckoned()
        self.assertEqual(row.excluded_closed, 1440)
        self.assertEqual(row.good, 30 * 1440)

    def test_time_left_out_by_hand_needs_its_reason_and_can_be_withdrawn(self):
        self.served(("2026-03-10 10:00:00", 100))
        row = self.reckoned()
        self.assertTrue(row.missed)
        vals = {"start_at": "2026-03-10 10:00:00", "end_at": "2026-03-10 11:40:00"}
        exclusions = self.env["saas.service.exclusion"].with_user(self.operator)
        with self.assertRaises(ValidationError):
            exclusions.create(
                {**vals, "tenant_id": self.tenant.id, "kind": "customer", "reason": "Own proxy"}
            )
        with self.on("2026-04-02 04:00:00"):
            one = exclusions.create(
                {**vals, "cluster_id": self.cluster.id, "reason": "Fire in the data centre"}
            )
        self.assertEqual(one.user_id, self.operator)
        self.assertEqual((row.bad, row.excluded_force_majeure), (0, 100))
        self.assertEqual(self.credit().state, "rejected", "nothing is due any more")
        with self.assertRaises(ValidationError):
            one.write({"end_at": "2026-03-10 12:00:00"})
        with self.on("2026-04-02 05:00:00"):
            one.action_withdraw()
        self.assertEqual((row.bad, row.excluded), (100, 0))

    def test_what_was_reviewed_stays(self):
        self.served(("2026-03-10 10:00:00", 100))
        row = self.reckoned()
        with self.assertRaises(UserError):
            row.with_user(self.viewer).action_review()
        row.with_user(self.operator).action_review()
        self.served()
        self.reckoned()
        self.assertEqual(row.bad, 100)
        with self.assertRaises(UserError):
            row.with_user(self.operator).action_reckon()

    def test_the_running_month_is_shown_and_proposes_nothing(self):
        self.served(("2026-03-10 10:00:00", 500), until="2026-03-20 00:00:00")
        row = self.reckoned(day="2026-03-20 00:05:00")
        self.assertEqual((row.state, row.bad), ("running", 500))
        self.assertEqual(row.good + row.bad, 19 * 1440)
        self.assertFalse(self.credit())
        self.assertIn("%", self.tenant.service_shown)
        self.assertTrue(self.tenant.service_missed)

    def test_the_cron_reckons_this_month_and_from_the_second_the_one_before(self):
        self.served()
        # Nothing is committed in a test.
        crons = type(self.env["ir.cron"])
        self.startPatcher(patch.object(crons, "_commit_progress", lambda *_args, **_named: 1))
        with self.on("2026-04-01 12:00:00"):
            self.levels._cron_reckon()
        mine = [("tenant_id", "=", self.tenant.id)]
        months = self.levels.search(mine).mapped("month")
        self.assertEqual(months, [fields.Date.to_date("2026-04-01")])
        with self.on("2026-04-02 01:00:00"):
            self.levels._cron_reckon()
        row = self.levels.search([*mine, ("month", "=", MONTH)])
        self.assertEqual((row.state, row.good), ("computed", 31 * 1440))

    def test_a_tier_promises_no_more_to_us_than_to_customers(self):
        with self.assertRaises(ValidationError):
            self.tier.internal_target = 99.8

    def test_interruptions_are_told_in_plain_words(self):
        self.served(("2026-03-10 10:00:00", 90), ("2026-03-12 10:00:00", 5))
        row = self.reckoned()
        self.assertEqual(
            [one["lasted"] for one in row._portal_downtimes()], ["5 min", "1 h 30 min"]
        )
        self.assertEqual(row._span_words(0), "none")
        self.assertEqual(row._span_words(3000), "2 d 2 h")
