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
    saas_service_review_mail = fields.Boolean(
        related="company_id.saas_service_review_mail", readonly=False
    )
    saas_billing_mail = fields.Boolean(related="company_id.saas_billing_mail", readonly=False)
    saas_wallet_account_id = fields.Many2one(
        related="company_id.saas_wallet_account_id", readonly=False
    )
    saas_breakage_account_id = fields.Many2one(
        related="company_id.saas_breakage_account_id", readonly=False
    )
    saas_wallet_journal_id = fields.Many2one(
        related="company_id.saas_wallet_journal_id", readonly=False
    )
    saas_wallet_notice_days = fields.Integer(
        related="company_id.saas_wallet_notice_days", readonly=False
    )
    saas_deferral_method = fields.Selection(
        related="company_id.saas_deferral_method", readonly=False
    )
    saas_deferred_account_id = fields.Many2one(
        related="company_id.saas_deferred_account_id", readonly=False
    )
    saas_deferral_journal_id = fields.Many2one(
        related="company_id.saas_deferral_journal_id", readonly=False
    )
