"""Daily proofs of keys, weekly looks at targets, keys at their end."""

from datetime import timezone

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..adapters.backup.closed_manifest import Wanted, close_manifest, open_manifest
from ..adapters.backup.vault import Vault, VaultSpec
from ..adapters.backup_keys import BackupKeys
from ..adapters.fakes.blob_store import FakeBlobStore
from ..adapters.postgres.client_programs import Programs
from ..kernel.backup import layout
from ..kernel.backup.key import DataKey
from ..kernel.backup.manifest import FileFacts, Manifest
from ..kernel.errors import Broken, Refused
from .backup_common import BackupCommon
from .test_backup_work import FIGURES


class UpkeepCommon(BackupCommon):
    def setUp(self):
        super().setUp()
        self.make_policy(is_default=True)
        self.backup = self.make_backup(hours=1)
        self.key = self.backup.key_id
        self.reference = self.tenant._backup_uuid()

    def jobs(self, kind):
        return self.env["saas.job"].search([("kind", "=", kind)])

    def finding(self, code):
        return [one for one in self.env["saas.doctor"]._run() if one["code"] == code]


@tagged("post_install", "-at_install")
class TestBackupCanaries(UpkeepCommon):
    def told(self, outcome, written=False):
        reading = {"key": self.key.key_id, "outcome": outcome, "written": written}
        self.target._step_canaries_told(readings=[reading])
        return self.target.canary_ids

    def wanted(self):
        job = self.target._order_canaries()
        return self.target.with_context(saas_job_id=job.id)._step_canaries()["canaries"]

    def aged_reading(self, **span):
        row = self.target.canary_ids._hands_off()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE saas_backup_canary SET read_at = %s WHERE id = %s", (self.ago(**span), row.id)
        )
        row.invalidate_recordset()

    def test_every_key_with_a_backup_there_is_read_once_a_day(self):
        targets = self.env["saas.backup.target"]
        targets._cron_canaries()
        job = self.jobs("check_canaries")
        self.assertEqual((len(job), job.target_id), (1, self.target))
        self.assertEqual(list(job._backup_keys()), [self.key.key_id])
        wanted = [{"tenant": self.reference, "key": self.key.key_id, "write": True}]
        self.assertEqual(self.wanted(), wanted)
        self.told("good", written=True)
        job.sudo().write({"state": "done"})
        targets._cron_canaries()
        self.assertEqual(self.jobs("check_canaries"), job)
        self.assertEqual(self.wanted(), [])
        self.jobs("check_canaries").sudo().write({"state": "done"})
        self.aged_reading(hours=25)
        targets._cron_canaries()
        self.assertIn("waiting", self.jobs("check_canaries").mapped("state"))
        self.assertEqual([one["write"] for one in self.wanted()], [False])

    def test_a_target_without_backups_has_nothing_to_prove(self):
        self.backup._deleted()
        self.env["saas.backup.target"]._cron_canaries()
        self.assertFalse(self.jobs("check_canaries"))

    def test_a_person_has_them_read_at_once_and_a_viewer_does_not(self):
        self.told("good", written=True)
        with self.assertRaises(AccessError):
            self.target.with_user(self.viewer).action_check_canaries()
        self.target.with_user(self.operator).action_check_canaries()
        job = self.jobs("check_canaries")
        told = self.target.with_context(saas_job_id=job.id)._step_canaries()
        self.assertEqual(len(told["canaries"]), 1)

    def test_one_that_does_not_open_shows_on_key_target_doctor_and_before_a_restore(self):
        self.told("good", written=True)
        self.assertEqual((self.key.opens, self.target.locked_count), ("yes", 0))
        self.assertFalse(self.finding("backup_key_opens"))
        self.assertEqual(self.tenant._backup_key_hindrance(self.target), "")
        for outcome in ("missing", "changed", "wrong_key"):
            with self.subTest(outcome=outcome):
                self.told(outcome)
                self.assertEqual((self.key.opens, self.target.locked_count), ("no", 1))
                self.assertIn(self.tenant.name, self.target.locked_text)
                (finding,) = self.finding("backup_key_opens")
                self.assertEqual(finding["level"], "failing")
                told = self.tenant._backup_key_hindrance(self.target, self.key)
                self.assertIn(f"{self.key.key_id} on Shelf", told)
                hindrances = self.tenant._restore_hindrances(self.backup, "in_place", "all")
                self.assertIn(self.key.key_id, hindrances[0])
        self.told("good")
        self.assertEqual(self.tenant._restore_hindrances(self.backup, "in_place", "all"), [])
        self.told("wrong_key")
        other = self.target.copy({"name": "Other"})
        self.assertEqual(self.tenant._backup_key_hindrance(other), "")

    def test_no_answer_is_no_verdict(self):
        self.target._step_canaries_unanswered()
        self.assertEqual(self.target.canary_ids.outcome, "unreachable")
        self.assertEqual((self.key.opens, self.target.locked_count), ("unknown", 0))
        self.assertEqual(self.tenant._backup_key_hindrance(self.target), "")

    def test_a_lost_one_is_put_again_only_when_what_it_stands_for_is_known_to_be_whole(self):
        self.told("good", written=True)
        self.told("missing")
        self.aged_reading(hours=25)
        self.assertFalse(self.wanted()[0]["write"])
        self.check(self.backup, 1, hours=26)
        self.assertFalse(self.wanted()[0]["write"])
        self.check(self.backup, 1)
        self.assertTrue(self.wanted()[0]["write"])

    def test_the_proof_of_a_destroyed_key_is_removed(self):
        self.told("good", written=True)
        self.key._destroy("Erasure")
        self.env["saas.backup.target"]._cron_canaries()
        job = self.jobs("check_canaries")
        told = self.target.with_context(saas_job_id=job.id)._step_canaries()
        over = [{"tenant": self.reference, "key": self.key.key_id}]
        self.assertEqual(told, {"canaries": [], "over": over})
        self.target._step_canaries_gone(keys=["another"])
        self.assertTrue(self.target.canary_ids)
        self.target._step_canaries_gone(keys=[self.key.key_id])
        self.assertFalse(self.target.canary_ids)

    def test_a_key_that_cannot_be_unwrapped_is_read_as_the_wrong_one(self):
        self.env.cr.execute(
            "UPDATE saas_backup_key SET wrapped = 'v1:k1:AAAA' WHERE id = %s", (self.key.id,)
        )
        self.key.invalidate_recordset()
        job = self.target._order_canaries()
        with self.assertLogs("odoo.addons.saas_business_management", "ERROR"):
            keys = job._backup_keys()
        self.assertEqual(keys, {})
        spec = VaultSpec(keys, self.key_file.parent, self.key_file.parent, Programs())
        vault = Vault(spec, None)
        told = vault.canary(FakeBlobStore(), self.reference, self.key.key_id, True)
        self.assertEqual(told, "wrong_key")


@tagged("post_install", "-at_install")
class TestBackupContents(UpkeepCommon):
    def odd(self, kind, backup="", **more):
        told = {
            "kind": kind,
            "name": f"v1/{backup or 'x'}",
            "backup": backup,
            "size": 7,
            "code": "",
        }
        return {**told, "tenant": self.reference, **more}

    def told(self, *found, **counts):
        counts = counts or {one["kind"]: 1 for one in found}
        self.target._step_audit_told(found=list(found), counts=counts)

    def test_every_target_with_backups_is_looked_at_once_a_week(self):
        targets = self.env["saas.backup.target"]
        targets._cron_audit()
        targets._cron_audit()
        job = self.jobs("audit_target")
        self.assertEqual((len(job), job.target_id), (1, self.target))
        self.assertEqual(list(job._backup_keys()), [self.key.key_id])
        told = self.target._step_audit_begin()
        self.assertEqual(told, {"tenants": [self.reference], "known": [self.reference]})
        known = self.target._step_audit_known(tenant=self.reference)["known"]
        self.assertEqual(known, {self.backup.uuid: self.backup.manifest_hash})
        job.sudo().write({"state": "done"})
        self.told()
        targets._cron_audit()
        self.assertEqual(self.jobs("audit_target"), job)
        self.target.sudo().audited_at = self.ago(days=8)
        targets._cron_audit()
        self.assertEqual(len(self.jobs("audit_target")), 2)

    def test_the_control_plane_is_looked_at_with_its_own_keys(self):
        control = self.env["saas.backup"]._begin(
            self.env["saas.tenant"], self.target, "manual", fence=1, control_key="control-k1"
        )
        control._stored(taken_at=self.now, manifest_hash="cd" * 32)
        self.target._order_audit()
        self.assertIn("control-k1", self.jobs("audit_target")._backup_keys())
        known = self.target._step_audit_known(tenant=layout.CONTROL)["known"]
        self.assertEqual(known, {control.uuid: "cd" * 32})

    def test_a_person_orders_it_and_a_viewer_does_not(self):
        with self.assertRaises(AccessError):
            self.target.with_user(self.viewer).action_check_contents()
        self.target.with_user(self.operator).action_check_contents()
        self.assertEqual(self.jobs("audit_target").priority, 15)

    def test_what_is_missing_is_told_and_the_badge_falls(self):
        self.check(self.backup, 1, minutes=5)
        self.assertEqual(self.backup.badge, "stored")
        self.told()
        self.assertEqual([one["level"] for one in self.finding("target_contents")], ["ok"])
        self.told(self.odd("missing", self.backup.uuid))
        self.assertEqual((self.target.audit_count, self.backup.badge), (1, "unproven"))
        self.assertIn("Missing", self.target.audit_text)
        check = self.backup.check_ids.sorted("id")[-1:]
        self.assertEqual((check.level, check.failure), ("0", "missing"))
        self.assertEqual([one["level"] for one in self.finding("target_contents")], ["failing"])
        count = len(self.backup.check_ids)
        self.told(self.odd("missing", self.backup.uuid))
        self.assertEqual(len(self.backup.check_ids), count)

    def test_leftovers_are_no_more_than_a_warning(self):
        self.told(self.odd("extra"), extra=250)
        self.assertEqual(self.target.audit_count, 250)
        self.assertEqual([one["level"] for one in self.finding("target_contents")], ["warning"])

    def test_a_tenant_whose_backups_are_all_deleted_is_still_known(self):
        self.backup._deleted()
        told = self.target._step_audit_begin()
        self.assertEqual(told, {"tenants": [], "known": [self.reference]})
        self.told(self.odd("stranger"))
        self.assertIn("nobody knows", self.target.audit_text)
        self.assertEqual(self.finding("target_contents"), [])

    def test_what_changed_meanwhile_is_not_told(self):
        later = self.make_backup(minutes=1)
        gone = self.make_backup(hours=5)
        gone._deleted()
        self.told(
            self.odd("unknown", later.uuid), self.odd("missing", gone.uuid), unknown=1, missing=1
        )
        self.assertEqual((self.target.audit_count, self.target.audit_text), (0, False))
        self.told(self.odd("unknown", "8d5a1a52-6f2e-4b7a-9a0e-00000000dead"))
        self.assertIn("nobody knows", self.target.audit_text)

    def test_a_whole_backup_whose_worker_died_is_taken_over_into_its_record(self):
        lost = self.env["saas.backup"]._begin(
            self.tenant, self.target, "manual", fence=3, key_id=self.key.id
        )
        lost._failed("worker_died", "The worker died.")
        known = self.backup.uuid
        told = self.target._step_audit_adoptable(backups=[lost.uuid, known, "nobody"])
        self.assertEqual([one["backup"] for one in told["places"]], [lost.uuid])
        self.target._step_audit_adopted(backup=lost.uuid, figures=FIGURES)
        self.assertEqual((lost.state, lost.error_code, lost.fence), ("stored", False, 7))
        self.assertEqual(lost.level, "0")
        entry = self.env["saas.audit.entry"].search([("action", "=", "backup_adopted")])
        self.assertEqual(entry.res_id, lost.id)

    def test_one_that_is_being_written_or_deleted_is_not_taken_over(self):
        running = self.tenant._order_backup("manual") - self.backup
        told = self.target._step_audit_adoptable(backups=[running.uuid])
        self.assertEqual(told["places"], [])
        self.backup._put({"state": "deleting"})
        self.target._step_audit_adopted(backup=self.backup.uuid, figures=FIGURES)
        self.assertEqual(self.backup.state, "deleting")

    def test_never_looked_at_is_not_known(self):
        self.assertEqual([one["level"] for one in self.finding("target_contents")], ["unknown"])


@tagged("post_install", "-at_install")
class TestBackupKeysEnd(UpkeepCommon):
    def replaced(self, **span):
        self.env["saas.backup.key"]._replace(self.tenant)
        self.key._put({"retired_at": self.ago(**span)})

    def retire(self):
        self.env["saas.backup.key"]._cron_retire()

    def test_a_replaced_key_goes_with_its_last_backup_and_the_log_says_so(self):
        self.replaced(days=40)
        self.retire()
        self.assertEqual(self.key.state, "decrypt_only")
        self.backup._put({"state": "deleting"})
        self.retire()
        self.assertEqual(self.key.state, "decrypt_only")
        self.backup._deleted()
        self.retire()
        self.assertEqual((self.key.state, self.key.sudo().wrapped), ("destroyed", False))
        entry = self.env["saas.audit.entry"].search([("action", "=", "backup_key_destroyed")])
        self.assertIn("last backup", entry.reason)

    def test_a_key_in_use_and_one_just_replaced_stay(self):
        self.backup._deleted()
        self.retire()
        self.assertEqual(self.key.state, "active")
        self.replaced(hours=47)
        self.retire()
        self.assertEqual(self.key.state, "decrypt_only")

    def test_erasing_makes_a_backup_unreadable_for_everybody(self):
        keys = {self.key.key_id: self.key.sudo()._data_key()}
        manifest = self.a_manifest()
        stored = close_manifest(manifest, keys[self.key.key_id])
        wanted = Wanted(self.reference, self.backup.uuid)
        backups = self.env["saas.backup"]
        self.assertEqual(
            open_manifest(stored, backups._openable_keys(self.tenant), wanted), manifest
        )
        self.env["saas.erasure"]._erase_tenants(self.tenant)
        self.assertEqual(backups._openable_keys(self.tenant), {})
        with self.assertRaises(Refused) as refused:
            open_manifest(stored, backups._openable_keys(self.tenant), wanted)
        self.assertEqual(refused.exception.code, "backup_key_missing")
        with self.assertRaises(Refused) as refused:
            self.key.sudo()._data_key()
        self.assertEqual(refused.exception.code, "backup_key_destroyed")
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(k)::text FROM saas_backup_key k")
        left = " ".join(row[0] for row in self.env.cr.fetchall())
        self.assertNotIn("v1:k1:", left)
        # Whoever still has the key file makes nothing of it: the data key was chance.
        file_keys = BackupKeys.load(self.key_file)
        for guess in (file_keys.control_key().secret, bytes(32)):
            with self.assertRaises(Broken) as broken:
                open_manifest(stored, {self.key.key_id: DataKey(self.key.key_id, guess)}, wanted)
            self.assertEqual(broken.exception.code, "backup_key_wrong")

    def a_manifest(self):
        return Manifest(
            tenant=self.reference,
            backup=self.backup.uuid,
            fence=1,
            reason="manual",
            key_id=self.key.key_id,
            started_at=self.now_aware(),
            finished_at=self.now_aware(),
            previous=None,
            facts=None,
            parts=(),
            files=FileFacts(),
            new_bytes=0,
        )

    def now_aware(self):
        return self.now.replace(tzinfo=timezone.utc, microsecond=0)
