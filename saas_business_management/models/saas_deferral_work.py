"""Recognizing revenue: schedules for what was invoiced, and the entries of months that are over.

Owns: ordering this work for each company, its steps. Does not own: the order of the steps
(`jobs/recognize_revenue.py`), the amounts (`kernel/billing/deferral.py`).

A step may run twice: a line has one schedule, a month one entry, and what is booked is left alone.
What comes too late for a month that is booked goes into the next one.
"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, date_utils

from .. import messages
from ..kernel.billing.deferral import respread, schedule
from ..kernel.errors import SaasError
from ..kernel.money import exact
from ..kernel.period import Period, add_months

# Fees of posted invoices that serve a later month than that of the invoice; what takes something
# off a fee (a line below zero with an item) is a credit.
UNSCHEDULED = """
    SELECT line.id
      FROM account_move_line line
      JOIN account_move move ON move.id = line.move_id
      JOIN saas_billing_period period ON period.id = line.saas_period_id
     WHERE line.company_id = %s AND line.parent_state = 'posted'
       AND move.move_type = 'out_invoice' AND period.kind = 'recurring'
       AND line.saas_end_on > date_trunc('month', line.date) + interval '1 month'
       AND NOT (line.saas_item IS NOT NULL AND line.price_subtotal < 0) AND line.balance <> 0
       AND NOT EXISTS (SELECT FROM saas_deferral WHERE move_line_id = line.id)
     ORDER BY line.date, line.id
"""
UNCREDITED = """
    SELECT line.id
      FROM account_move_line line
      JOIN account_move move ON move.id = line.move_id
     WHERE line.company_id = %s AND line.parent_state = 'posted' AND line.saas_item IS NOT NULL
       AND (move.move_type = 'out_refund' OR line.price_subtotal < 0)
       AND EXISTS (SELECT FROM saas_deferral deferral
                    WHERE deferral.period_id = line.saas_period_id
                      AND deferral.item = line.saas_item)
       AND NOT EXISTS (SELECT FROM saas_deferral_row WHERE refund_line_id = line.id)
     ORDER BY line.date, line.id
"""
ENDED = """
    SELECT DISTINCT deferral.id
      FROM saas_deferral deferral
      JOIN saas_subscription subscription ON subscription.id = deferral.subscription_id
      JOIN saas_deferral_row planned ON planned.deferral_id = deferral.id
     WHERE deferral.company_id = %s AND deferral.state = 'running'
       AND subscription.state = 'cancelled'
       AND planned.kind = 'recognize' AND planned.entry_id IS NULL
       AND planned.month >= subscription.ends_on
"""


class SaasDeferral(models.Model):
    _inherit = "saas.deferral"

    @api.model
    def _cron_recognize(self):
        """Have the revenue of each company scheduled and recognized."""
        companies = self.env["res.company"].sudo().search([])
        for company in companies.filtered(lambda one: one._saas_defers()):
            self._order_recognition(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    @api.private
    def _order_recognition(self, company):
        """Have revenue recognized up to the month that is over; asking twice is harmless."""
        _account, journal = company.sudo()._saas_deferral_books()
        this_month = date_utils.start_of(fields.Date.context_today(self), "month")
        return self.env["saas.job"]._enqueue(
            "recognize_revenue",
            spec={"company": company.id, "month": str(add_months(this_month, -1))},
            dedupe_key=f"recognize:{company.id}",
            serial_key=f"journal:{journal.id}",
            priority=25,
        )

    @api.model
    @api.private
    def _recognize_now(self):
        """Order the work for the present company, for a person who asks.

        Raises: UserError, with what is missing.
        """
        self.env["saas.billing.run"]._check_billing_user()
        try:
            return self._order_recognition(self.env.company).action_open_form()
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None

    # Steps of the operation

    @api.private
    def _step_revenue_schedule(self, company, month):
        """Make schedules for what was invoiced, and set those right that were credited or ended."""
        company_sudo = self.env["res.company"].sudo().browse(company)
        lines_sudo = self.env["account.move.line"].sudo()
        made = self.sudo()._schedule(lines_sudo.browse(self._ids_of(UNSCHEDULED, company_sudo)))
        for line_sudo in lines_sudo.browse(self._ids_of(UNCREDITED, company_sudo)):
            self.sudo()._credit(line_sudo)
        for one_sudo in self.sudo().browse(self._ids_of(ENDED, company_sudo)):
            ends_on = one_sudo.subscription_id.ends_on
            one_sudo._spread_anew(date_utils.start_of(ends_on, "month"), ends_on)
        return {"scheduled": len(made)}

    @api.private
    def _step_revenue_gather(self, company, month):
        """Gather the rows of each month that is over into its entries."""
        company_sudo = self.env["res.company"].sudo().browse(company)
        last = fields.Date.to_date(month)
        rows_sudo = (
            self.env["saas.deferral.row"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company),
                    ("entry_id", "=", False),
                    ("month", "<=", last),
                ]
            )
        )
        entries_sudo = self.env["saas.deferral.entry"].sudo()
        posted = [("company_id", "=", company), ("state", "=", "posted")]
        booked = entries_sudo.search(posted, order="month desc", limit=1).month
        ahead = add_months(booked, 1) if booked else None
        if ahead and ahead > last:
            # The month was booked before they came: they wait for the next one.
            return {"rows": 0}
        for (month_on, *accounts), rows in rows_sudo._by_entry(company_sudo, ahead).items():
            rows._put({"entry_id": entries_sudo._for(company_sudo, accounts, month_on).id})
        return {"rows": len(rows_sudo)}

    @api.private
    def _step_revenue_post(self, company, month):
        """Post the entries that are open, and close the schedules that have come to their end."""
        entries_sudo = self.env["saas.deferral.entry"].sudo()
        open_sudo = entries_sudo.search([("company_id", "=", company), ("state", "=", "open")])
        open_sudo._post_all()
        open_sudo.row_ids.deferral_id._close_finished()
        return {"entries": len(open_sudo)}

    # Parts

    def _ids_of(self, query, company):
        self.env.flush_all()
        return [number for (number,) in self.env.execute_query(SQL(query, company.id))]

    def _schedule(self, lines):
        """Make a schedule for each of these invoice lines."""
        made = self._at_work().create([self._vals_of(line) for line in lines])._hands_off()
        rows = [row for one in made for row in one._first_rows()]
        self.env["saas.deferral.row"]._at_work().create(rows)
        return made

    def _vals_of(self, line):
        period = line.saas_period_id
        return {
            "move_line_id": line.id,
            "move_id": line.move_id.id,
            "company_id": line.company_id.id,
            "partner_id": line.move_id.commercial_partner_id.id,
            "period_id": period.id,
            "subscription_id": period.subscription_id.id,
            "plan_id": period.subscription_id.plan_id.id,
            "item": line.saas_item,
            "invoiced_on": line.date,
            "start_on": line.saas_start_on,
            "end_on": line.saas_end_on,
            "method": line.company_id.saas_deferral_method,
            "amount": -line.balance,
            "income_account_id": line.account_id.id,
        }

    def _first_rows(self):
        """Return the rows of a new schedule; what was served before is of the invoice's month."""
        exactly, month = self._exactly, date_utils.start_of(self.invoiced_on, "month")
        unit = self.currency_id._to_unit()
        sums = defaultdict(lambda: unit.zero)
        for portion in schedule(exactly(self.amount), self._service(), unit, self.method):
            sums[max(portion.month, month)] += portion.amount
        rows = [self._row("recognize", day, amount) for day, amount in sums.items()]
        return [self._row("defer", month, -exactly(self.amount)), *rows]

    def _row(self, kind, month, amount, **values):
        return {
            "deferral_id": self.id,
            "kind": kind,
            "month": month,
            "amount": float(amount),
            **values,
        }

    def _exactly(self, amount):
        return self.currency_id._exactly(amount)

    @api.model
    def _credit(self, line):
        """Reverse what a line of a credit note took off a fee; the served part stays revenue."""
        one = self._credited_by(line)
        if not one:
            return
        month = date_utils.start_of(line.date, "month")
        before = one._exactly(one.amount_reversed)
        taken = one._reversed_until(line) - before
        row = one._row("reverse", month, taken, refund_line_id=line.id)
        self.env["saas.deferral.row"]._at_work().create([row])
        one._spread_anew(month, one.period_id._served_until(one.item))

    def _credited_by(self, line):
        """Return the schedule of the fee that a line credits: of its invoice, else the newest."""
        found = self.search(
            [("period_id", "=", line.saas_period_id.id), ("item", "=", line.saas_item)],
            order="id desc",
        )
        of_invoice = line.move_id.reversed_entry_id
        return found.filtered(lambda one: one.move_id == of_invoice)[:1] or found[:1]

    def _reversed_until(self, line):
        """Return what all credits of this fee come to in our currency, this line the last of them.

        It is the step of the rounded running sum: the whole fee credited in pieces is all of it.
        """
        earlier = self.row_ids.refund_line_id
        units = sum(abs(exact(one._saas_net())) for one in earlier | line)
        whole = abs(exact(self.move_line_id._saas_net()))
        share = exact(self._exactly(self.amount)) * min(units, whole) / whole
        return self.currency_id._to_unit().round(share)

    def _spread_anew(self, month, until):
        """Spread what is left over the days that are still served; what is booked stays."""
        recognized = self.row_ids.filtered(lambda row: row.kind == "recognize")
        booked = recognized.filtered("entry_id").mapped("month")
        first = max([month, *(add_months(day, 1) for day in booked)])
        planned = recognized.filtered(lambda row: not row.entry_id and row.month >= first)
        unit = self.currency_id._to_unit()
        rest = self._exactly(self.amount) - self._exactly(self.amount_reversed)
        rest -= self._exactly(sum((recognized - planned).mapped("amount")))
        planned._drop()
        end = min(max(until, fields.Date.add(self.start_on, days=1)), self.end_on)
        portions = respread(rest, first, Period(self.start_on, end), unit, self.method)
        self.env["saas.deferral.row"]._at_work().create(
            [self._row("recognize", one.month, one.amount) for one in portions if one.amount]
        )
        self._put({"state": "running"})

    def _close_finished(self):
        """Close schedules of which every month is booked."""
        open_ = self.env["saas.deferral.row"].search(
            [("deferral_id", "in", self.ids), ("entry_id", "=", False)]
        )
        (self - open_.deferral_id)._put({"state": "done"})


class SaasDeferralRow(models.Model):
    _inherit = "saas.deferral.row"

    def _by_entry(self, company, ahead):
        """Return these by month and accounts; what came late is of the first month not booked."""
        account, _journal = company._saas_deferral_books()
        fresh = self.deferral_id.filtered(lambda one: not one.deferred_account_id)
        fresh._put({"deferred_account_id": account.id})
        found = defaultdict(self.browse)
        for row in self:
            one = row.deferral_id
            month = max(row.month, ahead or row.month)
            key = (month, one.income_account_id, one.deferred_account_id)
            found[key] += row
        return found


class SaasBillingPeriod(models.Model):
    _inherit = "saas.billing.period"

    def _served_until(self, item):
        """Return the first day of this fee period on which an item is not served any more."""
        one = self.subscription_id
        parts = self._parts(one._to_agreement(), one._unit())
        ends = [part.end for part in parts if part.item == item]
        return max(ends) if ends else self.start_on


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _saas_net(self):
        """Return what a line comes to before tax, in whole steps of its currency."""
        return self.currency_id._exactly(self.price_subtotal)
