"""Posting what billing drafted: one lane for each journal, some documents at a time.

Owns: ordering these operations, posting, what is told when a document is refused. Does not own:
numbers, entries and reconciliation (Odoo).

Posting holds the journal's sequence until it is committed: two workers never post in one journal.
"""

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import groupby

from ..kernel.errors import SaasError

AT_ONCE = 50


class SaasBillingRun(models.Model):
    _inherit = "saas.billing.run"

    def _post_all(self):
        """Order that the drafts of this run are posted."""
        self.write({"state": "posting"})
        self._drafts()._saas_order_posting(self)


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.private
    def _saas_order_posting(self, run=None):
        """Have drafts posted, each journal by itself, in the order in which they were made."""
        by_journal = self.sorted(lambda move: (move.journal_id.id, move.id))
        for journal, moves in groupby(by_journal, lambda move: move.journal_id):
            ids = [move.id for move in moves]
            for place in range(0, len(ids), AT_ONCE):
                chunk = ids[place : place + AT_ONCE]
                self.env["saas.job"]._enqueue(
                    "post_invoices",
                    spec={"moves": chunk, "run": run.id if run else 0},
                    dedupe_key=f"post:{chunk[0]}:{len(chunk)}",
                    serial_key=f"journal:{journal.id}",
                    priority=18,
                    **({"run_id": run.id} if run else {}),
                )


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    @api.private
    def _step_bill_post(self, moves, run):
        """Post documents that are drafts still; a refused one is told, the others go on."""
        # That a document was posted stands in its run, when it was sent in its history.
        drafts = self.env["account.move"].sudo().with_context(mail_notrack=True).browse(moves)
        drafts = drafts.exists().filtered(lambda move: move.state == "draft")
        run_sudo = self.env["saas.billing.run"].sudo().browse(run)
        try:
            with self.env.cr.savepoint():
                drafts._post(soft=False)
        except (UserError, RedirectWarning):
            self.env.invalidate_all()
            self._post_one_by_one(drafts, run_sudo)
        posted = drafts.filtered(lambda move: move.state == "posted")
        self.env["saas.billing.run.line"].sudo().search(
            [("move_id", "in", posted.ids), ("state", "=", "drafted")]
        ).write({"state": "posted"})
        return {"posted": posted.ids}

    def _post_one_by_one(self, drafts, run):
        for move in drafts:
            try:
                with self.env.cr.savepoint():
                    move._post(soft=False)
            except (UserError, RedirectWarning) as error:
                text = SaasError("document_refused", text=error.args[0])
                for one in move.saas_subscription_ids:
                    one._not_billed(text, run)

    @api.private
    def _step_bill_told(self, moves, run):
        """Documents are drafted: a run goes on when all are, without one they are released."""
        found_sudo = self.env["account.move"].sudo().browse(moves).exists()
        drafts_sudo = found_sudo.filtered(lambda move: move.state == "draft")
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        run_sudo = self.env["saas.billing.run"].sudo().browse(run)
        if run_sudo:
            run_sudo._go_on(besides=job_sudo)
        elif drafts_sudo:
            self._release(drafts_sudo, job_sudo)

    def _release(self, drafts, job):
        """Have documents posted that no run made, or approved first as those of a run would be."""
        ratio, count = drafts._saas_periods_sudo()._variance()
        if drafts.company_id._saas_why_approval(ratio, count):
            self.env["saas.billing.run"]._gather(drafts, job)._ask_or_post()
        else:
            drafts._saas_order_posting()

    @api.private
    def _step_bill_posted(self, moves, run):
        """Documents are posted: credit and wallets pay them first, then saved payment methods do;
        customers are mailed, the run may end.
        """
        posted_sudo = self.env["account.move"].sudo().browse(moves).exists()
        posted_sudo._saas_settle_cancels()
        posted_sudo._saas_use_credits()
        posted_sudo._saas_use_wallet()
        posted_sudo._saas_charge_due()
        posted_sudo.filtered(lambda one: one.company_id.saas_billing_mail)._saas_mail()
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        for run_sudo in self.env["saas.billing.run"].sudo().browse(run).exists():
            run_sudo._go_on(besides=job_sudo)
