"""A wave of a campaign: tenants that go together.

Owns: its row and figures. Does not own: who is in it (`kernel/migration/wave.py`).
"""

from odoo import api, fields, models

from ..kernel.migration import wave

STATES = [("todo", "To Do"), ("running", "Running"), ("done", "Done")]


class SaasCampaignWave(models.Model):
    _name = "saas.campaign.wave"
    _description = "Wave"
    _inherit = "saas.ledger"
    _order = "campaign_id, number"

    campaign_id = fields.Many2one(
        "saas.campaign", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index=True)
    number = fields.Integer(required=True, readonly=True)
    is_canary = fields.Boolean(readonly=True, string="Canary")
    line_ids = fields.One2many("saas.campaign.tenant", "wave_id", readonly=True)
    started_at = fields.Datetime(readonly=True, string="Started")
    state = fields.Selection(STATES, compute="_compute_figures")
    tenant_count = fields.Integer(compute="_compute_figures", string="Tenants")
    done_count = fields.Integer(compute="_compute_figures", string="Upgraded")
    setback_count = fields.Integer(compute="_compute_figures", string="Failed or Rolled Back")

    _number_uniq = models.Constraint(
        "UNIQUE (campaign_id, number)", "A campaign has each wave once."
    )

    @api.depends("number", "is_canary")
    def _compute_display_name(self):
        for one in self:
            text = self.env._("Wave %(number)s", number=one.number)
            canary = self.env._("Wave %(number)s (canary)", number=one.number)
            one.display_name = canary if one.is_canary else text

    @api.depends("line_ids.stage", "started_at")
    def _compute_figures(self):
        for one in self:
            stages = one.line_ids.mapped("stage")
            one.tenant_count = len(stages)
            one.done_count = sum(stage in (wave.DONE, wave.WATCHING) for stage in stages)
            one.setback_count = sum(stage in wave.SETBACKS for stage in stages)
            at_work = any(stage in (wave.TODO, wave.UPDATING) for stage in stages)
            one.state = ("running" if at_work else "done") if one.started_at else "todo"

    def _by_hand_text(self):
        return self.env._("Waves are planned in preflight, never by hand.")
