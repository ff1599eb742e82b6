"""Billing subscriptions: the steps of the operation that writes periods down and drafts documents.

Owns: which subscriptions are looked at, the rows of their periods, which documents are drafted,
what is told when one cannot be billed. Does not own: the order of the steps
(`jobs/bill_subscription.py`), which periods are due and what they cost (`kernel/billing`), the
words and values of a document (`saas_subscription_document.py`).

A step may run twice: rows that are there are found, and what they charge is reckoned with.
"""

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL

from .. import messages
from ..kernel.billing.schedule import due_periods, outlook
from ..kernel.errors import SaasError
from ..kernel.period import bounds, zone

# How many subscriptions one operation bills.
CHUNK = 50
AGAIN_HOURS = 6
TURN = """
UPDATE saas_subscription SET bill_count = coalesce(bill_count, 0) + 1
 WHERE id IN (SELECT id FROM saas_subscription WHERE id = ANY(%s)
               ORDER BY id FOR NO KEY UPDATE)
"""


class _Enough(Exception):
    """Everything wanted was seen."""


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    settle_from = fields.Date(
        readonly=True,
        copy=False,
        help="Something changed from this day on: documents of billed periods are set right.",
    )
    problem_code = fields.Char(readonly=True, copy=False)
    problem_text = fields.Char(string="Not Billed Because", readonly=True, copy=False)

    @api.private
    def _order_billing(self, run=None, priority=20):
        """Have these subscriptions billed, in operations of some each; asking twice is harmless."""
        jobs = self.env["saas.job"]
        for chunk in self._in_chunks(CHUNK):
            links = {"run_id": run.id} if run else {}
            if len(self) == 1:
                links["subscription_id"] = self.id
            key = f"bill:{run.id if run else 0}:{chunk[:1].id}:{len(chunk)}"
            jobs |= jobs._enqueue(
                "bill_subscription",
                spec={"subscriptions": chunk.ids, "run": run.id if run else 0},
                dedupe_key=key if run else f"bill:{chunk.id}" if len(chunk) == 1 else None,
                priority=priority,
                **links,
            )
        return jobs

    # Steps of the operation

    @api.private
    def _step_bill_close(self, subscriptions, run):
        """Write down the periods that are due and what they come to."""
        found_sudo = self.sudo().browse(subscriptions).exists()
        run_sudo = self.env["saas.billing.run"].sudo().browse(run)
        if run_sudo.dry_run:
            return {"periods": found_sudo._try_out(run_sudo)}
        return {"periods": len(found_sudo._close_periods(run_sudo))}

    @api.private
    def _step_bill_draft(self, subscriptions, run):
        """Draft documents of periods that wait, and of what changed in older ones."""
        found_sudo = self.sudo().browse(subscriptions).exists()
        run_sudo = self.env["saas.billing.run"].sudo().browse(run)
        if run_sudo.dry_run:
            return {"moves": []}
        found_sudo._take_turn()
        refused_sudo = found_sudo._refused_drafts(run_sudo)
        moves_sudo = refused_sudo | found_sudo._billable(run_sudo)._draft_all(run_sudo)
        for one_sudo in found_sudo:
            one_sudo._look_ahead()
        return {"moves": moves_sudo.ids}

    # Parts

    def _close_periods(self, run):
        """Write down what is due; one that is refused is told, the others go on."""
        rows, passed = [], set()
        self._take_turn()
        for one in self:
            try:
                one._keep_time()
                rows += one._period_rows(run, passed)
            except SaasError as error:
                one._not_billed(error, run)
        periods = self.env["saas.billing.period"].create(rows)
        periods._rate()
        for period in periods.filtered(lambda one: one.state == "skipped"):
            run._note_line(period.subscription_id, state="skipped", code=period.skipped_for)
        return periods

    def _take_turn(self):
        """Let a second operation at these subscriptions begin anew with what it sees after this
        one.

        Its transaction fails at a row, which it saw as it was before.
        """
        self.env.cr.execute(SQL(TURN, self.ids), log_exceptions=False)
        self.invalidate_recordset(["bill_count"], flush=False)

    def _billable(self, run):
        """Return those that documents can be made of; why not is told of the others."""
        ready, passed = self.browse(), set()
        for one in self.filtered("period_ids"):
            try:
                one._check_billable(passed)
            except SaasError as error:
                one._not_billed(error, run)
            else:
                ready |= one
        return ready

    def _refused_drafts(self, run):
        """Return drafts that Odoo refused to post before, to be tried again in this run."""
        refused = self.filtered(lambda one: one.problem_code == "document_refused")
        drafts = refused._moves().filtered(
            lambda move: (
                move.state == "draft"
                and move.saas_made
                and move.saas_run_id.state in (False, "done")
            )
        )
        drafts.write({"saas_run_id": run.id})
        for one in refused if drafts else ():
            one._set({"problem_code": False, "problem_text": False})
        return drafts

    def _try_out(self, run):
        """Note what a run would do with these subscriptions, and leave them as they are."""
        noted = run.line_ids
        with self._rolled_back():
            self._close_periods(run)
            self._billable(run)._draft_all(run)
            run.invalidate_recordset(["line_ids"])
            fields_ = ("subscription_id", "state", "amount", "code", "reason")
            told = [
                {
                    name: line[name].id if name == "subscription_id" else line[name]
                    for name in fields_
                }
                for line in run.line_ids - noted
            ]
        self.env["saas.billing.run.line"].create([dict(one, run_id=run.id) for one in told])
        return len(told)

    @contextmanager
    def _rolled_back(self):
        """Do something for its result alone: what is written inside is taken back."""
        try:
            with self.env.cr.savepoint():
                yield
                self.env.flush_all()
                raise _Enough
        except _Enough:
            self.env.invalidate_all(flush=False)

    def _draft_all(self, run):
        """Draft at once; when a document is refused, one subscription after the other."""
        try:
            with self.env.cr.savepoint():
                return self._draft_documents(run)
        except (SaasError, UserError, RedirectWarning):
            self.env.invalidate_all()
        made = self.env["account.move"]
        for one in self:
            try:
                with self.env.cr.savepoint():
                    made |= one._draft_documents(run)
            except SaasError as error:
                one._not_billed(error, run)
            except (UserError, RedirectWarning) as error:
                one._not_billed(SaasError("document_refused", text=error.args[0]), run)
        return made

    def _period_rows(self, run, passed=None):
        """Return values for the periods that are due and have no row."""
        self.ensure_one()
        if not self._is_billed():
            return []
        self._check_billable(passed)
        self._renew_phases()
        agreement = self._to_agreement()
        return [self._period_row(due, run) for due in due_periods(agreement, self._now())]

    def _period_row(self, due, run):
        span = bounds(due.period, zone(self.timezone))
        return {
            "subscription_id": self.id,
            "kind": due.kind,
            "start_on": due.period.start,
            "end_on": due.period.end,
            "whole_start_on": due.whole.start,
            "whole_end_on": due.whole.end,
            "start_at": span.start.replace(tzinfo=None),
            "end_at": span.end.replace(tzinfo=None),
            "timezone": self.timezone,
            "due_at": due.due_at.replace(tzinfo=None),
            "state": "skipped" if due.skipped else "open",
            "skipped_for": due.skipped or False,
            "run_id": run.id,
        }

    def _is_billed(self):
        """Tell whether fees may be due: it has begun, and waits for no decision after a trial."""
        waits = self.state in ("draft", "trial") or self.suspended_for == "trial_end"
        return bool(self.anchor_on) and not waits

    def _look_ahead(self):
        """Note when something is due next, so that a run finds it."""
        self.ensure_one()
        following = []
        if self._is_billed():
            following = [one.due_at for one in outlook(self._to_agreement(), self._now())]
        moments = [one.replace(tzinfo=None) for one in following if one > self._now()]
        moments += [self._instant(day) for day in (self.trial_end_on, self.ends_on) if day]
        moments += [self._instant(phase.start_on) for phase in self.phase_ids]
        now = fields.Datetime.now()
        ahead = [moment for moment in moments if moment > now]
        if self.settle_from:
            # An operation that was under way may have looked before the change.
            ahead = [now]
        if self.problem_code:
            # Tried again until the cause is mended; Bill Now tries at once.
            ahead = [fields.Datetime.add(now, hours=AGAIN_HOURS)]
        self._set({"next_bill_at": min(ahead) if ahead else False})

    def _instant(self, day):
        """Return the instant at which a day begins for the subscription, as it is stored."""
        local = fields.Datetime.to_datetime(day)
        return (
            local.replace(tzinfo=zone(self.timezone)).astimezone(zone("UTC")).replace(tzinfo=None)
        )

    def _not_billed(self, error, run):
        """Tell why a subscription could not be billed; the others go on."""
        self.ensure_one()
        text = messages.text(self.env, error)
        again = fields.Datetime.add(fields.Datetime.now(), hours=AGAIN_HOURS)
        self._set({"problem_code": error.code, "problem_text": text, "next_bill_at": again})
        run._note_line(self, state="failed", code=error.code, text=text)
