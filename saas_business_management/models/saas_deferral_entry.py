"""One entry a month for each pair of accounts, with the rows that it is made of.

Owns: that there is one for company, journal, accounts and month, its journal entry. Does not own:
the rows (`saas_deferral.py`), ordering the work (`saas_deferral_work.py`).

It is dated on the last day of its month: what was deferred in it leaves the income account, and
what is revenue of it comes back there.
"""

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command
from odoo.tools import date_utils, format_date

from ..kernel.errors import Refused


class SaasDeferralEntry(models.Model):
    _name = "saas.deferral.entry"
    _description = "Deferred Revenue Entry"
    _inherit = ["saas.ledger"]
    _order = "month desc, id desc"
    _rec_name = "month"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    journal_id = fields.Many2one(
        "account.journal", required=True, readonly=True, ondelete="restrict"
    )
    income_account_id = fields.Many2one(
        "account.account", required=True, readonly=True, ondelete="restrict"
    )
    deferred_account_id = fields.Many2one(
        "account.account", required=True, readonly=True, ondelete="restrict"
    )
    month = fields.Date(required=True, readonly=True, index=True)
    month_label = fields.Char(string="Named Month", compute="_compute_month_label")
    amount_deferred = fields.Monetary(
        string="Deferred", readonly=True, help="Invoiced in the month for later ones."
    )
    amount_recognized = fields.Monetary(
        string="Recognized", readonly=True, help="Revenue of the month that was invoiced before."
    )
    row_ids = fields.One2many("saas.deferral.row", "entry_id", readonly=True)
    row_count = fields.Integer(string="Rows", compute="_compute_row_count")
    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    state = fields.Selection(
        [("open", "Open"), ("posted", "Posted")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )

    _once = models.UniqueIndex(
        "(company_id, journal_id, income_account_id, deferred_account_id, month)",
        "This month has its entry already.",
    )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_label(self):
        for entry in self:
            entry.month_label = format_date(self.env, entry.month, date_format="MMMM yyyy")

    @api.depends("month_label", "income_account_id")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = f"{entry.month_label}, {entry.income_account_id.display_name}"

    def _compute_row_count(self):
        groups = self.env["saas.deferral.row"]._read_group(
            [("entry_id", "in", self.ids)], ["entry_id"], ["__count"]
        )
        counts = {entry.id: count for entry, count in groups}
        for entry in self:
            entry.row_count = counts.get(entry.id, 0)

    def _by_hand_text(self):
        return self.env._("These entries are made by Recognize Revenue, never by hand.")

    def _stays_text(self):
        return self.env._("The entry of a month stays. Correct it with another journal entry.")

    @api.model
    def _for(self, company, accounts, month):
        """Return the entry of a month for a pair of accounts; a new one when there is none."""
        income, deferred = accounts
        _account, journal = company._saas_deferral_books()
        values = {
            "company_id": company.id,
            "journal_id": journal.id,
            "income_account_id": income.id,
            "deferred_account_id": deferred.id,
            "month": month,
        }
        found = self.search([(name, "=", value) for name, value in values.items()], limit=1)
        return found or self._at_work().create(values)._hands_off()

    def _post_all(self):
        """Post what is open, month by month; one that is posted is left alone.

        Raises: Refused (`entry_refused`), with the words of Odoo.
        """
        for entry in self.filtered(lambda one: one.state == "open").sorted("month"):
            try:
                entry._post_one()
            except (UserError, RedirectWarning) as error:
                raise Refused(
                    "entry_refused", month=entry.display_name, text=error.args[0]
                ) from None

    def _post_one(self):
        deferred, back = self._sums()
        lines = self._entry_lines(deferred, back)
        values = {"state": "posted", "amount_deferred": deferred, "amount_recognized": back}
        if lines:
            move = self.env["account.move"].create(self._entry_vals(lines))
            move._post(soft=False)
            values["move_id"] = move.id
        self._put(values)
        self.row_ids._put({"state": "booked"})

    def _sums(self):
        """Return what was deferred in the month, and what came back as revenue of it."""
        groups = self.env["saas.deferral.row"]._read_group(
            [("entry_id", "=", self.id)], ["kind"], ["amount:sum"]
        )
        sums = dict(groups)
        rounded = self.currency_id.round
        deferred = rounded(-sums.get("defer", 0.0))
        return deferred, rounded(sums.get("recognize", 0.0) + sums.get("reverse", 0.0))

    def _entry_lines(self, deferred, back):
        """Return both pairs of lines as values; a pair of nothing is left out."""
        label = self.display_name
        names = (
            (self.env._("Deferred: %(entry)s", entry=label), deferred),
            (self.env._("Recognized: %(entry)s", entry=label), -back),
        )
        return [
            {"name": name, "account_id": account.id, "balance": sign * amount}
            for name, amount in names
            if amount
            for account, sign in ((self.income_account_id, 1), (self.deferred_account_id, -1))
        ]

    def _entry_vals(self, lines):
        return {
            "move_type": "entry",
            "company_id": self.company_id.id,
            "journal_id": self.journal_id.id,
            "date": date_utils.end_of(self.month, "month"),
            "ref": self.env._("Deferred revenue, %(entry)s", entry=self.display_name),
            "line_ids": [Command.create(line) for line in lines],
        }

    def action_view_rows(self) -> dict:
        """Open the rows that this entry is made of."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_deferral_row"
        )
        return dict(action, domain=[("entry_id", "=", self.id)], context={}, path=False)

    def action_view_move(self) -> dict:
        """Open the journal entry."""
        self.ensure_one()
        return self.move_id._saas_open()

    def action_recognize(self) -> dict:
        """Recognize the revenue of every month that is over, now."""
        return self.env["saas.deferral"]._recognize_now()
