"""A person says what was really used on a day. Append-only: a correction is corrected by another.

Owns: the rows, who and why. Does not own: the day (`saas_usage_day.py`), what billing makes of the
difference (`saas_usage_feed.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .saas_decimal import Exact


class SaasUsageCorrection(models.Model):
    _name = "saas.usage.correction"
    _description = "Correction of Usage"
    _inherit = ["saas.exact"]
    _order = "id desc"
    _rec_name = "reason"

    tenant_id = fields.Many2one("saas.tenant", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    meter_id = fields.Many2one("saas.meter", required=True, index=True, ondelete="restrict")
    unit_label = fields.Char(related="meter_id.unit_label")
    day = fields.Date(required=True)
    before = fields.Char(
        string="Counted", compute="_compute_before", help="What the day says now, — when unknown."
    )
    quantity = Exact(required=True, help="What was really used on that day.")
    reason = fields.Char(required=True)
    create_uid = fields.Many2one("res.users", string="Corrected By", readonly=True)
    create_date = fields.Datetime(string="Corrected", readonly=True)

    @api.depends("tenant_id", "meter_id", "day")
    def _compute_before(self):
        for one in self:
            place = [("tenant_id", "=", one.tenant_id.id), ("meter_id", "=", one.meter_id.id)]
            day = self.env["saas.usage.day"].search([*place, ("day", "=", one.day)], limit=1)
            one.before = f"{day.quantity:,.3f}" if day else "—"

    @api.constrains("day", "quantity", "reason")
    def _check_day(self):
        for one in self:
            if one.day > fields.Date.today():
                raise ValidationError(
                    self.env._("Nothing was used on a day to come. Choose an earlier one.")
                )
            if not one.quantity or not (one.reason or "").strip():
                raise ValidationError(
                    self.env._("Enter the quantity and why the day is corrected; 0 is one too.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._take_effect()
        return made

    def _take_effect(self):
        keys = {(one.tenant_id.id, one.meter_id.id, one.day) for one in self}
        self.env["saas.usage.day"].sudo()._compute_days(sorted(keys))
        for one in self:
            facts = {"meter": one.meter_id.code, "day": str(one.day), "quantity": one.quantity}
            self.env["saas.audit.entry"]._note("usage_corrected", one.tenant_id, **facts)

    def write(self, vals):
        raise UserError(self.env._("A correction stays. Add another one for the same day."))

    def unlink(self):
        raise UserError(self.env._("A correction stays. Add another one for the same day."))

    def action_done(self):
        """Close the dialog; the day is corrected."""
        return {"type": "ir.actions.act_window_close"}
