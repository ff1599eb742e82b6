"""Upgrades: who may ask for one, what refuses it, what operations note, the watch, the undo."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..kernel.errors import Refused
from .backup_common import BackupCommon
from .command_common import Typing

OUT = "t_" + "a" * 26 + "_z9"
REPORT = {"install": ["crm"], "update": [], "remove": [], "again": True, "update_seconds": 4.5}


@tagged("post_install", "-at_install")
class TestUpgrade(Typing, BackupCommon):
    def setUp(self):
        super().setUp()
        self.make_policy(is_default=True)
        template = self.tenant.sudo().template_id
        self.former = self.tenant.sudo().version_id
        self.former.state = "retired"
        self.newer = self.make_version(template)
        template.published_version_id = self.newer

    def propose(self, user=None, **values):
        upgrades = self.env["saas.upgrade"].with_user(user or self.operator)
        return upgrades._propose(self.tenant.with_user(user or self.operator), **values)

    def start(self, **values):
        one = self.propose(**values)
        one._start()
        return one

    def step(self, one, name, **values):
        job = one.sudo().job_ids[-1:]
        return getattr(one.sudo().with_context(saas_job_id=job.id), f"_step_{name}")(**values)

    def finish(self, one):
        """Have it be in place, watched."""
        self.step(one, "close", generation=0)
        self.step(one, "reopen", oid=4711)
        self.step(one, "done", report=REPORT, outage=1.5, out=OUT, out_oid=12)
        self.end_jobs(one)

    def end_jobs(self, one):
        one.sudo().job_ids.write({"state": "done"})

    def codes(self, one):
        return [code for code, _sentence in one._blockers()]

    def test_an_upgrade_goes_to_the_published_version_and_is_one_operation(self):
        one = self.propose()
        self.assertEqual(
            (one.state, one.from_version_id, one.to_version_id),
            ("draft", self.former, self.newer),
        )
        self.assertEqual(self.codes(one), [])
        one._start()
        job = one.sudo().job_ids
        self.assertEqual((one.state, job.kind), ("running", "upgrade_tenant"))
        self.assertEqual((job._target("upgrade"), job._target("tenant")), (one, self.tenant))
        self.assertEqual(job.serial_key, f"tenant:{self.tenant.id}")
        with self.assertRaises(Refused) as told:
            one._start()
        self.assertEqual(told.exception.code, "upgrade_begun")
        self.assertEqual(self.codes(self.propose()), ["upgrade_busy"])

    def follow(self, _control, job_id):
        one = self.env["saas.job"].browse(job_id).upgrade_id
        if one.rehearsal:
            self.step(one, "rehearsed", report=REPORT)
            self.end_jobs(one)
        elif one.state == "running":
            self.finish(one)

    def test_an_upgrade_is_ordered_undone_and_listed_at_a_terminal(self):
        name, newer = self.tenant.subdomain, self.newer.number
        self.assertIn("No upgrades", self.type("upgrades")[1])
        self.assertEqual(self.type("upgrade", name, "--rehearse")[0], 0)
        self.assertEqual(self.tenant.version_id, self.former)
        status, told = self.type("upgrade", name, "--why", "new numbers")
        self.assertEqual(status, 0, told)
        self.assertIn(f"version: {newer}", told)
        self.assertIn("outage: 1.5 s", told)
        rows = self.type("upgrades", name, "--json")[1]
        self.assertIn('"state": "watching"', rows)
        self.assertIn("not newer", self.type("upgrade", name)[1])
        one = self.tenant.undo_upgrade_id
        self.assertEqual(self.type("upgrade-undo", name)[0], 0)
        self.assertEqual(one.sudo().job_ids.sorted("id")[-1:].kind, "undo_upgrade")

    def test_the_time_it_took_ends_before_the_watch(self):
        one = self.start()
        one.sudo()._put({"started_at": fields.Datetime.now() - timedelta(seconds=50)})
        self.finish(one)
        took = one.seconds
        self.assertAlmostEqual(took, 50, delta=5)
        one.sudo()._put({"started_at": fields.Datetime.now() - timedelta(seconds=900)})
        one.sudo()._end("done")
        self.assertEqual(one.seconds, took)

    def test_nobody_but_operators_upgrades_and_nobody_writes_by_hand(self):
        with self.assertRaises(AccessError):
            self.propose(user=self.viewer)
        with self.assertRaisesRegex(UserError, "never by hand"):
            self.propose().sudo().write({"state": "done"})
        with self.assertRaisesRegex(UserError, "stays"):
            self.propose().sudo().unlink()

    def test_what_stands_in_the_way_is_told_in_sentences(self):
        one = self.propose(version=self.former)
        self.assertEqual(self.codes(one), ["upgrade_not_published", "upgrade_older"])
        self.tenant._set({"is_sandbox": True, "sandbox_until": self.now + timedelta(days=9)})
        self.assertEqual(self.codes(self.propose()), ["upgrade_sandbox"])
        self.tenant._set({"is_sandbox": False, "sandbox_until": False})
        self.patch(type(self.tenant), "_safety_backup_wanted", lambda _tenant, _operation: False)
        self.assertEqual(self.codes(self.propose()), ["upgrade_without_safety"])
        self.assertEqual(self.codes(self.propose(rehearsal=True)), [])
        self.tenant.sudo().backup_policy_effective_id.before_upgrade = False
        self.assertEqual(self.codes(self.propose()), [])

    def test_the_cluster_s_modules_decide_when_somebody_looked_at_them(self):
        one = self.start()
        seen = {"offered": [], "database_bytes": 10, "free_bytes": 10}
        with self.assertRaises(Refused) as told:
            self.step(one, "look", there={"base": ["to upgrade", "19.0.1.3"]}, **seen)
        self.assertEqual(told.exception.code, "upgrade_missing")
        seen |= {"offered": [*self.newer.modules], "free_bytes": 10**9}
        with self.assertRaises(Refused) as told:
            self.step(one, "look", there={"base": ["to upgrade", "19.0.1.3"]}, **seen)
        self.assertEqual(told.exception.code, "upgrade_dirty")
        change = self.step(one, "look", there={"base": ["installed", "19.0.1.3"]}, **seen)
        self.assertEqual(change["modules"], ["base"])
        self.assertEqual(change["change"]["remove"], [])

    def test_the_new_version_is_watched_and_then_done(self):
        one = self.start()
        self.finish(one)
        self.assertEqual((one.state, self.tenant.version_id), ("watching", self.newer))
        self.assertEqual((one.outage_seconds, one.kept_id.sudo().name), (1.5, OUT))
        self.assertTrue(one.can_undo)
        self.assertIn("crm", one.report_text)
        self.assertIn("upgraded", self.tenant.event_ids.mapped("event"))
        self.env["saas.upgrade"]._cron_watch()
        self.assertIn("watch_upgrade", one.sudo().job_ids.mapped("kind"))
        self.step(one, "watched", problem="status 500")
        self.step(one, "watched")
        self.assertEqual((one.state, one.watch_failures), ("watching", 0))
        one._put({"watch_until": self.now - timedelta(minutes=1)})
        self.step(one, "watched")
        self.assertEqual((one.state, bool(one.ended_at)), ("done", True))

    def test_a_version_that_is_not_served_goes_back_by_itself(self):
        one = self.start()
        self.finish(one)
        for _look in range(3):
            self.step(one, "watched", problem="status 500")
        job = one.sudo().job_ids.filtered(lambda job: job.kind == "undo_upgrade")
        self.assertEqual(job.state, "waiting")
        facts = self.step(one, "undo_begin")
        self.assertEqual((facts["copy"], facts["copy_oid"]), (OUT, 12))
        self.step(one, "undone", out=OUT.replace("z9", "z10"), out_oid=4711)
        self.assertEqual((one.state, self.tenant.version_id), ("rolled_back", self.former))
        self.assertEqual(one.failure_text, "status 500")
        self.assertFalse(one.can_undo)

    def test_an_older_upgrade_is_not_taken_back_over_a_newer_one(self):
        one = self.start()
        self.finish(one)
        one._end("done")
        later = self.propose(rehearsal=True)
        later._put({"opened_at": one.opened_at + timedelta(minutes=1), "state": "done"})
        one.invalidate_recordset(["can_undo"])
        self.assertFalse(one.can_undo)
        with self.assertRaisesRegex(UserError, "newer took its place"):
            one.with_user(self.operator).action_roll_back()

    def test_a_rehearsal_leaves_a_report_and_nothing_else(self):
        one = self.start(rehearsal=True)
        self.step(one, "rehearsed", report=REPORT)
        self.assertEqual((one.state, self.tenant.version_id), ("done", self.former))
        self.assertFalse(one.can_undo)
        self.assertNotIn("upgraded", self.tenant.event_ids.mapped("event"))

    def test_a_failure_says_why_and_whether_people_were_let_in(self):
        one = self.start()
        one.sudo().job_ids.write({"error_code": "odoo_phase_failed", "error_text": "crm failed"})
        self.step(one, "failed")
        self.assertEqual((one.state, one.failure_text), ("failed", "crm failed"))
        self.end_jobs(one)
        other = self.start()
        self.step(other, "close", generation=0)
        self.step(other, "reopen", oid=4711)
        self.step(other, "close_again")
        self.step(other, "failed")
        self.assertEqual(other.state, "rolled_back")

    def test_whoever_waits_for_the_end_is_told_once(self):
        told = []
        self.patch(type(self.env["saas.upgrade"]), "_after_end", lambda one: told.append(one.id))
        one = self.start()
        self.finish(one)
        one._end("done")
        self.step(one, "undone", out=OUT.replace("z9", "z10"), out_oid=4711)
        self.assertEqual(told, one.ids)

    def test_what_was_kept_long_enough_is_dropped(self):
        one = self.start()
        self.finish(one)
        one._end("done")
        one._put({"undo_until": self.now - timedelta(minutes=1)})
        self.env["saas.upgrade"]._cron_forget_kept()
        self.assertEqual(one.kept_id.sudo().stage, "dropping")

    def test_a_check_is_one_query_that_reads(self):
        checks = self.env["saas.template.check"].sudo()
        values = {"template_id": self.tenant.sudo().template_id.id, "name": "No orphan"}
        made = checks.create({**values, "statement": "SELECT 1 WHERE false;"})
        told = [{"name": "No orphan", "statement": "SELECT 1 WHERE false"}]
        self.assertEqual(made.template_id._upgrade_checks(), told)
        for wrong in ("DELETE FROM res_partner", "SELECT 1; DELETE FROM res_partner"):
            with self.assertRaises(ValidationError):
                checks.create({**values, "statement": wrong})

    def test_modules_that_nobody_approved_stand_in_the_way_of_a_real_upgrade(self):
        self.tenant.sudo().cluster_id.approved_only = True
        self.assertEqual(self.codes(self.propose()), ["upgrade_unapproved"])
        self.assertEqual(self.codes(self.propose(rehearsal=True)), [])

    def test_people_begin_on_the_tenant(self):
        tenant = self.tenant.with_user(self.operator)
        self.assertEqual(tenant.newer_version_id, self.newer)
        action = tenant.action_rehearse_upgrade()
        one = self.env["saas.upgrade"].browse(action["res_id"])
        self.assertTrue(one.rehearsal)
        Form(one.with_user(self.operator))
        self.assertEqual(tenant.upgrade_count, 1)
        self.assertEqual(self.newer.upgrade_count, 1)
