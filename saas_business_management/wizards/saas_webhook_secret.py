"""The dialog that shows a webhook's signing secret, once.

Owns: that no row of it is ever stored. Does not own: the secret (`models/saas_webhook_secret.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaasWebhookSecret(models.TransientModel):
    """What the dialog shows once; no row of it is ever stored."""

    _name = "saas.webhook.secret"
    _description = "Signing Secret"

    key = fields.Char(readonly=True, string="Signing Secret")

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("A secret is shown, never stored here."))
