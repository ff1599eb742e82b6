"""What would be lost by a restore in place: when it is counted, who may, what the dialog says."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .backup_common import BackupCommon


@tagged("post_install", "-at_install")
class TestRestoreNewer(BackupCommon):
    def setUp(self):
        super().setUp()
        self.make_policy(is_default=True)
        self.backup = self.make_backup(days=1)

    def dialog(self, **values):
        action = self.tenant.with_user(self.operator).action_restore()
        wizard = self.env["saas.tenant.restore"].with_user(self.operator).browse(action["res_id"])
        wizard.write({"where": "in_place", "page": "where", "reason": "asked", **values})
        wizard.action_next()
        return wizard

    def told(self, wizard, newer, state="done"):
        """What the dialog says once the operation found this."""
        job = wizard.operation_id.sudo()
        job.write({"state": state, "facts": {"newer": newer}, "ended_at": self.now})
        wizard.invalidate_recordset(["newer", "counting"])
        return wizard.newer

    def test_the_last_page_has_counted_what_would_be_lost_and_says_so(self):
        wizard = self.dialog()
        job = wizard.operation_id.sudo()
        self.assertEqual((job.kind, job.tenant_id), ("count_newer", self.tenant))
        self.assertEqual(job.spec, {"since": f"{self.backup.taken_at.isoformat()}+00:00"})
        self.assertFalse(job.serial_key, "an open tenant's count waits for nobody")
        self.assertIsNone(job._backup_keys(), "it needs no key and gets none")
        self.assertTrue(wizard.counting)
        self.assertIn("Counting", wizard.newer)
        counts = [["contacts", 12, False], ["messages", 10000, True]]
        text = self.told(wizard, {"counts": counts, "unknown": []})
        self.assertFalse(wizard.counting)
        self.assertIn("· Contacts: 12\n", text)
        self.assertIn("· Messages: more than 10,000\n", text)
        self.assertIn("deleted since then cannot be counted", text)

    def test_what_is_not_known_is_said_as_that_and_never_as_nothing(self):
        wizard = self.dialog()
        text = self.told(wizard, {"counts": [], "unknown": ["messages", "others"]})
        self.assertIn("Not known", text)
        self.assertIn("Messages, Other records", text)
        self.assertNotIn("Nothing that people enter", text)
        for newer, state in ((None, "done"), (None, "failed"), (None, "dead")):
            self.assertIn("is not known", self.told(wizard, newer, state))
        text = self.told(wizard, {"counts": [], "unknown": []})
        self.assertIn("Nothing that people enter was created or changed", text)

    def test_nothing_is_counted_where_nothing_would_be_lost(self):
        for values in ({"where": "sandbox"}, {"where": "copy"}, {"what": "files"}):
            wizard = self.dialog(**values)
            self.assertFalse(wizard.operation_id or wizard.newer)

    def test_another_backup_is_counted_anew_and_the_same_one_after_a_while(self):
        wizard = self.dialog()
        first = wizard.operation_id
        wizard.action_back()
        wizard.action_next()
        self.assertEqual(wizard.operation_id, first)
        self.told(wizard, {"counts": [], "unknown": []})
        wizard.action_back()
        first.sudo().ended_at = self.now - timedelta(minutes=6)
        wizard.action_next()
        second = wizard.operation_id
        self.assertNotEqual(second, first)
        wizard.action_back()
        wizard.backup_id = self.make_backup(days=3)
        self.assertFalse(wizard.newer, "the number of another backup is not shown")
        wizard.action_next()
        self.assertNotEqual(wizard.operation_id, second)

    def test_counting_holds_up_neither_the_restore_nor_another_move(self):
        wizard = self.dialog()
        self.assertFalse(self.tenant._open_job() or self.tenant._restore_busy())
        wizard.typed = self.tenant.subdomain
        wizard._restore()
        self.assertEqual(self.tenant.restore_ids.where, "in_place")

    def test_a_closed_tenant_is_counted_in_turn_with_its_backups(self):
        self.tenant.with_user(self.operator).action_suspend("manual", "asked")
        self.tenant.sudo().job_ids.write({"state": "done"})
        job = self.tenant.with_user(self.operator)._order_newer(self.backup).sudo()
        self.assertEqual(job.serial_key, f"backup:{self.tenant.id}")
        facts = self.tenant.sudo()._step_newer_begin()
        self.assertEqual(
            facts,
            {
                "database": self.tenant.database_id.sudo().name,
                "login": self.tenant.database_id.sudo().generation,
                "open": False,
            },
        )

    def test_nobody_but_operators_has_a_tenant_looked_into(self):
        with self.assertRaises(AccessError):
            self.tenant.with_user(self.viewer)._order_newer(self.backup)
