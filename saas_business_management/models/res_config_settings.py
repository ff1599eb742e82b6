"""Settings of the platform, as Odoo's administrators see them."""

from odoo import fields, models

from ..const import TRIAL_DAYS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    saas_trial_days = fields.Integer(
        string="Trial Days of New Plans", config_parameter="saas.trial_days", default=TRIAL_DAYS
    )
    saas_base_url = fields.Char(
        string="Address of the Control Plane", config_parameter="web.base.url"
    )
    saas_base_url_frozen = fields.Boolean(
        string="Keep This Address", config_parameter="web.base.url.freeze"
    )
