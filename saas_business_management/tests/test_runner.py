"""The crons that run operations: a process that is ended in the middle is no failed cron."""

from odoo.tests import tagged

from .common import SaasCommon


@tagged("post_install", "-at_install")
class TestRunner(SaasCommon):
    def test_a_runner_has_reported_progress_before_its_process_may_be_ended(self):
        cron = self.env.ref("saas_business_management.ir_cron_run_1")
        progress = self.env["ir.cron.progress"].create({"cron_id": cron.id, "remaining": 0})
        told = []

        def work(_self, _seconds):
            told.append((progress.done, progress.remaining))

        self.patch(type(self.env["saas.job"]), "_work", work)
        self.patch(self.env.cr, "commit", lambda: None)
        at_work = {"ir_cron_progress_id": progress.id, "cron_id": cron.id}
        self.env["saas.job"].with_context(**at_work)._cron_run()
        self.assertEqual(told, [(1, 1)])
