"""Silences: what nobody is told of, from when until when, by whom and why.

Owns: the rows, their bounds, ending one. Does not own: what a silence covers
(`kernel/alerting/muting.py`), muting (`saas_alert_mute.py`).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..kernel.alerting import muting
from .saas_alert_rule import LAYERS, SEVERITIES

REPEATS = [
    (muting.ONCE, "Once"),
    (muting.DAILY, "Every Day"),
    (muting.WEEKLY, "Every Week"),
]
MATCHERS = ("rule_id", "severity", "layer", "tenant_id", "cluster_id", "machine_id")


class SaasAlertSilence(models.Model):
    _name = "saas.alert.silence"
    _description = "Silence"
    _inherit = ["mail.thread"]
    _order = "start_at desc, id desc"
    _rec_name = "reason"

    reason = fields.Char(required=True, tracking=True, string="Why")
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    start_at = fields.Datetime(
        string="From", required=True, default=lambda self: fields.Datetime.now(), tracking=True
    )
    end_at = fields.Datetime(string="Until", required=True, tracking=True)
    repeats = fields.Selection(REPEATS, required=True, default=muting.ONCE, string="Repeats")
    last_at = fields.Datetime(string="Last Time", help="It repeats until then.", tracking=True)
    rule_id = fields.Many2one("saas.alert.rule", index=True, ondelete="cascade", tracking=True)
    severity = fields.Selection(SEVERITIES, tracking=True)
    layer = fields.Selection(LAYERS, tracking=True)
    tenant_id = fields.Many2one(
        "saas.tenant", index="btree_not_null", ondelete="cascade", tracking=True
    )
    cluster_id = fields.Many2one(
        "saas.cluster", index="btree_not_null", ondelete="cascade", tracking=True
    )
    machine_id = fields.Many2one(
        "saas.machine", index="btree_not_null", ondelete="cascade", tracking=True
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, index=True
    )
    is_on = fields.Boolean(compute="_compute_is_on", string="In Force")
    alert_ids = fields.One2many("saas.alert", "silence_id", readonly=True)

    _in_order = models.Constraint("CHECK (start_at < end_at)", "It ends after it begins.")

    @api.depends("tenant_id.company_id", "cluster_id.company_id")
    def _compute_company_id(self):
        for one in self:
            one.company_id = one.tenant_id.company_id or one.cluster_id.company_id

    @api.depends("start_at", "end_at", "repeats", "last_at")
    def _compute_is_on(self):
        now = fields.Datetime.now()
        for one in self:
            whole = one.start_at and one.end_at
            one.is_on = bool(whole and muting.is_on(one._to_silence(), now))

    @api.constrains("start_at", "end_at", "repeats", "last_at", *MATCHERS)
    def _check_terms(self):
        for one in self:
            one._check_times()
            if not one._matchers():
                raise ValidationError(
                    self.env._("Choose what is silenced: a rule, a tenant, a cluster or a layer.")
                )

    def _check_times(self):
        if self.end_at - self.start_at > muting.LONGEST:
            raise ValidationError(self.env._("A silence lasts 30 days at most."))
        if self.repeats == muting.ONCE:
            return
        if self.end_at - self.start_at >= muting.EVERY[self.repeats]:
            raise ValidationError(
                self.env._("It would be silent all the time: let it end earlier.")
            )
        if not self.last_at or self.last_at <= self.start_at:
            raise ValidationError(self.env._("Say until when it repeats."))

    def _matchers(self):
        told = {}
        for name in MATCHERS:
            value = self[name]
            if value:
                told[name] = value.id if isinstance(value, models.Model) else value
        return told

    @api.private
    def _to_silence(self):
        """Return it as the kernel asks for it."""
        return muting.Silence(
            start=self.start_at,
            end=self.end_at,
            matchers=self._matchers(),
            repeats=self.repeats or muting.ONCE,
            last=self.last_at or None,
        )

    @api.model
    @api.private
    def _lasting(self, now):
        """Return those that may hold now."""
        once = Domain("repeats", "=", muting.ONCE) & Domain("end_at", ">", now)
        again = Domain("repeats", "!=", muting.ONCE) & Domain("last_at", ">", now)
        return self.sudo().search(Domain("start_at", "<=", now) & (once | again))

    def action_end(self):
        """End it now."""
        self.check_access("write")
        now = fields.Datetime.now()
        for one in self:
            if one.start_at >= now:
                one.start_at = fields.Datetime.subtract(now, seconds=1)
            one.write({"end_at": now, "repeats": muting.ONCE, "last_at": False})
        return True
