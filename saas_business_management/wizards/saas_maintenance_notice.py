"""The dialog that announces, changes or calls off maintenance: what it means, and whom it reaches.

Owns: what is asked and shown. Does not own: doing it (`models/saas_maintenance_course.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaasMaintenanceNotice(models.TransientModel):
    _name = "saas.maintenance.notice"
    _description = "Notice of Maintenance"

    maintenance_id = fields.Many2one(
        "saas.maintenance", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("announce", "Announce"), ("change", "Change"), ("cancel", "Cancel")],
        required=True,
        readonly=True,
    )
    start_at = fields.Datetime(
        string="Begins", compute="_compute_window", store=True, readonly=False
    )
    end_at = fields.Datetime(string="Ends", compute="_compute_window", store=True, readonly=False)
    interruption = fields.Char(
        string="Expected Interruption", compute="_compute_window", store=True, readonly=False
    )
    text = fields.Text(string="What We Do", compute="_compute_window", store=True, readonly=False)
    reason = fields.Char(string="Why", help="For your colleagues.")
    effect = fields.Text(compute="_compute_effect", string="What Will Happen")

    @api.depends("maintenance_id")
    def _compute_window(self):
        for dialog in self:
            one = dialog.maintenance_id
            dialog.start_at, dialog.end_at = one.start_at, one.end_at
            dialog.interruption, dialog.text = one.interruption, one.text

    @api.depends("maintenance_id", "kind", "start_at", "end_at")
    def _compute_effect(self):
        for dialog in self:
            dialog.effect = dialog._effect_text() if dialog.maintenance_id else False

    def _effect_text(self):
        _, one = self.env._, self.maintenance_id
        if self.kind == "cancel" and not one.was_told:
            return _("Nobody was told of it yet, so nobody gets a mail.")
        people = self.env["saas.status.mail"]._people(one.affected_ids, one._brands())
        lines = [
            _(
                "%(count)s people get a mail; %(tenants)s tenants are affected.",
                count=len(people),
                tenants=one.affected_count,
            )
        ]
        if self.kind != "cancel":
            lines.append(self._notice_text())
        return "\n".join(lines)

    def _notice_text(self):
        """Say whether downtime in the window will count."""
        _, one = self.env._, self.maintenance_id
        start, end = self.start_at or one.start_at, self.end_at or one.end_at
        excluded, hours = one._notice_of(start, end)
        if excluded:
            return _("It is long enough ahead: downtime in this window does not count.")
        return _(
            "It is less than %(hours)s hours ahead: downtime in this window counts.", hours=hours
        )

    def action_apply(self) -> dict:
        """Do it."""
        self.ensure_one()
        one = self.maintenance_id
        one.check_access("write")
        if self.kind == "announce":
            one._publish()
        elif self.kind == "change":
            if not self.start_at or not self.end_at:
                raise UserError(self.env._("Enter when it begins and ends."))
            one._change(self.start_at, self.end_at, self.interruption, self.text)
        else:
            one._cancel(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
