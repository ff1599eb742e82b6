"""What the control plane collects itself: machines, minutes of the gateway, backups, itself."""

import json
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.fields import Datetime
from odoo.tests import tagged
from odoo.tools import SQL

from ..kernel.monitoring.metric import of_family
from .common import SaasCommon

NOON = Datetime.to_datetime("2031-05-02 12:00:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
REPORT = """
INSERT INTO saas_machine_report (node_role, machine, told_at, figures, arrived_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
USAGE = """
INSERT INTO saas_node_usage (node_role, process, sequence, at, database, requests, failures,
                             answered, response_ms, latency, arrived_at)
VALUES (%s, %s, %s, %s, %s, %s, 1, 4, 800, %s, %s)
"""


class CollectCase(SaasCommon):
    def setUp(self):
        super().setUp()
        self.clock = freeze_time(NOON)
        self.frozen = self.clock.start()
        self.addCleanup(self.clock.stop)
        self.metrics = self.env["saas.metric"]
        self.machines = self.env["saas.machine"]

    def latest(self, family, subject):
        found = self.metrics._latest(of_family(family), [subject]).get(subject, {})
        return {code: value for code, (value, _at) in found.items()}


@tagged("post_install", "-at_install")
class TestMachine(CollectCase):
    def report(self, figures, at=NOON, host="node-1", skew=0, role="saas_node_x"):
        told_at = at + timedelta(seconds=skew)
        values = (role, host, told_at, json.dumps(figures), at)
        self.env.cr.execute(SQL(REPORT, *values))

    def machine(self, host="node-1"):
        return self.machines.search([("host", "=", host)])

    def test_what_a_node_tells_makes_a_machine_with_metrics(self):
        self.report({"cpu_percent": 40, "memory_used_percent": 71.5})
        self.assertEqual(self.env["saas.machine.report"]._fold_some(), 1)
        self.assertEqual(self.env["saas.machine.report"]._fold_some(), 0)
        machine = self.machine()
        self.assertEqual((machine.use, machine.seen_at), ("node", NOON))
        self.assertEqual((machine.cpu_percent, machine.answers), (40, True))
        self.assertEqual(self.latest("machine", machine.id)["memory_used_percent"], 71.5)

    def test_several_processes_of_a_machine_are_heard_once_a_minute(self):
        for seconds in (0, 5, 59, 60):
            self.report({"cpu_percent": seconds}, NOON + timedelta(seconds=seconds))
        self.assertEqual(self.env["saas.machine.report"]._fold_some(), 2)
        self.assertEqual(len(self.machine()), 1)

    def test_the_clock_of_a_node_is_compared_with_ours(self):
        self.report({"cpu_percent": 1}, skew=-7.5)
        self.env["saas.machine.report"]._fold_some()
        self.assertEqual(self.machine().clock_skew_s, 7.5)

    def test_what_is_no_metric_and_no_number_is_left_out(self):
        self.report({"cpu_percent": "high", "evil": 1, "load_per_core": True, "swap_in_bytes": 3})
        self.report([1, 2], host="node-2")
        self.env["saas.machine.report"]._fold_some()
        told = self.latest("machine", self.machine().id)
        self.assertEqual(told, {"swap_in_bytes": 3, "clock_skew_s": 0})
        self.assertEqual(self.latest("machine", self.machine("node-2").id), {"clock_skew_s": 0})

    def test_a_login_cannot_fill_the_list(self):
        for number in range(203):
            self.report({"cpu_percent": 1}, host=f"made-up-{number}")
        self.env["saas.machine.report"]._fold_some()
        self.assertEqual(len(self.machines.search([("node_role", "=", "saas_node_x")])), 200)

    def test_figures_of_the_control_plane_are_kept_and_old_ones_are_not_shown(self):
        tenant = self.make_open_tenant(subdomain="counted")
        spent = {tenant.sudo().database_id.name: 1500.0, "t_of_nobody": 9.0}
        self.machines._step_seen("control-1", {"cpu_percent": 33}, spent)
        told = self.env["saas.metric"]._latest(["database_cpu_ms"])
        self.assertEqual(
            {one: found["database_cpu_ms"][0] for one, found in told.items()}, {tenant.id: 1500}
        )
        machine = self.machine("control-1")
        self.assertEqual((machine.use, machine.cpu_percent), ("control", 33))
        self.frozen.tick(6 * MINUTE)
        machine.invalidate_recordset()
        self.assertEqual((machine.cpu_percent, machine.answers), (0, False))

    def test_a_disk_that_fills_up_says_when(self):
        machine = self.machines._of("control-1", "")
        looks = [
            (NOON - hour * HOUR, {"disk_free_bytes": (100 + hour) * 1e9}) for hour in range(48)
        ]
        machine._keep(looks)
        self.assertEqual(self.machines._forecast_disks(), 1)
        told = self.latest("machine", machine.id)
        self.assertAlmostEqual(told["disk_full_in_days"], 100 / 24, delta=0.1)
        self.assertEqual(machine.disk_text, "4 days")


@tagged("post_install", "-at_install")
class TestGatewayMinutes(CollectCase):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant(subdomain="counted")
        self.cluster_sudo = self.tenant.cluster_id.sudo()
        self.cluster_sudo.node_role = "saas_node_x"
        self.number = 0

    def tell(self, at, requests, process="p1", arrived=None, role="saas_node_x"):
        self.number += 1
        name = self.tenant.sudo().database_id.name
        latency = [0, 0, 0, 2, 2, 0, 0, 0, 0, 0]
        values = (role, process, self.number, at, name, requests, latency, arrived or at)
        self.env.cr.execute(SQL(USAGE, *values))

    def sums(self):
        self.env.cr.execute(
            "SELECT at, requests, answered FROM saas_metric_gateway"
            " WHERE subject_id = %s ORDER BY at",
            [self.tenant.id],
        )
        return self.env.cr.fetchall()

    def test_a_minute_is_the_sum_of_all_processes(self):
        self.tell(NOON - MINUTE, 5)
        self.tell(NOON - timedelta(seconds=20), 7, "p2")
        self.assertEqual(self.metrics._collect_gateway(), 1)
        self.assertEqual(self.sums(), [(NOON - MINUTE, 12, 8)])
        told = self.latest("gateway", self.tenant.id)
        self.assertEqual((told["failures"], told["response_ms"]), (2, 1600))
        self.assertTrue(250 < told["latency_p95_ms"] < 500)

    def test_a_minute_that_is_not_over_waits(self):
        self.tell(NOON, 5)
        self.frozen.tick(timedelta(seconds=30))
        self.assertEqual(self.metrics._collect_gateway(), 0)
        self.frozen.tick(timedelta(seconds=30))
        self.assertEqual(self.metrics._collect_gateway(), 1)

    def test_rows_that_come_late_make_the_sum_anew_and_none_counts_twice(self):
        self.tell(NOON - MINUTE, 5)
        self.metrics._collect_gateway()
        self.frozen.tick(30 * MINUTE)
        self.metrics._collect_gateway()
        self.tell(NOON - MINUTE, 2, "p2", arrived=NOON + 30 * MINUTE)
        self.frozen.tick(MINUTE)
        self.metrics._collect_gateway()
        self.metrics._collect_gateway()
        self.assertEqual([row[:2] for row in self.sums()], [(NOON - MINUTE, 7)])

    def test_a_node_of_another_cluster_tells_nothing_of_this_tenant(self):
        self.tell(NOON - MINUTE, 5, role="saas_node_y")
        self.assertEqual(self.metrics._collect_gateway(), 0)


@tagged("post_install", "-at_install")
class TestOwnFigures(CollectCase):
    def test_the_platform_tells_how_it_does(self):
        before = self.metrics._collect_platform()
        self.env["saas.job"].sudo()._enqueue("collect_machine", spec={}, dedupe_key="busy")
        self.frozen.tick(MINUTE)
        after = self.metrics._collect_platform()
        self.assertLessEqual(set(after), set(of_family("platform")))
        self.assertEqual(after["operations_waiting"], before["operations_waiting"] + 1)
        self.assertGreaterEqual(after["operations_oldest_s"], 60)
        told = self.latest("platform", 0)
        self.assertEqual(told["operations_waiting"], after["operations_waiting"])

    def test_a_tenant_without_any_backup_has_no_age_and_no_ratio(self):
        tenant = self.make_open_tenant(subdomain="unsaved")
        self.metrics._collect_backups()
        told = self.latest("backup", tenant.id)
        self.assertEqual(told["backup_failures"], 0)
        self.assertNotIn("backup_age_s", told)
        self.assertNotIn("backup_size_ratio", told)

    def test_age_and_size_of_backups_are_told_in_figures(self):
        tenant = self.make_open_tenant(subdomain="saved").sudo()
        tenant._put_proof({"backup_verified_at": NOON - 3 * HOUR})
        figures = tenant._backup_figures(NOON, [300.0, 100.0, 100.0, 120.0], 2)
        self.assertEqual(figures["backup_age_s"], 3 * 3600)
        self.assertEqual(figures["backup_size_ratio"], 3)
        self.assertEqual(figures["backup_failures"], 2)

    def test_sizes_that_metering_reads_are_metrics_too(self):
        tenant = self.make_open_tenant(subdomain="sized")
        looks = [
            {
                "tenant": tenant.id,
                "numbers": {"database_bytes": "8000000", "filestore_bytes": None},
                "problem": "filestore_missing",
                "ended": "",
            }
        ]
        tenant.cluster_id.sudo()._step_usage_read("sizes", looks)
        self.assertEqual(self.latest("size", tenant.id), {"database_bytes": 8000000})

    def test_the_scheduled_action_collects_everything_and_orders_one_look(self):
        domain = [("kind", "=", "collect_machine"), ("state", "=", "waiting")]
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *_args, **_more: 0):
            for _turn in range(2):
                self.metrics._cron_collect()
        self.assertEqual(self.env["saas.job"].sudo().search_count(domain), 1)
        self.assertTrue(self.latest("platform", 0))
