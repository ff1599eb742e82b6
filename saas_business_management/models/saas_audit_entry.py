"""The audit log: every sensitive action, who did it, on what, why. Append-only.

Owns: its rows. Does not own: the timeline of a tenant (`saas_tenant_event.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaasAuditEntry(models.Model):
    _name = "saas.audit.entry"
    _description = "Audit Log Entry"
    _order = "id desc"
    _rec_name = "action"

    at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now(), string="When"
    )
    user_id = fields.Many2one("res.users", readonly=True, string="Who", index=True)
    action = fields.Char(required=True, readonly=True, index=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    res_name = fields.Char(readonly=True, string="On")
    tenant_id = fields.Many2one("saas.tenant", readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    reason = fields.Char(readonly=True)
    facts = fields.Json(readonly=True, help="What was before and after, and where it came from.")

    @api.model
    @api.private
    def _note(self, action, record, reason="", **facts):
        """Write down a sensitive action; `facts` are plain values, never secrets.

        `action` is a past-tense code such as `tenant_suspended`; `record` is what it was done to.
        """
        record.ensure_one()
        tenant = record if record._name == "saas.tenant" else record.env["saas.tenant"]
        if "tenant_id" in record._fields:
            tenant = record.tenant_id
        company = record.company_id if "company_id" in record._fields else self.env["res.company"]
        job_sudo = self.env["saas.job"].sudo().browse(self.env.context.get("saas_job_id"))
        return self.sudo().create(
            {
                "user_id": (job_sudo.user_id or self.env.user).id,
                "action": action,
                "res_model": record._name,
                "res_id": record.id,
                "res_name": record.display_name,
                "tenant_id": tenant.id,
                "company_id": company.id,
                "reason": reason or False,
                "facts": facts,
            }
        )

    def write(self, vals):
        raise UserError(self.env._("The audit log cannot be changed."))

    def unlink(self):
        raise UserError(self.env._("The audit log cannot be deleted."))
