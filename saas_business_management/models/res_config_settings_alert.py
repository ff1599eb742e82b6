"""Settings of alerting: where the sign of life goes."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.errors import Refused
from ..kernel.outgoing.page import parse_page
from ..messages import text
from .saas_alert_deliver import BEAT_INSIDE, BEAT_URL


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    saas_alert_beat_url = fields.Char(
        string="Address of the Outside Watcher", config_parameter=BEAT_URL
    )
    saas_alert_beat_inside = fields.Boolean(
        string="It Is Inside Our Network", config_parameter=BEAT_INSIDE
    )

    @api.constrains("saas_alert_beat_url", "saas_alert_beat_inside")
    def _check_saas_alert_beat_url(self):
        for one in self.filtered("saas_alert_beat_url"):
            try:
                parse_page(one.saas_alert_beat_url, one.saas_alert_beat_inside)
            except Refused as error:
                raise ValidationError(text(self.env, error)) from None
