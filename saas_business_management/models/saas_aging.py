"""What customers owe on documents of billing, line by line, with its age.

Owns: the query. Does not own: documents and payments (Odoo), reminders (dunning).
"""

from odoo import fields, models
from odoo.tools import SQL

AGES = [
    ("not_due", "Not Due"),
    ("days_1_30", "1 to 30 Days"),
    ("days_31_60", "31 to 60 Days"),
    ("days_61_90", "61 to 90 Days"),
    ("days_over_90", "Over 90 Days"),
]
OPEN_LINES = """
    SELECT line.id, line.move_id, move.commercial_partner_id AS partner_id, line.company_id,
           move.invoice_date, COALESCE(line.date_maturity, line.date) AS due_on,
           late.days AS days_late, line.amount_residual AS amount,
           CASE WHEN late.days <= 0 THEN 'not_due' WHEN late.days <= 30 THEN 'days_1_30'
                WHEN late.days <= 60 THEN 'days_31_60' WHEN late.days <= 90 THEN 'days_61_90'
                ELSE 'days_over_90' END AS age
      FROM account_move_line line
      JOIN account_move move ON move.id = line.move_id
      JOIN account_account account ON account.id = line.account_id
CROSS JOIN LATERAL (SELECT %s::date - COALESCE(line.date_maturity, line.date) AS days) late
     WHERE move.saas_made AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
       AND account.account_type = 'asset_receivable'
"""


class SaasAging(models.Model):
    _name = "saas.aging"
    _description = "Receivable"
    _auto = False
    _order = "due_on, id"
    _rec_name = "move_id"

    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    invoice_date = fields.Date(string="Invoiced", readonly=True)
    due_on = fields.Date(string="Due", readonly=True)
    days_late = fields.Integer(
        string="Days Late", readonly=True, aggregator="max", help="Below zero: due later."
    )
    age = fields.Selection(AGES, readonly=True)
    amount = fields.Monetary(
        string="Owed",
        readonly=True,
        help="With tax, in the currency of the company; what a credit note still gives is below "
        "zero.",
    )

    @property
    def _table_query(self):
        for name in ("account.move", "account.move.line"):
            self.env[name].flush_model()
        return SQL(OPEN_LINES, fields.Date.context_today(self))

    def action_view_document(self) -> dict:
        """Open the document."""
        self.ensure_one()
        return self.move_id._saas_open()
