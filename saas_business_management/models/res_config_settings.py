"""Settings of the platform, as Odoo's administrators see them."""

from odoo import fields, models
from odoo.addons.base.models.res_partner import _tz_get


def time_zones(records: models.Model) -> list[tuple[str, str]]:
    """Return every time zone as a choice."""
    return _tz_get(records)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"
