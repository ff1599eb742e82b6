"""Operations of billing: the links to what they work for.

Owns: the links to a subscription, a billing run, an invoice, a wallet and a schedule of revenue.
Does not own: the steps (`saas_subscription_bill.py`, `saas_billing_run_work.py`,
`saas_payment_charge.py`, `saas_wallet_tend.py`, `saas_deferral_work.py`).
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
    wallet_id = fields.Many2one(
        "saas.wallet", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    deferral_id = fields.Many2one(
        "saas.deferral", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
