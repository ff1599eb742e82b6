"""Operations of alerting: the link to the channel they deliver for.

Owns: the link. Does not own: the steps (`saas_alert_deliver.py`).
"""

from odoo import fields, models


class SaasJob(models.Model):
    _inherit = "saas.job"

    channel_id = fields.Many2one(
        "saas.alert.channel",
        string="Alert Channel",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
