"""Rules of masking: which columns of a copy hold personal data, and what stands there afterwards.

Owns: the rows, their bounds, which of them count for a tenant. Does not own: the rules that come
with the product (`data/masking_rules.xml`), what is put in the place of a value
(`kernel/migration/masking.py`), doing it (`jobs/copy_tenant.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.migration import masking

KINDS = [
    (masking.NAME, "Name"),
    (masking.EMAIL, "E-mail Address"),
    (masking.PHONE, "Phone Number"),
    (masking.STREET, "Street"),
    (masking.CITY, "City"),
    (masking.BANK, "Bank Account"),
    (masking.CODE, "Number or Code"),
    (masking.TEXT, "Free Text"),
    (masking.DATE, "Date, Moved"),
    (masking.CLEAR, "Emptied"),
    (masking.FILES, "Attachments"),
    (masking.ROWS, "Rows Removed"),
]
ROWS = [(masking.ALL, "All Rows"), (masking.PORTAL, "Portal and Public Users")]
assert {one for one, _label in KINDS} == {*masking.KINDS}


class SaasMaskingRule(models.Model):
    _name = "saas.masking.rule"
    _description = "Masking Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, table_name, column_name, id"

    name = fields.Char(required=True, tracking=True, help="What it is, as people say it.")
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True, tracking=True)
    table_name = fields.Char(
        string="Table",
        required=True,
        tracking=True,
        help="As PostgreSQL names it, e.g. res_partner. Where a database has no such table or "
        "column, the rule does nothing.",
    )
    column_name = fields.Char(
        string="Column", tracking=True, help="As PostgreSQL names it, e.g. email."
    )
    kind = fields.Selection(
        KINDS, string="Becomes", required=True, default=masking.TEXT, tracking=True
    )
    rows = fields.Selection(ROWS, string="Of", required=True, default=masking.ALL, tracking=True)
    template_ids = fields.Many2many(
        "saas.template", string="Templates", help="Empty: tenants of every template."
    )
    plan_ids = fields.Many2many("saas.plan", string="Plans", help="Empty: tenants on every plan.")
    note = fields.Text(string="Why")

    _place_uniq = models.UniqueIndex(
        "(table_name, coalesce(column_name, ''), kind, rows) WHERE active",
        "There is an active rule for this column already.",
    )

    @api.depends("table_name", "column_name", "name")
    def _compute_display_name(self):
        for rule in self:
            place = ".".join(filter(None, (rule.table_name, rule.column_name)))
            rule.display_name = f"{rule.name} ({place})" if place else rule.name

    @api.constrains("table_name", "column_name", "kind", "rows")
    def _check_place(self):
        for rule in self:
            if not masking.is_identifier(rule.table_name):
                raise ValidationError(
                    self.env._(
                        "%(name)s is no name of a table. Write e.g. res_partner.",
                        name=rule.table_name,
                    )
                )
            if rule.kind == masking.FILES and rule.table_name != "ir_attachment":
                raise ValidationError(
                    self.env._("Attachments lie in the table ir_attachment. Choose that one.")
                )
            if rule.kind in masking.WHOLE and rule.column_name:
                raise ValidationError(
                    self.env._("This rule is about whole rows. Leave the column empty.")
                )
            if rule.kind not in masking.WHOLE and not masking.is_identifier(rule.column_name or ""):
                raise ValidationError(self.env._("Name the column as PostgreSQL does, e.g. email."))

    @api.model
    @api.private
    def _for_tenant(self, tenant):
        """Return the rules that count for a copy of a tenant, as the kernel takes them."""
        found_sudo = (
            self.sudo()
            .search([])
            .filtered(
                lambda one: (
                    (not one.template_ids or tenant.template_id in one.template_ids)
                    and (not one.plan_ids or tenant.plan_id in one.plan_ids)
                )
            )
        )
        return [
            masking.Rule(one.table_name, one.column_name or "", one.kind, one.rows)
            for one in found_sudo
        ]

    def copy_data(self, default=None):
        """A copy of a rule is about another column: it begins archived."""
        return super().copy_data({"active": False, **(default or {})})
