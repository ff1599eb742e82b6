"""The control plane's own backups: when, with which key, what the doctor and the settings say."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..adapters.backup_keys import BackupKeys
from ..kernel.backup import layout
from ..models.saas_control_backup import POLICY
from .backup_common import BackupCommon
from .test_backup_work import FIGURES


@tagged("post_install", "-at_install")
class TestControlBackup(BackupCommon):
    def setUp(self):
        super().setUp()
        self.control = self.env["saas.control.backup"]

    def switch_on(self, **values):
        policy = self.make_policy(**values)
        self.env["ir.config_parameter"].set_param(POLICY, policy.id)
        return policy

    def age_policy(self, policy, **span):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE saas_backup_policy SET switched_on_at = %s WHERE id = %s",
            (self.ago(**span), policy.id),
        )
        policy.invalidate_recordset()

    def rows(self):
        return self.env["saas.backup"].search([("tenant_id", "=", False)])

    def finding(self):
        found = self.env["saas.doctor"]._run()
        return next(one for one in found if one["code"] == "control_backup")

    def test_a_policy_of_its_own_is_there_and_named_in_the_settings(self):
        policy = self.env.ref("saas_business_management.backup_policy_control")
        named = self.env["ir.config_parameter"].get_param(POLICY)
        self.assertEqual(named, str(policy.id))
        self.assertEqual((policy.unit, policy.state), ("daily", "off"))
        self.assertFalse(policy.is_default)

    def test_without_a_policy_that_is_on_nothing_is_backed_up_and_it_is_said(self):
        self.assertEqual(self.finding()["level"], "warning")
        with self.assertRaisesRegex(UserError, "No backup policy counts for the control plane"):
            self.control.with_user(self.operator).action_back_up_now()
        self.control._cron_back_up()
        self.env["ir.config_parameter"].set_param(POLICY, "nonsense")
        self.assertFalse(self.control._policy())
        self.env["ir.config_parameter"].set_param(POLICY, "999999999")
        self.assertFalse(self.control._policy())
        self.assertFalse(self.rows())

    def test_a_button_orders_one_for_each_target_and_a_second_click_no_more(self):
        self.switch_on()
        for _again in range(2):
            self.control.with_user(self.operator).action_back_up_now()
        backup = self.rows()
        self.assertEqual((len(backup), backup.reason, backup.state), (1, "manual", "running"))
        job = backup.job_ids
        self.assertEqual((job.kind, job.serial_key), ("backup_control", "backup:control"))
        self.assertFalse(job.cluster_id | job.tenant_id.cluster_id)

    def test_its_key_follows_from_the_key_file_and_stands_in_no_record(self):
        self.switch_on()
        self.control.action_back_up_now()
        backup = self.rows()
        key = BackupKeys.load(self.key_file).control_key()
        self.assertEqual((backup.control_key, backup.key_id.id), (key.id, False))
        keys = backup.job_ids._backup_keys()
        self.assertEqual(keys[key.id].secret, key.secret)
        told = str(backup.job_ids.read()) + str(backup.read())
        self.assertNotIn(key.secret.hex(), told)
        rotated = BackupKeys.load(self.key_file).rotated()
        self.assertEqual(set(backup.job_ids._backup_keys()), {"control-k1", "control-k2"})
        self.assertEqual(rotated.control_key().id, "control-k2")

    def test_the_operation_is_told_the_database_and_no_secret(self):
        self.switch_on()
        self.control.action_back_up_now()
        backup = self.rows()
        target = backup.with_context(saas_job_id=backup.job_ids.id)
        told = target._step_begin(fence=3)
        self.assertEqual(told["database"], self.env.cr.dbname)
        self.assertEqual((told["tenant"], told["key"]), (layout.CONTROL, backup.control_key))
        self.assertTrue(layout.manifest_name(told["tenant"], told["backup"]))
        spec = self.control._to_spec()
        self.assertNotIn(spec["password"].reveal() or "no password", str(told))
        self.assertNotIn("password='", str(spec))
        self.assertTrue(spec["filestore_path"].endswith("/filestore"))

    def test_it_is_stored_read_and_expires_like_any_other(self):
        self.switch_on()
        self.control.action_back_up_now()
        backup = self.rows()
        backup.with_context(saas_job_id=backup.job_ids.id)._step_stored(figures=FIGURES)
        self.assertEqual((backup.state, backup.badge), ("stored", "stored"))
        backup.job_ids.sudo().write({"state": "done"})
        self.env["saas.backup"]._cron_prove()
        proof = backup.job_ids.filtered(lambda job: job.kind == "verify_backup")
        self.assertEqual(set(proof._backup_keys()), {"control-k1"})
        backup._step_proven(faults=[], files=7, seconds=0.4)
        self.assertEqual(backup.level, "1")
        self.assertFalse(self.env["saas.backup"]._leaving(self.env["saas.tenant"], self.target))
        self.assertIn("newest verified", backup.kept_text)
        job = self.env["saas.backup"]._order_expiry(self.env["saas.tenant"], self.target)
        self.assertEqual(set(job._backup_keys()), {"control-k1"})
        told = self.env["saas.backup"].with_context(saas_job_id=job.id)._step_expire_begin()
        self.assertEqual((told["tenant"], told["leaving"]), (layout.CONTROL, []))
        backup._deleted(7)
        self.assertEqual((backup.state, backup.freed_bytes), ("deleted", 7))

    def test_the_schedule_orders_one_a_day(self):
        policy = self.switch_on(window_start=0.0, window_end=0.0)
        self.age_policy(policy, days=3)
        self.control._cron_back_up()
        backup = self.rows()
        self.assertEqual(backup.reason, "schedule")
        self.control._cron_back_up()
        self.assertEqual(self.rows(), backup)
        backup._stored(taken_at=fields.Datetime.now(), manifest_hash="ab" * 32)
        backup.job_ids.sudo().write({"state": "done"})
        self.control._cron_back_up()
        self.assertEqual(self.rows(), backup)

    def test_the_doctor_says_when_the_last_one_is_too_old(self):
        policy = self.switch_on()
        self.age_policy(policy, days=9)
        told = self.finding()
        self.assertEqual(told["level"], "failing")
        self.assertIn("no backup younger than 36 hours", told["what"])
        self.control.action_back_up_now()
        self.rows()._stored(taken_at=self.ago(hours=2), manifest_hash="ab" * 32)
        self.assertEqual(self.finding()["level"], "ok")
        self.check(self.rows(), 1, passed=False)
        told = self.finding()
        self.assertEqual((told["level"], told["record"]), ("failing", self.rows()))
        self.assertIn("not proven", told["what"])

    def test_the_settings_say_how_it_stands(self):
        settings = self.env["res.config.settings"].create({})
        self.assertIn("not backed up", settings.saas_control_backup_text)
        self.switch_on()
        settings = self.env["res.config.settings"].create({})
        self.assertIn("still to come", settings.saas_control_backup_text)
        settings.action_back_up_control()
        self.assertEqual(settings.action_view_control_backups()["res_model"], "saas.backup")
        self.rows()._stored(taken_at=self.now, manifest_hash="ab" * 32)
        settings = self.env["res.config.settings"].create({})
        self.assertIn("Last backup", settings.saas_control_backup_text)

    def test_an_administrator_names_the_policy_in_the_settings_and_it_is_noted(self):
        policy = self.make_policy()
        settings = self.env["res.config.settings"].create({})
        settings.saas_control_backup_policy_id = policy
        settings.execute()
        self.assertEqual(self.control._policy(), policy)
        entry = self.env["saas.audit.entry"].search(
            [("action", "=", "control_backup_policy_changed")]
        )
        self.assertEqual(entry.facts["policy"][1], policy.name)
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.saas_control_backup_policy_id, policy)
        policy.action_switch_off()
        self.assertFalse(self.control._policy())

    def test_settings_work_for_who_has_no_rights_here(self):
        policy = self.switch_on()
        system = new_test_user(self.env, "sam", groups="base.group_system")
        settings = self.env["res.config.settings"].with_user(system).create({})
        self.assertFalse(settings.saas_control_backup_policy_id)
        settings.execute()
        self.assertEqual(self.control._policy(), policy)

    def test_without_a_confirmed_sheet_or_a_key_file_none_is_made(self):
        policy = self.switch_on()
        self.key_file.unlink()
        with self.assertRaisesRegex(UserError, "key file of the backups was not found"):
            self.control.action_back_up_now()
        self.assertFalse(self.rows())
        self.assertEqual(policy.state, "on")

    def test_old_keys_stay_in_the_file_while_one_of_its_backups_needs_them(self):
        self.switch_on()
        self.control.action_back_up_now()
        self.rows()._stored(taken_at=self.now, manifest_hash="ab" * 32)
        self.rows()._put({"state": "deleting"})
        keyring = self.env["saas.backup.keyring"]
        keyring._rotate()
        with self.assertRaises(Exception) as refused:
            keyring._forget_old_keys()
        self.assertEqual(refused.exception.code, "backup_kek_old_needed")
