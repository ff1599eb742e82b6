"""Operations that bill: the links to a subscription and to a billing run.

Owns: the links. Does not own: the steps (`saas_subscription_bill.py`, `saas_billing_run_work.py`).
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
