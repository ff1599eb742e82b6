"""`odoo saas backup …` on records: what is printed, what is ordered, what is typed wrong."""

import contextlib
import io
import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import tagged

from .. import messages
from ..cli.commands import backup as words
from ..cli.commands.grammar import Grammar
from ..cli.commands.say import Stop
from ..kernel.errors import SaasError
from .backup_common import BackupCommon

CONTENT = b"a whole backup"


@tagged("post_install", "-at_install")
class TestBackupCommand(BackupCommon):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        exports, backups = type(self.env["saas.backup.export"]), type(self.env["saas.backup"])
        for name in ("exports", "imports"):
            (self.folder / name).mkdir()
        places = (
            (exports, "_folder", str(self.folder / "exports")),
            (backups, "_import_folder", str(self.folder / "imports")),
        )
        for model, name, place in places:
            self.startPatcher(patch.object(model, name, lambda _self, place=place: place))
        self.followed = []
        self.startPatcher(patch.object(words, "follow", self.follow))

    @contextmanager
    def records(self):
        try:
            yield self.env
        except SaasError as error:
            raise Stop(messages.text(self.env, error)) from error

    def follow(self, _control, job_id, log=True):
        """What a worker would have done."""
        job = self.env["saas.job"].browse(job_id)
        self.followed.append(job.kind)
        if job.kind == "export_backup":
            export = job.sudo().export_id
            (self.folder / "exports" / export.uuid).write_bytes(CONTENT)
            at_work = export.sudo().with_context(saas_job_id=job_id)
            at_work._step_ready(size=len(CONTENT), sha256="ab" * 32)
        job.sudo().write({"state": "done"})

    def type(self, *typed):
        """Return exit status and what was printed; a complaint is printed behind."""
        grammar = Grammar(prog="odoo saas")
        words.add_to(grammar.add_subparsers(required=True))
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                chosen = grammar.parse_args(["backup", *typed])
                status = chosen.act(SimpleNamespace(records=self.records), chosen) or 0
            except Stop as stop:
                err.write(str(stop))
                status = stop.status
            except SystemExit as stop:
                status = stop.code
        return status, out.getvalue() + err.getvalue()

    def test_backups_of_a_tenant_are_listed(self):
        self.assertIn("No backups yet", self.type("list", self.tenant.subdomain)[1])
        self.make_policy(is_default=True)
        backup = self.make_backup(hours=1)
        status, told = self.type("list", self.tenant.subdomain)
        self.assertEqual(status, 0)
        self.assertIn(backup.uuid, told)
        self.assertIn("Shelf", told)
        (row,) = json.loads(self.type("list", self.tenant.subdomain, "--json")[1])
        self.assertEqual((row["backup"], row["kind"]), (backup.uuid, "Automatic"))

    def test_a_backup_is_ordered_and_proven(self):
        self.make_policy(is_default=True)
        status, told = self.type("create", self.tenant.subdomain, "--wait")
        backup = self.tenant.backup_ids
        self.assertEqual((status, self.followed), (0, ["backup_tenant"]))
        self.assertIn(f"backup: {backup.uuid}", told)
        status, told = self.type("prove", backup.uuid)
        self.assertEqual(status, 1)
        self.assertIn("nothing to prove", told)
        stored = self.make_backup(hours=2)
        self.assertEqual(self.type("prove", stored.uuid)[0], 0)
        self.check(stored, 1, passed=False)
        self.assertEqual(self.type("prove", stored.uuid[:13], "--wait")[0], 1)
        self.check(stored, 1)
        self.assertEqual(self.type("prove", stored.uuid, "--wait")[0], 0)
        self.assertEqual(self.type("prove", stored.uuid, "--restore", "--wait")[0], 0)
        self.assertEqual(self.followed[-1], "prove_restore")

    def test_a_backup_is_written_into_a_file(self):
        self.make_policy(is_default=True)
        backup = self.make_backup(hours=1)
        target = self.folder / "acme.zip"
        typed = ["export", backup.uuid, "--kind", "odoo-zip", "--output", str(target)]
        status, told = self.type(*typed)
        self.assertEqual(status, 0, told)
        self.assertEqual(target.read_bytes(), CONTENT)
        self.assertEqual(target.stat().st_mode & 0o777, 0o600)
        self.assertFalse(backup.export_ids._is_there())
        self.assertEqual(backup.export_ids.fetched_count, 1)
        status, told = self.type(*typed)
        self.assertEqual(status, 2)
        self.assertIn("is there already", told)

    def test_a_passphrase_comes_from_a_private_file(self):
        self.make_policy(is_default=True)
        backup = self.make_backup(hours=1)
        phrase = self.folder / "phrase"
        phrase.write_text("correct horse battery\n")
        phrase.chmod(0o644)
        typed = ["export", backup.uuid, "--kind", "sealed", "--output", str(self.folder / "x")]
        status, told = self.type(*typed, "--passphrase-file", str(phrase))
        self.assertEqual(status, 2)
        self.assertIn("0600", told)
        phrase.chmod(0o600)
        status, told = self.type(*typed, "--passphrase-file", str(phrase))
        self.assertEqual(status, 0, told)
        self.assertEqual(backup.export_ids.kind, "sealed")
        self.assertNotIn("correct", told)

    def test_a_zip_is_brought_in(self):
        self.confirm_sheet()
        draft = self.make_tenant(subdomain="moving-in")
        (self.folder / "acme.zip").write_bytes(b"PK")
        typed = ["import", str(self.folder / "acme.zip"), "--tenant", "moving-in"]
        status, told = self.type(*typed, "--target", "Shelf", "--cluster", self.cluster.key)
        self.assertEqual(status, 0, told)
        self.assertIn(f"backup: {draft.backup_ids.uuid}", told)
        self.assertTrue((self.folder / "imports" / "acme.zip").is_file())
        self.assertEqual(self.followed, ["import_backup"])
        again = self.type(*typed, "--target", "Shelf", "--cluster", self.cluster.key)
        self.assertIn("already", again[1])

    def test_policies_and_coverage_are_told(self):
        policy = self.make_policy(is_default=True)
        (row,) = json.loads(self.type("policy", "list", "--json")[1])
        self.assertEqual((row["policy"], row["tenants"]), (policy.name, 1))
        self.aged(days=9)
        status, told = self.type("coverage")
        self.assertEqual(status, 1)
        self.assertIn("Gap", told)
        self.make_backup(hours=1)
        rows = json.loads(self.type("coverage", "--json")[1])
        self.assertEqual([row["tenant"] for row in rows], [self.tenant.subdomain])

    def test_a_target_is_tested(self):
        status, _told = self.type("target", "test", "Shelf")
        self.assertEqual((status, self.followed), (0, ["test_target"]))
        rows = [{"code": "target_write", "ok": False, "facts": {"error": "access_denied"}}]
        self.env["saas.backup.target.check"].sudo()._replace(self.target, rows)
        status, told = self.type("target", "test", "Shelf")
        self.assertEqual(status, 1)
        self.assertIn("✖", told)

    def test_what_is_typed_wrong_costs_a_line_and_status_two(self):
        for typed, said in (
            ((), "required"),
            (("liste",), "Did you mean 'list'"),
            (("list",), "TENANT"),
            (("policy",), "required"),
            (("policy", "lst"), "Did you mean 'list'"),
            (("export", "abcd1234", "--output", "x"), "--kind"),
            (("export", "abcd1234", "--kind", "zip", "--output", "x"), "Known: odoo-zip"),
            (("prove", "x"), "no uuid"),
            (("import", "/none/x.zip", "--tenant", "x"), "no readable file"),
        ):
            with self.subTest(typed=typed):
                status, told = self.type(*typed)
                self.assertEqual(status, 2, told)
                self.assertIn(said, told)
                self.assertEqual(len(told.strip().splitlines()), 1)

    def test_what_is_not_there_is_told(self):
        self.assertIn("There is no tenant", self.type("list", "nobody")[1])
        self.assertIn("There is no backup", self.type("prove", "abcd1234")[1])
        self.assertIn("There is no backup target", self.type("target", "test", "None")[1])
        self.assertIn("No backup policy counts", self.type("create", self.tenant.subdomain)[1])

    def test_a_backup_is_restored_to_a_sandbox_or_in_place(self):
        self.make_policy(is_default=True)
        uuid = self.make_backup(days=1).uuid
        status, told = self.type("restore", uuid, "--sandbox", "acme-sand")
        self.assertEqual(status, 0)
        one = self.env["saas.restore"].search([])
        self.assertEqual(
            (one.where, one.what, one.into_id.subdomain), ("sandbox", "all", "acme-sand")
        )
        self.assertIn(f"address: {one.into_id.url}", told)
        status, told = self.type("restore", uuid, "--in-place", "other", "--why", "asked")
        self.assertEqual(status, 1)
        self.assertIn(f"Type {self.tenant.subdomain}", told)
        place = ("--in-place", self.tenant.subdomain)
        status, told = self.type("restore", uuid, *place)
        self.assertEqual(status, 1)
        self.assertIn("Write why", told)
        status, _told = self.type("restore", uuid, *place, "--why", "asked", "--what", "records")
        self.assertEqual(status, 0)
        self.assertEqual(self.followed[-2:], ["restore_copy", "restore_tenant"])

    def test_a_restore_that_failed_says_why(self):
        self.make_policy(is_default=True)
        backup = self.make_backup(days=1)

        def fail(_control, job_id, log=True):
            one = self.env["saas.job"].browse(job_id).sudo().restore_id
            one._put({"state": "failed", "error_text": "The disk is full."})

        with patch.object(words, "follow", fail):
            status, told = self.type("restore", backup.uuid, "--copy", "acme-copy")
        self.assertEqual(status, 1)
        self.assertIn("The disk is full.", told)
