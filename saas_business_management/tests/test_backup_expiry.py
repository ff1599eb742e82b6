"""Backups whose time is over: what is ordered, what an operation notes, deleting by hand."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .backup_common import BackupCommon


@tagged("post_install", "-at_install")
class TestBackupExpiry(BackupCommon):
    def setUp(self):
        super().setUp()
        self.policy = self.make_policy(
            is_default=True, preset="own", keep_last=1, keep_daily=0, grace_days=2
        )
        self.aged(days=60)

    def verified(self, **span):
        backup = self.make_backup(**span)
        self.check(backup, 1, **span)
        return backup

    def history(self):
        """Return three verified ones; the oldest has to go by the rule."""
        return [self.verified(days=days) for days in (20, 2, 0)]

    def orders(self, kind="expire_backups"):
        return self.env["saas.job"].search([("kind", "=", kind)])

    def step(self, name, **values):
        job = self.orders()[:1]
        backups = self.env["saas.backup"].with_context(saas_job_id=job.id)
        return getattr(backups, f"_step_{name}")(**values)

    def expired_and_over(self):
        oldest, *others = self.history()
        self.env["saas.backup"]._apply_retention(self.tenant, self.target)
        self.assertEqual(oldest.state, "expired")
        oldest._put({"expired_at": self.ago(days=3)})
        return oldest, others

    def test_nothing_is_ordered_before_the_grace_is_over(self):
        oldest, *_others = self.history()
        self.swept_lately()
        self.env["saas.backup"]._cron_expire()
        self.assertEqual(oldest.state, "expired")
        self.assertEqual(self.orders().mapped("state"), ["done"])

    def swept_lately(self):
        job = self.env["saas.backup"]._order_expiry(self.tenant, self.target)
        job.sudo().write({"state": "done", "ended_at": fields.Datetime.now()})

    def test_one_operation_for_a_tenant_and_target_and_only_once(self):
        self.expired_and_over()
        for _again in range(2):
            self.env["saas.backup"]._cron_expire()
        job = self.orders()
        self.assertEqual(len(job), 1)
        self.assertEqual(job.serial_key, f"backup:{self.tenant.id}")
        self.assertEqual(job.spec, {"targets": self.target.ids})
        self.assertFalse(job.cluster_id)

    def test_what_is_to_go_is_written_down_first_and_cannot_be_restored_any_more(self):
        oldest, others = self.expired_and_over()
        self.env["saas.backup"]._cron_expire()
        told = self.step("expire_begin")
        self.assertEqual([one["backup"] for one in told["leaving"]], [oldest.uuid])
        self.assertEqual(oldest.state, "deleting")
        self.assertTrue(told["aborting"])
        with self.assertRaisesRegex(UserError, "not there any more"):
            oldest.with_user(self.operator).action_pin()
        known = self.step("expire_known")["known"]
        self.assertEqual(known, {one.uuid: one.manifest_hash for one in others})
        again = self.step("expire_begin")
        self.assertEqual([one["backup"] for one in again["leaving"]], [oldest.uuid])

    def test_what_was_deleted_is_noted_with_its_bytes_and_the_badge_follows(self):
        oldest, others = self.expired_and_over()
        self.env["saas.backup"]._cron_expire()
        self.step("expire_begin")
        self.step("expire_deleted", freed={oldest.uuid: 5_000_000})
        self.assertEqual((oldest.state, oldest.freed_mb), ("deleted", 5.0))
        self.assertTrue(oldest.deleted_at)
        self.assertEqual(self.tenant.backup_last_at, others[-1].taken_at)
        swept = {"objects": 2, "bytes": 10, "backup": "", "code": ""}
        self.step("expire_told", swept=swept, aborted=True)
        self.assertTrue(self.target.tidied_at)
        self.assertFalse(self.step("expire_begin")["aborting"])

    def test_a_manifest_that_did_not_open_is_a_check_that_failed(self):
        _oldest, others = self.expired_and_over()
        self.env["saas.backup"]._cron_expire()
        swept = {"objects": 0, "bytes": 0, "backup": others[0].uuid, "code": "backup_damaged"}
        self.step("expire_told", swept=swept, aborted=False)
        check = others[0].check_ids.sorted("id")[-1:]
        self.assertEqual((check.outcome, check.failure), ("failed", "changed"))
        self.assertFalse(self.target.tidied_at)

    def test_pinned_held_and_promised_ones_stay_and_so_does_one_in_use(self):
        oldest, _others = self.expired_and_over()
        oldest._order_proof()
        self.env["saas.backup"]._cron_expire()
        self.assertFalse(self.env["saas.backup"]._leaving(self.tenant, self.target))
        oldest.job_ids.sudo().write({"state": "done"})
        self.assertEqual(self.env["saas.backup"]._leaving(self.tenant, self.target), oldest)
        for values in (
            {"pinned": True},
            {"legal_hold": True},
            {"promised_until": self.now + timedelta(days=1)},
        ):
            with self.subTest(**values):
                oldest._put({**values, "state": "expired", "expired_at": self.ago(days=3)})
                self.assertFalse(self.env["saas.backup"]._leaving(self.tenant, self.target))
                oldest._put(dict.fromkeys(values, False))

    def test_nothing_goes_while_backups_fail(self):
        oldest = self.verified(days=40)
        for days in (30, 20):
            self.verified(days=days)
        oldest._put({"state": "expired", "expired_at": self.ago(days=9)})
        self.assertTrue(self.tenant._backup_failing())
        self.assertFalse(self.env["saas.backup"]._leaving(self.tenant, self.target))

    def test_one_that_gave_up_waits_for_a_person(self):
        self.expired_and_over()
        self.env["saas.backup"]._cron_expire()
        self.orders().sudo().write({"state": "dead"})
        self.env["saas.backup"]._cron_expire()
        self.assertEqual(len(self.orders()), 1)

    def test_leftovers_are_looked_for_every_week_also_when_nothing_expires(self):
        self.verified(days=1)
        self.env["saas.backup"]._cron_expire()
        self.assertFalse(self.orders())
        self.verified(days=9)
        self.env["saas.backup"]._cron_expire()
        job = self.orders()
        self.assertEqual(len(job), 1)
        job.sudo().write({"state": "done", "ended_at": self.ago(days=6)})
        self.env["saas.backup"]._cron_expire()
        self.assertEqual(len(self.orders()), 1)
        job.sudo().write({"ended_at": self.ago(days=8)})
        self.env["saas.backup"]._cron_expire()
        self.assertEqual(len(self.orders()), 2)

    def test_what_was_too_young_to_be_swept_is_looked_for_after_the_last_backup_is_gone(self):
        backup = self.verified(days=9)
        backup._deleted()
        backup._put({"deleted_at": self.ago(days=8)})
        self.env["saas.backup"]._cron_expire()
        self.assertEqual(len(self.orders()), 1)
        self.orders().sudo().write({"state": "done", "ended_at": self.ago(days=8)})
        backup._put({"deleted_at": self.ago(days=15)})
        self.env["saas.backup"]._cron_expire()
        self.assertEqual(len(self.orders()), 1)

    def test_backups_of_a_destroyed_key_go_whatever_the_rule_says(self):
        backups = self.env["saas.backup"].union(*self.history())
        backups.key_id._destroy("Erasure")
        self.assertEqual(self.env["saas.backup"]._leaving(self.tenant, self.target), backups)
        self.env["saas.backup"]._cron_expire()
        self.assertEqual(self.orders()._backup_keys(), {})
        self.step("expire_begin")
        self.assertEqual(set(backups.mapped("state")), {"deleting"})

    def test_a_policy_that_is_gone_deletes_nothing(self):
        oldest, _others = self.expired_and_over()
        self.policy.action_switch_off()
        self.env.invalidate_all()
        self.assertFalse(self.env["saas.backup"]._leaving(self.tenant, self.target))
        self.assertEqual(oldest.state, "stored", "it is younger than what everybody is promised")

    # By hand

    def dialog(self, backup):
        return self.env["saas.backup.delete"].with_user(self.admin).create({"backup_id": backup.id})

    def test_an_administrator_deletes_one_by_hand_with_reason_and_name(self):
        self.expired_and_over()
        extra = self.verified(hours=3)
        dialog = self.dialog(extra)
        self.assertFalse(dialog.hindrance)
        self.assertIn("that stay on Shelf: 3.", dialog.effects)
        with self.assertRaisesRegex(UserError, "Write why"):
            dialog._delete()
        dialog.write({"reason": "Asked for", "typed": "somebody else"})
        with self.assertRaisesRegex(UserError, "to go on"):
            dialog._delete()
        dialog.typed = self.tenant.name.upper()
        dialog._delete()
        self.assertEqual(extra.state, "deleting")
        self.assertEqual(self.orders().priority, 15)
        entry = self.env["saas.audit.entry"].search([("action", "=", "backup_deleted")])
        self.assertEqual((entry.reason, entry.user_id), ("Asked for", self.admin))

    def test_deleting_asks_for_the_password(self):
        extra = self.history()[0]
        dialog = self.dialog(extra)
        dialog.write({"reason": "x", "typed": self.tenant.name})
        # Odoo's own password dialog needs a browser, so nothing gets past it here.
        with self.assertRaises(UserError):
            dialog.action_delete()
        self.assertEqual(extra.state, "stored")

    def test_nobody_else_deletes(self):
        backup = self.history()[0]
        with self.assertRaisesRegex(UserError, "Only an administrator"):
            backup.with_user(self.operator).action_ask_delete()
        with self.assertRaises(AccessError):
            self.env["saas.backup.delete"].with_user(self.operator).create({"backup_id": backup.id})
        with self.assertRaisesRegex(UserError, "Only an administrator"):
            backup.with_user(self.operator)._delete_by_hand("x")
        self.assertEqual(backup.state, "stored")

    def test_what_must_stay_is_refused_with_the_reason(self):
        oldest, middle, newest = self.history()
        self.assertIn("newest verified", newest._deletion_hindrance())
        self.assertEqual(middle._deletion_hindrance(), "")
        oldest.with_user(self.operator).action_pin()
        self.assertIn("pinned", oldest._deletion_hindrance())
        oldest.with_user(self.operator).action_unpin()
        oldest.with_user(self.admin).action_hold()
        self.assertIn("legal hold", oldest._deletion_hindrance())
        oldest.with_user(self.admin).action_release()
        oldest._promise(self.now + timedelta(days=1))
        self.assertIn("undo", oldest._deletion_hindrance())
        oldest._put({"promised_until": False})
        middle._order_proof()
        self.assertIn("operation", middle._deletion_hindrance())
        oldest._deleted()
        middle.job_ids.sudo().write({"state": "done"})
        self.assertIn("Fewer than 2", middle._deletion_hindrance())
        self.assertIn("not there", oldest._deletion_hindrance())
        with self.assertRaisesRegex(UserError, "Fewer than 2"):
            middle.with_user(self.admin)._delete_by_hand("x")

    def test_one_that_is_damaged_may_go(self):
        oldest, middle, _newest = self.history()
        oldest._deleted()
        self.check(middle, 1, passed=False)
        self.assertEqual(middle._deletion_hindrance(), "")

    def test_full_targets_change_nothing(self):
        backups = self.history()
        self.env["saas.backup"]._apply_retention(self.tenant, self.target)
        before = [one.state for one in backups]
        failed = self.env["saas.backup"]._begin(self.tenant, self.target, "schedule", fence=1)
        failed._failed("no_space", "The backup target is full.")
        self.assertFalse(self.env["saas.backup"]._leaving(self.tenant, self.target))
        self.assertEqual([one.state for one in backups], before)


@tagged("post_install", "-at_install")
class TestBackupPromise(BackupCommon):
    """Tenants to whom no policy counts."""

    def setUp(self):
        super().setUp()
        self.confirm_sheet()

    def verified(self, policy=None, **span):
        backup = self.make_backup(**span)
        self.check(backup, 1, **span)
        if policy:
            backup._put({"policy_id": policy.id})
        return backup

    def decide(self):
        return self.env["saas.backup"]._apply_retention(self.tenant, self.target)

    def test_what_nobody_has_a_policy_for_expires_after_thirty_days_and_is_deleted(self):
        oldest, *others = [self.verified(days=days) for days in (40, 31, 2, 1)]
        young = self.make_backup(days=29)
        self.decide()
        self.assertEqual(oldest.state, "expired")
        self.assertEqual(others[0].state, "expired")
        self.assertEqual([one.state for one in (*others[1:], young)], ["stored"] * 3)
        self.assertIn("no policy: kept until", young.kept_text)
        self.assertIn("newest verified", others[-1].kept_text)
        oldest._put({"expired_at": self.ago(days=8)})
        self.env["saas.backup"]._cron_expire()
        jobs = self.env["saas.job"].search([("kind", "=", "expire_backups")])
        self.assertEqual((len(jobs), jobs.tenant_id), (1, self.tenant))
        self.assertEqual(self.env["saas.backup"]._leaving(self.tenant, self.target), oldest)

    def test_the_last_two_verified_ones_stay_for_ever_and_nothing_goes_with_fewer(self):
        backups = [self.verified(days=days) for days in (400, 300, 200)]
        self.decide()
        self.assertEqual([one.state for one in backups], ["expired", "stored", "stored"])
        self.check(backups[2], 1, passed=False)
        self.decide()
        self.assertEqual([one.state for one in backups], ["stored", "stored", "expired"])
        self.check(backups[1], 1, passed=False)
        for backup in backups:
            backup._put({"state": "expired", "expired_at": self.ago(days=30)})
        self.assertFalse(self.decide(), "one alone is verified")

    def test_nothing_goes_while_the_newest_try_failed(self):
        oldest, *_others = [self.verified(days=days) for days in (60, 50, 40, 35)]
        failed = self.make_backup()
        failed._put({"state": "failed"})
        self.decide()
        self.assertEqual(oldest.state, "stored")
        self.assertIn("while backups fail", oldest.kept_text)
        failed._put({"state": "deleted"})
        self.decide()
        self.assertEqual(oldest.state, "expired")

    def test_who_loses_his_policy_keeps_what_it_promised(self):
        policy = self.make_policy(is_default=True, preset="days_90", grace_days=20)
        old, *_others = [self.verified(policy, days=days) for days in (80, 60, 2, 1)]
        policy.action_switch_off()
        self.assertFalse(self.tenant.backup_policy_effective_id)
        self.decide()
        self.assertEqual(old.state, "stored")
        self.verified(policy, days=91)
        oldest = self.env["saas.backup"].search([], order="taken_at", limit=1)
        oldest._put({"state": "expired", "expired_at": self.ago(days=19)})
        self.assertFalse(self.decide(), "the grace is that of its policy, too")

    def test_pinned_ones_stay_and_archived_tenants_and_drafts_keep_what_they_have(self):
        oldest, *_others = [self.verified(days=days) for days in (60, 50, 2, 1)]
        oldest.with_user(self.operator).action_pin()
        self.decide()
        self.assertEqual(oldest.state, "stored")
        oldest.with_user(self.operator).action_unpin()
        for state in ("archived", "draft", "deleting"):
            self.tenant._set({"state": state})
            self.assertIsNone(
                self.env["saas.backup"]._rule_for(self.tenant, oldest, self.now), state
            )

    def test_the_number_is_a_setting_and_zero_keeps_them_for_good(self):
        oldest, *_others = [self.verified(days=days) for days in (60, 50, 2, 1)]
        params = self.env["ir.config_parameter"].sudo()
        for told, state in (("0", "stored"), ("61", "stored"), ("59", "expired")):
            params.set_param("saas.backup_kept_days", told)
            self.decide()
            self.assertEqual(oldest.state, state, told)
        params.set_param("saas.backup_kept_days", "soon")
        self.assertEqual(self.env["saas.backup"]._kept_days(), 30)

    def test_the_control_plane_without_a_policy_keeps_what_it_has(self):
        nobody = self.env["saas.tenant"]
        self.assertIsNone(
            self.env["saas.backup"]._rule_for(nobody, self.env["saas.backup"], self.now)
        )
