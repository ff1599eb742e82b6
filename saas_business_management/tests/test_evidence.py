"""Evidence and the badge that rests on it: written by checks alone, falling with age."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import SaasCommon

REFUSED = [{"name": "drop another database", "outcome": "refused", "state": "42501"}]
BROKEN = [*REFUSED, {"name": "become another role", "outcome": "succeeded", "state": ""}]
UNSURE = [*REFUSED, {"name": "read a file", "outcome": "unknown", "state": "55P03"}]


@tagged("post_install", "-at_install")
class TestEvidence(SaasCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant()

    def told(self, attacks):
        self.tenant.database_id.sudo()._step_isolation_told(attacks)
        self.tenant.invalidate_recordset()

    def aged(self, **ago):
        """Let the evidence grow old, as time would."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE saas_evidence SET at = at - %(ago)s, expires_at = expires_at - %(ago)s",
            {"ago": timedelta(**ago)},
        )
        self.env.invalidate_all()

    def proofs(self):
        wanted = [("kind", "=", "prove_isolation")]
        return self.env["saas.job"].sudo().search(wanted)

    def test_a_tenant_is_not_proven_before_its_first_proof(self):
        self.assertEqual(self.tenant.isolation, "unknown")

    def test_a_passed_proof_lifts_the_badge_and_age_lets_it_fall(self):
        self.told(REFUSED)
        self.assertEqual(self.tenant.isolation, "passed")
        self.aged(days=7, hours=23)
        self.assertEqual(self.tenant.isolation, "passed")
        self.aged(hours=2)
        self.assertEqual(self.tenant.isolation, "unknown")

    def test_without_its_evidence_the_badge_falls(self):
        self.told(REFUSED)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM saas_evidence")
        self.env.invalidate_all()
        self.assertEqual(self.tenant.isolation, "unknown")

    def test_a_failed_proof_stays_failed_however_old(self):
        self.told(BROKEN)
        self.aged(days=60)
        self.assertEqual(self.tenant.isolation, "failed")

    def test_a_proof_with_an_open_question_proves_nothing(self):
        self.told(UNSURE)
        self.assertEqual(self.tenant.isolation, "unknown")
        self.told([])
        self.assertEqual(self.tenant.isolation, "unknown")

    def test_a_hole_calls_a_person_once_and_stands_in_log_and_doctor(self):
        self.told(BROKEN)
        self.told(BROKEN)
        activities = self.tenant.activity_ids.filtered(lambda one: "broken" in one.summary)
        self.assertEqual(len(activities), 1)
        self.assertIn("become another role", activities.note)
        entries = self.env["saas.audit.entry"].search([("action", "=", "isolation_broken")])
        self.assertEqual(entries[:1].tenant_id, self.tenant)
        found = [one for one in self.env["saas.doctor"]._run() if one["code"] == "tenant_isolated"]
        self.assertEqual((found[0]["level"], found[0]["record"]), ("failing", self.tenant))

    def test_the_same_result_renews_its_row_and_another_adds_one(self):
        self.told(REFUSED)
        self.aged(days=3)
        self.told(REFUSED)
        row = self.tenant.evidence_ids
        self.assertEqual(len(row), 1)
        self.assertAlmostEqual(row.at, fields.Datetime.now(), delta=timedelta(minutes=1))
        self.told(BROKEN)
        self.assertEqual(self.tenant.evidence_ids.mapped("result"), ["failed", "passed"])

    def test_the_badge_can_be_searched(self):
        tenants = self.env["saas.tenant"]
        self.told(REFUSED)
        self.assertIn(self.tenant, tenants.search([("isolation", "=", "passed")]))
        self.aged(days=9)
        self.assertNotIn(self.tenant, tenants.search([("isolation", "=", "passed")]))
        self.assertIn(self.tenant, tenants.search([("isolation", "!=", "passed")]))
        self.assertIn(self.tenant, tenants.search([("isolation", "in", ("unknown", "failed"))]))
        self.assertTrue(self.env["saas.evidence"].search([("expired", "=", True)]))

    def test_evidence_is_written_by_nobody_else(self):
        self.told(REFUSED)
        row = self.tenant.evidence_ids
        vals = {"tenant_id": self.tenant.id, "claim": "isolated", "result": "passed"}
        for work in (
            lambda: row.sudo().write({"result": "failed"}),
            lambda: row.sudo().unlink(),
            lambda: self.env["saas.evidence"].sudo()._with_right(True).create(vals),
        ):
            with self.assertRaises(UserError):
                work()

    def test_the_welcome_orders_the_proof_after_the_opening_and_at_low_priority(self):
        self.tenant.sudo()._step_welcome()
        self.tenant.sudo()._step_welcome()
        job = self.proofs()
        self.assertEqual((len(job), job.priority), (1, 50))
        self.assertFalse(job.tenant_id, "it would keep people from the buttons of the tenant")
        self.assertEqual(job.database_id, self.tenant.database_id)

    def test_a_closed_tenant_is_not_attacked(self):
        database_sudo = self.tenant.database_id.sudo()
        wanted = database_sudo._step_isolation_wanted()
        self.assertEqual((wanted["database"], wanted["generation"]), (database_sudo.name, 1))
        self.tenant._set({"state": "suspended"})
        self.assertEqual(database_sudo._step_isolation_wanted(), {})

    def test_check_now_orders_both_checks_and_only_for_operators(self):
        self.tenant.with_user(self.operator).action_check_evidence()
        self.assertTrue(self.proofs())
        audits = [("kind", "=", "audit_rights"), ("cluster_id", "=", self.cluster.id)]
        self.assertTrue(self.env["saas.job"].search(audits))
        with self.assertRaises(AccessError):
            self.tenant.with_user(self.viewer).action_check_evidence()
        self.told(REFUSED)
        with self.assertRaises(AccessError):
            self.tenant.evidence_ids.with_user(self.viewer).action_check_now()
        draft = self.make_tenant(subdomain="draft")
        with self.assertRaises(UserError):
            draft.action_check_evidence()

    def test_each_open_tenant_is_proven_again_when_its_week_is_over(self):
        self.env["saas.tenant"]._cron_prove_isolation()
        first = self.proofs().filtered(lambda one: one.database_id == self.tenant.database_id)
        self.assertTrue(first)
        first.write({"state": "done"})
        self.told(REFUSED)
        self.env["saas.tenant"]._cron_prove_isolation()
        self.assertFalse(self.open_proof())
        self.aged(days=7, minutes=1)
        self.env["saas.tenant"]._cron_prove_isolation()
        self.assertTrue(self.open_proof())

    def open_proof(self):
        return self.proofs().filtered(
            lambda one: one.database_id == self.tenant.database_id and one.state == "waiting"
        )

    def test_another_company_sees_no_evidence(self):
        self.told(REFUSED)
        theirs = self.env["saas.evidence"].with_user(self.stranger)
        self.assertFalse(theirs.search([("tenant_id", "=", self.tenant.id)]))

    def test_the_form_shows_the_claim(self):
        self.told(REFUSED)
        with Form(self.tenant.with_user(self.operator)) as form:
            self.assertEqual(form.isolation, "passed")


@tagged("post_install", "-at_install")
class TestRights(SaasCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant()
        self.name = self.tenant.database_id.name

    def finding(self, kind="tenant_strong", level="failing", name=None, **facts):
        name = self.name if name is None else name
        row = {"kind": kind, "what": "role", "name": name, "level": level, "mend": False}
        return {**row, "facts": facts or {"attributes": ["createdb"]}}

    def test_the_audit_is_told_every_database_and_its_addresses(self):
        (row,) = self.cluster._step_rights_wanted()["tenants"]
        self.assertEqual((row["name"], row["generation"], row["busy"]), (self.name, 1, False))
        self.assertEqual(row["addresses"], [self.tenant.url])
        self.assertEqual(self.cluster._step_rights_wanted()["trusted"], ["postgres"])

    def test_a_tenant_under_work_is_not_judged_but_a_proof_is_no_work(self):
        self.tenant._prove_isolation()
        self.assertFalse(self.cluster._step_rights_wanted()["tenants"][0]["busy"])
        self.tenant._order_rotation()
        self.assertTrue(self.cluster._step_rights_wanted()["tenants"][0]["busy"])

    def test_a_finding_is_told_by_the_doctor_with_its_mend_and_fails_the_evidence(self):
        self.cluster._step_rights_audited([self.finding()], [])
        (found,) = self.rights()
        self.assertEqual((found["level"], found["record"]), ("failing", self.tenant))
        self.assertIn("createdb", found["what"])
        self.assertTrue(found["mend"])
        self.assertEqual(self.tenant.evidence_ids.mapped("result"), ["failed"])
        self.assertEqual(self.tenant.evidence_ids.summary, "tenant_strong")

    def rights(self):
        return [
            one
            for one in self.env["saas.doctor"]._run()
            if one["code"] == "cluster_rights" and self.cluster.name in one["what"]
        ]

    def test_a_clean_audit_is_healthy_and_passes_the_evidence(self):
        self.cluster._step_rights_audited([], [])
        self.assertEqual([one["level"] for one in self.rights()], ["ok"])
        self.assertEqual(self.tenant.evidence_ids.mapped("result"), ["passed"])

    def test_an_old_audit_proves_nothing(self):
        self.cluster._step_rights_audited([], [])
        self.cluster.rights_audited_at = fields.Datetime.now() - timedelta(hours=4)
        self.assertEqual([one["level"] for one in self.rights()], ["unknown"])

    def test_a_warning_does_not_fail_the_evidence(self):
        self.cluster._step_rights_audited([self.finding("address_thawed", "warning", x=1)], [])
        self.assertEqual(self.tenant.evidence_ids.mapped("result"), ["passed"])

    def test_what_was_put_right_stands_in_the_audit_log(self):
        self.cluster._step_rights_audited([], [self.finding("role_limit", found=-1)])
        entry = self.env["saas.audit.entry"].search([("action", "=", "right_mended")], limit=1)
        self.assertEqual((entry.res_id, entry.facts["kind"]), (self.cluster.id, "role_limit"))

    def test_every_kind_of_finding_has_its_words(self):
        from ..kernel.provisioning import privileges
        from ..messages.rights import RIGHTS, right_text

        source = privileges.__loader__.get_source(privileges.__name__)
        kinds = {
            line.split('Finding("')[1].split('"')[0]
            for line in source.splitlines()
            if 'Finding("' in line
        }
        self.assertEqual(kinds, set(RIGHTS))
        facts = dict.fromkeys(
            "version found percent methods owner roles expected attributes count".split(), "x"
        )
        for kind in kinds:
            what, mend = right_text(self.env, {**self.finding(kind), "facts": facts})
            self.assertNotIn("%(", what + mend)

    def test_the_hourly_audit_orders_both_audits(self):
        self.env["saas.cluster"]._cron_audit()
        kinds = self.env["saas.job"].search([("cluster_id", "=", self.cluster.id)]).mapped("kind")
        self.assertIn("audit_rights", kinds)
        self.assertIn("audit_cluster", kinds)


@tagged("post_install", "-at_install")
class TestRotation(SaasCommon):
    def setUp(self):
        super().setUp()
        self.tenant = self.make_open_tenant()

    def jobs(self):
        return self.env["saas.job"].sudo().search([("kind", "=", "rotate_role")])

    def test_only_an_administrator_changes_a_password(self):
        with self.assertRaises(AccessError):
            self.tenant.with_user(self.operator).action_rotate_role()
        self.tenant.with_user(self.admin).action_rotate_role()
        self.tenant.with_user(self.admin).action_rotate_role()
        self.assertEqual(self.jobs().tenant_id, self.tenant)
        self.assertEqual(len(self.jobs()), 1)

    def test_a_draft_has_no_password_to_change(self):
        with self.assertRaises(UserError):
            self.make_tenant(subdomain="draft").action_rotate_role()

    def test_generation_route_and_audit_entry_become_true_together(self):
        wanted = self.tenant._step_rotation_wanted()
        self.assertEqual(wanted["generation"], 2)
        self.tenant._step_rotated(generation=2)
        self.tenant._step_rotated(generation=2)
        routes = self.env["saas.route"]._of(self.tenant.database_id)
        self.assertEqual(routes.mapped("generation"), [2])
        self.assertEqual(self.tenant.database_id.generation, 2)
        entries = self.env["saas.audit.entry"].search([("action", "=", "role_rotated")])
        self.assertEqual((len(entries), entries.facts["generation"]), (1, 2))
        self.assertTrue(self.tenant.role_rotated_at)

    def test_the_policy_changes_what_is_old_and_nothing_else(self):
        tenants = self.env["saas.tenant"]
        self.env.cr.execute("UPDATE saas_database SET rotated_at = now() AT TIME ZONE 'UTC'")
        self.env.invalidate_all()
        tenants._cron_rotate_roles()
        self.assertFalse(self.jobs())
        self.env.cr.execute("UPDATE saas_database SET rotated_at = rotated_at - interval '91 days'")
        self.env.invalidate_all()
        tenants._cron_rotate_roles()
        self.assertIn(self.tenant, self.jobs().tenant_id)

    def test_the_days_are_a_setting_and_zero_means_never(self):
        tenants, parameters = self.env["saas.tenant"], self.env["ir.config_parameter"].sudo()
        self.assertEqual(tenants._rotation_days(), 90)
        parameters.set_param("saas.role_rotation_days", "30")
        self.assertEqual(tenants._rotation_days(), 30)
        parameters.set_param("saas.role_rotation_days", "rubbish")
        self.assertEqual(tenants._rotation_days(), 90)
        parameters.set_param("saas.role_rotation_days", "0")
        self.env.cr.execute("UPDATE saas_database SET create_date = '2020-01-01'")
        self.env.invalidate_all()
        tenants._cron_rotate_roles()
        self.assertFalse(self.jobs())

    def test_an_old_password_is_told_by_the_doctor(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE saas_database SET create_date = '2020-01-01'")
        self.env.invalidate_all()
        found = [one for one in self.env["saas.doctor"]._run() if one["code"] == "role_passwords"]
        self.assertEqual([one["level"] for one in found], ["warning"])


@tagged("post_install", "-at_install")
class TestPlanCode(SaasCommon):
    def test_the_plan_decides_whether_nodes_let_code_be_written(self):
        tenant = self.make_open_tenant(plan_id=self.plan.id)
        routes = self.env["saas.route"]._of(tenant.database_id)
        self.assertEqual(routes.mapped("code"), [False])
        self.plan.allow_code = True
        self.assertEqual(routes.mapped("code"), [True])
        tenant.plan_id = self.env["saas.plan"].create({"name": "Without Code", "price": 1})
        self.assertEqual(routes.mapped("code"), [False])
