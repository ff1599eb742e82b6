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
    saas_billing_mail = fields.Boolean(
        string="Mail Invoices",
        default=True,
        help="The billing contact gets a mail with the page of each document.",
    )

    _saas_billing_variance = models.Constraint(
        "CHECK (saas_billing_variance_percent >= 0)", "The limit of the variance is 0 or more."
    )

    def _saas_why_approval(self, ratio, count):
        """Return why documents need an approval, empty when they do not.

        `ratio` is how fees of `count` subscriptions differ from the time before.
        """
        self.ensure_one()
        if self.saas_billing_approval == "always":
            return self.env._("Every run is approved.")
        found, limit = abs(ratio) * 100, self.saas_billing_variance_percent
        if self.saas_billing_approval == "over_limit" and count and found > limit:
            return self.env._(
                "Fees differ by %(found)s %% from the time before; the limit is %(limit)s %%.",
                found=f"{found:.1f}",
                limit=f"{limit:.1f}",
            )
        return ""
