"""Targets that lose many backups in a day: deleted by hand, or found missing there."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .backup_common import BackupCommon


@tagged("post_install", "-at_install")
class TestBackupLost(BackupCommon):
    def setUp(self):
        super().setUp()
        self.policy = self.make_policy(is_default=True)
        self.tenant.user_id = self.operator
        self.admin.email = "ada@provider.example"
        self.backups = [self.verified(hours=hours) for hours in range(8)]

    def verified(self, tenant=None, **span):
        backup = self.make_backup(tenant, **span)
        self.check(backup, 2, **span)
        return backup

    def delete(self, *backups):
        for backup in backups:
            backup.with_user(self.admin)._delete_by_hand("Tidying up")

    def audit(self, *missing):
        self.target._step_audit_told(found=[], counts={}, missing=[one.uuid for one in missing])

    def look(self, **later):
        """Return the alerts about targets, so much later."""
        now = fields.Datetime.now() + timedelta(**later)
        with patch.object(fields.Datetime, "now", lambda *_args: now):
            self.env["saas.backup.alert"]._cron_watch()
        return self.env["saas.backup.alert"].search([("event", "=", "backups_lost")])

    def finding(self):
        return [one for one in self.env["saas.doctor"]._run() if one["code"] == "backups_lost"]

    def test_deleting_a_third_by_hand_calls_the_administrators_once(self):
        self.delete(*self.backups[5:7])
        self.assertFalse(self.look(), "two are a tidy-up")
        self.delete(self.backups[7])
        row = self.look()
        self.assertEqual((row.target_id, row.tenant_id.ids), (self.target, []))
        self.assertIn("Of 8 backups, 3 were deleted by hand", row.text)
        self.assertTrue(self.target.activity_ids)
        mails = self.env["mail.mail"].search([("model", "=", "saas.backup.alert")])
        mail = mails.filtered(lambda one: self.admin.email in (one.email_to or ""))
        self.assertEqual(mail.subject, "Many backups lost: Shelf")
        self.assertIn("audit log says who", mail.body_html)
        self.assertIn(f"/odoo/saas-backup-targets/{self.target.id}", mail.body_html)
        self.assertNotIn("tried by itself", mail.body_html)
        self.assertNotIn(self.operator.email_formatted, mails.mapped("email_to"))
        self.delete(self.backups[4])
        self.assertEqual(self.look(), row, "it is one trouble")

    def test_it_ends_a_day_after_the_last_and_the_doctor_tells_it_meanwhile(self):
        self.assertEqual([one["level"] for one in self.finding()], ["ok"])
        self.delete(*self.backups[5:])
        row = self.look()
        told = self.finding()
        self.assertEqual(
            [(one["level"], one["record"]) for one in told], [("failing", self.target)]
        )
        self.assertIn("audit log", told[0]["mend"])
        self.backups[7]._put({"removed_at": self.ago(hours=-5)})
        self.assertTrue(self.look(hours=25).is_open, "the last was five hours later")
        self.assertTrue(self.look(hours=30).ended_at)
        self.assertFalse(self.target.activity_ids)
        self.assertEqual(self.look(hours=30), row)

    def test_what_the_policy_lets_go_alarms_nobody(self):
        for backup in self.backups[3:]:
            backup._put({"state": "expired", "expired_at": self.ago(days=9)})
            backup._deleted()
        self.assertFalse(self.look())

    def test_backups_that_vanish_from_the_target_count_once(self):
        self.audit(*self.backups[:2])
        self.delete(self.backups[7])
        self.assertEqual(len(self.look()), 1)
        self.assertIn("1 were deleted by hand within a day and 2 found", self.look().text)
        since = self.backups[0].lost_at
        self.backups[0]._put({"lost_at": self.ago(hours=3)})
        self.audit(*self.backups[:2])
        self.assertLess(self.backups[0].lost_at, since, "it was missing before")
        self.audit()
        self.assertFalse(self.backups[0].lost_at, "it is there again")

    def test_a_destroyed_key_takes_its_backups_at_once(self):
        self.backups[0].key_id._destroy("A person asked for it")
        self.assertIn("Of 8 backups, 8 were deleted by hand", self.look().text)

    def test_in_a_large_fleet_one_in_twenty_is_the_border(self):
        for hours in range(52):
            self.make_backup(hours=hours)
        self.delete(*self.backups[5:])
        self.assertFalse(self.look(), "3 of 60")
        self.delete(self.backups[4])
        self.assertTrue(self.look(), "4 of 60")

    def test_a_person_of_another_company_sees_it_only_of_a_shared_target(self):
        self.delete(*self.backups[5:])
        row = self.look()
        self.assertFalse(row.company_id)
        other = self.env["res.company"].create({"name": "Provider Who Shares Nothing"})
        rows = self.env["saas.backup.alert"].with_user(self.viewer)
        self.assertIn(row, rows.search([]))
        self.target.company_id = other
        self.assertEqual(row.company_id, other)
        self.assertNotIn(row, rows.search([]))
