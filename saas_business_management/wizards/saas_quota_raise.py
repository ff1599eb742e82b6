"""The dialog that sets another limit for one tenant: how much, why, until when.

Owns: what is asked and what it would do today. Does not own: the limit itself
(`models/saas_quota_override.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

MOST = 10**12


class SaasQuotaRaise(models.TransientModel):
    _name = "saas.quota.raise"
    _description = "Limit of a Tenant"
    _inherit = ["saas.number"]

    tenant_id = fields.Many2one("saas.tenant", required=True, readonly=True, ondelete="cascade")
    meter_id = fields.Many2one(
        "saas.meter",
        required=True,
        ondelete="cascade",
        domain=lambda self: [("id", "in", list(self.env["saas.quota"]._meter_ids().values()))],
    )
    unit_label = fields.Char(related="meter_id.unit_label")
    now = fields.Char(compute="_compute_now", string="Limit Now")
    no_limit = fields.Boolean()
    limit = fields.Float(string="New Limit", digits=(16, 3))
    reason = fields.Char(required=True, string="Why")
    until_on = fields.Date(
        string="Last Day", help="Afterwards the plan's limit counts again. Empty: no end."
    )
    effect = fields.Char(compute="_compute_effect", string="What Will Happen")

    def _quota(self):
        domain = [("tenant_id", "=", self.tenant_id.id), ("meter_id", "=", self.meter_id.id)]
        return self.env["saas.quota"].search(domain, limit=1)

    @api.depends("tenant_id", "meter_id")
    def _compute_now(self):
        for dialog in self:
            quota = dialog._quota() if dialog.meter_id else self.env["saas.quota"]
            dialog.now = quota.why_limit if quota else False

    @api.depends("limit", "no_limit", "meter_id")
    def _compute_effect(self):
        for dialog in self:
            dialog.effect = dialog._effect_text()

    def _effect_text(self):
        quota = self._quota() if self.meter_id else self.env["saas.quota"]
        if not quota or not (self.limit or self.no_limit):
            return False
        _ = self.env._
        facts = {"tenant": self.tenant_id.name}
        over = not self.no_limit and quota.has_reading and quota.used > self.limit
        if over and not quota.over_since:
            return _("This puts %(tenant)s over its limit today.", **facts)
        if over:
            return _("%(tenant)s stays over its limit.", **facts)
        if quota.over_since:
            return _("What is held back is lifted within a minute.")
        return False

    def action_apply(self) -> dict:
        """Set the limit."""
        self.ensure_one()
        self.env["saas.tenant"].check_access("write")
        self.tenant_id.check_access("read")
        if self.meter_id.code not in self.env["saas.quota"]._meter_ids():
            raise UserError(self.env._("No plan limits “%(meter)s”.", meter=self.meter_id.name))
        if not self.no_limit and not 0 < self.limit <= MOST:
            raise UserError(
                self.env._("Enter a limit above zero, at most a trillion, or choose No Limit.")
            )
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why: your colleagues will ask."))
        self.env["saas.quota.override"]._set_limit(
            self.tenant_id,
            self.meter_id,
            None if self.no_limit else self.limit,
            self.reason.strip(),
            self.until_on,
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
