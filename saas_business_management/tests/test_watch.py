"""What a look at a cluster leaves behind: metrics, pauses, statements; unknown is no zero."""

from datetime import timedelta

from freezegun import freeze_time
from odoo.fields import Datetime
from odoo.tests import tagged

from .common import SaasCommon

NOON = Datetime.to_datetime("2031-05-02 12:00:00")
MINUTE = timedelta(minutes=1)


def counters(reset="first", **numbers):
    return {"reset": reset, "numbers": numbers}


@tagged("post_install", "-at_install")
class TestWatch(SaasCommon):
    def setUp(self):
        super().setUp()
        self.clock = freeze_time(NOON)
        self.frozen = self.clock.start()
        self.addCleanup(self.clock.stop)
        self.tenant = self.make_open_tenant(subdomain="watched")
        self.cluster_sudo = self.tenant.cluster_id.sudo()
        self.name = self.tenant.sudo().database_id.name
        self.metrics = self.env["saas.metric"]

    def look(self, seconds, statements=None, whole=None, more=None, **numbers):
        database = {
            "gauges": {"database_connections": 4.0},
            "counters": counters(**numbers),
        }
        self.cluster_sudo._step_watched(
            {
                "seconds": seconds,
                "gauges": {"cluster_up": 1.0, "connections": 9.0},
                "counters": whole or counters(checkpoints_requested=5.0),
                "databases": {self.name: database} | (more or {}),
                "statements": statements,
            }
        )

    def latest(self, *codes):
        found = self.metrics._latest(codes, [self.tenant.id]).get(self.tenant.id, {})
        return {code: value for code, (value, _at) in found.items()}

    def test_a_first_look_tells_readings_and_no_delta(self):
        self.look(100.0, transactions=500.0, active_ms=1000.0)
        told = self.latest("database_connections", "transactions", "active_sessions_average")
        self.assertEqual(told, {"database_connections": 4})
        cluster = self.metrics._latest(["cluster_up", "connections", "checkpoints_requested"])
        told = {code: value for code, (value, _at) in cluster[self.cluster_sudo.id].items()}
        self.assertEqual(told, {"cluster_up": 1, "connections": 9})

    def test_a_database_that_is_not_there_is_told_and_one_of_nobody_is_not(self):
        self.look(100.0)
        self.assertEqual(self.latest("database_present"), {"database_present": 1})
        self.frozen.tick(MINUTE)
        self.name = "t_of_nobody"
        self.look(160.0)
        self.assertEqual(self.latest("database_present"), {"database_present": 0})

    def test_the_next_look_tells_what_was_added(self):
        self.look(100.0, transactions=500.0, active_ms=1000.0)
        self.frozen.tick(MINUTE)
        self.look(160.0, transactions=520.0, active_ms=31000.0)
        told = self.latest("transactions", "active_sessions_average")
        self.assertEqual(told, {"transactions": 20, "active_sessions_average": 0.5})

    def test_after_a_reset_nothing_is_added_and_nothing_is_below_zero(self):
        self.look(100.0, transactions=500.0, active_ms=1000.0)
        self.frozen.tick(MINUTE)
        self.look(160.0, reset="later", transactions=3.0, active_ms=10.0)
        self.assertEqual(self.latest("transactions", "active_sessions_average"), {})
        self.frozen.tick(MINUTE)
        self.look(220.0, reset="later", transactions=5.0, active_ms=10.0)
        told = self.latest("transactions", "active_sessions_average")
        self.assertEqual(told, {"transactions": 2, "active_sessions_average": 0})

    def test_a_database_of_nobody_is_not_kept(self):
        stray = {"gauges": {"database_connections": 1.0}, "counters": counters()}
        self.look(100.0, more={"t_" + "z" * 26: stray})
        found = self.metrics._latest(["database_connections"])
        self.assertNotIn(0, found)
        self.assertEqual(found[self.tenant.id]["database_connections"][0], 4)

    def test_a_silent_cluster_is_down_and_its_tenants_are_unknown(self):
        self.look(100.0, transactions=500.0)
        self.frozen.tick(MINUTE)
        self.cluster_sudo._step_watch_missed("server_unreachable")
        up = self.metrics._latest(["cluster_up"])[self.cluster_sudo.id]["cluster_up"]
        self.assertEqual(up, (0, NOON + MINUTE))
        (_value, at) = self.metrics._latest(["database_connections"])[self.tenant.id][
            "database_connections"
        ]
        self.assertEqual(at, NOON)
        self.assertTrue(self.cluster_sudo.watch_text)

    def test_what_only_we_lack_says_nothing_about_the_cluster(self):
        self.cluster_sudo._step_watch_missed("monitor_secret_missing")
        self.assertNotIn(self.cluster_sudo.id, self.metrics._latest(["cluster_up"]))

    def test_three_time_outs_pause_the_looks_and_say_so_once(self):
        for _look in range(2):
            self.cluster_sudo._step_watch_missed("look_too_long")
        self.assertTrue(self.cluster_sudo._watch_due())
        before = len(self.cluster_sudo.message_ids)
        self.cluster_sudo._step_watch_missed("look_too_long")
        self.assertEqual(len(self.cluster_sudo.message_ids), before + 1)
        self.assertFalse(self.cluster_sudo._step_watch_due()["due"])
        self.frozen.tick(timedelta(minutes=15))
        self.assertTrue(self.cluster_sudo._step_watch_due()["due"])
        self.look(1000.0)
        self.assertEqual(self.cluster_sudo.watch_timeouts, 0)

    def test_each_ready_cluster_gets_one_look_at_a_time(self):
        jobs = self.env["saas.job"].sudo()
        domain = [("kind", "=", "collect_cluster"), ("cluster_id", "=", self.cluster_sudo.id)]
        for _cron in range(2):
            self.env["saas.cluster"]._cron_watch()
        self.assertEqual(jobs.search_count(domain), 1)

    def statement(self, calls, total_ms, **more):
        told = {"database": self.name, "queryid": "77", "reset": "first"}
        text = "SELECT name FROM res_partner WHERE email = 'ann@example.com'"
        return {**told, "text": text, "calls": calls, "total_ms": total_ms, **more}

    def kept(self):
        return self.env["saas.slow.statement"].search([("tenant_id", "=", self.tenant.id)])

    def test_a_statement_is_kept_without_values_and_counts_from_then_on(self):
        self.look(100.0, [self.statement(1000, 5e6)])
        self.assertEqual(self.kept().text, "SELECT name FROM res_partner WHERE email = ?")
        self.assertEqual((self.kept().calls, self.kept().time_s), (0, 0))
        self.frozen.tick(timedelta(minutes=5))
        self.look(400.0, [self.statement(1010, 5e6 + 4000)])
        self.assertEqual((self.kept().calls, self.kept().time_s), (10, 4))
        self.assertEqual(self.kept().mean_ms, 400)

    def test_a_server_that_counts_anew_takes_nothing_away(self):
        self.look(100.0, [self.statement(10, 1000)])
        self.frozen.tick(timedelta(minutes=5))
        self.look(400.0, [self.statement(3, 600, reset="later")])
        self.assertEqual((self.kept().calls, self.kept().time_s), (3, 0.6))

    def test_an_order_that_may_hold_a_password_is_not_kept(self):
        self.look(100.0, [self.statement(1, 1, text="ALTER ROLE x PASSWORD 'y'")])
        self.assertFalse(self.kept())

    def test_a_statement_that_runs_no_more_is_forgotten(self):
        self.look(100.0, [self.statement(10, 1000)])
        self.frozen.tick(timedelta(days=15))
        self.look(400.0, [])
        self.assertFalse(self.kept())
