"""Why a service credit is rejected.

Owns: the question. Does not own: who may (`models/saas_service_credit.py`).
"""

from odoo import fields, models


class SaasServiceCreditReject(models.TransientModel):
    _name = "saas.service.credit.reject"
    _description = "Reject a Service Credit"

    credit_ids = fields.Many2many("saas.service.credit", string="Credits", readonly=True)
    reason = fields.Char(required=True, help="It stays with the credit.")

    def action_confirm(self) -> bool:
        """Reject them."""
        self.ensure_one()
        self.credit_ids._reject(self.reason)
        return True
