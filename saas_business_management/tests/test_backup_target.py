"""Backup targets: what is accepted, what is kept secret, what a test leaves on the form."""

import tempfile
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..jobs.ports import build_ports
from ..kernel.errors import Broken
from ..kernel.secret import Secret
from .common import SaasCommon

GOOD = [
    {"code": "target_write", "ok": True, "facts": {}},
    {"code": "target_read", "ok": True, "facts": {}},
    {"code": "target_delete", "ok": True, "facts": {}},
]


@tagged("post_install", "-at_install")
class TestBackupTarget(SaasCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.env["saas.backup.target"].create(
            {"name": "Disk", "kind": "local", "folder": "/var/backups/saas"}
        )
        cls.bucket = cls.env["saas.backup.target"].create(
            {
                "name": "Bucket",
                "kind": "s3",
                "endpoint": "https://s3.example.com",
                "bucket": "acme-backups",
                "prefix": "saas/eu",
                "access_key": "AKEXAMPLE",
                "secret_key": "the-secret-key-of-the-bucket",
            }
        )

    def entries(self, action, target):
        return self.env["saas.audit.entry"].search(
            [
                ("action", "=", action),
                ("res_model", "=", "saas.backup.target"),
                ("res_id", "=", target.id),
            ]
        )

    def test_a_folder_is_a_whole_path(self):
        for folder in ("", False, "relative/folder", "/", "//", "/../", "s3://bucket"):
            with self.assertRaises(ValidationError, msg=folder):
                self.folder.folder = folder
        self.folder.folder = "/mnt/backups"

    def test_an_address_is_public_and_encrypted_unless_it_was_allowed(self):
        for endpoint in (
            "s3.example.com",
            "http://s3.example.com",
            "https://user:secret@s3.example.com",
            "https://s3.example.com:22",
            "https://s3.example.com/bucket",
            "https://2130706433",
            "file:///etc/passwd",
        ):
            with self.assertRaises(ValidationError, msg=endpoint):
                self.bucket.endpoint = endpoint
        self.bucket.write({"inside_allowed": True, "endpoint": "http://10.0.0.5:8333"})
        with self.assertRaises(ValidationError):
            self.bucket.inside_allowed = False
        self.bucket.write({"inside_allowed": False, "endpoint": False})

    def test_bucket_folder_and_key_have_their_forms(self):
        for values in (
            {"bucket": ""},
            {"bucket": "A B"},
            {"bucket": "ab"},
            {"bucket": "-abc"},
            {"prefix": "../up"},
            {"prefix": "/top"},
            {"prefix": "a//b"},
            {"prefix": "a b"},
            {"access_key": False},
            {"ca": "no certificate"},
            {"ca": "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----"},
        ):
            with self.assertRaises(ValidationError, msg=values), self.env.cr.savepoint():
                self.bucket.write(values)

    def test_a_secret_key_is_stored_sealed_and_told_to_nobody(self):
        self.env.cr.execute(
            "SELECT secret_key_sealed FROM saas_backup_target WHERE id = %s", (self.bucket.id,)
        )
        sealed = self.env.cr.fetchone()[0]
        self.assertTrue(sealed.startswith("v1:k1:"))
        self.assertNotIn("the-secret-key", sealed)
        self.bucket.invalidate_recordset()
        self.assertFalse(self.bucket.secret_key)
        self.assertTrue(self.bucket.has_secret)
        spec = self.bucket.sudo()._to_spec()
        self.assertEqual(spec["secret"], Secret("the-secret-key-of-the-bucket"))
        self.assertNotIn("the-secret-key", repr(spec))
        self.assertNotIn("the-secret-key", str(self.bucket.message_ids.mapped("body")))

    def test_nobody_reads_searches_or_groups_by_the_sealed_key(self):
        for user in (self.viewer, self.operator, self.admin):
            targets = self.env["saas.backup.target"].with_user(user)
            for work in (
                lambda targets=targets: targets.browse(self.bucket.id).read(["secret_key_sealed"]),
                lambda targets=targets: targets.search([("secret_key_sealed", "=like", "v1:%")]),
                lambda targets=targets: targets.formatted_read_group(
                    [], ["secret_key_sealed"], ["__count"]
                ),
            ):
                with self.assertRaises(AccessError):
                    work()
        with self.assertRaises(AccessError):
            self.bucket.with_user(self.operator).read(["access_key"])

    def test_a_second_key_alone_deletes(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.bucket.delete_access_key = "AKEXAMPLE"
        self.bucket.delete_access_key = "AKDELETE"
        self.assertFalse(self.bucket.has_secret)
        with self.assertRaises(UserError):
            self.bucket.action_test_connection()
        self.bucket.delete_secret_key = "the-secret-key-for-deleting"
        self.bucket.invalidate_recordset()
        self.assertTrue(self.bucket.has_secret)
        self.assertFalse(self.bucket.delete_secret_key)
        spec = self.bucket.sudo()._to_spec()
        self.assertEqual(spec["delete_access_key"], "AKDELETE")
        self.assertEqual(spec["delete_secret"], Secret("the-secret-key-for-deleting"))
        self.assertEqual(spec["secret"], Secret("the-secret-key-of-the-bucket"))
        self.assertNotIn("for-deleting", repr(spec))
        self.assertTrue(self.entries("secret_stored", self.bucket))
        for name in ("delete_access_key", "delete_secret_key_sealed"):
            with self.assertRaises(AccessError, msg=name):
                self.bucket.with_user(self.operator).read([name])

    def test_a_key_moved_to_another_target_does_not_open(self):
        other = self.bucket.copy({"name": "Other"})
        self.assertFalse(other.has_secret)
        other.sudo().secret_key_sealed = self.bucket.sudo().secret_key_sealed
        with self.assertRaises(Broken) as told:
            other.sudo()._secret()
        self.assertEqual(told.exception.code, "secret_damaged")
        self.assertIsNone(other.sudo()._to_spec()["secret"])

    def test_a_new_key_of_the_control_plane_closes_this_secret_too(self):
        stored = self.env["saas.keyring"]._stored()
        self.assertIn((self.bucket.sudo(), "secret_key_sealed"), stored)

    def test_a_button_only_orders_the_test(self):
        job = self._ordered(self.bucket.with_user(self.operator))
        self.assertEqual((job.kind, job.state), ("test_target", "waiting"))
        self.assertEqual(job.target_id, self.bucket)
        self.assertEqual(job.spec, {"targets": [self.bucket.id]})
        self.assertEqual(self._ordered(self.bucket), job)
        self.assertEqual(self.bucket.operation_id, job)

    def _ordered(self, target):
        target.action_test_connection()
        return self.env["saas.job"].search([("target_id", "=", target.id)])

    def test_without_a_secret_key_there_is_nothing_to_test(self):
        self.bucket.sudo().secret_key_sealed = False
        with self.assertRaises(UserError):
            self.bucket.action_test_connection()

    def test_an_operation_is_told_the_targets_it_names_and_no_others(self):
        job = self._ordered(self.bucket)
        self.assertEqual(set(job.sudo()._target_specs()), {self.bucket.id})
        job.sudo().spec = {"targets": [self.folder.id, self.bucket.id, 10**8]}
        self.assertEqual(set(job.sudo()._target_specs()), {self.folder.id, self.bucket.id})
        other = self.cluster._start("test_cluster", {})
        self.assertEqual(other.sudo()._target_specs(), {})

    def test_a_good_test_is_told_and_dated(self):
        self.bucket._step_checked(checks=GOOD)
        self.assertEqual(self.bucket.state, "ready")
        self.assertTrue(self.bucket.passed_at)
        self.assertEqual(set(self.bucket.check_ids.mapped("result")), {"ok"})
        self.assertIn("works", self.bucket.result)

    def test_a_failed_test_says_what_is_missing_and_what_mends_it(self):
        self.bucket._step_checked(checks=GOOD)
        passed_at = self.bucket.passed_at
        denied = {"error": "access_denied", "told": "AccessDenied"}
        self.bucket._step_checked(
            checks=[GOOD[0], {"code": "target_delete", "ok": False, "facts": denied}]
        )
        self.assertEqual(self.bucket.state, "failing")
        self.assertEqual(self.bucket.passed_at, passed_at, "the last good test keeps its date")
        line = self.bucket.check_ids[-1]
        self.assertEqual(line.result, "failing")
        self.assertIn("cannot be removed", line.text)
        self.assertIn("denies access", line.text)
        self.assertIn("s3:DeleteObject", line.mend)
        self.assertEqual(self.bucket.result, line.text)

    def test_what_works_less_well_is_a_warning_and_no_failure(self):
        warned = {"code": "target_exclusive", "ok": True, "facts": {"warning": True}}
        self.bucket._step_checked(checks=[*GOOD, warned])
        self.assertEqual(self.bucket.state, "ready")
        self.assertEqual(self.bucket.check_ids[-1].result, "warning")
        self.assertTrue(self.bucket.check_ids[-1].mend)
        self.assertEqual(self.bucket.result, self.bucket.check_ids[-1].text)

    def test_a_test_says_what_holds_against_deleting_and_what_to_do_when_nothing_does(self):
        self.assertFalse(self.bucket.protection)
        for code, warned, protection in (
            ("target_locked", False, "locked"),
            ("target_versions", False, "versions"),
            ("target_unprotected", True, "none"),
            ("target_protection_unknown", True, "unknown"),
        ):
            facts = {"warning": True} if warned else {}
            self.bucket._step_checked(checks=[*GOOD, {"code": code, "ok": True, "facts": facts}])
            line = self.bucket.check_ids[-1]
            self.assertEqual((self.bucket.state, self.bucket.protection), ("ready", protection))
            self.assertEqual(line.result, "warning" if warned else "ok")
            self.assertEqual(bool(line.mend), warned)
            self.assertNotIn(code, line.text, "it has words of its own")

    def test_a_badge_falls_when_address_or_key_change(self):
        for values in (
            {"bucket": "another-bucket"},
            {"secret_key": "another secret"},
            {"ca": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"},
            {"path_style": False},
        ):
            self.bucket._step_checked(checks=GOOD)
            self.bucket.write(values)
            self.assertEqual(self.bucket.state, "draft", values)
        self.bucket._step_checked(checks=GOOD)
        self.bucket.write({"name": "Other name", "bucket": "another-bucket"})
        self.assertEqual(self.bucket.state, "ready", "it leads to the same place")

    def test_the_audit_log_hears_of_addresses_and_keys_and_never_of_their_values(self):
        self.assertTrue(self.entries("backup_target_created", self.bucket))
        self.bucket.write({"endpoint": "https://s3.other.example", "secret_key": "a new secret"})
        changed = self.entries("backup_target_changed", self.bucket)
        self.assertEqual(
            changed.facts["endpoint"], ["https://s3.example.com", "https://s3.other.example"]
        )
        stored = self.entries("secret_stored", self.bucket)
        self.assertTrue(stored.filtered(lambda entry: entry.facts["replaced"]))
        told = str((changed | stored).mapped("facts"))
        self.assertNotIn("a new secret", told)
        self.bucket.write({"name": "Another name"})
        self.assertEqual(self.entries("backup_target_changed", self.bucket), changed)

    def test_a_target_of_another_company_is_not_seen(self):
        self.bucket.company_id = self.env.company
        theirs = self.env["saas.backup.target"].with_user(self.stranger)
        self.assertFalse(theirs.search([("id", "=", self.bucket.id)]))
        self.assertTrue(theirs.search([("id", "=", self.folder.id)]), "for every company")
        self.bucket._step_checked(checks=GOOD)
        lines = self.env["saas.backup.target.check"].with_user(self.stranger)
        self.assertFalse(lines.search([("target_id", "=", self.bucket.id)]))
        with self.assertRaises(AccessError):
            self.bucket.with_user(self.stranger).action_test_connection()

    def test_the_key_file_away_is_told_in_words(self):
        def away(_self):
            raise Broken("keyring_damaged")

        with patch.object(type(self.env["saas.keyring"]), "_load", away):
            self.assertIsNone(self.bucket.sudo()._to_spec()["secret"])
            with self.assertRaises(UserError) as told:
                self.bucket.secret_key = "new"
        self.assertIn("Doctor", str(told.exception))

    def test_a_real_folder_is_tested_as_the_worker_does_it(self):
        with tempfile.TemporaryDirectory() as folder:
            self.folder.folder = folder
            job = self._ordered(self.folder)
            ports = build_ports(None, job.sudo()._target_specs())
            checks = ports.stores.probe(self.folder.id)
            rows = [{"code": one.code, "ok": one.ok, "facts": dict(one.facts)} for one in checks]
            self.folder._step_checked(checks=rows)
        self.assertEqual(self.folder.state, "ready")
        self.assertEqual(self.folder.check_ids.mapped("result"), ["ok"] * 7 + ["warning"])
        self.assertEqual(self.folder.protection, "none")

    def finding(self, target):
        found = [
            one
            for one in self.env["saas.doctor"]._run()
            if one["code"] == "backup_target" and one["record"] == target
        ]
        return found[0]

    def test_the_doctor_believes_a_test_for_a_day_and_a_half(self):
        self.assertEqual(self.finding(self.bucket)["level"], "unknown")
        self.bucket._step_checked(checks=GOOD)
        self.assertEqual(self.finding(self.bucket)["level"], "ok")
        self.bucket.checked_at = fields.Datetime.now() - timedelta(hours=35)
        self.assertEqual(self.finding(self.bucket)["level"], "ok")
        self.bucket.checked_at = fields.Datetime.now() - timedelta(hours=37)
        self.assertEqual(self.finding(self.bucket)["level"], "unknown")
        full = {"code": "target_write", "ok": False, "facts": {"error": "no_space"}}
        self.bucket._step_checked(checks=[full])
        told = self.finding(self.bucket)
        self.assertEqual(told["level"], "failing")
        self.assertIn("is full", told["why"])

    def test_every_target_is_tested_daily(self):
        self.env["saas.doctor"]._cron_check()
        jobs = self.env["saas.job"].search([("kind", "=", "test_target")])
        self.assertLessEqual(self.folder | self.bucket, jobs.target_id)
        self.bucket.sudo().secret_key_sealed = False
        jobs.sudo().state = "done"
        self.env["saas.doctor"].with_user(self.operator).action_check_again()
        later = self.env["saas.job"].search([("kind", "=", "test_target")]) - jobs
        self.assertIn(self.folder, later.target_id)
        self.assertNotIn(self.bucket, later.target_id)

    def test_an_administrator_fills_the_form_in(self):
        form = Form(self.env["saas.backup.target"].with_user(self.admin))
        form.name = "Paris"
        form.kind = "s3"
        form.bucket = "acme-paris"
        form.access_key = "AKPARIS"
        form.secret_key = "the secret of Paris"
        target = form.save()
        self.assertTrue(target.has_secret)
        self.assertEqual(target.place, "acme-paris (us-east-1)")
        self.assertEqual(self.bucket.place, "acme-backups/saas/eu (https://s3.example.com)")
        self.assertEqual(self.folder.place, "/var/backups/saas")
