"""A limit that a person set for one tenant, with the reason and its last day.

Owns: the rows, withdrawing one. Does not own: the dialog (`wizards/saas_quota_raise.py`), which
source counts (`kernel/quota/limits.py`).

A row stays as it was written; another one for the same meter takes its place.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..kernel.quota.enforcement import METERS


class SaasQuotaOverride(models.Model):
    _name = "saas.quota.override"
    _description = "Limit Set by Hand"
    _inherit = ["saas.ledger", "saas.number"]
    _order = "id desc"
    _rec_name = "meter_id"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    meter_id = fields.Many2one(
        "saas.meter",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        domain=[("code", "in", METERS)],
    )
    unit_label = fields.Char(related="meter_id.unit_label")
    no_limit = fields.Boolean(readonly=True)
    limit = fields.Float(digits=(16, 3), readonly=True)
    shown = fields.Char(string="Limit Now", compute="_compute_shown")
    reason = fields.Char(required=True, readonly=True)
    until_on = fields.Date(string="Last Day", readonly=True, index=True, help="Empty: no end.")
    user_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, ondelete="restrict"
    )
    at = fields.Datetime(
        string="Since", required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    ended_at = fields.Datetime(string="Ended", readonly=True)
    ran_out = fields.Boolean(readonly=True, help="It ended by its last day, not by a person.")
    state = fields.Selection(
        [("on", "In Force"), ("expired", "Over"), ("withdrawn", "Withdrawn")],
        compute="_compute_state",
        search="_search_state",
    )

    _one_now = models.UniqueIndex(
        "(tenant_id, meter_id) WHERE ended_at IS NULL",
        "This limit was set by hand already. Withdraw that first.",
    )
    _positive = models.Constraint('CHECK ("limit" >= 0)', "A limit cannot be negative.")

    @api.depends("limit", "no_limit")
    def _compute_shown(self):
        for row in self:
            number = f"{row.limit:,.{min(row.meter_id.decimals, 3)}f} {row.unit_label or ''}"
            row.shown = self.env._("No limit") if row.no_limit else number.strip()

    @api.depends("until_on", "ended_at", "ran_out")
    def _compute_state(self):
        for row in self:
            over = row.until_on and row.until_on < row.tenant_id._today()
            ended = "expired" if row.ran_out else "withdrawn"
            row.state = ended if row.ended_at else "expired" if over else "on"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        lasting = ["|", ("until_on", "=", False), ("until_on", ">=", today)]
        domains = {
            "on": [("ended_at", "=", False), *lasting],
            "expired": [
                "|",
                ("ran_out", "=", True),
                "&",
                ("ended_at", "=", False),
                ("until_on", "<", today),
            ],
            "withdrawn": [("ended_at", "!=", False), ("ran_out", "=", False)],
        }
        return Domain.OR(domains[one] for one in value if one in domains)

    @api.constrains("until_on", "reason")
    def _check_terms(self):
        for row in self:
            if not (row.reason or "").strip():
                raise ValidationError(self.env._("Write why: your colleagues will ask."))
            if row.until_on and row.until_on < row.tenant_id._today():
                raise ValidationError(
                    self.env._("The last day is over already. Choose one that is to come.")
                )

    @api.model
    @api.private
    def _set_limit(self, tenant, meter, limit, reason, until_on):
        """Set a limit of a tenant; None lifts it. What was set by hand before ends."""
        # The one before lets go first.
        self._now(tenant, meter)._end()
        self.flush_model(["ended_at"])
        row = (
            self._at_work()
            .create(
                {
                    "tenant_id": tenant.id,
                    "meter_id": meter.id,
                    "no_limit": limit is None,
                    "limit": limit or 0,
                    "reason": reason,
                    "until_on": until_on or False,
                    "user_id": self.env.uid,
                }
            )
            ._hands_off()
        )
        told = {"meter": meter.code, "limit": row.shown, "until": str(until_on or "")}
        self.env["saas.audit.entry"]._note("quota_limit_set", tenant, reason, **told)
        self.env["saas.quota"]._judge_soon()
        return row

    @api.model
    @api.private
    def _now(self, tenant, meter):
        """Return what is set by hand for a meter and was not withdrawn."""
        domain = [("tenant_id", "=", tenant.id), ("meter_id", "=", meter.id)]
        return self.sudo().search([*domain, ("ended_at", "=", False)])

    def action_withdraw(self):
        """Let the plan's limit count again."""
        self.env["saas.tenant"].check_access("write")
        self.check_access("read")
        for row in self.filtered(lambda one: one.state == "on"):
            told = {"meter": row.meter_id.code, "limit": row.shown}
            self.env["saas.audit.entry"]._note("quota_limit_withdrawn", row.tenant_id, **told)
        self._end()
        self.env["saas.quota"]._judge_soon()
        return True

    @api.model
    @api.private
    def _end_expired(self):
        """End rows whose last day is over wherever the tenant is; they stay in the list."""
        yesterday = fields.Date.subtract(fields.Date.today(), days=1)
        domain = [("ended_at", "=", False), ("until_on", "<", yesterday)]
        for row_sudo in self.sudo().search(domain):
            row_sudo._put({"ended_at": fields.Datetime.now(), "ran_out": True})
            told = {"meter": row_sudo.meter_id.code, "limit": row_sudo.shown}
            self.env["saas.audit.entry"]._note("quota_limit_ended", row_sudo.tenant_id, **told)

    def _end(self):
        self.filtered(lambda one: not one.ended_at)._put({"ended_at": fields.Datetime.now()})

    @api.private
    def _expire(self):
        """Forget rows that ended long ago; the retention rule's."""
        self._at_work()._drop()

    def _by_hand_text(self):
        return self.env._("A limit of a tenant is set by Raise Limit, and ended by Withdraw.")

    def _stays_text(self):
        return self.env._("Limits set by hand stay in the list. Withdraw one to end it.")
