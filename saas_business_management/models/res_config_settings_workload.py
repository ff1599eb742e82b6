"""The night of the platform, in which heavy scheduled work of some tenants runs.

Owns: its hours on the settings screen. Does not own: who works then (`saas_tenant_workload.py`).
Odoo forgets a parameter that is 0, and midnight is an hour like any other: they are kept as texts.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .saas_tenant_workload import NIGHT


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    saas_night_since = fields.Integer(string="Night Begins", default=NIGHT[0])
    saas_night_until = fields.Integer(string="Night Ends", default=NIGHT[1])

    @api.constrains("saas_night_since", "saas_night_until")
    def _check_night(self):
        for one in self:
            hours = (one.saas_night_since, one.saas_night_until)
            if not all(0 <= hour <= 23 for hour in hours) or hours[0] == hours[1]:
                raise ValidationError(
                    self.env._("The night begins and ends at two different hours, 0 to 23.")
                )

    @api.model
    def get_values(self):
        since, until = self.env["saas.tenant"]._night_hours()
        return {**super().get_values(), "saas_night_since": since, "saas_night_until": until}

    def set_values(self):
        """Tell the nodes of those who work at night when that is now."""
        done = super().set_values()
        hours = (self.saas_night_since, self.saas_night_until)
        if self.env["saas.tenant"]._night_hours() != hours:
            parameters_sudo = self.env["ir.config_parameter"].sudo()
            for name, hour in zip(("since", "until"), hours, strict=True):
                parameters_sudo.set_param(f"saas.night_{name}", str(hour))
            self.env["saas.tenant"].sudo()._tell_the_night()
        return done
