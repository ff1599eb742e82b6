"""Records of backups and checks: who writes them, what is claimed from them, what stays."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .backup_common import BackupCommon


@tagged("post_install", "-at_install")
class TestBackup(BackupCommon):
    def setUp(self):
        super().setUp()
        self.policy = self.make_policy(is_default=True)
        self.aged(days=60)

    def badge(self, tenant=None):
        (tenant or self.tenant).invalidate_recordset()
        return (tenant or self.tenant).backup_badge

    def doctor(self, code):
        return [one for one in self.env["saas.doctor"]._run() if one["code"] == code]

    # Writing

    def test_a_backup_goes_from_running_to_stored_with_its_facts(self):
        backups = self.env["saas.backup"]
        backup = backups._begin(self.tenant, self.target, "manual", fence=4)
        self.assertEqual((backup.state, backup.policy_id), ("running", self.policy))
        backup._stored(taken_at=self.now, manifest_hash="cd" * 32, database_bytes=5e9, seconds=3)
        self.assertEqual((backup.state, backup.size_mb), ("stored", 5000))
        self.assertEqual(self.tenant.backup_last_at, self.now)
        following = self.make_backup(seconds=0)
        self.assertEqual(following.previous_id, backup)
        spec = following._to_spec()
        self.assertEqual((spec["previous"], spec["previous_hash"]), (backup.uuid, "cd" * 32))
        self.assertEqual(spec["key"], following.key_id.key_id)
        self.assertEqual(spec["tenant"], self.tenant._backup_uuid())

    def test_beginning_it_twice_is_one_backup_with_the_later_claim(self):
        backups = self.env["saas.backup"]
        first = backups._begin(self.tenant, self.target, "schedule", fence=1, uuid="u-1")
        again = backups._begin(self.tenant, self.target, "schedule", fence=2, uuid="u-1")
        self.assertEqual((again, again.fence), (first, 2))

    def test_nobody_writes_backups_or_checks_by_hand(self):
        backup = self.make_backup(hours=1)
        check = self.check(backup, 1)
        for record, values in ((backup, {"state": "deleted"}), (check, {"outcome": "failed"})):
            with self.subTest(model=record._name):
                with self.assertRaises(UserError):
                    record.sudo()._hands_off().write(values)
                with self.assertRaises(UserError):
                    record.sudo()._hands_off().copy()
                with self.assertRaises(UserError):
                    record.sudo()._hands_off().unlink()
                with self.assertRaises(UserError):
                    record._hands_off().with_user(self.admin).write(values)

    def test_what_badges_are_computed_from_is_not_written_by_hand(self):
        for values in ({"backup_proven_at": self.now}, {"backup_last_at": self.now}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.tenant.with_user(self.operator).write(values)

    def test_a_backup_of_the_control_database_belongs_to_no_company(self):
        backup = self.env["saas.backup"]._begin(
            self.env["saas.tenant"], self.target, "schedule", fence=1, control_key="control-k1"
        )
        backup._stored(taken_at=self.now, manifest_hash="x")
        self.assertIn("Control plane", backup.display_name)
        self.assertTrue(backup.with_user(self.stranger).read(["state"]))
        ours = self.make_backup(hours=1)
        with self.assertRaises(AccessError):
            ours.with_user(self.stranger).read(["state"])
        for records in (ours.key_id, self.check(ours, 1)):
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                records.with_user(self.stranger).read(["display_name"])

    # Claims

    def test_a_tenant_is_proven_by_a_restore_and_falls_when_it_ages(self):
        backup = self.make_backup(hours=1)
        self.assertEqual(self.badge(), "unproven")
        self.check(backup, 1)
        self.assertEqual(self.badge(), "unproven")
        self.check(backup, 2)
        self.assertEqual(self.badge(), "proven")
        self.assertIn("Restored and compared on", self.tenant.backup_badge_text)
        self.assertEqual(self.tenant.backup_proven_seconds, 6)
        self.tenant._put_proof({"backup_proven_at": self.ago(days=7, hours=1)})
        self.assertEqual(self.badge(), "unproven")
        self.assertTrue(self.doctor("backup_unproven"))

    def test_a_badge_without_its_evidence_is_gone(self):
        backup = self.make_backup(hours=1)
        self.check(backup, 2)
        self.assertEqual((self.badge(), backup.badge), ("proven", "proven"))
        backup._deleted()
        self.assertEqual(self.badge(), "gap")
        self.assertFalse(self.tenant.backup_proven_at)
        self.assertEqual(backup.badge, "none")

    def test_a_failed_check_takes_the_badge_until_a_good_one_of_the_same_backup(self):
        backup = self.make_backup(hours=3)
        self.check(backup, 2, hours=2)
        self.check(backup, 1, passed=False, hours=1)
        self.assertEqual((self.badge(), backup.badge), ("unproven", "unproven"))
        self.assertIn("A check failed", self.tenant.backup_badge_text)
        self.assertEqual(backup.check_ids.sorted("at")[-1:].failure, "other")
        self.check(backup, 1)
        self.assertEqual((self.badge(), backup.badge), ("proven", "proven"))

    def test_a_gap_is_told_on_tenant_list_and_doctor(self):
        self.check(self.make_backup(hours=37), 2, hours=1)
        self.assertEqual((self.badge(), self.tenant.backup_gap_hours), ("gap", 37))
        found = self.env["saas.tenant"].search([("backup_badge", "=", "gap")])
        self.assertIn(self.tenant, found)
        gap = self.doctor("backup_gap")[0]
        self.assertEqual((gap["level"], gap["record"]), ("failing", self.tenant))
        self.check(self.make_backup(hours=35), 2)
        self.assertEqual((self.badge(), self.tenant.backup_gap_hours), ("proven", 0))
        self.assertEqual(self.doctor("backup_gap")[0]["level"], "ok")

    def test_the_badge_is_searched_as_it_is_computed(self):
        other = self.make_open_tenant(subdomain="other")
        draft = self.make_tenant(subdomain="draft")
        self.check(self.make_backup(hours=1), 2)
        ours = self.tenant | other | draft
        for state in ("proven", "stored", "unproven", "gap", "none"):
            found = ours.search([("backup_badge", "=", state), ("id", "in", ours.ids)])
            self.assertEqual(found, ours.filtered(lambda one, s=state: self.badge(one) == s), state)
        not_proven = ours.search([("backup_badge", "!=", "proven"), ("id", "in", ours.ids)])
        self.assertEqual(not_proven, other | draft)

    def test_the_badge_of_a_backup_says_how_deep_it_was_looked_at(self):
        backup = self.make_backup(hours=1)
        self.assertEqual(backup.badge, "stored")
        self.assertIn("read in full within a day", backup.badge_text)
        old = self.make_backup(hours=30)
        self.assertEqual(old.badge, "unproven")
        self.check(old, 1, hours=2)
        old.invalidate_recordset()
        self.assertEqual((old.badge, old.level), ("stored", "1"))
        self.check(old, 2)
        self.check(old, 1)
        old.invalidate_recordset()
        self.assertEqual((old.badge, old.level), ("proven", "2"))

    def test_a_target_that_lags_behind_is_due_and_told(self):
        second = self.env["saas.backup.target"].create(
            {"name": "Second", "folder": "/var/backups/second"}
        )
        self.make_backup(seconds=0)
        self.policy.target_ids |= second
        # A new target waits for the next turn, so that a fleet keeps its windows.
        self.assertFalse(self.tenant._backup_due())
        later = self.now + timedelta(hours=25)
        self.assertEqual(self.tenant._backup_due_targets(later), self.target | second)
        told = self.doctor("backup_lag")
        self.assertEqual([one["record"] for one in told], [second])
        backup = self.env["saas.backup"]._begin(self.tenant, second, "schedule", fence=1)
        backup._stored(taken_at=self.ago(hours=50), manifest_hash="x")
        self.tenant._put_proof({"backup_tried_at": self.ago(hours=50)})
        self.assertEqual(self.tenant._backup_due_targets(), second)
        self.assertIn(self.tenant, self.env["saas.tenant"]._backups_due())
        self.assertEqual([one["record"] for one in self.doctor("backup_lag")], [second])
        backup._stored(taken_at=self.now, manifest_hash="x")
        self.assertFalse(self.tenant._backup_due())
        self.assertFalse(self.doctor("backup_lag"))

    # What stays

    def apply(self, days=0):
        now = self.now + timedelta(days=days)
        return self.env["saas.backup"]._apply_retention(self.tenant, self.target, now)

    def history(self, count):
        backups = self.env["saas.backup"]
        for place in range(count):
            backup = self.make_backup(days=place, hours=1)
            self.check(backup, 1, days=place, minutes=30)
            backups |= backup
        return backups

    def test_what_expires_can_be_restored_for_its_grace_and_is_then_to_be_deleted(self):
        self.policy.preset = "days_7"
        backups = self.history(10)
        self.assertFalse(self.apply())
        gone = backups.filtered(lambda one: one.state == "expired")
        self.assertEqual(gone, backups[-3:])
        self.assertEqual(gone[0].delete_on, (self.now + timedelta(days=7)).date())
        self.assertIn("one of the newest, newest of ", backups[0].kept_text)
        self.assertIn("newest verified", backups[0].kept_text)
        before = backups.mapped("kept_for")
        self.apply()
        self.assertEqual(backups.mapped("kept_for"), before)
        self.make_backup(seconds=0)
        self.tenant._put_proof({"backup_last_at": self.now + timedelta(days=7)})
        self.assertEqual(self.apply(days=7), gone)

    def test_pins_holds_and_promises_keep_it(self):
        self.policy.preset = "days_7"
        backups = self.history(14)
        pinned, held, promised = backups[10], backups[11], backups[12]
        pinned.with_user(self.operator).action_pin()
        held.with_user(self.admin).action_hold()
        promised._promise(self.now + timedelta(days=2))
        self.apply()
        self.assertEqual((pinned | held | promised).mapped("state"), ["stored"] * 3)
        self.assertEqual(backups[13].state, "expired")
        self.assertEqual(pinned.kept_text, "pinned")
        pinned.with_user(self.operator).action_unpin()
        self.apply()
        self.assertEqual(pinned.state, "expired")
        pinned.with_user(self.operator).action_pin()
        self.assertEqual((pinned.state, pinned.expired_at), ("stored", False))
        with self.assertRaises(UserError):
            held.with_user(self.operator).action_release()
        with self.assertRaises(AccessError):
            pinned.with_user(self.viewer).action_unpin()
        actions = self.env["saas.audit.entry"].search([("res_model", "=", "saas.backup")])
        self.assertLessEqual(
            {"backup_pinned", "backup_unpinned", "backup_held"}, set(actions.mapped("action"))
        )

    def test_nothing_goes_while_the_schedule_fails(self):
        self.policy.preset = "days_7"
        backups = self.history(12)
        self.tenant._put_proof({"backup_last_at": self.ago(hours=40)})
        self.assertFalse(self.apply())
        self.assertEqual(set(backups.mapped("state")), {"stored"})
        self.assertEqual(backups[-1].kept_text, "nothing expires while backups fail")

    def test_the_newest_verified_stays_however_old_and_one_comes_back(self):
        self.policy.write({"preset": "own", "keep_last": 1, "keep_daily": 0})
        backups = self.history(4)
        self.apply()
        self.assertEqual(backups.mapped("state"), ["stored", "stored", "expired", "expired"])
        self.check(backups[0], 1, passed=False)
        self.check(backups[1], 1, passed=False)
        self.apply()
        self.assertEqual(backups.mapped("state"), ["stored", "expired", "stored", "stored"])

    def test_without_a_policy_age_counts_and_two_verified_ones_stay(self):
        backups = self.history(5)
        self.policy.action_switch_off()
        self.tenant.invalidate_recordset()
        self.assertFalse(self.apply(days=20))
        self.assertEqual(set(backups.mapped("state")), {"stored"})
        self.assertFalse(self.apply(days=900), "what expires can be restored for its grace")
        stay = backups.sorted("finished_at", reverse=True)[:2]
        self.assertEqual(backups.filtered(lambda one: one.state == "stored"), stay)

    def test_rows_of_what_is_gone_are_forgotten_by_their_rule_and_no_others(self):
        gone, kept = self.make_backup(days=500), self.make_backup(days=499)
        self.check(gone, 1, days=499)
        gone._deleted()
        rule = self.env["saas.retention.rule"].search([("kind", "=", "backup_records")])
        self.assertEqual(rule._remove_batch(fields.Datetime.now()), 1)
        self.assertEqual(
            (gone.exists(), kept.exists(), kept.previous_id), (gone.browse(), kept, gone.browse())
        )

    # Screens

    def test_records_can_be_read_as_each_form_asks_for_them(self):
        backup = self.make_backup(hours=1)
        check = self.check(backup, 2)
        canary = self.env["saas.backup.canary"]._told(backup.key_id, self.target, "good")
        self.assertTrue(canary)
        for user in (self.viewer, self.operator, self.admin):
            for record in (backup, check, backup.key_id, self.policy, self.tenant):
                with self.subTest(model=record._name, user=user.login):
                    record = record.with_env(self.env).with_user(user)
                    # As the web client does: what is asked for is what somebody may know of.
                    asked = record.get_view(view_type="form")["models"][record._name]
                    names = set(asked) & set(record.fields_get())
                    self.assertTrue(record.web_read({name: {} for name in names}))

    def test_the_smart_button_counts_what_it_opens(self):
        self.make_backup(hours=1)
        self.make_backup(hours=2)._failed("disk_full", "The disk is full")
        action = self.tenant.action_view_backups()
        found = self.env["saas.backup"].search(action["domain"])
        there = found.filtered(lambda one: one.state in ("stored", "expired"))
        self.assertEqual(self.tenant.backup_count, len(there))
        self.assertEqual(len(found), 2)
