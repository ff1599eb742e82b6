"""Why a tenant stays where it is.

Owns: the question. Does not own: who may (`models/saas_placement_proposal.py`).
"""

from odoo import fields, models


class SaasPlacementReject(models.TransientModel):
    _name = "saas.placement.reject"
    _description = "Reject Placement Proposal"

    proposal_ids = fields.Many2many("saas.placement.proposal", string="Proposals", readonly=True)
    reason = fields.Char(
        required=True, string="Why", help="The same is not proposed again for 90 days."
    )

    def action_confirm(self):
        """Reject them."""
        self.ensure_one()
        self.proposal_ids._reject(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
