"""Operations of billing: the links to a subscription, a billing run and an invoice.

Owns: the links. Does not own: the steps (`saas_subscription_bill.py`, `saas_billing_run_work.py`,
`saas_payment_charge.py`).
"""

from odoo import fields, models


class SaasJob(models.Model):
    _inherit = "saas.job"

    subscription_id = fields.Many2one(
        "saas.subscription", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    run_id = fields.Many2one(
        "saas.billing.run",
        string="Billing Run",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
