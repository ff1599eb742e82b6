"""The service level of a tenant in a month: promised, reached, and what is left of the budget.

Owns: the rows, reckoning them from states over time, the review. Does not own: the reckoning itself
(`kernel/service/month.py`), credits (`saas_service_credit.py`).

The running month is reckoned every hour, a month that is over on the second day of the next one.
What was reviewed stays as it is.
"""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils, format_date

from ..kernel.service import month
from ..kernel.service.month import REASONS
from .saas_service_minute import SERVED
from .saas_service_promise import aware, naive

STATES = [("running", "Running"), ("computed", "To Review"), ("reviewed", "Reviewed")]
CREDIT_STATES = [
    ("proposed", "To Approve"),
    ("approved", "Approved"),
    ("credited", "Credited"),
    ("rejected", "Rejected"),
]
AT_ONCE = 200
# A month may be judged anew for so long after its end.
SETTLED = timedelta(minutes=30)


class SaasServiceLevel(models.Model):
    _name = "saas.service.level"
    _inherit = "saas.ledger"
    _description = "Service Level of a Month"
    _order = "month desc, tenant_id"

    tenant_id = fields.Many2one(
        "saas.tenant", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="tenant_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(related="tenant_id.partner_id", store=True, string="Customer")
    cluster_id = fields.Many2one(related="tenant_id.cluster_id", store=True)
    month = fields.Date(required=True, readonly=True, index=True)
    timezone = fields.Char(required=True, readonly=True, string="Time Zone")
    start_at = fields.Datetime(required=True, readonly=True)
    end_at = fields.Datetime(required=True, readonly=True)
    tier_id = fields.Many2one("saas.service.tier", readonly=True, string="Service Tier")
    plan_id = fields.Many2one("saas.plan", readonly=True, string="Plan")
    target = fields.Float(digits=(6, 3), readonly=True, string="Promised (%)", aggregator="avg")
    internal_target = fields.Float(digits=(6, 3), readonly=True, aggregator="avg")
    good = fields.Integer(readonly=True, string="Good Minutes")
    bad = fields.Integer(readonly=True, string="Bad Minutes")
    unknown = fields.Integer(readonly=True, string="Unknown Minutes")
    excluded = fields.Integer(readonly=True, string="Minutes Left Out")
    excluded_closed = fields.Integer(readonly=True, string="Closed")
    excluded_maintenance = fields.Integer(readonly=True, string="Maintenance")
    excluded_customer = fields.Integer(readonly=True, string="Caused by the Customer")
    excluded_force_majeure = fields.Integer(readonly=True, string="Force Majeure")
    excluded_other = fields.Integer(readonly=True, string="Other Reasons")
    has_result = fields.Boolean(readonly=True)
    availability = fields.Float(
        digits=(6, 3),
        readonly=True,
        string="Available (%)",
        aggregator="avg",
        help="The good part of the minutes of which something is known. Rounded down.",
    )
    internal_availability = fields.Float(
        digits=(6, 3),
        readonly=True,
        string="By Our Own Count (%)",
        aggregator="avg",
        help="Unknown minutes count as bad.",
    )
    budget = fields.Float(digits=(16, 1), readonly=True, string="Error Budget (min)")
    budget_left = fields.Float(digits=(16, 1), readonly=True, string="Budget Left (min)")
    missed = fields.Boolean(readonly=True)
    missed_internal = fields.Boolean(readonly=True, string="Missed Our Own Target")
    computed_at = fields.Datetime(readonly=True, string="Reckoned")
    state = fields.Selection(STATES, required=True, readonly=True, default="running")
    reviewed_by_id = fields.Many2one("res.users", readonly=True, string="Reviewed By")
    reviewed_at = fields.Datetime(readonly=True, string="Reviewed At")
    credit_ids = fields.One2many(
        "saas.service.credit",
        "level_id",
        string="Credits",
        readonly=True,
        groups="saas_business_management.group_saas_billing_user,"
        "saas_business_management.group_saas_billing_approver",
    )
    credit_state = fields.Selection(CREDIT_STATES, readonly=True, index=True, string="Credit")

    _once = models.Constraint(
        "UNIQUE (tenant_id, month)", "This month of this tenant was reckoned already."
    )

    @api.depends("tenant_id.name", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.tenant_id.name}, {row._month_words()}"

    def _month_words(self):
        return format_date(self.env, self.month, date_format="MMMM y") if self.month else ""

    # Reckoning

    @api.model
    def _cron_reckon(self):
        """Reckon the running month, and the one before once it is over; then propose credits."""
        today = fields.Date.context_today(self)
        this = date_utils.start_of(today, "month")
        last = date_utils.start_of(this - timedelta(days=1), "month")
        months = [this] if today.day < 2 else [last, this]
        for first in months:
            for rows in self._rows_of(first):
                rows._reckon()
                self.env["ir.cron"]._commit_progress(len(rows))

    @api.model
    def _rows_of(self, first):
        """Yield the rows of a month that are not settled, some at a time; missing ones are made."""
        tenants_sudo = self.env["saas.tenant"].sudo()
        since = fields.Datetime.to_datetime(first) - timedelta(days=1)
        domain = ["|", ("state", "in", tuple(SERVED)), ("state_since", ">=", since)]
        there = self.sudo().search([("month", "=", first)])
        settled = there.filtered(lambda row: row.state != "running").tenant_id
        wanted = tenants_sudo.search([*domain, ("id", "not in", settled.ids)], order="id")
        wanted = wanted.filtered(lambda one: one.state != "draft")
        for place in range(0, len(wanted), AT_ONCE):
            yield self._of(wanted[place : place + AT_ONCE], first)

    @api.model
    @api.private
    def _of(self, tenants, first):
        """Return the rows of tenants in a month, made where they are missing."""
        there = self._at_work().search([("tenant_id", "in", tenants.ids), ("month", "=", first)])
        for tenant in tenants - there.tenant_id:
            zone_name = tenant._service_zone()
            since, until = month.bounds(first, zone_name)
            there |= self._at_work().create(
                {
                    "tenant_id": tenant.id,
                    "month": first,
                    "timezone": zone_name,
                    "start_at": naive(since),
                    "end_at": naive(until),
                }
            )
        return there

    @api.private
    def _reckon(self):
        """Reckon these anew from what is known; what was reviewed stays."""
        known = self.env["saas.service.minute"]._judged_until()
        for row_sudo in self._at_work().filtered(lambda one: one.state != "reviewed"):
            until = min(row_sudo.end_at, known or row_sudo.start_at)
            over = known and known >= row_sudo.end_at + SETTLED
            vals = row_sudo._measured(until)
            row_sudo.write(
                {
                    **vals,
                    "state": "computed" if over else "running",
                    "computed_at": fields.Datetime.now(),
                }
            )
            if over:
                self.env["saas.service.credit"]._propose(row_sudo._hands_off())

    def _measured(self, until):
        """Return the values of a month up to an instant."""
        self.ensure_one()
        tenant, tier = self.tenant_id, self.tenant_id._service_tier()
        since, end = aware(self.start_at), aware(until)
        result = month.Result()
        if since < end:
            verdicts = tenant._service_verdicts(since, end)
            result = month.count(since, end, verdicts, tenant._service_left_out(since, end))
        return {**self._figures(result, tier), "plan_id": tenant.plan_id.id}

    @api.model
    def _figures(self, result, tier):
        """Return the values of a result under the promise of a tier."""
        target = exact(tier.availability_target)
        own = exact(tier.internal_target)
        budget = month.budget(result, target) if target else 0
        internal = result.internal()
        return {
            "tier_id": tier.id,
            "target": tier.availability_target,
            "internal_target": tier.internal_target,
            "good": result.good,
            "bad": result.bad,
            "unknown": result.unknown,
            "excluded": sum(result.excluded.values()),
            **{f"excluded_{reason}": result.excluded.get(reason, 0) for reason in REASONS},
            "has_result": result.counted > 0,
            "availability": float(month.shown(result.availability()) or 0),
            "internal_availability": float(month.shown(internal) or 0),
            "budget": float(budget),
            "budget_left": float(budget - result.bad) if target else 0,
            "missed": bool(target) and month.missed(result, target),
            "missed_internal": bool(own) and internal is not None and internal * 100 < own,
        }

    @api.private
    def _result(self):
        """Return the minutes as the kernel counts with them."""
        return month.Result(good=self.good, bad=self.bad, unknown=self.unknown)

    @api.private
    def _downtimes(self):
        """Return when service was down and it counts, `[(start, end)]` naive in UTC."""
        self.ensure_one()
        known = self.env["saas.service.minute"]._judged_until() or self.start_at
        since, until = aware(self.start_at), aware(min(self.end_at, known))
        if since >= until:
            return []
        tenant_sudo = self.sudo().tenant_id
        verdicts = tenant_sudo._service_verdicts(since, until)
        left_out = tenant_sudo._service_left_out(since, until)
        found = month.downtimes(verdicts, left_out, since, until)
        return [(naive(start), naive(end)) for start, end in found]

    # Buttons

    def action_reckon(self) -> bool:
        """Reckon again, for example after evidence that came late."""
        self._check_operator()
        reviewed = self.filtered(lambda one: one.state == "reviewed")
        if reviewed:
            raise UserError(self.env._("What was reviewed stays as it is."))
        self._reckon()
        self.sudo().credit_ids.filtered(lambda one: one.state == "proposed").write(
            {"prepared_by_id": self.env.uid}
        )
        return True

    def action_review(self) -> bool:
        """Say that somebody has looked at the figures: they stay as they are from now on."""
        self._check_operator()
        for row in self:
            if row.state != "computed":
                raise UserError(
                    self.env._("%(name)s is not to be reviewed now.", name=row.display_name)
                )
            row._put(
                {
                    "state": "reviewed",
                    "reviewed_by_id": self.env.uid,
                    "reviewed_at": fields.Datetime.now(),
                }
            )
            self.env["saas.audit.entry"]._note("service_level_reviewed", row, row.display_name)
        return True

    def action_view_downtime(self) -> dict:
        """Open the states over time that this was reckoned from."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_status_interval"
        )
        domain = [("tenant_id", "=", self.tenant_id.id), ("layer", "=", "service")]
        domain += [("start_at", "<", self.end_at)]
        domain += ["|", ("end_at", "=", False), ("end_at", ">", self.start_at)]
        return dict(action, domain=domain, context={}, path=False)

    def action_open_tenant(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.tenant",
            "res_id": self.tenant_id.id,
            "views": [(False, "form")],
        }

    def _check_operator(self):
        if not self.env.user.has_group("saas_business_management.group_saas_operator"):
            raise UserError(self.env._("Only an operator does this. Ask one."))
        self.check_access("read")

    # Nobody else writes

    def _by_hand_text(self):
        return self.env._("Service levels are reckoned, never written by hand.")

    def _stays_text(self):
        return self.env._("What a month came to cannot be deleted.")


def exact(number):
    return Decimal(repr(round(number, 6)))
