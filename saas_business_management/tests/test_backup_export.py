"""Downloads of backups: what is ordered, who gets the file, and that no passphrase stays."""

import tempfile
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from ..kernel.backup.passphrase import Derivation
from ..kernel.errors import Refused
from ..kernel.secret import Secret
from .backup_common import BackupCommon

PHRASE = "correct horse battery"
CONTENT = b"0123456789" * 1000
GROUPS = "base.group_user,saas_business_management.group_saas_operator"


class ExportCase(BackupCommon):
    """A backup on its target, a private folder of downloads."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        exports = type(self.env["saas.backup.export"])
        self.startPatcher(patch.object(exports, "_folder", lambda _self: folder.name))
        self.make_policy(is_default=True)
        self.backup = self.make_backup(hours=1)
        self.operator.email = "bob@provider.example"

    def wizard(self, user=None, **values):
        wizards = self.env["saas.backup.download"].with_user(user or self.operator)
        return wizards.create({"backup_id": self.backup.id, **values})

    def order(self, kind="odoo_zip", user=None, **values):
        told = {"aware": True} if kind == "odoo_zip" else {}
        if kind == "sealed":
            told = {"passphrase": PHRASE, "passphrase_again": PHRASE}
        wizard = self.wizard(user, kind=kind, **{**told, **values})
        action = wizard.action_order()
        return self.env["saas.backup.export"].browse(action["res_id"])

    def at_work(self, export):
        return export.sudo().with_context(saas_job_id=export.sudo().job_id.id)

    def made(self, **values):
        """Return a download whose file is there."""
        export = self.order(**values)
        (self.folder / export.uuid).write_bytes(CONTENT)
        self.at_work(export)._step_ready(size=len(CONTENT), sha256="ab" * 32)
        export.sudo().job_id.write({"state": "done"})
        return export

    def actions(self, export):
        found = [("res_model", "=", export._name), ("res_id", "=", export.id)]
        return self.env["saas.audit.entry"].search(found, order="id").mapped("action")


@tagged("post_install", "-at_install")
class TestBackupExport(ExportCase):
    def test_a_passphrase_becomes_a_closed_key_and_stands_nowhere(self):
        export = self.order("sealed")
        self.env.flush_all()
        for table in ("saas_backup_download", "saas_backup_export", "saas_job"):
            self.env.cr.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608
            told = self.env.cr.fetchone()[0]
            self.assertNotIn(PHRASE, told)
        salt = export.sudo().salt
        key = Derivation(bytes.fromhex(salt)).key(Secret(PHRASE)).secret.hex()
        self.assertNotIn(key, str(export.sudo().sealed_key) + str(export.sudo().job_id.spec))
        self.assertEqual(self.at_work(export)._step_key()["key"].reveal(), key)

    def test_the_form_forgets_what_was_typed_as_soon_as_it_is_saved(self):
        self.env.flush_all()
        with Form(self.wizard(kind="sealed")) as form:
            form.passphrase = PHRASE
            form.passphrase_again = PHRASE
        wizard = form.record
        self.assertFalse(wizard.passphrase or wizard.passphrase_again)
        self.assertTrue(wizard.has_key)
        with self.assertRaises(AccessError):
            wizard.with_user(self.operator).read(["sealed_key"])

    def test_a_bad_passphrase_orders_nothing(self):
        for first, again, said in (
            ("short", "short", "too short"),
            (PHRASE, PHRASE + "x", "not the same"),
            (PHRASE, "", "not the same"),
        ):
            with self.subTest(first=first), self.assertRaisesRegex(UserError, said):
                self.wizard(kind="sealed", passphrase=first, passphrase_again=again)
        with self.assertRaisesRegex(UserError, "Choose a passphrase"):
            self.wizard(kind="sealed").action_order()
        self.assertFalse(self.backup.export_ids)

    def test_a_zip_is_ordered_by_who_knows_that_it_is_not_encrypted(self):
        with self.assertRaisesRegex(UserError, "not encrypted"):
            self.wizard(kind="odoo_zip").action_order()
        export = self.order("odoo_zip")
        self.assertEqual((export.state, export.user_id), ("running", self.operator))
        job = export.sudo().job_id
        self.assertEqual((job.kind, job.state), ("export_backup", "waiting"))
        self.assertEqual(job.spec, {"targets": self.target.ids})
        self.assertEqual(job._export_folder(), str(self.folder))
        self.assertEqual(list(job._backup_keys()), [self.backup.key_id.key_id])

    def test_the_operation_is_told_what_and_no_secret(self):
        export = self.order("sealed")
        told = self.at_work(export)._step_begin()
        self.assertEqual((told["backup"], told["export"]), (self.backup.uuid, export.uuid))
        self.assertEqual(told["label"], self.tenant.subdomain)
        self.assertEqual(told["wanted_bytes"], 9_000_500_000)
        self.assertNotIn(export.sudo().sealed_key, str(told))

    def test_what_is_gone_or_too_large_is_refused(self):
        exports = self.env["saas.backup.export"].with_user(self.operator)
        with patch.object(type(exports), "_most_bytes", lambda _self: 10.0):
            with self.assertRaises(Refused) as refused:
                exports._order_for(self.backup, "odoo_zip")
            self.assertEqual(refused.exception.code, "export_too_large")
        self.backup._deleted()
        with self.assertRaises(Refused) as refused:
            exports._order_for(self.backup, "odoo_zip")
        self.assertEqual(refused.exception.code, "export_gone")
        with self.assertRaisesRegex(UserError, "nothing to download"):
            self.backup.with_user(self.operator).action_ask_download()

    def test_a_viewer_orders_nothing(self):
        with self.assertRaises(AccessError):
            self.backup.with_user(self.viewer).action_ask_download()
        with self.assertRaises(AccessError):
            self.wizard(self.viewer, kind="odoo_zip")

    def test_when_it_is_ready_the_key_is_wiped_and_a_mail_says_so(self):
        export = self.order("sealed")
        self.at_work(export)._step_ready(size=5, sha256="ab" * 32)
        self.assertEqual((export.state, export.sudo().sealed_key), ("ready", False))
        self.assertAlmostEqual(
            export.kept_until, fields.Datetime.now() + timedelta(days=7), delta=timedelta(minutes=1)
        )
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertEqual(mail.subject, "Your export is ready")
        self.assertIn("bob@provider.example", mail.email_to)
        self.assertIn("with the passphrase you chose", mail.body_html)
        self.assertIn(f"saas-backup-downloads/{export.id}", mail.body_html)
        self.assertNotIn("/saas/backup/export/", mail.body_html)
        self.assertEqual(self.actions(export), ["backup_export_ordered", "backup_export_made"])
        with self.assertRaises(Refused) as refused:
            self.at_work(export)._step_key()
        self.assertEqual(refused.exception.code, "export_key_gone")

    def test_when_it_failed_the_key_is_wiped_too(self):
        export = self.order("sealed")
        export.sudo().job_id.write({"error_text": "No room."})
        self.at_work(export)._step_not_ready()
        self.assertEqual((export.state, export.error_text), ("failed", "No room."))
        self.assertFalse(export.sudo().sealed_key)

    def test_files_whose_time_is_over_go(self):
        export, other = self.made(), self.order()
        exports = self.env["saas.backup.export"]
        names = [export.uuid, other.uuid, "8d5a1a52-6f2e-4b7a-9a0e-0000000000e9"]
        self.assertEqual(exports._step_over(names)["over"], names[2:])
        exports._cron_drop()
        drops = [("kind", "=", "drop_exports")]
        self.assertFalse(self.env["saas.job"].search(drops))
        export._put({"kept_until": fields.Datetime.now() - timedelta(minutes=1)})
        exports._cron_drop()
        self.assertEqual(self.env["saas.job"].search(drops)._export_folder(), str(self.folder))
        over = exports._step_over(names)["over"]
        self.assertEqual(over, sorted([names[0], names[2]]))
        exports._step_dropped(over)
        self.assertEqual((export.state, other.state), ("deleted", "running"))

    def test_the_doctor_tells_open_folders_and_files_that_stayed(self):
        def levels(code):
            return [one["level"] for one in self.env["saas.doctor"]._run() if one["code"] == code]

        backups = type(self.env["saas.backup"])
        self.startPatcher(patch.object(backups, "_import_folder", lambda _self: str(self.folder)))
        self.folder.chmod(0o700)
        self.assertEqual(levels("export_folder"), ["ok"])
        self.folder.chmod(0o755)
        self.assertEqual(levels("export_folder"), ["failing"])
        export = self.made()
        self.assertEqual(levels("export_old"), [])
        export._put({"kept_until": fields.Datetime.now() - timedelta(days=1)})
        self.assertEqual(levels("export_old"), ["failing"])

    def test_an_operator_removes_a_file_before_its_time(self):
        export = self.made()
        with self.assertRaises(UserError):
            export.with_user(self.viewer).action_remove()
        export.with_user(self.operator).action_remove()
        self.assertFalse(export._is_there())
        self.assertTrue(self.env["saas.job"].search([("kind", "=", "drop_exports")]))

    def test_with_the_key_of_a_backup_its_files_go(self):
        export = self.made()
        self.backup.key_id.sudo()._destroy("Asked for by the customer")
        self.assertFalse(export._is_there())
        self.assertTrue(self.env["saas.job"].search([("kind", "=", "drop_exports")]))
        with self.assertRaises(Refused) as refused:
            self.env["saas.backup.export"]._order_for(self.backup, "odoo_zip")
        self.assertEqual(refused.exception.code, "backup_key_destroyed")

    def test_a_row_goes_with_the_row_of_its_backup_and_not_before(self):
        export = self.made()
        self.backup._deleted()
        self.env["saas.job"].sudo().search([("export_id", "=", export.id)]).unlink()
        with self.assertRaises(UserError):
            export._forget()
        export._put({"state": "deleted"})
        self.backup._expire()
        self.assertFalse(export.exists())

    def test_rows_are_written_by_operations_alone(self):
        export = self.made()
        for user in (self.operator, self.admin):
            with self.assertRaises(UserError):
                export.with_user(user).write({"user_id": user.id})
            with self.assertRaises(UserError):
                export.with_user(user).unlink()
            with self.assertRaises(AccessError):
                export.with_user(user).read(["sealed_key"])

    def test_only_who_ordered_it_gets_a_link(self):
        export = self.made()
        with self.assertRaisesRegex(UserError, "Only .* can fetch"):
            export.with_user(self.admin).action_download()
        action = export.with_user(self.operator).action_download()
        self.assertRegex(action["url"], "^/saas/backup/export/[A-Za-z0-9_-]{43}$")
        link = self.env["saas.link"].sudo().search([("export_id", "=", export.id)])
        self.assertNotIn(link.token_hash, action["url"])
        export.with_user(self.operator).action_download()
        self.assertEqual(link._state(), "expired")

    def test_another_company_sees_no_download(self):
        export = self.made()
        theirs = self.env["saas.backup.export"].with_user(self.stranger)
        self.assertFalse(theirs.search([("id", "=", export.id)]))


@tagged("post_install", "-at_install")
class TestBackupExportRoute(ExportCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.bob = new_test_user(self.env, "bob_export", GROUPS, password="bob_export")
        self.bob.company_ids = self.operator.company_ids
        self.bob.company_id = self.operator.company_id
        self.export = self.made(user=self.bob)
        self.authenticate("bob_export", "bob_export")

    def url(self):
        return self.export.with_user(self.bob).action_download()["url"]

    def rules(self):
        return self.env["saas.security.event"].sudo().search([]).mapped("rule")

    def test_the_file_comes_once(self):
        url = self.url()
        answer = self.url_open(url)
        self.assertEqual((answer.status_code, answer.content), (200, CONTENT))
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn(f"{self.tenant.subdomain}-", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(self.url_open(url).status_code, 410)
        self.assertIn("link_used", self.rules())
        self.assertEqual(self.export.fetched_count, 1)
        self.assertIn("backup_export_downloaded", self.actions(self.export))

    def test_what_was_cut_off_goes_on(self):
        url = self.url()
        first = self.url_open(url, headers={"Range": "bytes=0-99"})
        self.assertEqual((first.status_code, first.content), (206, CONTENT[:100]))
        rest = self.url_open(url, headers={"Range": "bytes=100-"})
        self.assertEqual((rest.status_code, rest.content), (206, CONTENT[100:]))
        again = self.url_open(url, headers={"Range": "bytes=0-99"})
        self.assertEqual(again.status_code, 410)
        self.assertEqual(self.export.fetched_count, 1)
        self.env["saas.link"].sudo().search([]).write(
            {"expires_at": fields.Datetime.now() - timedelta(minutes=1)}
        )
        late = self.url_open(url, headers={"Range": "bytes=100-"})
        self.assertEqual(late.status_code, 410)

    def test_a_fresh_link_gives_no_middle_of_a_file_without_being_used_up(self):
        url = self.url()
        middle = self.url_open(url, headers={"Range": "bytes=100-"})
        self.assertEqual((middle.status_code, self.export.fetched_count), (206, 1))
        self.assertEqual(self.url_open(url).status_code, 410)

    def test_a_link_of_somebody_else_and_none_are_alike(self):
        url = self.url()
        eve = new_test_user(self.env, "eve_export", GROUPS, password="eve_export")
        eve.company_ids = self.bob.company_ids
        self.authenticate("eve_export", "eve_export")
        foreign, unknown = self.url_open(url), self.url_open("/saas/backup/export/none")
        self.assertEqual({foreign.status_code, unknown.status_code}, {404})
        self.assertEqual(
            set(self.rules()) & {"link_foreign", "link_unknown"}, {"link_foreign", "link_unknown"}
        )
        self.authenticate("bob_export", "bob_export")
        self.assertEqual(self.url_open(url).status_code, 200)

    def test_who_lost_the_right_gets_nothing(self):
        url = self.url()
        self.bob.group_ids = self.env.ref("base.group_user")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(self.export.fetched_count, 0)

    def test_a_late_link_and_a_file_that_is_gone_give_nothing(self):
        url = self.url()
        self.env["saas.link"].sudo().search([]).write(
            {"expires_at": fields.Datetime.now() - timedelta(minutes=1)}
        )
        self.assertEqual(self.url_open(url).status_code, 410)
        self.assertIn("link_expired", self.rules())
        url = self.url()
        (self.folder / self.export.uuid).unlink()
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_a_visitor_is_sent_to_the_login(self):
        url = self.url()
        self.authenticate(None, None)
        answer = self.url_open(url, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])
