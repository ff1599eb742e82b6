"""Alerts of backups: raised once, told once, ended by what mends them."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .backup_common import BackupCommon

DENIED = "The backup target denies access. Nothing was changed."


@tagged("post_install", "-at_install")
class TestBackupAlert(BackupCommon):
    def setUp(self):
        super().setUp()
        self.policy = self.make_policy(is_default=True)
        self.tenant.user_id = self.operator
        self.operator.email = "bob@provider.example"

    def fail(self, tenant=None, **span):
        """Return a backup that failed so long ago."""
        tenant = tenant or self.tenant
        backup = self.env["saas.backup"]._begin(tenant, self.target, "schedule", fence=1)
        backup._failed("target_denied", DENIED)
        backup._put({"started_at": self.ago(**span), "finished_at": self.ago(**span)})
        return backup

    def look(self):
        self.env["saas.backup.alert"]._cron_watch()
        return self.env["saas.backup.alert"].search([("tenant_id", "=", self.tenant.id)])

    def open_ones(self):
        return set(self.look().filtered("is_open").mapped("event"))

    def mails(self):
        about = [("model", "=", "saas.backup.alert")]
        return self.env["mail.mail"].search(about, order="id")

    def test_a_failed_backup_is_told_once_and_ends_with_a_good_one(self):
        failed = self.fail(hours=2)
        row = self.look()
        self.assertEqual(
            (row.event, row.target_id, row.text), ("backup_failed", self.target, DENIED)
        )
        self.assertEqual(row.backup_id, failed)
        self.assertEqual(self.tenant.activity_ids.user_id, self.operator)
        self.fail(hours=1)
        self.assertEqual(self.look(), row, "it is one trouble")
        self.assertEqual(len(self.mails()), 1)
        self.make_backup(minutes=5)
        self.assertEqual(self.look(), row)
        self.assertTrue(row.ended_at)
        self.assertFalse(self.tenant.activity_ids)
        self.fail()
        self.assertEqual(len(self.look()), 2, "the next one is another")

    def test_the_mail_says_what_happened_and_holds_no_secret(self):
        backup = self.make_backup(hours=30)
        self.check(backup, 2, hours=29)
        self.tenant.name = "Acme & <b>Sons</b>"
        self.fail(hours=2)
        self.look()
        mail = self.mails()
        self.assertEqual(mail.email_to, self.operator.email_formatted)
        self.assertEqual(mail.subject, "Backup failed: Acme & <b>Sons</b>")
        self.assertIn(DENIED, mail.body_html)
        self.assertIn("The backup of", mail.body_html)
        self.assertIn("Last proven restore", mail.body_html)
        self.assertIn(f"/odoo/saas-tenants/{self.tenant.id}", mail.body_html)
        self.assertNotIn("<b>Sons", mail.body_html)
        wrapped = self.env["saas.backup.key"]._in_use(self.tenant).sudo().wrapped
        for secret in (wrapped, self.tenant.database_id.name, str(self.key_file)):
            self.assertNotIn(secret, mail.body_html)

    def test_many_at_once_are_one_mail_for_each_person(self):
        others = [
            self.make_open_tenant(
                subdomain=f"other{n}", name=f"Other {n}", user_id=self.operator.id
            )
            for n in range(2)
        ]
        for tenant in (self.tenant, *others):
            self.fail(tenant, hours=1)
        self.look()
        mail = self.mails()
        self.assertEqual(mail.subject, "Backup failed: 3 tenants")
        for tenant in (self.tenant, *others):
            self.assertIn(tenant.name, mail.body_html)
        self.assertIn("/odoo/saas-backup-alerts", mail.body_html)

    def test_without_a_responsible_person_the_administrators_hear_of_it(self):
        self.tenant.user_id = False
        self.admin.email = "ada@provider.example"
        self.fail(hours=1)
        row = self.look()
        self.assertIn(self.admin.email_formatted, self.mails().mapped("email_to"))
        self.assertNotIn(self.operator.email_formatted, self.mails().mapped("email_to"))
        self.assertTrue(row.user_id)

    def test_gap_failed_and_overdue_proof_are_told_by_themselves(self):
        self.aged(days=30)
        self.assertEqual(self.open_ones(), {"backup_gap"})
        backup = self.make_backup(hours=2)
        self.assertEqual(self.open_ones(), {"proof_overdue"})
        self.check(backup, 1, passed=False)
        self.assertEqual(self.open_ones(), {"proof_overdue", "proof_failed"})
        self.check(backup, 2)
        self.assertEqual(self.open_ones(), set())
        self.assertEqual(len(self.look().filtered("ended_at")), 3)

    def test_no_restore_is_overdue_that_the_policy_does_not_promise(self):
        self.aged(days=30)
        self.make_backup(hours=2)
        self.policy.proof_level = "1"
        self.assertEqual(self.open_ones(), set())

    def test_what_no_policy_counts_for_alarms_nobody(self):
        self.fail(hours=1)
        self.assertEqual(self.open_ones(), {"backup_failed"})
        self.policy.action_switch_off()
        self.assertEqual(self.open_ones(), set())

    def test_an_operation_that_notes_something_bad_has_it_looked_at(self):
        cron = self.env.ref("saas_business_management.ir_cron_watch_backups")
        triggers = self.env["ir.cron.trigger"].sudo()
        count = lambda: triggers.search_count([("cron_id", "=", cron.id)])  # noqa: E731
        backup = self.make_backup(hours=1)
        self.assertEqual(count(), 0)
        self.check(backup, 1, passed=False)
        self.assertEqual(count(), 1)

    def test_the_doctor_tells_the_failed_one(self):
        found = {one["code"]: one["level"] for one in self.env["saas.doctor"]._run()}
        self.assertEqual(found["backup_failed"], "ok")
        self.fail(hours=1)
        self.look()
        told = [one for one in self.env["saas.doctor"]._run() if one["code"] == "backup_failed"]
        self.assertEqual(
            [(one["level"], one["record"]) for one in told], [("failing", self.tenant)]
        )
        self.assertEqual(told[0]["why"], DENIED)

    def test_filters_find_those_that_fail(self):
        events = ("backup_failed", "proof_failed")
        failing = [("backup_alert_ids", "any", [("is_open", "=", True), ("event", "in", events)])]
        self.assertNotIn(self.tenant, self.env["saas.tenant"].search(failing))
        self.fail(hours=1)
        self.look()
        self.assertIn(self.tenant, self.env["saas.tenant"].search(failing))

    def test_nobody_writes_alerts_by_hand(self):
        self.fail(hours=1)
        row = self.look()
        for work in (
            lambda: row.write({"ended_at": self.now}),
            lambda: row.unlink(),
            lambda: row.copy(),
        ):
            with self.assertRaises(UserError):
                work()
        with self.assertRaises(UserError):
            self.env["saas.backup.alert"].create(
                {"tenant_id": self.tenant.id, "event": "backup_gap"}
            )

    def test_ended_ones_are_forgotten_by_their_rule(self):
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_more: 60.0)
        self.fail(hours=1)
        row = self.look()
        self.make_backup(minutes=5)
        self.look()
        row._at_work().browse(row.id).write({"ended_at": self.ago(days=401)})
        self.env["saas.retention.rule"]._complete()
        self.env["saas.retention.rule"]._cron_apply()
        self.assertFalse(row.exists())
