"""Backup policies: what they take, when they count, for whom, what they foresee."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .backup_common import BackupCommon


@tagged("post_install", "-at_install")
class TestBackupPolicy(BackupCommon):
    def counting(self, tenant=None):
        tenant = tenant or self.tenant
        tenant.invalidate_recordset()
        return tenant.backup_policy_effective_id, tenant.backup_policy_source

    def test_no_policy_is_switched_on_before_a_sheet_was_confirmed(self):
        policy = self.make_policy(on=False)
        with self.assertRaisesRegex(UserError, "recovery sheet"):
            policy.action_switch_on()
        self.assertEqual(policy.state, "off")
        self.confirm_sheet()
        policy.with_user(self.admin).action_switch_on()
        self.assertEqual(policy.state, "on")
        self.assertTrue(policy.switched_on_at)

    def test_a_policy_without_a_target_is_not_switched_on_and_loses_its_last_one_only_off(self):
        self.confirm_sheet()
        policy = self.make_policy(on=False, target_ids=False)
        with self.assertRaisesRegex(UserError, "no target"):
            policy.action_switch_on()
        policy.target_ids = self.target
        policy.action_switch_on()
        with self.assertRaises(ValidationError):
            policy.target_ids = False
        policy.action_switch_off()
        policy.target_ids = False
        self.assertFalse(policy.switched_on_at)

    def test_a_missing_key_file_keeps_it_off(self):
        self.confirm_sheet()
        policy = self.make_policy(on=False)
        content = self.key_file.read_bytes()
        self.key_file.write_text("{}")
        with self.assertRaisesRegex(UserError, "damaged"):
            policy.action_switch_on()
        self.key_file.write_bytes(content)
        policy.action_switch_on()
        self.assertEqual(policy.state, "on")

    def test_state_is_written_by_the_buttons_alone(self):
        policy = self.make_policy(on=False)
        for values in ({"state": "on"}, {"switched_on_at": self.now}):
            with self.subTest(values=values), self.assertRaises(UserError):
                policy.write(values)
        with self.assertRaises(UserError):
            self.env["saas.backup.policy"].create({"name": "On", "state": "on"})
        with self.assertRaises(AccessError):
            policy.with_user(self.operator).action_switch_off()

    def test_what_is_no_schedule_or_keeps_nothing_is_refused(self):
        policy = self.make_policy(on=False)
        wrong = (
            {"unit": "hours", "every_hours": 0},
            {"unit": "hours", "every_hours": 25},
            {"window_start": 24.0},
            {"window_end": -1.0},
            {"zone_rule": "fixed", "tz": False},
            {"preset": "own", "keep_last": 0, "keep_daily": 0},
            {"preset": "own", "keep_daily": -1},
            {"preset": "own", "keep_daily": 4000},
            {"keep_daily": 12},
            {"redundancy": 1},
            {"grace_days": -1},
        )
        for values in wrong:
            with self.subTest(values=values), self.assertRaises(ValidationError):
                policy.write(values)
                self.env.flush_all()
            self.env.invalidate_all()

    def test_a_preset_fills_the_numbers_and_own_ones_can_be_entered(self):
        with Form(self.env["saas.backup.policy"].with_user(self.admin)) as form:
            form.name = "Own"
            form.preset = "gfs"
            self.assertEqual((form.keep_daily, form.keep_weekly, form.keep_monthly), (7, 4, 3))
            form.preset = "own"
            form.keep_yearly = 2
        policy = form.record
        self.assertEqual((policy.keep_daily, policy.keep_yearly, policy.preset), (7, 2, "own"))
        policy.preset = "days_14"
        self.assertEqual((policy.keep_daily, policy.keep_yearly), (14, 0))

    def test_the_order_is_tenant_plan_template_default(self):
        default = self.make_policy(name="Default", is_default=True)
        self.tenant.plan_id = self.plan
        self.assertEqual(self.counting(), (default, "default"))
        on_template = self.make_policy(name="Template")
        self.template.backup_policy_id = on_template
        self.assertEqual(self.counting(), (on_template, "template"))
        on_plan = self.make_policy(name="Plan")
        self.plan.backup_policy_id = on_plan
        self.assertEqual(self.counting(), (on_plan, "plan"))
        own = self.make_policy(name="Own")
        self.tenant.backup_policy_id = own
        self.assertEqual(self.counting(), (own, "tenant"))
        for policy, following in ((own, on_plan), (on_plan, on_template), (on_template, default)):
            policy.action_switch_off()
            self.assertEqual(self.counting()[0], following)
        default.active = False
        self.assertEqual(self.counting(), (default.browse(), "none"))

    def test_searching_finds_what_is_computed(self):
        tenants = self.tenant
        for number in range(4):
            tenants |= self.make_open_tenant(subdomain=f"more{number}")
        default = self.make_policy(name="Default", is_default=True)
        own, off = self.make_policy(name="Own"), self.make_policy(on=False, name="Off")
        tenants[0].backup_policy_id = own
        tenants[1].backup_policy_id = off
        tenants[2].plan_id = self.plan
        self.plan.backup_policy_id = own
        self.env.flush_all()

        def agree():
            for policy in (own, off, default, default.browse()):
                found = tenants.search(
                    [("backup_policy_effective_id", "=", policy.id), ("id", "in", tenants.ids)]
                )
                computed = tenants.filtered(lambda one, p=policy: self.counting(one)[0] == p)
                self.assertEqual(found, computed, policy.name)
                self.assertEqual(policy.tenant_count if policy else 0, len(found) if policy else 0)

        agree()
        default.action_switch_off()
        agree()
        default.company_id = self.env.company
        default.action_switch_on()
        agree()
        self.assertEqual(own.tenant_count, 2)

    def test_a_company_has_one_default_and_its_own_before_the_general_one(self):
        general = self.make_policy(name="General", is_default=True)
        self.assertEqual(self.counting()[0], general)
        ours = self.make_policy(name="Ours", is_default=True, company_id=self.env.company.id)
        self.assertEqual(self.counting()[0], ours)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.make_policy(on=False, name="Second", is_default=True)
            self.env.flush_all()

    def test_another_company_neither_sees_nor_gets_our_policy(self):
        ours = self.make_policy(name="Ours", company_id=self.env.company.id)
        found = self.env["saas.backup.policy"].with_user(self.stranger).search([])
        self.assertNotIn(ours, found)
        theirs = self.make_template(name="Theirs", company_id=self.other_company.id)
        with self.assertRaises(UserError):
            theirs.backup_policy_id = ours

    def test_the_turn_of_a_tenant_is_in_the_window_of_its_zone(self):
        self.template.tz = "America/New_York"
        policy = self.make_policy(is_default=True, window_start=22.0, window_end=23.0)
        self.aged(days=3)
        self.make_backup(seconds=0)
        at = fields.Datetime.context_timestamp(
            self.tenant.with_context(tz="America/New_York"), self.tenant.backup_next_at
        )
        self.assertEqual(at.hour, 22)
        policy.write({"zone_rule": "fixed", "tz": "Asia/Kolkata"})
        self.tenant.invalidate_recordset()
        at = fields.Datetime.context_timestamp(
            self.tenant.with_context(tz="Asia/Kolkata"), self.tenant.backup_next_at
        )
        self.assertEqual(at.hour, 22)

    def test_a_tenant_is_due_after_its_turn_and_not_before_and_not_twice(self):
        policy = self.make_policy(is_default=True, unit="hours", every_hours=6)
        self.aged(days=3)
        tenants = self.env["saas.tenant"]
        self.assertTrue(self.tenant._backup_due())
        self.assertIn(self.tenant, tenants._backups_due())
        self.make_backup(seconds=0)
        self.assertFalse(self.tenant._backup_due())
        self.assertNotIn(self.tenant, tenants._backups_due())
        self.assertTrue(self.tenant._backup_due(self.now + timedelta(hours=6, minutes=1)))
        policy.action_switch_off()
        self.tenant.invalidate_recordset()
        self.assertFalse(self.tenant._backup_due(self.now + timedelta(days=3)))

    def test_a_new_policy_makes_nobody_late(self):
        self.make_policy(is_default=True)
        self.assertFalse(self.tenant._backup_due())
        self.assertEqual(self.tenant.backup_badge, "unproven")
        self.assertTrue(self.tenant._backup_due(self.now + timedelta(hours=30)))

    def test_a_draft_or_archived_tenant_is_never_due(self):
        self.make_policy(is_default=True)
        draft = self.make_tenant(subdomain="draft")
        self.aged(days=3)
        self.assertFalse(draft._backup_due())
        self.tenant._set({"state": "archived"})
        self.assertFalse(self.tenant._backup_due())
        self.assertEqual(self.tenant.backup_badge, "none")

    def test_the_preview_says_in_words_what_will_be(self):
        policy = self.make_policy(is_default=True)
        self.assertIn("Next backup of Acme Retail:", policy.preview)
        self.assertIn("the last 2, one a day for 30 days", policy.preview)
        self.assertIn("about 30 backups of a tenant, the oldest 29 days old", policy.preview)
        self.assertIn("7 more days", policy.preview)
        policy.write({"preset": "gfs"})
        self.assertIn("one a month for 3 months", policy.preview)
        policy.action_switch_off()
        self.assertIn("Off: it backs nothing up", policy.preview)
        policy.write({"unit": "hours", "every_hours": 1, "proof_level": "1"})
        self.assertIn("nothing is called proven", policy.preview)
        for text in ("False", "None", "%("):
            self.assertNotIn(text, policy.preview)

    def test_a_form_that_is_half_filled_in_shows_no_preview_and_no_error(self):
        with Form(self.env["saas.backup.policy"].with_user(self.admin)) as form:
            form.name = "Being typed"
            form.preset = "own"
            for name in ("keep_last", "keep_daily"):
                setattr(form, name, 0)
            self.assertFalse(form.preview)
            form.keep_daily = 3
            self.assertIn("one a day for 3 days", form.preview)

    def test_changes_stand_in_the_audit_log(self):
        policy = self.make_policy(on=False)
        policy.write({"preset": "days_90", "window_end": 5.0, "target_ids": False})
        entries = self.env["saas.audit.entry"].search(
            [("res_model", "=", policy._name), ("res_id", "=", policy.id)]
        )
        changed = entries.filtered(lambda one: one.action == "backup_policy_changed")
        self.assertEqual(changed.facts["keep_daily"], [30, 90])
        self.assertEqual(changed.facts["target_ids"], [["Shelf"], []])
        self.assertIn("backup_policy_created", entries.mapped("action"))

    def test_a_policy_that_is_on_is_archived_to_off_and_not_removed(self):
        policy = self.make_policy()
        with self.assertRaises(UserError):
            policy.unlink()
        policy.active = False
        self.assertEqual(policy.state, "off")
        copied = policy.copy()
        self.assertEqual((copied.state, copied.name), ("off", "Daily for Tests (copy)"))
