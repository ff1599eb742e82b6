"""Settings of the platform, as Odoo's administrators see them."""

from odoo import fields, models

from ..const import ROLE_ROTATION_DAYS, TRIAL_DAYS
from .saas_tenant_safety_backup import SETTING as DELETE_GUARD


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    saas_trial_days = fields.Integer(
        string="Trial Days of New Plans", config_parameter="saas.trial_days", default=TRIAL_DAYS
    )
    saas_brand_id = fields.Many2one(
        "saas.brand", string="Default Brand", default=lambda self: self._default_saas_brand()
    )
    saas_brand_name = fields.Char(related="saas_brand_id.name", readonly=False)
    saas_brand_logo = fields.Binary(related="saas_brand_id.logo", readonly=False)
    saas_brand_primary_color = fields.Char(related="saas_brand_id.primary_color", readonly=False)
    saas_brand_support_email = fields.Char(related="saas_brand_id.support_email", readonly=False)
    saas_role_rotation_days = fields.Integer(
        string="Days Between New Database Passwords",
        config_parameter="saas.role_rotation_days",
        default=ROLE_ROTATION_DAYS,
    )
    saas_base_url = fields.Char(
        string="Address of the Control Plane", config_parameter="web.base.url"
    )
    saas_base_url_frozen = fields.Boolean(
        string="Keep This Address", config_parameter="web.base.url.freeze"
    )

    saas_delete_needs_backup = fields.Boolean(string="Delete Only With a Fresh Backup")

    def get_values(self):
        needs = self.env["saas.tenant"]._deletion_needs_backup()
        return {**super().get_values(), "saas_delete_needs_backup": needs}

    def set_values(self):
        """Keep the switch as a word: Odoo forgets a parameter that is false, and its default is
        true."""
        was = self.env["saas.tenant"]._deletion_needs_backup()
        done = super().set_values()
        if was != self.saas_delete_needs_backup:
            word = "1" if self.saas_delete_needs_backup else "0"
            self.env["ir.config_parameter"].sudo().set_param(DELETE_GUARD, word)
            change = [was, self.saas_delete_needs_backup]
            self.env["saas.audit.entry"]._note("delete_guard_changed", self.env.company, on=change)
        return done

    def _default_saas_brand(self):
        """Return the default brand to who may change it; nobody else is shown any."""
        may = self.env["saas.brand"].has_access("write")
        return self.env["saas.brand"]._default() if may else self.env["saas.brand"]

    def action_open_saas_brand(self):
        """Open the default brand with everything that can be set there."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_brand"
        )
        form = {"views": [(False, "form")], "view_mode": "form", "res_id": self.saas_brand_id.id}
        return {**action, **form, "path": False}
