"""The ledger of monthly recurring revenue: one row for each change of a subscription's figure.

Owns: the rows, balances read from them. Does not own: what a subscription counts, when it is looked
at (`saas_subscription_mrr.py`), kinds and amounts (`kernel/billing/mrr_ledger.py`).

Append-only: the figure of a day is the sum of the rows up to it, so a sum that was told once stays.
"""

from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [
    ("new", "New"),
    ("expansion", "Expansion"),
    ("reactivation", "Reactivation"),
    ("contraction", "Contraction"),
    ("churn", "Churn"),
    ("revaluation", "Exchange Rate"),
]
BALANCES = """
    SELECT subscription_id, customer_id, sum(amount_contract), sum(amount), max(date),
           max(sequence)
      FROM saas_mrr_movement WHERE subscription_id = ANY(%s) GROUP BY 1, 2
"""
WORTH = """
    SELECT company_id, customer_id, sum(amount)
      FROM saas_mrr_movement WHERE customer_id = ANY(%s) GROUP BY 1, 2
"""


class SaasMrrMovement(models.Model):
    _name = "saas.mrr.movement"
    _description = "MRR Movement"
    _inherit = ["saas.ledger"]
    _order = "date desc, id desc"
    _rec_name = "kind"

    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(
        required=True, readonly=True, help="Its place among the rows of the subscription."
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    customer_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Who paid or pays: the company, not one of its contacts.",
    )
    plan_id = fields.Many2one(
        "saas.plan",
        string="Billing Plan",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The plan of the subscription after the change.",
    )
    tenant_id = fields.Many2one(related="subscription_id.tenant_id")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    date = fields.Date(string="Day", required=True, readonly=True)
    month = fields.Date(required=True, readonly=True, help="The first day of its month.")
    currency_id = fields.Many2one(related="company_id.currency_id", string="Our Currency")
    amount = fields.Monetary(
        string="MRR Change",
        required=True,
        readonly=True,
        help="A month, in the currency of the company, without tax and usage.",
    )
    contract_currency_id = fields.Many2one(
        "res.currency", string="Currency", required=True, readonly=True, ondelete="restrict"
    )
    amount_contract = fields.Monetary(
        string="In Its Currency",
        required=True,
        readonly=True,
        currency_field="contract_currency_id",
    )
    rate = fields.Float(
        digits=(20, 12),
        required=True,
        readonly=True,
        help="What one of its currency was worth in ours on the first day of the month.",
    )

    _once = models.Constraint(
        "UNIQUE (subscription_id, sequence)", "This movement has been written already."
    )
    _by_month_idx = models.Index("(company_id, month, kind) INCLUDE (amount)")
    _by_customer_idx = models.Index("(company_id, customer_id, date) INCLUDE (amount)")

    def _by_hand_text(self):
        return self.env._("MRR movements are written when a subscription changes, never by hand.")

    def _stays_text(self):
        return self.env._("MRR movements stay: figures that were told once would change.")

    @api.private
    def _append(self, vals_list):
        """Write rows; the subscription's own method computes them."""
        return self._at_work().create(vals_list)._hands_off()

    @api.model
    @api.private
    def _balances(self, subscriptions):
        """Return what the rows of each subscription come to, by its id and the customer's id:
        `(figure in its currency, worth in ours, last day, last sequence)`, amounts as floats.
        """
        self.flush_model()
        rows = self.env.execute_query(SQL(BALANCES, list(subscriptions.ids)))
        found = {}
        for subscription, customer, *balance in rows:
            found.setdefault(subscription, {})[customer] = tuple(balance)
        return found

    @api.model
    @api.private
    def _worth_of(self, customers):
        """Return what all subscriptions of each customer are worth, by company and customer."""
        self.flush_model()
        rows = self.env.execute_query(SQL(WORTH, list(customers.ids)))
        return {(company, customer): worth for company, customer, worth in rows}

    def action_check_ledger(self) -> dict:
        """Have every subscription compared with the ledger; what it misses is written."""
        self.env["saas.subscription"].check_access("write")
        jobs = self.env["saas.subscription"]._order_mrr()
        told = self.env._(
            "%(count)s operations compare the subscriptions with these rows.", count=len(jobs)
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": told},
        }

    def action_view_subscription(self) -> dict:
        """Open the subscription that changed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }
