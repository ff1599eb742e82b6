"""A place where backups lie."""

from odoo import fields, models


class SaasBackupTarget(models.Model):
    _name = "saas.backup.target"
    _description = "Backup Target"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", string="Company")
