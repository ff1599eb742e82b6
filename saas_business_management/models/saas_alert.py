"""Alerts: what is bad now, since when, about what, and who has it in hand.

Owns: the rows and what people do with them. Does not own: when one begins and ends
(`saas_alert_pass.py`), whether it is muted (`saas_alert_mute.py`), who is told
(`saas_alert_notify.py`), their words (`saas_alert_words.py`).
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..kernel.alerting import course, muting
from ..kernel.monitoring import layers
from .saas_alert_rule import LAYERS, SCOPES, SEVERITIES

STATES = [
    (course.PENDING, "Pending"),
    (course.FIRING, "Firing"),
    (course.RESOLVED, "Resolved"),
]
MUTED = [
    (muting.BY_CLUSTER, "Its cluster is down"),
    (muting.BY_DATABASE, "Its database is missing"),
    (muting.BY_STATE, "The tenant is closed"),
    (muting.BY_OPERATION, "An operation is running"),
    (muting.BY_SILENCE, "Silenced"),
]
assert tuple(one for one, _label in MUTED) == muting.REASONS
OPEN = (course.PENDING, course.FIRING)
RANKS = {severity: rank for rank, severity in enumerate(reversed(layers.SEVERITIES))}
# Somebody who took an alert in hand has so long before it is told again.
IN_HAND = timedelta(hours=4)
LINKS = {
    layers.TENANT: "tenant_id",
    layers.CLUSTER: "cluster_id",
    layers.MACHINE: "machine_id",
    layers.TARGET: "target_id",
    layers.DEPENDENCY: "dependency_id",
}


class SaasAlert(models.Model):
    _name = "saas.alert"
    _inherit = "saas.ledger"
    _description = "Alert"
    _order = "rank, since, id"

    rule_id = fields.Many2one(
        "saas.alert.rule", required=True, readonly=True, index=True, ondelete="restrict"
    )
    code = fields.Char(required=True, readonly=True, index=True)
    severity = fields.Selection(SEVERITIES, required=True, readonly=True)
    rank = fields.Integer(required=True, readonly=True, help="0 is the worst.")
    layer = fields.Selection(LAYERS, required=True, readonly=True)
    scope = fields.Selection(SCOPES, required=True, readonly=True, string="About")
    state = fields.Selection(STATES, required=True, readonly=True, index=True)
    fingerprint = fields.Char(required=True, readonly=True)
    group_key = fields.Char(required=True, readonly=True, index=True)
    subject_id = fields.Integer(required=True, readonly=True)
    tenant_id = fields.Many2one("saas.tenant", readonly=True, index=True, ondelete="cascade")
    cluster_id = fields.Many2one("saas.cluster", readonly=True, index=True, ondelete="cascade")
    machine_id = fields.Many2one(
        "saas.machine", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    target_id = fields.Many2one(
        "saas.backup.target", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    dependency_id = fields.Many2one(
        "saas.dependency", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        readonly=True,
        string="Partner",
        index="btree_not_null",
        ondelete="set null",
        help="The partner who owns the customer and is told first.",
    )
    where = fields.Char(compute="_compute_where")
    since = fields.Datetime(required=True, readonly=True, index=True)
    fired_at = fields.Datetime(readonly=True, string="Firing Since")
    clear_since = fields.Datetime(readonly=True, string="Quiet Since")
    ended_at = fields.Datetime(readonly=True, string="Ended", index=True)
    value = fields.Float(readonly=True, digits=(16, 3))
    owner_id = fields.Many2one(
        "res.users", readonly=True, string="Owner", ondelete="set null", index="btree_not_null"
    )
    acknowledged_by = fields.Many2one("res.users", readonly=True, ondelete="set null")
    acknowledged_at = fields.Datetime(readonly=True)
    acknowledged_until = fields.Datetime(
        readonly=True, help="Until then it is told to nobody again."
    )
    in_hand = fields.Boolean(compute="_compute_in_hand", search="_search_in_hand")
    muted = fields.Selection(MUTED, readonly=True, string="Told to Nobody", index="btree_not_null")
    silence_id = fields.Many2one(
        "saas.alert.silence", readonly=True, index="btree_not_null", ondelete="set null"
    )
    told_at = fields.Datetime(readonly=True, string="First Told")
    incident_wanted_at = fields.Datetime(readonly=True)
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", ondelete="set null"
    )
    meaning = fields.Text(related="rule_id.meaning")
    look = fields.Text(related="rule_id.look")
    mend = fields.Text(related="rule_id.mend")
    notification_count = fields.Integer(compute="_compute_notification_count", string="Messages")

    _once = models.UniqueIndex(
        "(fingerprint) WHERE state IN ('pending', 'firing')", "This alert is open already."
    )
    _open_idx = models.Index("(rule_id, subject_id) WHERE state IN ('pending', 'firing')")
    _fresh_idx = models.Index("(fired_at) WHERE fired_at IS NOT NULL")

    @api.depends("rule_id", "scope", "subject_id")
    def _compute_where(self):
        for row in self:
            about = row._about()
            row.where = about.display_name if about else self.env._("Platform")

    @api.depends("rule_id.name", "where")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.rule_id.name}: {row.where}"

    @api.depends("acknowledged_until")
    def _compute_in_hand(self):
        now = fields.Datetime.now()
        for row in self:
            row.in_hand = bool(row.acknowledged_until and row.acknowledged_until > now)

    def _search_in_hand(self, operator, value):
        if operator != "in":
            return NotImplemented
        now, wanted = fields.Datetime.now(), set(value)
        if wanted == {True, False}:
            return []
        if True in wanted:
            return [("acknowledged_until", ">", now)]
        return ["|", ("acknowledged_until", "=", False), ("acknowledged_until", "<=", now)]

    def _compute_notification_count(self):
        counts = dict(
            self.env["saas.alert.notification"]._read_group(
                [("group_key", "in", self.mapped("group_key"))], ["group_key"], ["__count"]
            )
        )
        for row in self:
            row.notification_count = counts.get(row.group_key, 0)

    def _about(self):
        """Return the record it is about, nothing for the platform."""
        return self[LINKS[self.scope]] if self.scope in LINKS else None

    # For other rooms

    @api.model
    @api.private
    def _open(self, *extra):
        """Return what fires now, the worst first; `extra` are more terms of a domain."""
        return self.search([("state", "=", course.FIRING), *extra])

    @api.model
    @api.private
    def _worst(self, link, ids):
        """Return the worst severity that fires by record and layer, of what is not muted for the
        state of its tenant: {(id, layer): severity}.
        """
        heard = ("state", "=", course.FIRING), ("muted", "not in", (muting.BY_STATE,))
        groups = self.sudo()._read_group([*heard, (link, "in", ids)], [link, "layer"], ["rank:min"])
        names = {rank: severity for severity, rank in RANKS.items()}
        return {(record.id, layer): names[rank] for record, layer, rank in groups}

    @api.model
    @api.private
    def _after_pass(self, fired, resolved):
        """What follows a pass: the alerts that began to fire in it, and those that ended."""

    @api.model
    @api.private
    def _want_incident(self, alerts):
        """What follows when nobody took these in hand and their last step is an incident."""

    # Buttons

    def action_acknowledge(self):
        """Take these in hand: nobody is told again for some hours, and no further step is taken."""
        self._check_operator()
        firing = self.filtered(lambda one: one.state == course.FIRING)
        if not firing:
            raise UserError(self.env._("Only an alert that fires can be acknowledged."))
        now = fields.Datetime.now()
        firing._put(
            {
                "acknowledged_by": self.env.uid,
                "acknowledged_at": now,
                "acknowledged_until": now + IN_HAND,
                "owner_id": self.env.uid,
            }
        )
        return True

    def action_let_go(self):
        """Give these back: whoever is next hears of them."""
        self._check_operator()
        self._put({"acknowledged_by": False, "acknowledged_at": False, "acknowledged_until": False})
        return True

    def action_silence(self):
        """Ask why and until when nobody is to be told of this."""
        self._check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Silence"),
            "res_model": "saas.alert.silence.add",
            "view_mode": "form",
            "target": "new",
            "context": {"default_alert_id": self[:1].id, "dialog_size": "medium"},
        }

    def action_view_notifications(self):
        """Open what was told of its group."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_alert_notification"
        )
        return dict(action, domain=[("group_key", "=", self.group_key)], context={}, path=False)

    def action_view_about(self):
        """Open what it is about."""
        self.ensure_one()
        about = self._about()
        if not about:
            raise UserError(self.env._("This alert is about the platform as a whole."))
        return {
            "type": "ir.actions.act_window",
            "res_model": about._name,
            "res_id": about.id,
            "views": [(False, "form")],
        }

    def _check_operator(self):
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")

    @api.model
    def get_empty_list_help(self, help_message):
        """Say when it was last looked, so that an empty list can be trusted."""
        return self.env["saas.alert.watch"]._said() + super().get_empty_list_help(help_message)

    def _since_text(self):
        return format_datetime(self.env, self.fired_at or self.since, dt_format="short")

    # Nobody else writes

    @api.private
    def _expire(self):
        """Forget alerts that ended long ago; the retention rule's."""
        self._at_work()._drop()

    def _by_hand_text(self):
        return self.env._("Alerts begin and end by their rules, never by hand.")

    def _stays_text(self):
        return self.env._("Alerts stay for their time of retention. Silence one to hear no more.")
