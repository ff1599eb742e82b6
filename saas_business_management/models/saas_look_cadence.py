"""How often the platform looks: what the settings say.

Owns: reading the settings. Does not own: which values count (`kernel/monitoring/cadence.py`), who
is due (`saas_tenant_health.py`, `saas_probe_work.py`).
"""

from odoo import api, fields, models

from ..kernel.monitoring import cadence

DOOR = "saas.door_minutes"
PROBE = "saas.probe_minutes"


class SaasLookCadence(models.AbstractModel):
    _name = "saas.look.cadence"
    _description = "How Often the Platform Looks"

    @api.model
    @api.private
    def _door_minutes(self):
        """Return the minutes between looks at a front door, where no service tier says other."""
        return cadence.door_minutes(self._told(DOOR), cadence.DOOR_DEFAULT)

    @api.model
    @api.private
    def _probe_minutes(self):
        """Return the minutes between probes of a tenant at work."""
        return cadence.probe_minutes(self._told(PROBE))

    def _told(self, name):
        told = self.env["ir.config_parameter"].sudo().get_param(name) or ""
        return int(told) if told.isdecimal() and len(told) < 6 else 0


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    saas_door_minutes = fields.Selection(
        [("1", "Every Minute"), ("5", "Every 5 Minutes"), ("15", "Every 15 Minutes")],
        string="Look at Front Doors",
        config_parameter=DOOR,
        default=str(cadence.DOOR_DEFAULT),
    )
    saas_probe_minutes = fields.Integer(
        string="Minutes Between Probes", config_parameter=PROBE, default=cadence.PROBE_DEFAULT
    )
