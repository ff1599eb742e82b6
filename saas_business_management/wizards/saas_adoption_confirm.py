"""The dialog before a database is adopted: what it becomes, what changes, its name typed.

Owns: what is asked. Does not own: what forbids it, ordering it (`models/saas_adoption.py`).
"""

from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import UserError

from .. import messages
from ..kernel.errors import SaasError


class SaasAdoptionConfirm(models.TransientModel):
    _name = "saas.adoption.confirm"
    _description = "Adopt a Database"

    adoption_id = fields.Many2one(
        "saas.adoption", required=True, readonly=True, ondelete="cascade", string="Adoption"
    )
    changes = fields.Text(related="adoption_id.changes")
    advice = fields.Text(related="adoption_id.advice")
    database = fields.Char(related="adoption_id.name", string="Type This")
    cluster_id = fields.Many2one(related="adoption_id.cluster_id")
    name = fields.Char(string="Tenant")
    subdomain = fields.Char()
    partner_id = fields.Many2one("res.partner", string="Customer")
    admin_name = fields.Char(string="Administrator")
    admin_email = fields.Char(string="Administrator E-Mail")
    template_id = fields.Many2one(
        "saas.template",
        string="Tenant Template",
        domain="[('cluster_id', '=', cluster_id)]",
        help="Its kind, for reports and later versions. Nothing of it is installed now.",
    )
    plan_id = fields.Many2one(
        "saas.plan",
        string="Plan",
        domain="[('kind', '=', 'plan')]",
        help="Its limits apply. A subscription is only proposed: a person starts its billing.",
    )
    typed = fields.Char(string="Database Name")

    @api.model
    def default_get(self, fields_list):
        found = super().default_get(fields_list)
        one = self.env["saas.adoption"].browse(found.get("adoption_id")).exists()
        if one:
            templates = self.env["saas.template"].search([("cluster_id", "=", one.cluster_id.id)])
            stem = "".join(sign if sign.isalnum() else "-" for sign in one.name.lower())
            found |= {
                "name": one.tenant_id.name or one.name,
                "subdomain": one.tenant_id.subdomain or stem.strip("-")[:40],
                "template_id": templates[:1].id,
            }
        return found

    @check_identity
    def action_adopt(self):
        """Order the adoption, once the person has proven who it is, and show the operation."""
        return self._adopt().action_open_form()

    def _adopt(self):
        self.ensure_one()
        wanted = ("name", "subdomain", "admin_name", "admin_email", "template_id")
        if not all(self[field] for field in wanted):
            raise UserError(
                self.env._(
                    "Say who it is for: tenant, subdomain, administrator, mail and template."
                )
            )
        values = {field: self[field] for field in wanted if field != "template_id"}
        values |= {
            "template_id": self.template_id.id,
            "plan_id": self.plan_id.id,
            "partner_id": self.partner_id.id,
            "company_id": self.template_id.company_id.id or self.env.company.id,
        }
        try:
            return self.adoption_id._order_adoption(values, self.typed)
        except SaasError as error:
            raise UserError(messages.text(self.env, error)) from None
