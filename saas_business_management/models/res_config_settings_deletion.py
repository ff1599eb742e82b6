"""The setting whether tenants are deleted only with a fresh backup."""

from odoo import fields, models

from .saas_tenant_safety_backup import SETTING


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    saas_delete_needs_backup = fields.Boolean(string="Delete Only With a Fresh Backup")

    def get_values(self):
        needs = self.env["saas.tenant"]._deletion_needs_backup()
        return {**super().get_values(), "saas_delete_needs_backup": needs}

    def set_values(self):
        """Keep the switch as a word: Odoo forgets a parameter that is false, and ours is true by
        default."""
        was = self.env["saas.tenant"]._deletion_needs_backup()
        super().set_values()
        if was != self.saas_delete_needs_backup:
            word = "1" if self.saas_delete_needs_backup else "0"
            self.env["ir.config_parameter"].sudo().set_param(SETTING, word)
            change = [was, self.saas_delete_needs_backup]
            self.env["saas.audit.entry"]._note("delete_guard_changed", self.env.company, on=change)
