"""Limits inside tenants: when they are ordered, what operations note, what a tenant did to them."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..kernel.secret import Secret
from .common import SaasCommon

OPEN = ("waiting", "running")


@tagged("post_install", "-at_install")
class TestEnforcement(SaasCommon):
    def setUp(self):
        super().setUp()
        self.plan.write({"limit_users": 5, "limit_storage_gb": 2})
        self.cluster._seal("limits_password_sealed", Secret("password-of-saas-limits"))
        self.tenant = self.make_open_tenant(subdomain="limited", plan_id=self.plan.id)
        self.database = self.tenant.database_id.sudo()

    def jobs(self):
        kind = [("kind", "=", "apply_limits"), ("state", "in", OPEN)]
        return self.env["saas.job"].sudo().search(kind, order="id")

    def wanted(self, job=None, **values):
        at_work = self.cluster.sudo().with_context(saas_job_id=(job or self.jobs()[:1]).id)
        return at_work._step_limits_wanted(**values)["rows"]

    def applied(self, problem="", tampered=(), **values):
        (row,) = self.wanted()
        told = {**row, "problem": problem, "tampered": list(tampered), **values}
        self.cluster.sudo()._step_limits_applied(rows=[told])

    def events(self):
        return self.env["saas.security.event"].search([("rule", "=", "limits_tampered")])

    def test_a_tenant_that_opens_has_its_limits_ordered_once(self):
        job = self.jobs()
        self.assertEqual((job.tenant_id, job.cluster_id), (self.tenant, self.cluster))
        self.tenant._have_limits_applied()
        self.assertEqual(self.jobs(), job)
        (row,) = self.wanted(job)
        self.assertEqual(row["database"], self.database.name)
        self.assertEqual(row["wanted"]["users"], 5)
        self.assertIsNone(row["applied"])

    def test_a_tenant_without_limits_is_left_alone(self):
        self.plan.write({"limit_users": 0, "limit_storage_gb": 0})
        before = self.jobs()
        other = self.make_open_tenant(subdomain="free", plan_id=self.plan.id, name="Free")
        self.assertEqual(self.jobs(), before)
        self.assertEqual(self.wanted(tenant_ids=other.ids), [])

    def test_what_was_applied_is_remembered_for_this_very_database(self):
        self.applied()
        self.assertEqual(self.database.limits_applied["users"], 5)
        self.assertTrue(self.tenant.limits_applied_at)
        self.jobs().write({"state": "done"})
        self.tenant._have_limits_applied()
        self.assertFalse(self.jobs())
        self.database.oid = 99
        self.tenant._have_limits_applied()
        self.assertEqual(len(self.jobs()), 1, "a restore put another database in its place")

    def test_another_limit_is_ordered(self):
        self.applied()
        self.jobs().write({"state": "done"})
        self.plan.limit_users = 6
        self.tenant._have_limits_applied(at_once=False)
        job = self.jobs()
        self.assertEqual(job.spec, {"tenant_ids": self.tenant.ids})
        self.assertEqual(job.cluster_id, self.cluster)

    def test_limits_that_were_taken_away_are_taken_away_inside(self):
        self.applied()
        self.plan.write({"limit_users": 0, "limit_storage_gb": 0})
        (row,) = self.wanted()
        self.assertEqual(row["wanted"], {"users": None, "storage_room": None})

    def test_what_a_tenant_did_is_a_grave_event_and_in_the_audit_log(self):
        self.applied(tampered=["trigger_disabled", "limits_changed"])
        event = self.events()
        self.assertEqual((event.tenant_id, event.severity), (self.tenant, "grave"))
        self.assertEqual(event.facts, {"found": "trigger_disabled, limits_changed"})
        entry = self.env["saas.audit.entry"].search([("action", "=", "limits_put_back")])
        self.assertEqual(entry.tenant_id, self.tenant)

    def test_why_limits_do_not_hold_is_said_and_goes_when_they_do(self):
        self.applied(problem="table_replaced", tampered=["table_replaced"])
        self.assertIn("in the place of a table", self.tenant.limits_problem_text)
        self.assertFalse(self.database.limits_applied)
        self.assertFalse(self.env["saas.audit.entry"].search([("action", "=", "limits_put_back")]))
        finding = self.env["saas.doctor"]._look_at_limits()
        self.assertEqual(finding["level"], "warning")
        self.applied()
        self.assertFalse(self.tenant.limits_problem_text)
        self.assertEqual(self.env["saas.doctor"]._look_at_limits()["level"], "ok")

    def test_a_number_no_database_counts_to_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "9,223,372,036 GB"):
            self.plan.limit_storage_gb = 10.0**13
        too_many = {"users": 2**63, "storage_room": None}
        self.patch(type(self.tenant), "_wanted_limits", lambda _self: too_many)
        self.assertEqual(self.wanted(), [])
        self.assertIn("9,223,372,036,854,775,807", self.tenant.limits_problem_text)

    def test_another_database_than_the_one_that_was_written_takes_no_notice(self):
        self.applied(oid=12345)
        self.assertFalse(self.database.limits_applied)

    def test_the_hourly_round_looks_at_prepared_clusters_and_not_at_who_is_changed(self):
        self.jobs().write({"state": "done"})
        self.env["saas.cluster"]._cron_audit()
        round_job = self.jobs()
        self.assertEqual(round_job.cluster_id, self.cluster)
        self.assertFalse(round_job.spec)
        self.assertEqual(len(self.wanted(round_job)), 1)
        self.env["saas.job"]._enqueue("rotate_role", tenant_id=self.tenant.id)
        self.assertEqual(self.wanted(round_job), [])

    def test_a_closed_tenant_waits_until_it_opens(self):
        self.jobs().write({"state": "done"})
        self.tenant._fire("suspended", system=True, reason="manual")
        self.assertEqual(self.wanted(tenant_ids=self.tenant.ids), [])
        with self.assertRaisesRegex(UserError, "not open"):
            self.tenant.with_user(self.operator).action_apply_limits()
        self.tenant._fire("resumed", system=True)
        self.assertEqual(self.jobs().tenant_id, self.tenant)

    def test_operators_apply_limits_and_viewers_do_not(self):
        action = self.tenant.with_user(self.operator).action_apply_limits()
        self.assertEqual(action["res_id"], self.jobs().id)
        with self.assertRaises(AccessError):
            self.tenant.with_user(self.viewer).action_apply_limits()

    def test_a_cluster_of_before_is_told_by_the_doctor_and_not_tried(self):
        self.cluster.sudo().limits_password_sealed = False
        self.jobs().write({"state": "done"})
        self.env["saas.cluster"]._cron_audit()
        self.assertFalse(self.jobs())
        finding = self.env["saas.doctor"]._look_at_limits()
        self.assertEqual(finding["level"], "warning")
        self.assertIn("cluster-prepare", finding["mend"])

    def test_what_was_measured_refreshes_the_room_of_those_that_have_some(self):
        limits = {"users": 5, "storage_room": None}
        self.patch(type(self.tenant), "_wanted_limits", lambda _self: dict(limits))
        numbers = {"database_bytes": "900000000", "filestore_bytes": "100000000"}
        look = {"tenant": self.tenant.id, "numbers": numbers, "problem": "", "ended": ""}
        self.env["saas.usage.source"]._of(self.tenant, "sizes")
        for applied, measured, ordered in (
            (None, 10**9, False),
            (2 * 10**9, 2 * 10**9 - 10**6, False),
            (2 * 10**9, 10**9, True),
        ):
            limits["storage_room"] = applied
            self.applied()
            self.jobs().write({"state": "done"})
            limits["storage_room"] = measured
            self.cluster.sudo()._step_usage_read(source="sizes", looks=[look])
            self.assertEqual(bool(self.jobs()), ordered, measured)
        self.assertEqual(self.jobs().spec, {"tenant_ids": self.tenant.ids})
