"""Add-ons of a subscription, each with its days.

Owns: that the same add-on is there once at a time. Does not own: what it costs (its version).
"""

from odoo import fields, models


class SaasSubscriptionAddon(models.Model):
    _name = "saas.subscription.addon"
    _description = "Subscription Add-on"
    _inherit = ["saas.last.day"]
    _order = "subscription_id, start_on, id"

    subscription_id = fields.Many2one(
        "saas.subscription", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    version_id = fields.Many2one(
        "saas.plan.version",
        string="Add-on",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    quantity = fields.Integer(required=True, readonly=True, default=1)
    start_on = fields.Date(string="From", required=True, readonly=True)
    end_on = fields.Date(string="Until", readonly=True)

    _days = models.Constraint(
        "CHECK (end_on IS NULL OR start_on < end_on)", "An add-on ends after it began."
    )
    _apart = models.Constraint(
        "EXCLUDE USING gist (int4range(subscription_id, subscription_id, '[]') WITH &&, "
        "int4range(version_id, version_id, '[]') WITH &&, daterange(start_on, end_on) WITH &&)",
        "The same add-on cannot be there twice at a time.",
    )

    def action_remove(self) -> bool:
        """End this add-on with the period that is paid."""
        for addon in self:
            addon.subscription_id._remove_addon(addon)
        return True
