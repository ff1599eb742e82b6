"""How a company bills, among the settings of the platform."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    saas_billing_approval = fields.Selection(
        related="company_id.saas_billing_approval", readonly=False
    )
    saas_billing_variance_percent = fields.Float(
        related="company_id.saas_billing_variance_percent", readonly=False
    )
    saas_billing_mail = fields.Boolean(related="company_id.saas_billing_mail", readonly=False)
