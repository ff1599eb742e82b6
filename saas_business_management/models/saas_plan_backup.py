"""The backup policy that a plan includes."""

from odoo import fields, models


class SaasPlan(models.Model):
    _inherit = "saas.plan"

    backup_policy_id = fields.Many2one(
        "saas.backup.policy",
        string="Backup Policy",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="For its tenants. Empty: the policy of the template, or the company's default.",
    )
