"""The token of the page for Prometheus, shown once; who may make one."""

from odoo import api, fields, models
from odoo.exceptions import AccessError


class SaasMetricsToken(models.TransientModel):
    _name = "saas.metrics.token"
    _description = "Token for Prometheus"

    token = fields.Char(readonly=True, help="It is shown this once.")

    @api.model
    def _check_admin(self):
        if not self.env.user.has_group("saas_business_management.group_saas_admin"):
            raise AccessError(self.env._("Only administrators of the platform make this token."))
