"""What a company wants of its billing runs."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    saas_billing_approval = fields.Selection(
        [
            ("never", "Never"),
            ("over_limit", "When Fees Differ More Than the Limit"),
            ("always", "Always"),
        ],
        string="Approval of Billing Runs",
        default="over_limit",
        required=True,
    )
    saas_billing_variance_percent = fields.Float(
        string="Limit of the Variance (%)",
        default=10.0,
        help="How far fees of the same subscriptions may differ from the time before.",
    )
    _saas_billing_variance = models.Constraint(
        "CHECK (saas_billing_variance_percent >= 0)", "The limit of the variance is 0 or more."
    )
