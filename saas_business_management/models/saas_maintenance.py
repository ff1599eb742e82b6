"""Planned maintenance: when, for whom, how long customers are away, how long ahead they were told.

Owns: the record, its windows for whoever counts downtime or holds alerts back. Does not own: its
course (`saas_maintenance_course.py`), mails (`saas_maintenance_tell.py`), the rules
(`kernel/monitoring/maintenance.py`).
"""

import secrets
from datetime import timezone

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from .. import messages
from ..kernel.errors import Refused
from ..kernel.monitoring import component, maintenance

STATES = [
    (maintenance.SCHEDULED, "Scheduled"),
    (maintenance.IN_PROGRESS, "In Progress"),
    (maintenance.VERIFYING, "Verifying"),
    (maintenance.COMPLETED, "Completed"),
    (maintenance.CANCELLED, "Cancelled"),
]
assert [state for state, _label in STATES] == [*maintenance.STATES]
GUARDED = {
    *("state", "published_at", "frozen_ids", "is_frozen", "to_tell", "was_told", "begun_at"),
    *("ended_at", "series_id", "series_number", "reference"),
}
# What customers were told cannot change behind their back.
ANNOUNCED = {
    *("start_at", "end_at", "urgent", "everyone", "cluster_ids", "tenant_ids", "company_id"),
    *("interruption", "text", "title"),
}
_COURSE = object()


class SaasMaintenance(models.Model):
    _name = "saas.maintenance"
    _description = "Maintenance"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.affecting", "saas.noted.export"]
    _order = "start_at desc, id desc"
    _rec_name = "title"

    reference = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: secrets.token_urlsafe(16),
    )
    title = fields.Char(
        required=True, tracking=True, help="Customers read it. Name no customer and no server."
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default=maintenance.SCHEDULED,
        tracking=True,
        index=True,
        copy=False,
        group_expand=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        index=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    cluster_ids = fields.Many2many("saas.cluster", string="Clusters")
    tenant_ids = fields.Many2many(
        "saas.tenant", "saas_maintenance_tenant_rel", string="Single Tenants"
    )
    frozen_ids = fields.Many2many(
        "saas.tenant",
        "saas_maintenance_frozen_rel",
        string="Tenants It Touched",
        readonly=True,
        copy=False,
    )
    component_ids = fields.Many2many(
        "saas.status.component", string="Parts of the Service", help="Empty: every part."
    )
    start_at = fields.Datetime(string="Begins", required=True, index=True, tracking=True)
    end_at = fields.Datetime(string="Ends", required=True, index=True, tracking=True)
    tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="Weekly windows keep their hour there when clocks change.",
    )
    interruption = fields.Char(
        string="Expected Interruption",
        help="How long customers are away, such as “about 3 seconds”. Empty: none.",
        tracking=True,
    )
    text = fields.Text(string="What We Do", help="Customers read it.")
    urgent = fields.Boolean(
        string="Urgent Security",
        tracking=True,
        help="An hour of notice is enough then; customers read that it is urgent.",
    )
    published_at = fields.Datetime(string="Announced", readonly=True, copy=False, tracking=True)
    is_excluded = fields.Boolean(
        compute="_compute_is_excluded",
        string="Excluded from Downtime",
        help="Announced at least 48 hours ahead, urgent security one hour.",
    )
    notice_text = fields.Char(compute="_compute_is_excluded", string="Notice")
    weekly = fields.Boolean(string="Every Week", tracking=True)
    repeat_until = fields.Date(string="Last Week", help="Empty: no end.")
    series_id = fields.Many2one(
        "saas.maintenance", string="First of Its Series", readonly=True, copy=False, index=True
    )
    series_number = fields.Integer(readonly=True, copy=False)
    by_itself = fields.Boolean(
        string="Completes by Itself",
        help="At the end of its window, without anybody who verifies it.",
    )
    begun_at = fields.Datetime(readonly=True, copy=False)
    ended_at = fields.Datetime(readonly=True, copy=False, string="Over Since")
    to_tell = fields.Selection(
        [
            ("announced", "Announcement"),
            ("changed", "Change"),
            ("cancelled", "Cancellation"),
        ],
        readonly=True,
        copy=False,
        string="Mail to Send",
    )
    was_told = fields.Boolean(readonly=True, copy=False)

    _reference_uniq = models.Constraint(
        "UNIQUE (reference)", "Two windows of maintenance cannot share a reference."
    )

    @api.depends("start_at", "published_at", "urgent")
    def _compute_is_excluded(self):
        for one in self:
            start, published = _aware(one.start_at), _aware(one.published_at)
            told = start and maintenance.is_excluded(published, start, one.urgent)
            one.is_excluded = bool(told)
            one.notice_text = one._notice_text(start, published)

    @api.private
    def _notice_of(self, start, end):
        """Tell whether downtime in a window told now does not count, and the hours it needs."""
        inside = self.published_at and self.start_at <= start and end <= self.end_at
        told = self.published_at if inside else fields.Datetime.now()
        hours = int(maintenance.notice(self.urgent).total_seconds()) // 3600
        return maintenance.is_excluded(_aware(told), _aware(start), self.urgent), hours

    def _notice_text(self, start, published):
        _ = self.env._
        least = maintenance.notice(self.urgent)
        hours = int(least.total_seconds()) // 3600
        if not start:
            return False
        if published and start - published >= least:
            return _("Announced long enough ahead: downtime in this window does not count.")
        if published:
            return _("Announced less than %(hours)s h ahead: downtime counts.", hours=hours)
        latest = format_datetime(self.env, (start - least).replace(tzinfo=None))
        return _("Announce it before %(at)s, otherwise downtime counts.", at=latest)

    @api.constrains("start_at", "end_at")
    def _check_window(self):
        for one in self:
            try:
                maintenance.check_window(_aware(one.start_at), _aware(one.end_at))
            except Refused as error:
                raise ValidationError(messages.text(self.env, error)) from None

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_guarded(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_guarded(vals)
        if not self._is_course() and ANNOUNCED & set(vals) and any(self.mapped("published_at")):
            raise UserError(
                self.env._(
                    "Customers were told of this already. Choose Change, so that they hear of it, "
                    "or Cancel Maintenance."
                )
            )
        return super().write(vals)

    def _is_course(self):
        return self.env.context.get("saas_course") is _COURSE

    def _refuse_guarded(self, vals):
        if self._is_course():
            return
        if any(vals[name] not in (False, "scheduled", 0) for name in GUARDED & set(vals)):
            raise UserError(
                self.env._("The course of maintenance is not written by hand: use its buttons.")
            )

    def _put_course(self, vals):
        self.with_context(saas_course=_COURSE).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_published(self):
        if any(one.published_at for one in self):
            raise UserError(self.env._("Customers were told of this. Cancel it instead."))

    @api.private
    def _component_codes(self):
        """Return the parts of the service that it concerns."""
        self.ensure_one()
        return set(self.component_ids.mapped("code")) or set(component.COMPONENTS)

    @api.model
    @api.private
    def _windows(self, tenant, since, until):
        """Return `(start, end, published_at, urgent)` of each announced window of a tenant.

        Between two naive UTC instants; what was cancelled is none. Whether downtime in it counts
        says `kernel/monitoring/maintenance.is_excluded`.
        """
        near = [("start_at", "<", until), ("end_at", ">", since), ("published_at", "!=", False)]
        found = self.sudo().search([*near, ("state", "!=", "cancelled")], order="start_at, id")
        return [
            (one.start_at, one.end_at, one.published_at, one.urgent)
            for one in found
            if one._touches(tenant)
        ]

    @api.model
    @api.private
    def _public_of(self, brand_sudo):
        """Return the announced windows to come or under way of a brand's customers."""
        standing = [("state", "in", maintenance.STANDING), ("published_at", "!=", False)]
        found = self.sudo().search(standing, order="start_at, id")
        return found.filtered(lambda one: brand_sudo in one._brands())


def _aware(at):
    return at.replace(tzinfo=timezone.utc) if at else None
