"""The dialog before a customer is erased: what goes, what stays, and the person's own password."""

from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import UserError


class SaasCustomerErasure(models.TransientModel):
    _name = "saas.customer.erasure"
    _description = "Erase a Customer"

    partner_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    hindrance = fields.Char(compute="_compute_preview")
    preview = fields.Text(compute="_compute_preview", string="What Goes")
    kept = fields.Text(compute="_compute_preview", string="What Stays")
    reason = fields.Char(string="Why")
    typed = fields.Char(string="Customer")

    @api.depends("partner_id")
    def _compute_preview(self):
        erasures = self.env["saas.erasure"]
        for wizard in self:
            wizard.hindrance = erasures._hindrance(wizard.partner_id)
            found = erasures._found(wizard.partner_id)
            wizard.preview = "\n".join(f"{what}: {len(rows)}" for what, rows in found.items())
            wizard.kept = "\n".join(erasures._kept_of(wizard.partner_id).values())

    @check_identity
    def action_erase(self):
        """Erase, once the person has proven who it is and typed the customer's name."""
        return self._erase()

    def _erase(self):
        self.ensure_one()
        if not self.env.user.has_group("saas_business_management.group_saas_admin"):
            raise UserError(self.env._("Only an administrator of the platform erases a customer."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why: it stands in the record of the erasure."))
        if (self.typed or "").strip() != self.partner_id.name:
            raise UserError(self.env._("Type %(text)s to go on.", text=self.partner_id.name))
        made = self.env["saas.erasure"]._erase(self.partner_id, self.reason.strip())
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.erasure",
            "res_id": made.id,
            "views": [(False, "form")],
        }
