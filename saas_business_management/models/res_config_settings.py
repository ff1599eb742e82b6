"""Settings of the platform, as Odoo's administrators see them."""

from odoo import api, fields, models

from ..const import ROLE_ROTATION_DAYS, TRIAL_DAYS


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
    saas_control_backup_policy_id = fields.Many2one(
        "saas.backup.policy",
        string="Backup Policy of the Control Plane",
        default=lambda self: self._default_saas_control_backup_policy(),
    )
    saas_control_backup_text = fields.Char(compute="_compute_saas_control_backup_text")
    saas_base_url = fields.Char(
        string="Address of the Control Plane", config_parameter="web.base.url"
    )
    saas_base_url_frozen = fields.Boolean(
        string="Keep This Address", config_parameter="web.base.url.freeze"
    )

    @api.depends("saas_control_backup_policy_id")
    def _compute_saas_control_backup_text(self):
        for settings in self:
            settings.saas_control_backup_text = self.env["saas.control.backup"]._told()

    def action_back_up_control(self):
        """Back the control plane up now."""
        return self.env["saas.control.backup"].action_back_up_now()

    def action_view_control_backups(self):
        """Open the backups of the control plane."""
        return self.env["saas.control.backup"].action_view_backups()

    def _default_saas_control_backup_policy(self):
        """Return the policy that is named to who may change it; nobody else is shown any."""
        policies = self.env["saas.backup.policy"]
        may = policies.has_access("write")
        return (
            self.env["saas.control.backup"]._named_policy().with_env(self.env) if may else policies
        )

    def set_values(self):
        super().set_values()
        if self.env["saas.backup.policy"].has_access("write"):
            self.env["saas.control.backup"]._name_policy(self.saas_control_backup_policy_id)

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
