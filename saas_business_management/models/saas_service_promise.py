"""What a service tier promises of a month, and which promise a tenant has.

Owns: the targets, the ladder of credits, objectives of processes, the zone a month is counted in,
what is left out. Does not own: measuring (`saas_service_level.py`).
"""

from datetime import timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..kernel.service import month
from ..kernel.service.credit import Rung
from ..kernel.service.month import Piece


class SaasServiceTier(models.Model):
    _inherit = "saas.service.tier"

    availability_target = fields.Float(
        string="Promised Availability (%)",
        digits=(6, 3),
        default=99.5,
        help="Of the minutes of a month that count. 0: nothing is promised, nothing is given back.",
    )
    internal_target = fields.Float(
        string="Our Own Target (%)",
        digits=(6, 3),
        default=99.9,
        help="Stricter than the promise; minutes of which nothing is known count as bad.",
    )
    credit_percent = fields.Float(
        string="Below the Promise (%)", digits=(6, 3), default=10, help="Part of the monthly fee."
    )
    credit_below_2 = fields.Float(string="Second Border (%)", digits=(6, 3), default=99)
    credit_percent_2 = fields.Float(string="Below the Second Border (%)", digits=(6, 3), default=25)
    credit_below_3 = fields.Float(string="Third Border (%)", digits=(6, 3), default=95)
    credit_percent_3 = fields.Float(string="Below the Third Border (%)", digits=(6, 3), default=100)
    cron_target = fields.Float(
        string="Scheduled Work on Time (%)", digits=(6, 3), help="0: no objective."
    )
    mail_target = fields.Float(
        string="Mail Sent Within 5 Minutes (%)", digits=(6, 3), help="0: no objective."
    )
    backup_target = fields.Float(
        string="Backups on Schedule (%)", digits=(6, 3), default=99.5, help="0: no objective."
    )
    proof_days = fields.Integer(
        string="Proven Restore Every (Days)", default=7, help="0: no objective."
    )

    _percents = models.Constraint(
        "CHECK (availability_target BETWEEN 0 AND 100 AND internal_target BETWEEN 0 AND 100 "
        "AND credit_percent BETWEEN 0 AND 100 AND credit_percent_2 BETWEEN 0 AND 100 "
        "AND credit_percent_3 BETWEEN 0 AND 100 AND credit_below_2 BETWEEN 0 AND 100 "
        "AND credit_below_3 BETWEEN 0 AND 100 AND cron_target BETWEEN 0 AND 100 "
        "AND mail_target BETWEEN 0 AND 100 AND backup_target BETWEEN 0 AND 100 "
        "AND proof_days >= 0)",
        "Percentages go from 0 to 100, and days are not negative.",
    )

    @api.constrains("availability_target", "internal_target")
    def _check_stricter(self):
        for tier in self:
            if tier.availability_target and tier.internal_target < tier.availability_target:
                raise ValidationError(
                    self.env._("Our own target is at least as strict as what is promised.")
                )

    def _ladder(self):
        """Return what is given back below which availability, as the kernel knows it."""
        rungs = [Rung(None, _exact(self.credit_percent))]
        for below, part in (
            (self.credit_below_2, self.credit_percent_2),
            (self.credit_below_3, self.credit_percent_3),
        ):
            if below:
                rungs.append(Rung(_exact(below), _exact(part)))
        return tuple(rungs)


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    @api.private
    def _service_tier(self):
        """Return the service tier of the plan that a tenant has, or none."""
        self.ensure_one()
        running_sudo = self._service_subscription()
        return (running_sudo.version_id or self.plan_id.sudo().version_id).service_tier_id

    @api.private
    def _service_subscription(self):
        """Return the subscription that pays for a tenant, the newest one."""
        domain = [("tenant_id", "=", self.id), ("state", "!=", "draft")]
        return self.env["saas.subscription"].sudo().search(domain, order="id desc", limit=1)

    @api.private
    def _service_zone(self):
        """Return the time zone in which the months of a tenant are counted."""
        customer_sudo = self.partner_id.sudo()
        return (
            self._service_subscription().timezone
            or customer_sudo.tz
            or self.company_id.sudo().partner_id.tz
            or "UTC"
        )

    @api.private
    def _service_verdicts(self, since, until):
        """Return the verdicts of a stretch of time; instants are aware."""
        found = self.env["saas.status.interval"]._intervals(
            self.ids, "service", naive(since), naive(until)
        )
        return [Piece(aware(start), aware(end), state) for start, end, state in found[self.id]]

    @api.private
    def _service_left_out(self, since, until):
        """Return what does not count of a stretch of time, and why; instants are aware."""
        self.ensure_one()
        start, end = naive(since), naive(until)
        pieces = [
            Piece(aware(begun), aware(ended), month.CLOSED)
            for begun, ended in _gaps(self._served(start, end)[self.id], start, end)
        ]
        for begun, ended, published, urgent in self.env["saas.maintenance"]._windows(
            self, start, end
        ):
            told = published and aware(published)
            if month.told_in_time(aware(begun), told or None, urgent):
                pieces.append(Piece(aware(begun), aware(ended), month.MAINTENANCE))
        for row_sudo in self.env["saas.service.exclusion"]._of(self, start, end):
            pieces.append(Piece(aware(row_sudo.start_at), aware(row_sudo.end_at), row_sudo.kind))
        return pieces


def aware(at):
    return at.replace(tzinfo=timezone.utc)


def naive(at):
    return at.astimezone(timezone.utc).replace(tzinfo=None)


def _exact(number):
    return Decimal(repr(round(number, 6)))


def _gaps(spans, since, until):
    """Return what of `[since, until)` lies in no span."""
    found, at = [], since
    for start, end in spans:
        if at < start:
            found.append((at, start))
        at = max(at, end)
    if at < until:
        found.append((at, until))
    return found
