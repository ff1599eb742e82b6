"""Backups before dangerous operations, and deletions that wait for one."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..kernel.errors import Refused
from .backup_common import BackupCommon


@tagged("post_install", "-at_install")
class TestSafetyBackup(BackupCommon):
    def setUp(self):
        super().setUp()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 60.0)
        self.policy = self.make_policy(is_default=True)

    def delete(self, tenant=None):
        (tenant or self.tenant).with_user(self.admin).action_request_deletion("left")

    def verified(self, **span):
        backup = self.make_backup(**span)
        self.check(backup, 1, **span)
        return backup

    def dialog(self, tenants=None):
        asked = (tenants or self.tenant).with_user(self.admin)
        opened = asked.with_context(saas_change="deletion_requested").action_ask_change()
        return self.env["saas.tenant.change"].with_user(self.admin).browse(opened["res_id"])

    def lock_keys(self):
        """Have the key file refused, as one that others can read."""
        self.key_file.chmod(0o644)
        self.addCleanup(self.key_file.chmod, 0o600)

    def jobs(self, kind):
        mine = [("kind", "=", kind), ("tenant_id", "=", self.tenant.id)]
        return self.env["saas.job"].search(mine)

    # The guard

    def test_without_a_verified_backup_nothing_is_deleted(self):
        with self.assertRaisesRegex(UserError, "Choose Back Up Now"):
            self.delete()
        self.make_backup(hours=2)
        with self.assertRaisesRegex(UserError, "read in full"):
            self.delete()
        self.assertEqual(self.tenant.state, "active")
        self.verified(hours=1)
        self.delete()
        self.assertEqual(self.tenant.state, "deleting")

    def test_the_evidence_of_the_guard_ages_and_is_taken_back(self):
        backup = self.verified(hours=23)
        self.assertEqual(self.tenant._fresh(), backup)
        backup._put({"taken_at": self.ago(hours=24, seconds=1)})
        self.assertFalse(self.tenant._fresh())
        backup._put({"taken_at": self.ago(hours=2)})
        self.check(backup, 2, passed=False)
        self.assertFalse(self.tenant._fresh())
        with self.assertRaisesRegex(UserError, "Choose Back Up Now"):
            self.delete()

    def test_a_backup_that_is_gone_or_another_tenants_counts_for_nothing(self):
        backup = self.verified(hours=1)
        backup._deleted()
        other = self.make_open_tenant(subdomain="other", name="Other")
        made = self.make_backup(tenant=other, hours=1)
        self.check(made, 1)
        self.assertFalse(self.tenant._fresh())
        self.assertTrue(other._fresh())

    def test_what_was_taken_when_a_tenant_closed_stays_fresh(self):
        self.tenant.action_suspend("manual", "x")
        event = self.tenant.event_ids.sorted("id")[-1]
        self.env.cr.execute(
            "UPDATE saas_tenant_event SET at = %s WHERE id = %s", (self.ago(days=9), event.id)
        )
        event.invalidate_recordset()
        old = self.make_backup(days=10)
        self.check(old, 1, days=1)
        self.assertFalse(self.tenant._fresh(), "a day of work is missing")
        newest = self.make_backup(days=9, hours=1)
        self.check(newest, 1, days=9)
        self.assertFalse(self.tenant._fresh(), "nobody has looked at it lately")
        self.dialog().action_back_up()
        self.assertEqual(self.jobs("verify_backup").backup_id, newest)
        self.check(newest, 1)
        self.assertEqual(self.tenant._fresh(), newest)
        self.tenant.action_archive_tenant("over")
        self.assertEqual(self.tenant._fresh(), newest)
        self.tenant.action_reactivate()
        self.assertFalse(self.tenant._fresh(), "open again, it may have changed")

    def test_without_a_policy_a_target_or_a_database_nothing_is_waited_for(self):
        self.policy.action_switch_off()
        self.assertFalse(self.tenant._waits_for_backup())
        self.delete()
        self.assertEqual(self.tenant.state, "deleting")

    def test_the_policy_says_before_which_operations_a_tenant_is_backed_up(self):
        wanted = self.tenant._safety_backup_wanted
        self.assertTrue(all(map(wanted, ("restore", "upgrade", "deletion"))))
        self.policy.write({"before_upgrade": False, "before_deletion": False})
        self.assertEqual([wanted(one) for one in ("restore", "upgrade")], [True, False])
        self.assertFalse(wanted("deletion"))
        with self.assertRaises(AssertionError):
            wanted("holiday")
        entry = self.env["saas.audit.entry"].search([], order="id desc", limit=1)
        self.assertEqual(entry.action, "backup_policy_changed")
        self.delete()
        self.assertEqual(self.tenant.state, "deleting")

    def test_the_setting_switches_the_guard_off_and_the_audit_log_knows(self):
        settings = self.env["res.config.settings"].create({})
        self.assertTrue(settings.saas_delete_needs_backup)
        settings.saas_delete_needs_backup = False
        settings.set_values()
        self.assertFalse(self.env["res.config.settings"].create({}).saas_delete_needs_backup)
        entry = self.env["saas.audit.entry"].search([], order="id desc", limit=1)
        self.assertEqual((entry.action, entry.facts["on"]), ("delete_guard_changed", [True, False]))
        self.assertTrue(self.tenant._safety_backup_wanted("restore"))
        self.delete()
        self.assertEqual(self.tenant.state, "deleting")
        settings.set_values()
        again = self.env["saas.audit.entry"].search([], order="id desc", limit=1)
        self.assertNotEqual(again.action, "delete_guard_changed", "nothing changed, nothing noted")

    # The dialog

    def test_the_dialog_orders_the_backup_and_says_so(self):
        dialog = self.dialog()
        self.assertEqual(dialog.unsaved_count, 1)
        self.assertIn("Choose Back Up Now", dialog.line_ids.effect)
        self.assertFalse(dialog.line_ids.possible)
        dialog.action_back_up()
        self.assertTrue(dialog.backup_ordered)
        backup = self.tenant.backup_ids
        self.assertEqual((backup.reason, backup.state), ("safety", "running"))
        self.dialog().action_back_up()
        self.assertEqual(self.tenant.backup_ids, backup, "asking twice is one backup")

    def test_a_young_backup_is_read_instead_of_made_again(self):
        backup = self.make_backup(hours=1)
        self.dialog().action_back_up()
        self.assertEqual(self.tenant.backup_ids, backup)
        self.assertEqual(self.jobs("verify_backup").backup_id, backup)
        self.check(backup, 1)
        self.assertEqual(self.dialog().unsaved_count, 0)
        self.check(backup, 1, passed=False)
        self.dialog().action_back_up()
        self.assertEqual(len(self.tenant.backup_ids), 2, "a damaged one is no use")

    def test_a_safety_backup_is_read_as_soon_as_it_is_stored(self):
        trigger = self.env["ir.cron.trigger"].sudo()
        cron = self.env.ref("saas_business_management.ir_cron_prove_backups")
        self.make_backup(hours=1)
        self.assertFalse(trigger.search([("cron_id", "=", cron.id)]))
        self.make_backup(reason="safety", hours=1)
        self.assertTrue(trigger.search([("cron_id", "=", cron.id)]))

    def test_what_cannot_be_backed_up_is_said_in_the_dialog(self):
        self.lock_keys()
        with self.assertRaisesRegex(UserError, "can be read by others"):
            self.dialog().action_back_up()
        self.assertFalse(self.tenant.backup_ids)

    def test_a_closed_tenant_is_backed_up_before_it_goes(self):
        self.tenant.action_suspend("manual", "x")
        self.dialog().action_back_up()
        self.assertEqual(self.tenant.backup_ids.reason, "safety")

    def test_no_other_change_asks_for_a_backup(self):
        asked = self.tenant.with_user(self.admin)
        opened = asked.with_context(saas_change="suspended").action_ask_change()
        dialog = self.env["saas.tenant.change"].browse(opened["res_id"])
        self.assertEqual((dialog.unsaved_count, dialog.line_ids.possible), (0, True))

    # The schedule

    def archive_long_ago(self):
        """Let the tenant be archived so long that its deletion is due today."""
        self.tenant.action_archive_tenant("over")
        days = self.tenant._policy().archive_days
        long_ago = fields.Datetime.now() - timedelta(days=days + 1)
        self.tenant._set({"state_since": long_ago})
        self.tenant._foresee()
        for told in self.tenant._policy().notice_days["deletion_requested"]:
            self.env["saas.tenant.notice"].create(
                {
                    "tenant_id": self.tenant.id,
                    "event": "deletion_requested",
                    "planned_on": self.tenant.next_on,
                    "days": told,
                    "sent_on": self.tenant.next_on - timedelta(days=told),
                }
            )

    def test_a_scheduled_deletion_orders_its_backup_and_waits(self):
        backup = self.make_backup(hours=1)
        self.archive_long_ago()
        self.tenant._keep_schedule(self.tenant._today())
        self.assertEqual(self.tenant.state, "archived")
        self.assertEqual(self.jobs("verify_backup").backup_id, backup)
        self.assertEqual(self.tenant.look_on, self.tenant._today(), "the next hour looks again")
        self.check(backup, 1)
        self.tenant._keep_schedule(self.tenant._today())
        self.assertEqual(self.tenant.state, "deleting")

    def test_a_scheduled_deletion_that_cannot_be_backed_up_asks_a_person(self):
        self.archive_long_ago()
        self.lock_keys()
        self.tenant._keep_schedule(self.tenant._today())
        self.assertEqual(self.tenant.state, "archived")
        self.assertIn("can be read by others", self.tenant.activity_ids.note)
        self.assertGreater(self.tenant.look_on, self.tenant._today())

    def test_a_scheduled_deletion_without_a_recent_backup_orders_one(self):
        self.archive_long_ago()
        self.tenant._keep_schedule(self.tenant._today())
        self.assertEqual(self.tenant.backup_ids.mapped("reason"), ["safety"])
        self.tenant._keep_schedule(self.tenant._today())
        self.assertEqual(len(self.tenant.backup_ids), 1, "one that runs is waited for")

    def test_the_product_itself_is_held_by_the_guard_too(self):
        with self.assertRaises(Refused) as refused:
            self.tenant._fire("deletion_requested", system=True, reason="over")
        self.assertEqual(refused.exception.facts["why"], "backup_fresh")
