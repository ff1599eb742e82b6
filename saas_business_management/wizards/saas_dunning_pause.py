"""The dialog that holds a ladder: for which reason, and for how long.

Owns: what is asked and shown. Does not own: holding it (`models/saas_dunning.py`).
"""

from odoo import api, fields, models


class SaasDunningPause(models.TransientModel):
    _name = "saas.dunning.pause"
    _description = "Pause of Dunning"

    dunning_ids = fields.Many2many("saas.dunning", string="Customers", required=True)
    reason = fields.Char(required=True, string="Why")
    until_on = fields.Date(
        string="Goes On", help="The first day on which steps are taken again. Empty: until resumed."
    )
    effect = fields.Text(compute="_compute_effect", string="What Will Happen")

    @api.depends("dunning_ids")
    def _compute_effect(self):
        for dialog in self:
            dialog.effect = "\n".join(
                self.env._(
                    "%(customer)s: “%(step)s” of %(day)s and what follows wait.",
                    customer=one.partner_id.name,
                    step=one.next_label or "—",
                    day=one.next_on or "—",
                )
                for one in dialog.dunning_ids
            )

    def action_apply(self) -> dict:
        """Hold the ladders."""
        self.dunning_ids.action_pause(self.reason, self.until_on)
        return {"type": "ir.actions.act_window_close"}
