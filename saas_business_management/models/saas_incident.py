"""An incident: what goes wrong for customers, since when, whom it touches, what is known of it.

Owns: the record, its figures. Does not own: its course (`saas_incident_course.py`), opening by
itself (`saas_incident_open.py`), what is told of it (`saas_incident_update.py`,
`saas_incident_tell.py`), the rules (`kernel/monitoring/incident.py`, `recovery.py`).
"""

import secrets
from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..kernel.monitoring import component, incident, recovery
from .saas_status_component import IMPACTS

STATES = [
    (incident.VALIDATING, "Validating"),
    (incident.INVESTIGATING, "Investigating"),
    (incident.IDENTIFIED, "Identified"),
    (incident.MONITORING, "Monitoring"),
    (incident.RESOLVED, "Resolved"),
    (incident.POST_MORTEM, "Post-Mortem"),
]
assert [state for state, _label in STATES] == [*incident.STATES]
SEVERITIES = [
    (incident.MINOR, "Minor"),
    (incident.MAJOR, "Major"),
    (incident.CRITICAL, "Critical"),
]
GUARDED = {
    *("state", "is_public", "published_at", "detected_at", "acknowledged_at", "resolved_at"),
    *("frozen_ids", "is_frozen", "number", "reference", "opened_by_itself"),
}
_COURSE = object()


class SaasIncident(models.Model):
    _name = "saas.incident"
    _description = "Incident"
    _inherit = ["mail.thread", "mail.activity.mixin", "saas.affecting", "saas.noted.export"]
    _order = "started_at desc, id desc"
    _rec_names_search = ["number", "title", "public_title"]

    number = fields.Char(readonly=True, copy=False, index=True)
    reference = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: secrets.token_urlsafe(16),
    )
    title = fields.Char(required=True, tracking=True, help="For your colleagues.")
    public_title = fields.Char(
        string="Public Title",
        tracking=True,
        help="What customers read, such as “Slow login”. Name no customer and no server.",
    )
    severity = fields.Selection(
        SEVERITIES, required=True, default=incident.MAJOR, tracking=True, index=True
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default=incident.VALIDATING,
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
        "saas.tenant", "saas_incident_tenant_rel", string="Single Tenants"
    )
    frozen_ids = fields.Many2many(
        "saas.tenant",
        "saas_incident_frozen_rel",
        string="Tenants It Touched",
        readonly=True,
        copy=False,
    )
    component_ids = fields.Many2many("saas.status.component", string="Parts of the Service")
    impact = fields.Selection(
        IMPACTS,
        required=True,
        default=component.DEGRADED,
        tracking=True,
        help="What the status page says of these parts while it is open and published.",
    )
    alert_ids = fields.Many2many("saas.alert", string="Alerts", readonly=True, copy=False)
    alert_count = fields.Integer(compute="_compute_alert_count", string="Number of Alerts")
    opened_by_itself = fields.Boolean(readonly=True, copy=False)
    started_at = fields.Datetime(
        string="Began",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: fields.Datetime.now(),
    )
    detected_at = fields.Datetime(string="Found", readonly=True, copy=False)
    acknowledged_at = fields.Datetime(string="Taken Up", readonly=True, copy=False)
    resolved_at = fields.Datetime(string="Resolved", readonly=True, copy=False, index=True)
    detect_seconds = fields.Integer(
        compute="_compute_times", store=True, aggregator="avg", string="Seconds to Detect"
    )
    acknowledge_seconds = fields.Integer(
        compute="_compute_times", store=True, aggregator="avg", string="Seconds to Acknowledge"
    )
    recover_seconds = fields.Integer(
        compute="_compute_times", store=True, aggregator="avg", string="Seconds to Recover"
    )
    recover_hours = fields.Float(
        compute="_compute_times", store=True, aggregator="avg", string="Hours to Recover"
    )
    cause = fields.Char(
        tracking=True, help="In a few words, the same for the same cause: it finds what came back."
    )
    root_cause = fields.Text(tracking=True, string="Root Cause")
    actions = fields.Text(string="What We Change", tracking=True)
    post_mortem = fields.Html(string="Post-Mortem", sanitize_attributes=True)
    earlier_ids = fields.Many2many("saas.incident", compute="_compute_earlier", string="Earlier")
    earlier_count = fields.Integer(compute="_compute_earlier", string="Same in 30 Days")
    is_public = fields.Boolean(string="Published", readonly=True, copy=False, index=True)
    published_at = fields.Datetime(readonly=True, copy=False)
    update_ids = fields.One2many("saas.incident.update", "incident_id", readonly=True)

    _number_uniq = models.Constraint("UNIQUE (number)", "Two incidents cannot share a number.")
    _reference_uniq = models.Constraint(
        "UNIQUE (reference)", "Two incidents cannot share a reference."
    )

    @api.depends("number", "title")
    def _compute_display_name(self):
        for one in self:
            names = (one.number, one.title)
            one.display_name = " ".join(name for name in names if name)

    @api.depends("alert_ids")
    def _compute_alert_count(self):
        for one in self:
            one.alert_count = len(one.alert_ids)

    @api.depends("started_at", "detected_at", "acknowledged_at", "resolved_at")
    def _compute_times(self):
        for one in self:
            moments = (one.started_at, one.detected_at, one.acknowledged_at, one.resolved_at)
            found = recovery.times(*map(_aware, moments)) if one.started_at else None
            one.detect_seconds = found and found.detect
            one.acknowledge_seconds = found and found.acknowledge
            one.recover_seconds = found and found.recover
            one.recover_hours = ((found and found.recover) or 0) / 3600

    @api.depends("alert_ids", "cause", "started_at")
    def _compute_earlier(self):
        for one in self:
            one.earlier_ids = one._recurrences() if one.started_at else False
            one.earlier_count = len(one.earlier_ids)

    def _recurrences(self):
        """Return what began in the 30 days before with the same rule or cause."""
        since = self.started_at - recovery.RECURS_WITHIN
        near = [("started_at", ">=", since), ("started_at", "<=", self.started_at)]
        others = self.search([*near, ("id", "not in", self._origin.ids)])
        found = recovery.recurrences(self._past(), [other._past() for other in others])
        return self.browse(found)

    def _past(self):
        rules = frozenset(self.alert_ids.sudo().rule_id.ids)
        number = self._origin.id or 0
        return recovery.Past(number, rules, self.cause or "", _aware(self.started_at))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_guarded(vals)
            vals["number"] = self.env["ir.sequence"].sudo().next_by_code("saas.incident")
            vals["detected_at"] = fields.Datetime.now()
        made = super().create(vals_list)
        for one in made:
            one._write_down("note", self.env._("Opened."))
            self.env["saas.audit.entry"]._note("incident_opened", one, severity=one.severity)
        return made

    def write(self, vals):
        self._refuse_guarded(vals)
        return super().write(vals)

    def _refuse_guarded(self, vals):
        if self.env.context.get("saas_course") is _COURSE:
            return
        if any(vals[name] not in (False, "validating") for name in GUARDED & set(vals)):
            raise UserError(
                self.env._("The course of an incident is not written by hand: use its buttons.")
            )

    def _put_course(self, vals):
        self.with_context(saas_course=_COURSE).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An incident stays, with what was told of it. Resolve it instead.")
        )

    def action_view_alerts(self):
        """Open its alerts."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Alerts"),
            "res_model": "saas.alert",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.alert_ids.ids)],
        }

    def action_view_earlier(self):
        """Open what it repeats."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_incident"
        )
        return dict(action, domain=[("id", "in", self.earlier_ids.ids)], context={}, path=False)

    @api.model
    @api.private
    def _of_tenant(self, tenant, since, until):
        """Return the incidents that touch or touched a tenant between two naive UTC instants."""
        near = [("started_at", "<", until)]
        over = ["|", ("resolved_at", "=", False), ("resolved_at", ">", since)]
        return self.sudo().search([*near, *over]).filtered(lambda one: one._touches(tenant))

    def _is_open(self):
        return self.state in incident.OPEN


def _aware(at):
    return at.replace(tzinfo=timezone.utc) if at else None
