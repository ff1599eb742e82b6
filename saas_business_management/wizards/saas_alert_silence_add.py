"""The dialog that silences an alert: how much of its kind, why, until when.

Owns: what is asked. Does not own: the silence (`models/saas_alert_silence.py`).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

REACHES = [
    ("this", "This rule on this one"),
    ("rule", "This rule everywhere"),
    ("about", "Everything about this one"),
]
HOURS = [("1", "1 hour"), ("4", "4 hours"), ("24", "1 day"), ("168", "1 week"), ("0", "Until…")]
LINKS = ("tenant_id", "machine_id", "cluster_id")


class SaasAlertSilenceAdd(models.TransientModel):
    _name = "saas.alert.silence.add"
    _description = "Silence an Alert"

    alert_id = fields.Many2one("saas.alert", required=True, readonly=True, ondelete="cascade")
    reach = fields.Selection(REACHES, required=True, default="this", string="What")
    reason = fields.Char(required=True, string="Why")
    hours = fields.Selection(HOURS, required=True, default="4", string="For")
    end_at = fields.Datetime(string="Until", help="At most 30 days from now.")

    @api.onchange("hours")
    def _onchange_hours(self):
        if self.hours != "0":
            self.end_at = fields.Datetime.now() + timedelta(hours=int(self.hours))

    def action_apply(self):
        """Silence it."""
        self.ensure_one()
        self.env["saas.tenant"].check_access("write")
        alert = self.alert_id
        alert.check_access("read")
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why: your colleagues will ask."))
        now = fields.Datetime.now()
        end = self.end_at if self.hours == "0" else now + timedelta(hours=int(self.hours))
        if not end or end <= now:
            raise UserError(self.env._("Choose an end that is still to come."))
        matchers = {}
        if self.reach != "about":
            matchers["rule_id"] = alert.rule_id.id
        if self.reach != "rule":
            name = next((one for one in LINKS if alert[one]), None)
            if name:
                matchers[name] = alert[name].id
            elif self.reach == "about":
                raise UserError(self.env._("This alert is about the platform: silence its rule."))
        silence = self.env["saas.alert.silence"].create(
            {**matchers, "reason": self.reason.strip(), "start_at": now, "end_at": end}
        )
        self.env["saas.audit.entry"]._note("alert_silenced", silence, self.reason.strip())
        alert.sudo()._mute_now()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
