"""Imports of Odoo zips: what is ordered, for whom, and what an operation notes."""

import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..kernel.errors import Refused
from .backup_common import BackupCommon
from .test_backup_work import FIGURES


@tagged("post_install", "-at_install")
class TestBackupImport(BackupCommon):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        backups = type(self.env["saas.backup"])
        self.startPatcher(patch.object(backups, "_import_folder", lambda _self: folder.name))
        self.confirm_sheet()
        self.draft = self.make_tenant(subdomain="moving-in")
        (self.folder / "acme.zip").write_bytes(b"PK")

    def order(self, name="acme.zip", tenant=None, user=None, opens=True):
        wizard = (
            self.env["saas.backup.import"]
            .with_user(user or self.operator)
            .create(
                {
                    "file_name": name,
                    "tenant_id": (tenant or self.draft).id,
                    "target_id": self.target.id,
                    "cluster_id": self.cluster.id,
                    "opens": opens,
                }
            )
        )
        return self.env["saas.backup"].browse(wizard.action_import()["res_id"])

    def at_work(self, backup):
        return backup.sudo().with_context(saas_job_id=backup.sudo().job_ids.id)

    def test_a_file_becomes_a_backup_of_a_draft(self):
        backup = self.order()
        self.assertEqual((backup.reason, backup.state), ("import", "running"))
        self.assertEqual(backup.tenant_id, self.draft)
        self.assertEqual(self.draft.cluster_id, self.cluster)
        job = backup.sudo().job_ids
        self.assertEqual((job.kind, job.spec["file"]), ("import_backup", "acme.zip"))
        self.assertEqual(job._import_folder()[0], str(self.folder))
        told = self.at_work(backup)._step_import_begin(fence=4)
        self.assertEqual(told["database"], job.database_id.name)
        self.assertEqual(job.database_id.stage, "building")
        self.at_work(backup)._step_imported(FIGURES)
        self.assertEqual((backup.state, job.database_id.stage), ("stored", "dropped"))
        noted = [("res_id", "=", backup.id), ("action", "=", "backup_import_ordered")]
        self.assertTrue(self.env["saas.audit.entry"].search(noted))

    def test_what_failed_leaves_a_failed_backup_and_no_database(self):
        backup = self.order()
        backup.sudo().job_ids.write({"error_code": "zip_form", "error_text": "No zip."})
        self.at_work(backup)._step_not_imported()
        self.assertEqual((backup.state, backup.error_text), ("failed", "No zip."))
        self.assertEqual(backup.sudo().job_ids.database_id.stage, "dropped")

    def test_a_hostile_file_is_a_security_event(self):
        for code, count in (("zip_version", 0), ("plain_function", 1), ("zip_entry_form", 2)):
            with self.subTest(code=code):
                backup = self.order()
                backup.sudo().job_ids.write({"error_code": code, "error_text": "x"})
                self.at_work(backup)._step_not_imported()
                backup.sudo().job_ids.write({"state": "failed"})
                rules = self.env["saas.security.event"].sudo().search([]).mapped("rule")
                self.assertEqual("hostile_file" in rules, bool(count))

    def test_an_imported_draft_is_opened_from_its_backup(self):
        backup = self.order()
        self.at_work(backup)._step_imported(FIGURES)
        one = self.env["saas.restore"].search([("into_id", "=", self.draft.id)])
        self.assertEqual((one.backup_id, one.where, one.what), (backup, "copy", "all"))
        self.assertEqual(self.draft.state, "provisioning")
        job = one.sudo().job_ids
        self.assertEqual((job.kind, job.tenant_id), ("restore_copy", self.draft))
        facts = self.draft.sudo().with_context(saas_job_id=job.id)._step_claim_copy(fence=1)
        self.assertEqual((facts["host"], facts["admin"]["admin_user_id"]), (self.draft.host, 0))
        self.draft.sudo()._step_publish()
        self.draft.sudo()._step_open(admin={"admin_user_id": 2, "admin_partner_id": 3})
        self.assertFalse(self.draft.sudo().subscription_ids.filtered(lambda s: s.state != "draft"))

    def test_an_import_that_is_only_kept_leaves_the_draft_a_draft(self):
        backup = self.order(opens=False)
        self.at_work(backup)._step_imported(FIGURES)
        self.assertEqual((backup.state, self.draft.state), ("stored", "draft"))

    def test_a_name_that_was_taken_meanwhile_is_told_and_the_backup_stays(self):
        backup = self.order()
        other = self.make_open_tenant(name="Other", subdomain="moving-in")
        self.at_work(backup)._step_imported(FIGURES)
        self.assertEqual((backup.state, self.draft.state), ("stored", "draft"))
        self.assertIn("stays a draft", self.draft.message_ids[0].body)
        self.assertTrue(other)

    def test_the_same_file_is_imported_once_at_a_time(self):
        first = self.order()
        self.assertEqual(self.order(), first)
        self.assertEqual(len(first.sudo().job_ids), 1)

    def test_bad_orders_say_why(self):
        for name, said in (
            ("../acme.zip", "cannot be imported"),
            ("/etc/passwd", "cannot be imported"),
            ("acme.sql", "cannot be imported"),
            ("none.zip", "not in the upload folder"),
            ("", "Choose file"),
        ):
            with self.subTest(name=name), self.assertRaisesRegex(UserError, said):
                self.order(name)
        with self.assertRaisesRegex(UserError, "has a database already"):
            self.order(tenant=self.tenant)
        with self.assertRaises(AccessError):
            self.order(user=self.viewer)

    def test_a_draft_that_was_provisioned_meanwhile_gets_no_import(self):
        backup = self.order()
        self.draft.action_provision()
        provision = self.draft.sudo().job_ids.filtered(lambda job: job.kind == "provision_tenant")
        self.draft.sudo().with_context(saas_job_id=provision.id)._step_claim(fence=1)
        with self.assertRaises(Refused) as refused:
            self.at_work(backup)._step_import_begin(fence=4)
        self.assertEqual(refused.exception.code, "import_tenant_has_data")

    def test_the_dialog_lists_what_lies_there_and_no_links(self):
        (self.folder / "link.zip").symlink_to(self.folder / "acme.zip")
        (self.folder / "notes.txt").write_text("x")
        wizard = self.env["saas.backup.import"].with_user(self.operator).new({})
        self.assertEqual(wizard.found, "acme.zip")


@tagged("post_install", "-at_install")
class TestBackupUpload(BackupCommon, HttpCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        backups = type(self.env["saas.backup"])
        self.startPatcher(patch.object(backups, "_import_folder", lambda _self: folder.name))
        groups = "base.group_user,saas_business_management.group_saas_operator"
        new_test_user(self.env, "bob_upload", groups, password="bob_upload")
        self.authenticate("bob_upload", "bob_upload")

    def send(self, name="acme.zip", content=b"PK and more", token=True, **data):
        token = {"csrf_token": http.Request.csrf_token(self)} if token else {}
        answer = self.url_open(
            "/saas/backup/upload", data={**token, **data}, files={"file": (name, content)}
        )
        return answer.status_code, answer.text

    def names(self):
        return sorted(one.name for one in self.folder.iterdir())

    def test_a_zip_comes_into_the_folder_and_is_noted(self):
        self.assertIn("Upload File", self.url_open("/saas/backup/upload").text)
        status, told = self.send()
        self.assertEqual((status, self.names()), (200, ["acme.zip"]))
        self.assertIn("is in the upload folder", told)
        self.assertEqual((self.folder / "acme.zip").stat().st_mode & 0o777, 0o600)
        noted = self.env["saas.audit.entry"].search([("action", "=", "backup_import_uploaded")])
        self.assertEqual(noted.facts["file"], "acme.zip")

    def test_nothing_is_written_over_and_no_other_name_is_taken(self):
        self.send()
        status, told = self.send(content=b"PK other")
        self.assertEqual(status, 400)
        self.assertIn("already", told)
        self.assertEqual((self.folder / "acme.zip").read_bytes(), b"PK and more")
        for name in ("../evil.zip", ".hidden.zip", "acme.sql", "a b.zip"):
            with self.subTest(name=name):
                self.assertEqual(self.send(name)[0], 400)
        self.assertEqual(self.send("none.zip", b"")[0], 400)
        self.assertEqual(self.send("text.zip", b"no zip")[0], 400)
        self.assertEqual(self.names(), ["acme.zip"])

    def test_more_than_is_imported_is_refused_and_leaves_nothing(self):
        backups = type(self.env["saas.backup"])
        with patch.object(backups, "_import_most_bytes", lambda _self: 100_000):
            status, _told = self.send(content=b"PK" + bytes(200_000))
        self.assertIn(status, (400, 413))
        self.assertEqual(self.names(), [])

    def test_without_token_right_or_login_nothing_is_taken(self):
        self.assertEqual(self.send(token=False)[0], 400)
        self.assertEqual(self.send(more="words")[0], 400)
        new_test_user(self.env, "eve_upload", "base.group_user", password="eve_upload")
        self.authenticate("eve_upload", "eve_upload")
        self.assertEqual(self.url_open("/saas/backup/upload").status_code, 404)
        self.assertEqual(self.send()[0], 404)
        self.authenticate(None, None)
        answer = self.url_open("/saas/backup/upload", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self.names(), [])
