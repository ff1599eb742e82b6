"""The screen of metrics: what may be chosen, what is drawn, who is told nothing."""

from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Datetime
from odoo.tests import new_test_user, tagged

from .common import SaasCommon

NOON = Datetime.to_datetime("2031-05-02 12:00:00")
MINUTE = timedelta(minutes=1)


@tagged("post_install", "-at_install")
class TestMetricChart(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "saas_business_management.group_saas_viewer"
        cls.viewer = new_test_user(cls.env, "metric-viewer", groups=f"base.group_user,{group}")
        cls.stranger = new_test_user(cls.env, "metric-stranger", groups="base.group_user")

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOON)
        clock.start()
        self.addCleanup(clock.stop)
        self.tenant = self.make_open_tenant(subdomain="drawn")
        self.metrics = self.env["saas.metric"]

    def chart(self, user=None, **asked):
        asked = {"scope": "tenant", "subject": self.tenant.id} | asked
        return self.metrics.with_user(user or self.viewer).get_chart(**asked)

    def test_the_first_that_is_measured_is_drawn(self):
        for minute, value in ((30, 4), (10, 8)):
            row = (NOON - minute * MINUTE, self.tenant.id, {"requests": value})
            self.metrics._add("gateway", [row])
        page = self.chart(period="hour")
        self.assertEqual((page["code"], page["delta"]), ("requests", True))
        self.assertEqual([point[1] for point in page["points"]], [4, 8])
        known = {one["code"] for one in page["metrics"] if one["known"]}
        self.assertEqual(known, {"requests"})
        self.assertEqual({one["group"] for one in page["metrics"]} >= {"Requests", "Backups"}, True)

    def test_a_metric_of_something_else_is_not_drawn(self):
        self.assertEqual(self.chart(code="cluster_up")["code"], "active_sessions_average")
        self.assertEqual(self.chart(code="; drop")["code"], "active_sessions_average")
        self.assertEqual(self.chart(code="requests", period="aeon")["code"], "requests")

    def test_every_metric_and_every_period_can_be_drawn(self):
        periods = ("hour", "day", "week", "month", "year")
        for place, one in enumerate(self.chart()["metrics"]):
            asked = {"code": one["code"], "period": periods[place % len(periods)]}
            self.assertEqual(self.chart(**asked)["points"], [])

    def test_who_may_not_read_the_record_is_told_nothing(self):
        with self.assertRaises(AccessError):
            self.chart(self.stranger)

    def test_no_record_and_no_such_scope_are_refused(self):
        with self.assertRaises(MissingError):
            self.chart(subject=2**30)
        for asked in ({"scope": "platform"}, {"scope": "res.users"}, {"subject": "1"}):
            with self.assertRaises(AccessError):
                self.chart(**asked)

    def test_each_button_opens_the_metrics_of_its_record(self):
        machine = self.env["saas.machine"]._of("control-1", "")
        for scope, record in (
            ("tenant", self.tenant),
            ("cluster", self.tenant.cluster_id),
            ("machine", machine),
        ):
            params = record.action_view_metrics()["params"]
            self.assertEqual((params["scope"], params["subject"]), (scope, record.id))
            self.assertTrue(self.metrics.get_chart(params["scope"], params["subject"])["metrics"])

    def test_the_doctor_says_who_is_not_watched_and_who_counts_no_statements(self):
        cluster_sudo = self.tenant.cluster_id.sudo()
        cluster_sudo.write({"watched_at": NOON, "watch_problem": False, "state": "ready"})

        def codes():
            found = self.env["saas.doctor"]._look_at_watching()
            return {one["code"] for one in found if one["record"] == cluster_sudo}

        if cluster_sudo.has_secrets:
            self.assertEqual(codes(), {"statements_counted"})
            cluster_sudo.counts_statements = True
            self.assertEqual(codes(), set())
            cluster_sudo.watched_at = NOON - 6 * MINUTE
            self.assertEqual(codes(), {"cluster_watched"})

    def test_the_doctor_says_that_a_day_has_no_partition(self):
        self.assertEqual(self.env["saas.doctor"]._look_at_partitions()["level"], "warning")
        self.metrics._keep_partitions()
        self.assertEqual(self.env["saas.doctor"]._look_at_partitions()["level"], "ok")
