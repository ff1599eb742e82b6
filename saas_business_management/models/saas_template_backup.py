"""The backup policy of what is made from a template."""

from odoo import fields, models


class SaasTemplate(models.Model):
    _inherit = "saas.template"

    backup_policy_id = fields.Many2one(
        "saas.backup.policy",
        string="Backup Policy",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="For its tenants whose plan has none. Empty: the company's default.",
    )
