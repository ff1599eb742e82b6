"""Carrying a billing run through: what it bills, when it goes on, who has to approve.

Owns: ordering the operations, the next state when all have ended, the approval. Does not own: what
an operation does to subscriptions (`saas_subscription_bill.py`), posting (`saas_billing_post.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.work.states import OPEN
from .saas_subscription_bill import CHUNK

APPROVER = "saas_business_management.group_saas_billing_approver"
MONTHS_DIFFER_DAYS = 3
USER = "saas_business_management.group_saas_billing_user"


class SaasBillingRun(models.Model):
    _inherit = "saas.billing.run"

    @api.model
    def _cron_bill(self):
        """Bill every company that has something due; one that is under way goes on."""
        for company in self._companies_due():
            run = self.with_company(company)._run_for(company)
            if run.state == "draft":
                run._begin()
            elif run.state in ("rating", "posting"):
                run._go_on()
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _companies_due(self):
        due = (
            self.env["saas.subscription"]
            .sudo()
            ._read_group([("next_bill_at", "<=", fields.Datetime.now())], ["company_id"])
        )
        open_ = self.sudo()._read_group(
            [("state", "in", ("rating", "posting")), ("dry_run", "=", False)], ["company_id"]
        )
        return self.env["res.company"].union(*(company for (company,) in [*due, *open_]))

    @api.model
    def _run_for(self, company):
        """Return the run of a company that is under way, or a new one."""
        open_ = [("company_id", "=", company.id), ("state", "in", ("rating", "posting"))]
        found = self.search([*open_, ("dry_run", "=", False)], limit=1)
        return found or self.create({"company_id": company.id, "date": fields.Date.today()})

    # Buttons

    def action_rate(self) -> bool:
        """Bill what is due: draft every document of it."""
        self._check_billing_user()
        for run in self:
            if run.state == "draft":
                run._begin()
        return True

    def action_dry_run(self) -> dict:
        """Compute what would be billed now, and show it; nothing is made."""
        self._check_billing_user()
        company = self.company_id[:1] or self.env.company
        run = self.create({"company_id": company.id, "dry_run": True})
        run._begin()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": run.id,
            "views": [(False, "form")],
        }

    def action_approve(self) -> bool:
        """Release what somebody else prepared; it is posted then."""
        if not self.env.user.has_group(APPROVER):
            raise UserError(self._approvers_text())
        for run in self:
            run._check_approval()
            run.sudo().write({"approved_by_id": self.env.uid, "approved_at": fields.Datetime.now()})
            self.env["saas.audit.entry"]._note("billing_run_approved", run, run.approval_why or "")
            run.activity_feedback(["mail.mail_activity_data_todo"])
            run.sudo()._post_all()
        return True

    def _check_approval(self):
        if self.state != "to_approve":
            raise UserError(
                self.env._("%(run)s waits for no approval. Nothing was changed.", run=self.name)
            )
        if self.prepared_by_id == self.env.user:
            raise UserError(
                self.env._(
                    "%(person)s prepared this run, so somebody else has to approve it.",
                    person=self.env.user.name,
                )
            )

    def _check_billing_user(self):
        if not self.env.su and not self.env.user.has_group(USER):
            raise UserError(self.env._("Only a billing user runs billing. Ask one."))

    def _approvers(self):
        return (
            self.env.ref(APPROVER)
            .sudo()
            .all_user_ids.filtered(lambda user: user.active and self.company_id in user.company_ids)
        )

    def _approvers_text(self):
        names = ", ".join(self._approvers().mapped("name"))
        return self.env._(
            "Only a billing approver can release this run: %(names)s.", names=names or "—"
        )

    # Course

    @api.private
    def _begin(self):
        """Order the operations that bill what is due, in chunks."""
        self.ensure_one()
        subscriptions = self._subscriptions_due()
        chunks = list(subscriptions._in_chunks(CHUNK))
        self.sudo().write(
            {
                "state": "rating",
                "subscription_count": len(subscriptions),
                "chunk_count": len(chunks),
            }
        )
        if not subscriptions:
            self._go_on()
        for chunk in chunks:
            chunk._order_billing(self)

    def _subscriptions_due(self):
        domain = [
            ("company_id", "=", self.company_id.id),
            ("next_bill_at", "<=", fields.Datetime.now()),
        ]
        return self.env["saas.subscription"].sudo().search(domain, order="id")

    @api.private
    def _go_on(self, besides=None):
        """Take the next step when every operation of the present one has ended.

        `besides` is the operation that is asking, and about to end.
        """
        self.ensure_one()
        run_sudo = self.sudo()
        open_sudo = (
            self.env["saas.job"]
            .sudo()
            .search([("run_id", "=", self.id), ("state", "in", tuple(OPEN))])
        )
        if open_sudo - (besides or open_sudo.browse()):
            return
        if run_sudo.state == "rating":
            if run_sudo.dry_run or not run_sudo._drafts():
                run_sudo._end()
            else:
                run_sudo._ask_or_post()
        elif run_sudo.state == "posting":
            run_sudo._end()

    def _drafts(self):
        return self.move_ids.filtered(lambda move: move.state == "draft")

    def _end(self):
        self.write({"state": "done", "done_at": fields.Datetime.now()})

    def _ask_or_post(self):
        """Ask an approver when the company wants it, or when fees differ too much."""
        ratio, count = self.period_ids._variance()
        self.write({"variance_ratio": ratio, "variance_count": count})
        why = self.company_id._saas_why_approval(ratio, count)
        if not why:
            self._post_all()
            return
        self.write({"state": "to_approve", "approval_why": why})
        for user in self._approvers() - self.prepared_by_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Approve billing run %(run)s", run=self.name),
                note=why,
            )

    @api.model
    def _gather(self, moves, job):
        """Return a run for documents that were drafted without one and have to be approved."""
        company = moves.company_id
        user = job.user_id or self.env.user
        run = self.create({"company_id": company.id, "prepared_by_id": user.id, "state": "rating"})
        moves.saas_run_id = run
        moves._saas_periods_sudo().run_id = run
        for move in moves:
            for one in move.saas_subscription_ids:
                run._note_line(one, state="drafted", move=move, amount=move._saas_share_of(one))
        return run


class SaasBillingPeriod(models.Model):
    _inherit = "saas.billing.period"

    def _variance(self):
        """Return how fees differ from those of the period before, as a share, and of how many."""
        now = before = 0.0
        count = 0
        for period in self.filtered(lambda one: one.kind == "recurring" and one.move_id):
            last = self.search(
                [
                    ("subscription_id", "=", period.subscription_id.id),
                    ("kind", "=", "recurring"),
                    ("end_on", "=", period.start_on),
                    ("state", "in", ("posted", "closed")),
                ],
                limit=1,
            )
            if last.move_id and period._is_as_long_as(last):
                now, before, count = now + period.amount, before + last.amount, count + 1
        return ((now - before) / before if before else 0.0), count

    def _is_as_long_as(self, other):
        """Tell whether two fees are for the same time: a month has 28 to 31 days."""
        return abs(self._whole().length - other._whole().length) <= MONTHS_DIFFER_DAYS
