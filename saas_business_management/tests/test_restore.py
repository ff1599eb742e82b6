"""Restores: who may ask for one, what refuses it, what operations note, the undo."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..kernel.errors import Refused
from .backup_common import BackupCommon

OUT = "t_" + "a" * 26 + "_z9"


@tagged("post_install", "-at_install")
class TestRestore(BackupCommon):
    def setUp(self):
        super().setUp()
        self.make_policy(is_default=True)
        self.backup = self.make_backup(days=1)

    def order(self, where="in_place", what="all", user=None, **values):
        restores = self.env["saas.restore"].with_user(user or self.operator)
        backup = self.backup.with_user(user or self.operator)
        told = {"typed": self.tenant.subdomain, "reason": "asked", **values}
        return restores._order_restore(backup, where, what, **told)

    def step(self, one, name, **values):
        job = one.sudo().job_ids[-1:]
        return getattr(one.sudo().with_context(saas_job_id=job.id), f"_step_{name}")(**values)

    def refused(self, code, **values):
        with self.assertRaises(Refused) as told:
            self.order(**values)
        self.assertEqual(told.exception.code, code)

    def test_a_restore_in_place_needs_the_typed_subdomain_and_a_reason(self):
        self.refused("restore_typed", typed="other")
        self.refused("restore_reason", reason=" ")
        one = self.order()
        self.assertEqual(
            (one.state, one.into_id, one.user_id), ("running", self.tenant, self.operator)
        )
        job = one.sudo().job_ids
        self.assertEqual((job.kind, job.spec), ("restore_tenant", {"targets": self.target.ids}))
        self.assertEqual(list(job._backup_keys()), [self.backup.key_id.key_id])
        self.assertEqual((job._target("restore"), job._target("tenant")), (one, self.tenant))
        self.refused("restore_busy")

    def test_nobody_but_operators_restores(self):
        with self.assertRaises(AccessError):
            self.order(user=self.viewer)
        with self.assertRaisesRegex(UserError, "never by hand"):
            self.env["saas.restore"].create(
                {"tenant_id": self.tenant.id, "backup_id": self.backup.id, "where": "copy"}
            )
        with self.assertRaisesRegex(UserError, "stays"):
            self.order().sudo().unlink()

    def test_what_is_not_on_its_target_any_more_cannot_be_restored(self):
        self.backup._put({"state": "deleted"})
        self.refused("restore_gone")

    def test_programs_order_restores_and_read_the_same_sentences(self):
        backup = self.backup.with_user(self.operator)
        with self.assertRaisesRegex(UserError, f"Type {self.tenant.subdomain}"):
            backup.action_restore_in_place("other", "asked")
        with self.assertRaises(AccessError):
            self.backup.with_user(self.viewer).action_restore_copy("Copy", "acme-copy")
        made = backup.action_restore_copy("Copy", "acme-copy", sandbox=True, note="to look")
        one = self.env["saas.restore"].browse(made)
        self.assertEqual((one.where, one.into_id.subdomain), ("sandbox", "acme-copy"))
        made = backup.action_restore_in_place(self.tenant.subdomain, "asked")
        self.assertEqual(self.env["saas.restore"].browse(made).where, "in_place")

    def test_what_an_undo_needs_for_longer_stays_promised_for_longer(self):
        later = self.now + timedelta(days=7)
        self.backup._promise(later)
        self.step(self.order(), "begin", fence=9)
        self.assertEqual(self.backup.promised_until, later)

    def test_a_page_that_did_not_come_is_told_as_that(self):
        self.backup.with_user(self.operator).action_prove_restore()
        told = {"tables": 1, "rows": 1, "files": 1}
        job = self.backup.sudo().job_ids[-1:]
        at_work = self.backup.sudo().with_context(saas_job_id=job.id)
        at_work._step_restored(faults=[["restore", "login_page_wrong"]], told=told)
        self.assertEqual(self.backup.check_ids[:1].failure, "not_served")

    def test_files_alone_go_back_in_place_only(self):
        self.refused("restore_files_elsewhere", where="copy", what="files")
        self.assertEqual(self.order(what="files").what, "files")

    def test_steps_close_the_address_for_the_swap_and_note_what_came(self):
        one = self.order()
        facts = self.step(one, "begin", fence=9)
        database = self.tenant.database_id.sudo()
        self.assertEqual((facts["database"], facts["open"]), (database.name, True))
        self.assertEqual(facts["source"]["backup"], self.backup.uuid)
        self.assertEqual(facts["login"], database.generation)
        self.assertTrue(self.backup.promised_until, "what is read stays")
        route = self.env["saas.route"].sudo()
        self.tenant._put_routes()
        generation = database.generation
        self.step(one, "close", generation=generation + 1)
        self.assertEqual(set(route._of(database).mapped("state")), {"migrating"})
        self.assertEqual(database.generation, generation + 1)
        self.tenant._sync_route()
        self.assertEqual(set(route._of(database).mapped("state")), {"migrating"})
        self.step(one, "reopen", oid=4711)
        self.assertEqual(set(route._of(database).mapped("state")), {self.tenant.state})
        self.assertEqual(database.oid, 4711)
        self.step(one, "done", tables=3, rows=9, files=2, out=OUT, out_oid=12)
        self.assertEqual((one.state, one.tables, one.kept_id.sudo().name), ("done", 3, OUT))
        self.assertTrue(one.can_undo)
        self.assertEqual(self.tenant.undo_restore_id, one)
        self.assertIn("restored", self.tenant.event_ids.mapped("event"))
        known = {row.name: row for row in self.tenant.cluster_id._known()}
        self.assertEqual((known[OUT].stage, known[OUT].has_role), ("ready", False))

    def test_what_is_in_place_goes_out_again_with_its_number(self):
        one = self.order()
        database = self.tenant.database_id.sudo()
        database.oid = 11
        self.step(one, "close", generation=database.generation)
        self.step(one, "reopen", oid=22)
        self.step(one, "close_again")
        self.assertEqual((database.oid, self.tenant.swapping), (11, True))
        self.step(one, "reopen")
        self.assertEqual((database.oid, self.tenant.swapping), (11, False))

    def test_a_safety_backup_is_ordered_once_to_where_the_backup_lies(self):
        one = self.order()
        self.step(one, "order_safety")
        safety = one.safety_id
        self.assertEqual((safety.reason, safety.target_id), ("safety", self.target))
        self.assertFalse(safety.job_ids.dedupe_key, "a frozen worker keeps nobody from asking")
        self.step(one, "order_safety")
        self.assertEqual(one.safety_id, safety)
        self.assertEqual(self.step(one, "safety"), {"state": "running"})

    def test_a_policy_may_do_without_a_safety_backup_and_the_dialog_says_so(self):
        self.tenant.backup_policy_effective_id.before_restore = False
        one = self.order()
        self.step(one, "order_safety")
        self.assertFalse(one.safety_id)
        self.assertEqual(self.step(one, "safety"), {"state": "stored"})
        action = self.tenant.with_user(self.operator).action_restore()
        wizard = self.env["saas.tenant.restore"].with_user(self.operator).browse(action["res_id"])
        wizard.write({"where": "in_place", "page": "check", "reason": "asked"})
        self.assertIn("its policy does without", wizard.effect)

    def test_a_restore_is_taken_back_and_counts_again(self):
        one = self.order()
        self.step(one, "done", out=OUT, out_oid=12)
        one.sudo().job_ids.write({"state": "done"})
        one.with_user(self.operator).action_undo_restore()
        job = one.sudo().job_ids[-1:]
        self.assertEqual(job.kind, "undo_restore")
        facts = self.step(one, "undo_begin")
        self.assertEqual((facts["copy"], facts["copy_oid"]), (OUT, 12))
        with self.assertRaisesRegex(UserError, "under way"):
            one.with_user(self.operator).action_undo_restore()
        other = OUT[:-1] + "8"
        self.step(one, "undone", out=other, out_oid=13)
        self.assertEqual((one.state, one.kept_id.sudo().name), ("undone", other))
        job.write({"state": "done"})
        self.assertTrue(one.can_undo, "and back once more")
        self.step(one, "undone", out=OUT[:-1] + "7", out_oid=14)
        self.assertEqual(one.state, "done")

    def test_what_was_kept_is_dropped_when_the_time_to_undo_is_over(self):
        one = self.order()
        self.step(one, "done", out=OUT, out_oid=12)
        one.sudo().job_ids.write({"state": "done"})
        self.env["saas.restore"]._cron_forget_kept()
        self.assertEqual(one.kept_id.sudo().stage, "ready")
        one._put({"undo_until": self.now - timedelta(minutes=1)})
        self.assertFalse(one.can_undo)
        self.env["saas.restore"]._cron_forget_kept()
        self.assertEqual(one.kept_id.sudo().stage, "dropping")
        with self.assertRaisesRegex(UserError, "not kept any more"):
            one.with_user(self.operator).action_undo_restore()

    def test_a_failed_restore_says_why_and_the_tenant_may_be_restored_again(self):
        one = self.order()
        job = one.sudo().job_ids
        job.write({"error_code": "restore_differs", "error_text": "It differs.", "state": "failed"})
        self.step(one, "failed")
        self.assertEqual((one.state, one.error_text), ("failed", "It differs."))
        self.assertEqual(self.order().state, "running")

    def test_a_copy_becomes_a_tenant_of_its_own(self):
        one = self.order("sandbox", name="Acme in March", subdomain="acme-march")
        copy = one.into_id
        self.assertEqual(
            (copy.state, copy.subdomain, copy.is_sandbox), ("provisioning", "acme-march", True)
        )
        self.assertEqual(copy.partner_id, self.tenant.partner_id)
        self.assertFalse(copy.plan_id, "a sandbox is not sold")
        job = one.sudo().job_ids
        facts = copy.sudo().with_context(saas_job_id=job.id)._step_claim_copy(fence=4)
        again = copy.sudo().with_context(saas_job_id=job.id)._step_claim_copy(fence=5)
        self.assertEqual(facts, again)
        self.assertEqual(facts["admin"]["admin_user_id"], self.tenant.admin_user_ref)
        self.assertEqual((facts["where"], facts["copy"]), ("sandbox", copy.database_id.sudo().name))

    def test_a_copy_that_failed_is_made_again_as_a_copy(self):
        one = self.order("copy", name="Acme again", subdomain="acme-again")
        copy, job = one.into_id, one.sudo().job_ids
        job.write({"state": "failed", "error_code": "disk_full", "error_text": "Full."})
        copy.sudo().with_context(saas_job_id=job.id)._step_failed()
        self.assertEqual((copy.state, one.state), ("failed", "failed"))
        copy.with_user(self.operator).action_provision()
        self.assertEqual((copy.state, one.state), ("provisioning", "running"))
        self.assertEqual(one.sudo().job_ids[-1:].kind, "restore_copy")

    def test_the_dialog_leads_to_a_copy_and_keeps_what_was_entered(self):
        action = self.tenant.with_user(self.operator).action_restore()
        wizard = self.env["saas.tenant.restore"].with_user(self.operator).browse(action["res_id"])
        self.assertEqual((wizard.backup_id, wizard.where), (self.backup, "copy"))
        self.assertTrue(wizard.subdomain.startswith(self.tenant.subdomain[:5]))
        wizard.reason = "to look at"
        for page in ("what", "where", "check"):
            wizard.action_next()
            self.assertEqual(wizard.page, page)
        wizard.action_back()
        self.assertEqual((wizard.page, wizard.reason), ("where", "to look at"))
        self.assertIn("stays as it is", wizard.effect)
        self.assertFalse(wizard.hindrance)
        wizard.action_restore_copy()
        self.assertEqual(self.tenant.env["saas.restore"].search([]).where, "copy")

    def test_the_dialog_says_what_in_place_means_and_wants_the_subdomain(self):
        action = self.tenant.with_user(self.operator).action_restore()
        wizard = self.env["saas.tenant.restore"].with_user(self.operator).browse(action["res_id"])
        wizard.write({"where": "in_place", "page": "check", "reason": "asked"})
        self.assertIn("safety backup is made first", wizard.effect)
        with self.assertRaisesRegex(UserError, f"Type {self.tenant.subdomain}"):
            wizard._restore()
        with self.assertRaisesRegex(UserError, "Type the subdomain"):
            wizard.action_restore_copy()
        wizard.typed = self.tenant.subdomain
        wizard._restore()
        self.assertEqual(self.tenant.restore_ids.where, "in_place")

    def test_a_taken_subdomain_is_told_before_the_click(self):
        action = self.tenant.with_user(self.operator).action_restore()
        wizard = self.env["saas.tenant.restore"].with_user(self.operator).browse(action["res_id"])
        wizard.subdomain = self.tenant.subdomain
        self.assertIn("taken", wizard.hindrance)

    def test_without_a_backup_there_is_nothing_to_restore(self):
        self.backup._put({"state": "deleted"})
        action = self.tenant.with_user(self.operator).action_restore()
        wizard = self.env["saas.tenant.restore"].with_user(self.operator).browse(action["res_id"])
        self.assertEqual((wizard.backup_count, wizard.backup_id.id), (0, False))
        with self.assertRaisesRegex(UserError, "Choose a point in time"):
            wizard.action_next()


@tagged("post_install", "-at_install")
class TestProof(BackupCommon):
    def setUp(self):
        super().setUp()
        self.policy = self.make_policy(is_default=True)

    def step(self, backup, name, **values):
        job = backup.sudo().job_ids[-1:]
        return getattr(backup.sudo().with_context(saas_job_id=job.id), f"_step_{name}")(**values)

    def test_the_longest_unproven_tenant_comes_first_and_failed_ones_wait(self):
        other = self.make_open_tenant(subdomain="zen")
        backup, newer = self.make_backup(days=1), self.make_backup(other, days=1)
        self.check(backup, 2, days=6)
        tenants = self.env["saas.tenant"]
        self.assertEqual(tenants._restores_due(self.now)[:2], other | self.tenant)
        self.check(backup, 2, hours=1)
        self.assertEqual(tenants._restores_due(self.now), other)
        self.check(newer, 2, passed=False)
        tenants._cron_prove_restores()
        self.assertFalse(newer.sudo().job_ids, "what failed is told, not tried again and again")

    def test_a_proof_gets_a_place_of_its_own_and_is_told_with_its_figures(self):
        backup = self.make_backup(days=1)
        self.tenant.with_user(self.operator).action_prove_restore()
        job = backup.sudo().job_ids
        self.assertEqual((job.kind, job.cluster_id), ("prove_restore", self.tenant.cluster_id))
        facts = self.step(backup, "proof_begin", fence=3)
        place = job.database_id
        self.assertEqual((place.kind, place.name, facts["copy"]), ("proof", place.name, place.name))
        self.assertNotEqual(place, self.tenant.database_id.sudo())
        self.assertTrue(place._database_secret().reveal())
        self.step(backup, "proof_publish", host=facts["host"])
        self.assertEqual(self.env["saas.route"].sudo()._of(place).host, facts["host"])
        self.step(backup, "proof_withdraw")
        self.assertEqual(self.env["saas.route"].sudo()._of(place).state, "gone")
        job.write({"started_at": self.ago(seconds=6)})
        self.step(backup, "restored", faults=[], told={"tables": 4, "rows": 8, "files": 2})
        self.assertEqual((backup.level, backup.badge), ("2", "proven"))
        self.assertIn("4 tables", backup.check_ids[:1].text)
        self.assertGreaterEqual(self.tenant.backup_proven_seconds, 5)
        self.step(backup, "proof_forget")
        self.assertEqual(place.stage, "dropped")

    def test_a_copy_that_differs_is_no_proof(self):
        backup = self.make_backup(days=1)
        backup.with_user(self.operator).action_prove_restore()
        self.step(backup, "proof_begin", fence=3)
        told = {"tables": 4, "rows": 8, "files": None}
        self.step(backup, "restored", faults=[["table", "public.res_partner"]], told=told)
        check = backup.check_ids[:1]
        self.assertEqual((check.outcome, check.failure), ("failed", "different"))
        self.assertIn("res_partner", check.text)
        self.assertEqual(self.tenant.backup_badge, "unproven")

    def test_a_drill_needs_another_cluster(self):
        backup = self.make_backup(days=1)
        with self.assertRaisesRegex(UserError, "another cluster"):
            backup.with_user(self.operator).action_drill()
        backup._put({"state": "deleted"})
        with self.assertRaisesRegex(UserError, "nothing to prove"):
            backup.with_user(self.operator).action_prove_restore()

    def test_a_suspended_tenant_is_backed_up_too(self):
        self.tenant._set({"state": "suspended"})
        self.tenant.with_user(self.operator).action_back_up_now()
        backup = self.tenant.backup_ids
        facts = backup.with_context(saas_job_id=backup.job_ids.id)._step_begin(fence=2)
        self.assertFalse(facts["open"])
        self.tenant.with_context(saas_job_id=backup.job_ids.id)._step_order_access()
        jobs = self.env["saas.job"].search([("tenant_id", "=", self.tenant.id)])
        self.assertIn("apply_state", jobs.mapped("kind"))
