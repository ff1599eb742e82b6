"""Rows that only the product writes: the same refusals for every model of that kind."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .backup_common import BackupCommon

LEDGERS = {
    *("saas.backup", "saas.backup.check", "saas.backup.export", "saas.backup.key"),
    *("saas.backup.canary", "saas.backup.alert", "saas.restore", "saas.evidence"),
    *("saas.upgrade", "saas.adoption"),
    "saas.copy",
    *("saas.backup.canary", "saas.backup.alert", "saas.restore", "saas.move", "saas.evidence"),
    "saas.upgrade",
    *("saas.usage.source", "saas.usage.gap"),
    *("saas.alert", "saas.alert.message", "saas.alert.notification", "saas.alert.watch"),
    *("saas.usage.source", "saas.usage.gap", "saas.slow.statement"),
    *("saas.usage.source", "saas.usage.gap", "saas.probe"),
    *("saas.quota.event", "saas.quota.override"),
    *("saas.api.key", "saas.account.export", "saas.account.closing"),
    *("saas.status.interval", "saas.service.level"),
    *("saas.noisy.finding", "saas.noisy.step", "saas.module.impact"),
    "saas.status.interval",
    *("saas.approval", "saas.placement.proposal"),
    *("saas.webhook.event", "saas.webhook.delivery", "saas.webhook.attempt"),
    *("saas.wallet.grant", "saas.wallet.entry"),
    *("saas.deferral", "saas.deferral.row", "saas.deferral.entry"),
    *("saas.campaign.wave", "saas.campaign.tenant"),
    *("saas.incident.update", "saas.status.period"),
    *("saas.mrr.movement", "saas.dunning", "saas.dunning.step", "saas.payment.attempt"),
}


@tagged("post_install", "-at_install")
class TestLedger(BackupCommon):
    def setUp(self):
        super().setUp()
        self.make_policy(is_default=True)
        self.backup = self.make_backup(days=1)

    def test_these_models_are_ledgers(self):
        found = {
            name
            for name, model in self.env.items()
            if issubclass(type(model), self.env.registry["saas.ledger"]) and not model._abstract
        }
        self.assertEqual(found, LEDGERS)

    def test_a_superuser_writes_nothing_by_hand_whatever_the_context_says(self):
        for name in sorted(LEDGERS):
            rows = self.env[name].sudo()
            for right in (rows, rows._with_right(True), rows._with_right("at work")):
                with self.subTest(model=name), self.assertRaises(UserError):
                    right.create([{}])

    def test_the_right_to_one_model_is_none_to_another(self):
        for name in sorted(LEDGERS - {"saas.backup"}):
            other = self.env[name].with_env(self.backup._at_work().env)
            self.assertFalse(other._is_at_work(), name)
        self.assertTrue(self.backup._at_work()._is_at_work())
        self.assertFalse(self.backup._at_work()._hands_off()._is_at_work())

    def test_each_says_in_its_own_words_why_not(self):
        told = {self.env[name]._by_hand_text() for name in LEDGERS}
        self.assertEqual(len(told), len(LEDGERS))
        with self.assertRaisesRegex(UserError, "written by operations"):
            self.backup.sudo().write({"state": "failed"})
        with self.assertRaisesRegex(UserError, "says what became of it"):
            self.backup.sudo().unlink()

    def test_what_is_handed_out_carries_no_right(self):
        self.assertFalse(self.backup._is_at_work())
        self.assertFalse(self.backup.key_id._is_at_work())
