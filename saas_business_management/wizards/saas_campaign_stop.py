"""The dialog that stops a campaign and rolls back: whom, why, the number typed, own password.

Owns: what is asked and shown. Does not own: what is done (`models/saas_campaign_course.py`).
"""

from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import UserError


class SaasCampaignStop(models.TransientModel):
    _name = "saas.campaign.stop"
    _description = "Stop a Campaign and Roll Back"

    campaign_id = fields.Many2one("saas.campaign", required=True, readonly=True, ondelete="cascade")
    count = fields.Integer(compute="_compute_effect", string="Tenants to Roll Back")
    effect = fields.Text(compute="_compute_effect", string="What Will Happen")
    typed = fields.Char(string="Number of Tenants")
    reason = fields.Char(string="Why", help="It stands in the audit log and at each upgrade.")

    @api.depends("campaign_id")
    def _compute_effect(self):
        for dialog in self:
            dialog.count = len(dialog.campaign_id._to_roll_back())
            dialog.effect = dialog._effect_text()

    def _effect_text(self):
        _, one = self.env._, self.campaign_id
        facts = {
            "count": self.count,
            "todo": one.todo_count + one.blocked_count,
            "kept": len(one._cannot_go_back()),
        }
        told = [
            _("%(count)s tenants go back to the version they had.", **facts),
            _("What was entered since their upgrade stays in the database that goes out."),
            _("%(todo)s tenants that have not begun are left out.", **facts),
        ]
        if facts["kept"]:
            told.append(
                _("%(kept)s tenants stay upgraded: their time to go back is over.", **facts)
            )
        return "\n".join(told)

    @check_identity
    def action_stop(self):
        """Stop and roll back, once the person has proven who it is."""
        return self._stop()

    def _stop(self):
        self.ensure_one()
        self.campaign_id.check_access("write")
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why: it stands in the audit log."))
        if (self.typed or "").strip() != str(self.count):
            raise UserError(
                self.env._("Type %(count)s, the number of tenants to roll back.", count=self.count)
            )
        self.campaign_id._stop_and_roll_back(self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
