"""Keys of backups: never seen, replaced, destroyed; no encryption before the sheet is confirmed."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..adapters.backup_keys import BackupKeys
from ..adapters.keyring import Keyring
from ..kernel.errors import Broken, Refused
from .backup_common import BackupCommon


@tagged("post_install", "-at_install")
class TestBackupKey(BackupCommon):
    def setUp(self):
        super().setUp()
        self.keys = self.env["saas.backup.key"]

    def audited(self, action):
        return self.env["saas.audit.entry"].search([("action", "=", action)])

    def test_nothing_is_encrypted_before_a_sheet_was_confirmed(self):
        with self.assertRaises(Refused) as refused:
            self.keys._in_use(self.tenant)
        self.assertEqual(refused.exception.code, "recovery_sheet_missing")
        self.assertFalse(self.keys.search([("tenant_id", "=", self.tenant.id)]))

    def test_a_tenant_has_one_key_in_use_and_it_opens(self):
        self.confirm_sheet()
        key = self.keys._in_use(self.tenant)
        self.assertEqual(self.keys._in_use(self.tenant), key)
        other = self.keys._in_use(self.make_open_tenant(subdomain="other"))
        self.assertNotEqual(key._data_key().secret, other._data_key().secret)
        self.assertEqual(key._data_key().id, key.key_id)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.cr.execute(
                "INSERT INTO saas_backup_key (tenant_id, key_id, wrapped, state, made_at) "
                "VALUES (%s, 'second', 'x', 'active', now())",
                (self.tenant.id,),
            )

    def test_nobody_reads_the_wrapped_key(self):
        self.confirm_sheet()
        key = self.keys._in_use(self.tenant)
        for user in (self.viewer, self.operator, self.admin, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login):
                self.assertTrue(key.with_user(user).read(["key_id", "state"]))
                self.assertNotIn("wrapped", key.with_user(user).fields_get())
                with self.assertRaises(AccessError):
                    key.with_user(user).read(["wrapped"])
                with self.assertRaises(AccessError):
                    key.with_user(user).search([("wrapped", "like", "v1")])
                with self.assertRaises(UserError):
                    key.with_user(user).export_data(["wrapped"])

    def test_a_wrapped_key_opens_for_no_other_tenant(self):
        self.confirm_sheet()
        key = self.keys._in_use(self.tenant)
        other = self.keys._in_use(self.make_open_tenant(subdomain="other"))
        other._put({"wrapped": key.wrapped})
        with self.assertRaises(Broken) as broken:
            other._data_key()
        self.assertEqual(broken.exception.code, "backup_key_damaged")

    def test_a_new_key_leaves_the_old_to_open(self):
        backup_key = self.make_policy() and self.keys._in_use(self.tenant)
        backup = self.make_backup(hours=1)
        before = backup_key._data_key()
        backup_key.with_user(self.admin).action_rotate()
        now = self.keys._in_use(self.tenant)
        self.assertNotEqual(now, backup_key)
        self.assertEqual((backup_key.state, now.state), ("decrypt_only", "active"))
        self.assertEqual(backup.key_id._data_key(), before)
        self.assertEqual(self.audited("backup_key_rotated")[:1].kind, "secrets")
        with self.assertRaises(UserError):
            now.with_user(self.operator).action_rotate()

    def test_a_new_key_file_key_wraps_all_and_changes_none(self):
        self.confirm_sheet()
        key = self.keys._in_use(self.tenant)
        before, wrapped = key._data_key(), key.wrapped
        self.assertEqual(self.env["saas.backup.keyring"]._rotate(), 1)
        self.assertNotEqual(key.wrapped, wrapped)
        self.assertEqual((key.kek_id, key._data_key()), ("k2", before))
        self.assertFalse(self.env["saas.recovery.sheet"]._is_confirmed())
        self.assertEqual(self.keys._in_use(self.make_open_tenant(subdomain="later")).kek_id, "k2")
        with self.assertRaises(Refused) as refused:
            self.env["saas.backup.keyring"]._forget_old_keys()
        self.assertEqual(refused.exception.code, "recovery_sheet_missing")
        self.confirm_sheet()
        self.env["saas.backup.keyring"]._forget_old_keys()
        self.assertEqual(BackupKeys.load(self.key_file).ids, ("k2",))
        self.assertEqual(key._data_key(), before)

    def test_a_rotation_that_was_cut_off_is_finished_with_the_same_key(self):
        self.confirm_sheet()
        key = self.keys._in_use(self.tenant)
        BackupKeys.load(self.key_file).rotated()
        with self.assertRaises(Refused) as refused:
            self.env["saas.backup.keyring"]._forget_old_keys()
        self.assertEqual(refused.exception.code, "backup_kek_old_needed")
        self.env["saas.backup.keyring"]._rotate()
        self.assertEqual((key.kek_id, BackupKeys.load(self.key_file).current), ("k2", "k2"))

    def test_an_old_key_stays_while_the_control_database_needs_it(self):
        self.confirm_sheet()
        ring = self.env["saas.backup.keyring"]
        backup = self.env["saas.backup"]._begin(
            self.env["saas.tenant"],
            self.target,
            "schedule",
            fence=1,
            control_key=ring._load().control_key().id,
        )
        ring._rotate()
        self.confirm_sheet()
        with self.assertRaises(Refused) as refused:
            ring._forget_old_keys()
        self.assertEqual(refused.exception.code, "backup_kek_old_needed")
        backup._failed("disk_full", "The disk is full")
        ring._forget_old_keys()
        self.assertEqual(ring._load().ids, ("k2",))

    def test_a_destroyed_key_opens_nothing_and_leaves_its_id(self):
        self.make_policy()
        backup = self.make_backup(hours=1)
        key = backup.key_id
        dialog = (
            self.env["saas.backup.key.destroy"].with_user(self.admin).create({"key_id": key.id})
        )
        self.assertIn("1 backups", dialog.effects)
        for values in ({"typed": "acme"}, {"reason": "Erasure"}, {"typed": "x", "reason": "x"}):
            dialog.write({"typed": False, "reason": False, **values})
            with self.assertRaises(UserError):
                dialog._destroy()
        self.assertEqual(key.state, "active")
        dialog.write({"typed": "acme", "reason": "Erasure"})
        dialog._destroy()
        self.assertEqual(
            (key.state, key.wrapped, key.destroyed_why), ("destroyed", False, "Erasure")
        )
        with self.assertRaises(Refused) as refused:
            key._data_key()
        self.assertEqual(refused.exception.code, "backup_key_destroyed")
        entry = self.audited("backup_key_destroyed")[:1]
        self.assertEqual((entry.kind, entry.reason), ("deletions", "Erasure"))
        self.cr.execute("SELECT wrapped FROM saas_backup_key WHERE id = %s", (key.id,))
        self.assertEqual(self.cr.fetchall(), [(None,)])
        self.assertNotEqual(self.keys._in_use(self.tenant), key)

    def test_destroying_asks_for_the_password_and_an_administrator(self):
        self.confirm_sheet()
        key = self.keys._in_use(self.tenant)
        with self.assertRaises(UserError):
            key.with_user(self.operator).action_ask_destroy()
        with self.assertRaises(AccessError):
            self.env["saas.backup.key.destroy"].with_user(self.operator).create({"key_id": key.id})
        dialog = self.env["saas.backup.key.destroy"].create(
            {"key_id": key.id, "typed": "acme", "reason": "Erasure"}
        )
        # Odoo's own password dialog needs a browser, so nothing gets past it here.
        with self.assertRaises(UserError):
            dialog.action_destroy()
        self.assertEqual(key.state, "active")

    def test_a_key_under_legal_hold_is_not_destroyed(self):
        self.make_policy()
        backup = self.make_backup(hours=1)
        backup.with_user(self.admin).action_hold()
        with self.assertRaises(Refused) as refused:
            backup.key_id._destroy("Erasure")
        self.assertEqual(refused.exception.code, "backup_key_held")
        self.assertEqual(backup.key_id.state, "active")

    def test_erasing_a_customer_destroys_the_keys(self):
        self.make_policy()
        key = self.make_backup(hours=1).key_id
        partner = self.env["res.partner"].create({"name": "Moreau"})
        self.tenant.partner_id = partner
        found = self.env["saas.erasure"]._found(partner)
        self.assertIn(key, found["Backup keys"])
        self.env["saas.erasure"]._erase_tenants(self.tenant)
        self.assertEqual((key.state, key.wrapped), ("destroyed", False))

    def test_nobody_makes_or_changes_a_key_by_hand(self):
        self.confirm_sheet()
        key = self.keys._in_use(self.tenant)
        for records in (self.keys.sudo(), self.keys.with_user(self.admin).sudo()):
            with self.assertRaises(UserError):
                records.create({"tenant_id": self.tenant.id, "key_id": "by-hand", "wrapped": "x"})
        with self.assertRaises(UserError):
            key._hands_off().write({"state": "decrypt_only"})
        with self.assertRaises(UserError):
            key.unlink()

    def test_the_daily_proof_counts_while_it_is_fresh(self):
        self.confirm_sheet()
        key, canaries = self.keys._in_use(self.tenant), self.env["saas.backup.canary"]
        self.assertEqual(key.opens, "unknown")
        canaries._written(key, self.target)
        self.assertEqual(key.opens, "unknown")
        row = canaries._told(key, self.target, "good")
        self.assertEqual((key.opens, key.opened_at), ("yes", row.read_at))
        row.read_at = self.ago(hours=37)
        self.assertEqual(key.opens, "unknown")
        canaries._told(key, self.target, "wrong_key")
        self.assertEqual(key.opens, "no")
        self.assertEqual(canaries.search_count([("key_id", "=", key.id)]), 1)
        found = [one for one in self.env["saas.doctor"]._run() if one["code"] == "backup_key_opens"]
        self.assertEqual((found[0]["level"], found[0]["record"].id), ("failing", key.id))
        with self.assertRaises(UserError):
            row._hands_off().write({"outcome": "good"})


@tagged("post_install", "-at_install")
class TestRecoverySheet(BackupCommon):
    def make(self):
        sheets = self.env["saas.recovery.sheet"].with_user(self.admin)
        return sheets.browse(sheets.action_make()["res_id"])

    def test_it_is_confirmed_only_when_everything_was_done(self):
        sheet = self.make()
        whole = {"place": "The safe", "holder": "Ada", "typed": sheet.fingerprint[-4:].lower()}
        sheet.write(whole)
        with self.assertRaisesRegex(UserError, "Print the sheet first"):
            sheet.action_confirm()
        sheet.action_print()
        for name, wrong in (("place", " "), ("holder", False), ("typed", "0"), ("typed", False)):
            sheet.write({**whole, name: wrong})
            with self.subTest(field=name), self.assertRaises(UserError):
                sheet.action_confirm()
        self.assertFalse(self.env["saas.recovery.sheet"]._is_confirmed())
        sheet.write(whole)
        sheet.action_confirm()
        self.assertTrue(self.env["saas.recovery.sheet"]._is_confirmed())
        self.assertEqual(sheet.confirmed_by, self.admin)
        entry = self.env["saas.audit.entry"].search([("action", "=", "recovery_sheet_confirmed")])
        self.assertEqual(entry[:1].kind, "secrets")

    def test_what_it_tells_and_what_was_confirmed_cannot_be_changed(self):
        sheet = self.make()
        for values in ({"fingerprint": "x"}, {"state": "confirmed"}, {"printed_at": self.now}):
            with self.subTest(values=values), self.assertRaises(UserError):
                sheet.write(values)
        confirmed = self.confirm_sheet()
        with self.assertRaises(UserError):
            confirmed.write({"place": "Elsewhere"})
        with self.assertRaises(UserError):
            confirmed.sudo().unlink()
        with self.assertRaises(UserError):
            self.env["saas.recovery.sheet"].create({"kek_id": "k1", "fingerprint": "x"})

    def test_another_key_in_the_file_needs_another_sheet(self):
        sheet = self.confirm_sheet()
        BackupKeys.load(self.key_file).rotated()
        sheet.invalidate_recordset()
        self.assertFalse(sheet.is_current)
        self.assertFalse(self.env["saas.recovery.sheet"]._is_confirmed())
        older = self.make()
        BackupKeys.load(self.key_file).rotated()
        older.invalidate_recordset()
        older.action_print()
        older.write({"place": "x", "holder": "x", "typed": older.fingerprint[-4:]})
        with self.assertRaisesRegex(UserError, "Make a new recovery sheet"):
            older.action_confirm()

    def test_the_printed_sheet_holds_fingerprints_and_no_key(self):
        self.confirm_sheet()
        key = self.env["saas.backup.key"]._in_use(self.tenant)
        sheet = self.make()
        html, kind = self.env["ir.actions.report"]._render_qweb_html(
            "saas_business_management.report_recovery_sheet_document", sheet.ids
        )
        text = html.decode() if isinstance(html, bytes) else str(html)
        self.assertEqual(kind, "html")
        self.assertIn(sheet.fingerprint, text)
        self.assertIn(key.key_id, text)
        self.assertIn(self.tenant.public_id, text)
        self.assertNotIn(self.tenant.name, text)
        self.assertIn("saas_backup_key_file", text)
        for secret in json.loads(self.key_file.read_text())["keys"].values():
            self.assertNotIn(secret, text)
        self.assertNotIn(key.wrapped, text)
        self.assertNotIn(key._data_key().secret.hex(), text)

    def test_a_file_that_is_not_there_or_shared_is_refused_in_words(self):
        self.key_file.chmod(0o644)
        self.addCleanup(self.key_file.chmod, 0o600)
        with self.assertRaisesRegex(UserError, "can be read by others"):
            self.make()
        self.key_file.chmod(0o600)
        shared = Keyring.load(self.key_file)
        with (
            patch.object(type(self.env["saas.keyring"]), "_load", lambda _self: shared),
            self.assertRaisesRegex(UserError, "the same key"),
        ):
            self.make()

    def test_only_administrators_see_it(self):
        self.confirm_sheet()
        for user in (self.viewer, self.operator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["saas.recovery.sheet"].with_user(user).search([])
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["saas.recovery.sheet"].with_user(user).action_make()

    def test_the_doctor_tells_what_is_missing(self):
        def level(code):
            return [one["level"] for one in self.env["saas.doctor"]._run() if one["code"] == code]

        self.assertEqual(level("backup_keys"), ["ok"])
        self.assertEqual(level("recovery_sheet"), ["warning"])
        self.make_policy()
        self.assertEqual(level("recovery_sheet"), ["ok"])
        BackupKeys.load(self.key_file).rotated()
        self.assertEqual(level("recovery_sheet"), ["failing"])
        self.key_file.chmod(0o644)
        self.addCleanup(self.key_file.chmod, 0o600)
        self.assertEqual(level("backup_keys"), ["failing"])
