"""Backups at work: what is ordered, and what operations note."""

import base64
import uuid

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..kernel.backup import layout
from ..kernel.errors import Refused
from .backup_common import BackupCommon

FIGURES = {
    "fence": 7,
    "taken_at": "2026-03-03T02:00:00.250000+00:00",
    "manifest_hash": "cd" * 32,
    "database_bytes": 3_000_000_000,
    "file_bytes": 500_000,
    "file_count": 7,
    "new_bytes": 120_000,
    "missing": 0,
    "rotten": 0,
}


def b64(text):
    """The bytes that a reference stands for."""
    return base64.urlsafe_b64decode(f"{text}==")


@tagged("post_install", "-at_install")
class TestBackupWork(BackupCommon):
    def order(self):
        self.tenant.with_user(self.operator).action_back_up_now()
        return self.tenant.backup_ids

    def step(self, backup, name, **values):
        job = backup.job_ids[-1:]
        target = backup.with_context(saas_job_id=job.id)
        return getattr(target, f"_step_{name}")(**values)

    def test_without_a_policy_or_a_target_nothing_is_ordered_and_it_is_said_why(self):
        with self.assertRaisesRegex(UserError, "No backup policy counts"):
            self.order()
        self.make_policy(is_default=True)
        self.target.active = False
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "names no backup target"):
            self.order()
        self.assertFalse(self.tenant.backup_ids)

    def test_a_button_orders_one_backup_a_target_and_a_second_click_no_more(self):
        self.make_policy(is_default=True)
        backup = self.order()
        self.assertEqual((len(backup), backup.state, backup.reason), (1, "running", "manual"))
        job = backup.job_ids
        self.assertEqual((job.kind, job.state), ("backup_tenant", "waiting"))
        self.assertEqual(job.spec, {"targets": self.target.ids})
        self.assertEqual(list(job._backup_keys()), [backup.key_id.key_id])
        self.assertEqual(self.order(), backup)

    def test_a_viewer_backs_nothing_up(self):
        self.make_policy(is_default=True)
        with self.assertRaises(AccessError):
            self.tenant.with_user(self.viewer).action_back_up_now()
        self.assertFalse(self.tenant.backup_ids)

    def test_the_operation_is_told_what_and_where_and_no_secret(self):
        self.make_policy(is_default=True)
        backup = self.order()
        told = self.step(backup, "begin", fence=7)
        self.assertEqual(backup.fence, 7)
        self.assertEqual(told["database"], self.tenant.database_id.name)
        self.assertEqual(uuid.UUID(told["tenant"]).bytes, b64(self.tenant.public_id))
        self.assertTrue(layout.manifest_name(told["tenant"], told["backup"]))
        self.assertEqual((told["backup"], told["key"]), (backup.uuid, backup.key_id.key_id))
        self.assertNotIn(backup.key_id.sudo().wrapped, str(told))

    def test_a_tenant_that_closed_meanwhile_is_not_backed_up(self):
        self.make_policy(is_default=True)
        backup = self.order()
        self.tenant._set({"state": "deleting"})
        with self.assertRaises(Refused) as refused:
            self.step(backup, "begin", fence=7)
        self.assertEqual(refused.exception.code, "backup_tenant_closed")
        self.step(backup, "not_stored")
        self.assertEqual(backup.state, "failed")

    def test_what_was_stored_is_noted_and_lifts_the_badge(self):
        self.make_policy(is_default=True)
        backup = self.order()
        self.assertEqual(self.tenant.backup_count, 0)
        self.step(backup, "stored", figures=FIGURES)
        self.assertEqual((backup.state, backup.fence, backup.level), ("stored", 7, "0"))
        self.assertEqual(str(backup.taken_at), "2026-03-03 02:00:00")
        self.assertEqual((backup.file_count, backup.new_bytes), (7, 120_000))
        self.assertEqual(self.tenant.backup_count, 1)
        self.assertEqual(self.tenant.backup_last_at, backup.taken_at)

    def test_files_that_were_damaged_before_are_told_with_the_backup_and_by_the_doctor(self):
        self.make_policy(is_default=True)
        first = self.order()
        self.step(first, "stored", figures={**FIGURES, "rotten": 2, "missing": 1})
        self.assertEqual((first.state, first.rotten_count, first.missing_count), ("stored", 2, 1))

        def told():
            found = [
                one for one in self.env["saas.doctor"]._run() if one["code"] == "backup_source"
            ]
            return [(one["level"], one["record"]) for one in found]

        self.assertEqual(told(), [("warning", self.tenant)])
        first.job_ids.sudo().write({"state": "done"})
        second = self.order() - first
        taken_at = FIGURES["taken_at"].replace("03-03", "03-04")
        self.step(second, "stored", figures={**FIGURES, "taken_at": taken_at})
        self.assertEqual(told(), [], "the newest is whole again")

    def test_reading_every_byte_is_a_check_and_a_fault_is_told(self):
        self.make_policy(is_default=True)
        backup = self.order()
        self.step(backup, "stored", figures=FIGURES)
        self.step(backup, "proven", faults=[], files=7, seconds=0.4)
        self.assertEqual((backup.level, backup.check_ids[0].outcome), ("1", "passed"))
        faults = [["v1/x/db/y", "backup_damaged"]]
        self.step(backup, "proven", faults=faults, files=7, seconds=0.4)
        check = backup.check_ids.sorted("id")[-1:]
        self.assertEqual((check.outcome, check.failure), ("failed", "changed"))
        self.assertIn("cannot be trusted", check.text)

    def test_the_next_backup_names_the_one_before(self):
        self.make_policy(is_default=True)
        first = self.order()
        self.step(first, "stored", figures=FIGURES)
        first.job_ids.sudo().write({"state": "done"})
        second = self.order() - first
        self.assertEqual(second.previous_id, first)
        self.assertEqual(self.step(second, "begin", fence=8)["previous"], first.uuid)

    def test_the_schedule_orders_what_is_due_once(self):
        self.make_policy(is_default=True)
        self.aged(days=3)
        self.env["saas.tenant"]._cron_back_up()
        backup = self.tenant.backup_ids
        self.assertEqual((len(backup), backup.reason), (1, "schedule"))
        self.env["saas.tenant"]._cron_back_up()
        self.assertEqual(self.tenant.backup_ids, backup)

    def test_what_nobody_has_read_is_ordered_to_be_read(self):
        self.make_policy(is_default=True)
        backup = self.make_backup(hours=1)
        self.env["saas.backup"]._cron_prove()
        self.assertEqual(backup.job_ids.mapped("kind"), ["verify_backup"])
        self.check(backup, 1)
        self.env["saas.backup"]._cron_prove()
        self.assertEqual(len(backup.job_ids), 1)

    def test_a_backup_that_is_gone_is_not_read(self):
        self.make_policy(is_default=True)
        backup = self.make_backup(hours=1)
        backup._deleted()
        with self.assertRaisesRegex(UserError, "nothing to prove"):
            backup.with_user(self.operator).action_prove()
