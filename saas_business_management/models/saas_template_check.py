"""Questions that a template asks an upgraded database before it goes live.

Owns: the questions. Does not own: asking them (`golden/prove.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaasTemplateCheck(models.Model):
    _name = "saas.template.check"
    _description = "Check after an Upgrade"
    _order = "sequence, id"

    template_id = fields.Many2one(
        "saas.template", required=True, index=True, ondelete="cascade", readonly=False
    )
    company_id = fields.Many2one(related="template_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, string="What Must Be True", translate=True)
    statement = fields.Text(
        required=True,
        string="Query",
        help="A query that finds what is wrong: the check passes when it returns no row. It reads "
        "only, with the tenant's own rights.",
    )
    active = fields.Boolean(default=True)

    @api.constrains("statement")
    def _check_statement(self):
        for check in self:
            text = (check.statement or "").strip().rstrip(";")
            if ";" in text or not text.lower().startswith(("select", "with", "table", "values")):
                raise ValidationError(
                    self.env._("A check is one query that reads: it begins with SELECT.")
                )


class SaasTemplate(models.Model):
    _inherit = "saas.template"

    check_ids = fields.One2many("saas.template.check", "template_id", string="Checks")

    @api.private
    def _upgrade_checks(self):
        """Return the questions in their order."""
        return [
            {"name": check.name, "statement": check.statement.strip().rstrip(";")}
            for check in self.check_ids
        ]
