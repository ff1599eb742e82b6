"""A tenant of a campaign: its wave, what stands in its way, what came of it.

Owns: the row, its stage, that one campaign alone holds a tenant. Does not own: the upgrade
(`saas_upgrade.py`), the words of mails (`saas_campaign_tell.py`).
"""

import secrets

from odoo import api, fields, models

from .. import messages
from ..kernel.errors import SaasError
from ..kernel.migration import wave
from .saas_job_look import duration_text

STAGES = [
    (wave.TODO, "To Do"),
    (wave.BLOCKED, "Blocked"),
    (wave.UPDATING, "Updating"),
    (wave.WATCHING, "Watching"),
    (wave.DONE, "Done"),
    (wave.ROLLED_BACK, "Rolled Back"),
    (wave.FAILED, "Failed"),
    (wave.LEFT_OUT, "Left Out"),
]
assert [stage for stage, _label in STAGES] == [*wave.STAGES]
# State of an upgrade → stage of its tenant.
OF_UPGRADE = {
    "draft": wave.UPDATING,
    "running": wave.UPDATING,
    "watching": wave.WATCHING,
    "done": wave.DONE,
    "rolled_back": wave.ROLLED_BACK,
    "failed": wave.FAILED,
    "cancelled": wave.LEFT_OUT,
}
# The way of a tenant on which nothing goes wrong.
WAY = (wave.TODO, wave.UPDATING, wave.WATCHING, wave.DONE)
AT_WORK = ("draft", "running", "watching")
# What stands in the way for a while: another operation of the tenant.
PASSING = frozenset({"upgrade_busy"})


class SaasCampaignTenant(models.Model):
    _name = "saas.campaign.tenant"
    _description = "Tenant of a Campaign"
    _inherit = ["saas.ledger", "saas.noted.export"]
    _order = "campaign_id desc, wave_number, id"
    _rec_name = "tenant_id"

    reference = fields.Char(
        required=True, readonly=True, default=lambda self: secrets.token_urlsafe(16)
    )
    campaign_id = fields.Many2one(
        "saas.campaign", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index=True)
    template_id = fields.Many2one(related="campaign_id.template_id", store=True, index=True)
    owner_id = fields.Many2one(related="campaign_id.owner_id", store=True, index=True)
    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    shown_brand_id = fields.Many2one(related="tenant_id.shown_brand_id")
    wave_id = fields.Many2one("saas.campaign.wave", readonly=True, index=True, ondelete="set null")
    wave_number = fields.Integer(related="wave_id.number", store=True, string="Wave Number")
    from_version_id = fields.Many2one(
        "saas.template.version", string="From", readonly=True, ondelete="restrict"
    )
    to_version_id = fields.Many2one(related="campaign_id.to_version_id", string="To")
    upgrade_id = fields.Many2one(
        "saas.upgrade", string="Upgrade", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    rehearsal_id = fields.Many2one(
        "saas.upgrade",
        string="Rehearsal",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_left_out = fields.Boolean(readonly=True, string="Taken Out")
    blockers = fields.Json(readonly=True, help="Codes of what stands in the way.")
    block_text = fields.Text(readonly=True, string="What Stands in the Way")
    advice_text = fields.Text(readonly=True, string="Advice")
    stage = fields.Selection(
        STAGES,
        compute="_compute_stage",
        store=True,
        index=True,
        default=wave.TODO,
        group_expand="_expand_stages",
    )
    holds = fields.Boolean(readonly=True, help="No other campaign may take this tenant.")
    goes_back = fields.Boolean(readonly=True, string="To Be Rolled Back")
    back_reason = fields.Char(readonly=True, string="Why It Goes Back")
    told = fields.Char(readonly=True, help="What its people were told last.")
    opens_at = fields.Datetime(readonly=True, string="Next Window")
    started_at = fields.Datetime(related="upgrade_id.started_at", string="Started")
    ended_at = fields.Datetime(related="upgrade_id.ended_at", string="Ended")
    undo_until = fields.Datetime(related="upgrade_id.undo_until", string="Undo Until")
    outage_seconds = fields.Float(related="upgrade_id.outage_seconds", string="Outage (Seconds)")
    seconds = fields.Float(related="upgrade_id.seconds", string="Took (Seconds)")
    duration = fields.Char(compute="_compute_look")
    why = fields.Text(compute="_compute_look", string="Why")
    rehearsal_text = fields.Char(compute="_compute_look", string="Rehearsed")
    progress_percent = fields.Integer(compute="_compute_progress", string="Progress")
    step_now = fields.Char(compute="_compute_progress", string="Step Now")
    last_line = fields.Char(compute="_compute_progress", string="Last Log Line")
    left_text = fields.Char(compute="_compute_progress", string="Time Left")

    _tenant_uniq = models.Constraint(
        "UNIQUE (campaign_id, tenant_id)", "A campaign has each tenant once."
    )
    _held_uniq = models.UniqueIndex(
        "(tenant_id) WHERE holds", "Another campaign works on this tenant."
    )

    @api.depends("campaign_id.name", "tenant_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.tenant_id.name} · {line.campaign_id.name}"

    @api.depends("upgrade_id.state", "is_left_out", "blockers")
    def _compute_stage(self):
        for line in self:
            if line.upgrade_id:
                line.stage = OF_UPGRADE[line.upgrade_id.sudo().state]
            elif line.is_left_out:
                line.stage = wave.LEFT_OUT
            else:
                line.stage = wave.BLOCKED if line.blockers else wave.TODO

    @api.model
    def _expand_stages(self, stages, _domain):
        """Return the columns of the board: the way through while something is open, and whatever
        stage has a tenant.
        """
        shown = {*stages} | ({*WAY} if {*stages} & {*wave.OPEN, wave.BLOCKED} else set())
        return [stage for stage in wave.STAGES if stage in shown]

    @api.depends("upgrade_id.state", "rehearsal_id.state", "block_text", "seconds", "stage")
    def _compute_look(self):
        labels = dict(self.env["saas.upgrade"]._fields["state"]._description_selection(self.env))
        for line in self:
            upgrade, rehearsal = line.upgrade_id, line.rehearsal_id
            line.duration = duration_text(line.seconds)
            told = line.stage == wave.BLOCKED or line.back_reason
            line.why = upgrade._campaign_why() or (line.block_text if told else False)
            line.rehearsal_text = labels.get(rehearsal.state, False)
            if rehearsal.state == "done" and rehearsal.seconds:
                line.rehearsal_text += f" · {duration_text(rehearsal.seconds)}"
            elif rehearsal and (why := rehearsal._campaign_why()):
                line.rehearsal_text += f": {why}"

    def _compute_progress(self):
        """Tell how far the operation of each is; nothing for those that are not at work."""
        at_work = self.filtered(lambda one: one.stage == wave.UPDATING)
        jobs = at_work.upgrade_id._campaign_jobs()
        lines = self.env["saas.job.line"]
        for line in self:
            job = jobs.get(line.upgrade_id.id) if line in at_work else None
            line.progress_percent = job.progress_percent if job else 0
            line.step_now = job.step_now if job else False
            line.left_text = line._left_text() if job else False
            line.last_line = (
                lines.search([("job_id", "=", job.id)], order="id desc", limit=1).text
                if job
                else False
            )

    def _left_text(self):
        """Return how long it still takes, going by those before it; False where nobody knows."""
        elapsed = (fields.Datetime.now() - self.started_at).total_seconds()
        seconds = wave.seconds_left(self.campaign_id.usual_seconds, 0, 1, (elapsed,))
        return seconds and self.env._("About %(time)s left", time=duration_text(seconds))

    def _by_hand_text(self):
        return self.env._("Tenants of a campaign come from preflight, never by hand.")

    def _stays_text(self):
        return self.env._("What a campaign did to a tenant stays.")

    @api.private
    def _order_way_back(self):
        """Have the version before in place again; what does not let it yet is told on the card."""
        self.ensure_one()
        if self.upgrade_id._is_going_back():
            return
        try:
            with self.env.cr.savepoint():
                self.upgrade_id._roll_back(self.back_reason)
        except SaasError as error:
            told = messages.text(self.env, error)
            self._put({"block_text": told, "goes_back": error.code in PASSING})

    # Buttons

    def action_open_upgrade(self):
        """Open the upgrade, or the tenant before there is one."""
        self.ensure_one()
        shown = self.upgrade_id or self.rehearsal_id or self.tenant_id
        return {
            "type": "ir.actions.act_window",
            "res_model": shown._name,
            "res_id": shown.id,
            "views": [(False, "form")],
        }

    def action_leave_out(self):
        """Take a tenant that has not begun out of the campaign."""
        return self._set_left_out(True)

    def action_take_in(self):
        """Take a tenant in again, as far as nothing stands in its way."""
        return self._set_left_out(False)

    def _set_left_out(self, out):
        self.env["saas.campaign"].check_access("write")
        for line in self.filtered(lambda one: not one.upgrade_id):
            line.campaign_id._check_going_on()
            line._put({"is_left_out": out, "holds": False})
            if not out:
                line.campaign_id._look_at(line)
            line.campaign_id._look_soon()
        return True
