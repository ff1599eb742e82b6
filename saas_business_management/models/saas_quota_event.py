"""The journal of quotas: what was crossed, what came into force and was lifted, who was told.

Owns: the rows. Append-only. Does not own: when one is written (`saas_quota_tell.py`).
"""

from odoo import api, fields, models

KINDS = [
    ("crossed", "Reached"),
    ("forced", "In Force"),
    ("released", "Lifted"),
]


class SaasQuotaEvent(models.Model):
    _name = "saas.quota.event"
    _description = "Event of a Quota"
    _inherit = "saas.ledger"
    _order = "at desc, id desc"
    _rec_name = "kind"

    quota_id = fields.Many2one("saas.quota", readonly=True, index=True, ondelete="set null")
    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    meter_id = fields.Many2one(
        "saas.meter", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True, string="What")
    mark = fields.Integer(readonly=True, string="Mark (%)")
    used = fields.Float(digits=(16, 3), readonly=True)
    limit = fields.Float(digits=(16, 3), readonly=True)
    percent = fields.Float(digits=(16, 1), readonly=True, string="Used (%)", aggregator="max")
    unit_label = fields.Char(related="meter_id.unit_label")
    at = fields.Datetime(
        string="When",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: fields.Datetime.now(),
    )
    told = fields.Char(readonly=True, string="Told", help="Who, and by what. Empty: nobody.")

    @api.private
    def _expire(self):
        """Forget old rows; the retention rule's."""
        self._at_work()._drop()

    def _by_hand_text(self):
        return self.env._("The journal of quotas is written by their judgement, never by hand.")

    def _stays_text(self):
        return self.env._("The journal of quotas cannot be deleted.")
