"""Channels: the ways on which people and systems hear of alerts, and who is told when.

Owns: the rows, their bounds, a test message. Does not own: what is told and when
(`saas_alert_notify.py`), the form of each (`saas_alert_hand_over.py`), delivery to chats
(`saas_alert_deliver.py`).
"""

from datetime import time

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import UserError, ValidationError
from odoo.tools.mail import email_normalize, email_split

from ..kernel.alerting.routing import PER_MINUTE, Hours
from ..kernel.errors import Refused, SaasError
from ..kernel.outgoing.page import parse_page
from ..kernel.secret import Secret
from ..messages import text

MAIL, INBOX, WEBHOOK, CHAT = "mail", "inbox", "webhook", "chat"
KINDS = [
    (MAIL, "Mail"),
    (INBOX, "Activity"),
    (WEBHOOK, "Webhook"),
    (CHAT, "Chat (Slack-compatible)"),
]
ADMIN = "saas_business_management.group_saas_admin"


class SaasAlertChannel(models.Model):
    _name = "saas.alert.channel"
    _description = "Alert Channel"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    kind = fields.Selection(KINDS, required=True, default=MAIL, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        tracking=True,
        help="Only alerts of this company and of what all share. Empty: of every company.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "saas_alert_channel_user_rel",
        string="People",
        domain=[("share", "=", False)],
        help="Empty: every administrator of the platform.",
    )
    addresses = fields.Char(
        string="More Addresses", tracking=True, help="Mail addresses, with commas between them."
    )
    endpoint_id = fields.Many2one(
        "saas.webhook.endpoint", string="Webhook", ondelete="restrict", tracking=True
    )
    url = fields.Char(
        string="Address",
        store=False,
        inverse="_inverse_url",
        compute="_compute_url",
        groups=ADMIN,
        help="The address that the chat made for incoming messages. Whoever knows it can write "
        "there, so it is stored encrypted and not shown again.",
    )
    url_sealed = fields.Char(copy=False, groups=fields.NO_ACCESS)
    has_url = fields.Boolean(compute="_compute_has_url", compute_sudo=True)
    inside_allowed = fields.Boolean(
        string="Inside Our Network",
        tracking=True,
        help="Allow an address of this machine or network, without TLS and on any port.",
    )
    warnings_in_hours = fields.Boolean(
        string="Warnings in Business Hours",
        default=True,
        tracking=True,
        help="Warnings wait for business hours and come together. Critical alerts never wait.",
    )
    hour_from = fields.Float(default=8.0, string="From Hour")
    hour_to = fields.Float(default=18.0, string="Until Hour")
    tz = fields.Selection(
        _tz_get, string="Time Zone", default=lambda self: self.env.user.tz or "UTC", required=True
    )
    per_minute = fields.Integer(
        default=PER_MINUTE,
        required=True,
        string="Messages per Minute",
        help="What is more comes together in one message.",
    )
    failing_since = fields.Datetime(readonly=True, copy=False)
    failing_text = fields.Char(readonly=True, copy=False, string="Why It Fails")
    ok_at = fields.Datetime(readonly=True, copy=False, string="Last Delivered")
    message_count = fields.Integer(compute="_compute_message_count", string="Alerts Told")

    _minute_range = models.Constraint(
        "CHECK (per_minute BETWEEN 1 AND 1000)", "Between 1 and 1000 messages go in a minute."
    )
    _hours_range = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "Business hours end after they begin, on the same day.",
    )

    def _compute_url(self):
        self.url = False

    @api.depends("url_sealed")
    def _compute_has_url(self):
        for one in self:
            one.has_url = bool(one.url_sealed)

    def _inverse_url(self):
        for one in self.filtered("url"):
            try:
                parse_page(one.url.strip(), one.inside_allowed)
                label = one._secret_label("url_sealed")
                sealed = self.env["saas.keyring"]._seal(Secret(one.url.strip()), label)
            except Refused as error:
                raise ValidationError(text(self.env, error)) from None
            except SaasError:
                raise UserError(
                    self.env._(
                        "No address could be stored: the key file of the control plane cannot be "
                        "used. Doctor says why."
                    )
                ) from None
            one.sudo().url_sealed = sealed

    def _secret_label(self, name):
        return f"saas.alert.channel,{name},{self.id}"

    def _compute_message_count(self):
        counts = dict(
            self.env["saas.alert.message"]._read_group(
                [("channel_id", "in", self.ids)], ["channel_id"], ["__count"]
            )
        )
        for one in self:
            one.message_count = counts.get(one, 0)

    @api.constrains("addresses")
    def _check_addresses(self):
        for one in self.filtered("addresses"):
            parts = [part.strip() for part in one.addresses.split(",")]
            if not all(len(email_split(each)) == 1 and email_normalize(each) for each in parts):
                raise ValidationError(self.env._("Write mail addresses with commas between them."))

    @api.constrains("kind", "endpoint_id")
    def _check_kind(self):
        for one in self:
            if one.kind == WEBHOOK and not one.endpoint_id:
                raise ValidationError(self.env._("Choose the webhook that is told."))

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if (
            self.env["saas.alert.message"]
            .sudo()
            .search_count([("channel_id", "in", self.ids)], limit=1)
        ):
            raise UserError(self.env._("This channel told something already: archive it instead."))

    # Buttons

    def action_send_test(self):
        """Send a test message on this channel."""
        self.check_access("read")
        self.env["saas.tenant"].check_access("write")
        self.ensure_one()
        if self.kind == CHAT and not self.has_url:
            raise UserError(self.env._("Enter the address of the chat first."))
        message = self.env["saas.alert.message"]._begin_test(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "saas.alert.message",
            "res_id": message.id,
            "views": [(False, "form")],
        }

    def action_view_messages(self):
        """Open what was told on this channel."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_business_management.action_saas_alert_message"
        )
        context = {"search_default_channel_id": self.id}
        return dict(action, context=context, path=False)

    # For messages

    @api.private
    def _hours(self):
        """Return business hours, None when nothing waits for them."""
        if not self.warnings_in_hours:
            return None
        return Hours(_clock(self.hour_from), _clock(self.hour_to))

    @api.private
    def _local(self, now):
        """Return an instant as the clock of these people shows it."""
        return fields.Datetime.context_timestamp(self.with_context(tz=self.tz or "UTC"), now)

    @api.private
    def _people(self):
        """Return who hears on this channel."""
        self.ensure_one()
        people_sudo = self.sudo().user_ids or self.env.ref(ADMIN).sudo().all_user_ids
        people_sudo = people_sudo.filtered(lambda one: one.active and not one.share)
        if self.company_id:
            people_sudo = people_sudo.filtered(lambda one: self.company_id <= one.company_ids)
        return people_sudo

    @api.private
    def _failed(self, why, now):
        """Note that a message did not arrive."""
        self.sudo().write({"failing_since": self.failing_since or now, "failing_text": why})

    @api.private
    def _delivered(self, now):
        """Note that a message arrived."""
        self.sudo().write({"failing_since": False, "failing_text": False, "ok_at": now})


def _clock(hours):
    minutes = min(round(hours * 60), 24 * 60 - 1)
    return time(minutes // 60, minutes % 60)


class SaasAlertEscalation(models.Model):
    _name = "saas.alert.escalation"
    _description = "Escalation"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10, help="The first one that fits counts.")
    active = fields.Boolean(default=True, tracking=True)
    least_severity = fields.Selection(
        [("warning", "Warning"), ("critical", "Critical")],
        string="From Severity",
        required=True,
        default="warning",
        tracking=True,
    )
    layer = fields.Selection(
        selection=lambda self: (
            self.env["saas.alert"]._fields["layer"]._description_selection(self.env)
        ),
        tracking=True,
        help="Empty: every layer.",
    )
    cluster_id = fields.Many2one(
        "saas.cluster", ondelete="cascade", tracking=True, help="Empty: every cluster."
    )
    rule_id = fields.Many2one(
        "saas.alert.rule", ondelete="cascade", tracking=True, help="Empty: every rule."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Partner",
        ondelete="cascade",
        tracking=True,
        help="Only alerts of this partner's customers. Empty: of everybody.",
    )
    step_ids = fields.One2many("saas.alert.escalation.step", "escalation_id", copy=True)
    summary = fields.Char(compute="_compute_summary", string="Who Is Told")

    @api.depends("step_ids.display_name")
    def _compute_summary(self):
        for one in self:
            one.summary = ", ".join(one.step_ids.mapped("display_name"))

    @api.private
    def _matchers(self):
        names = ("layer", "cluster_id", "rule_id", "partner_id")
        return {
            name: value.id if isinstance(value, models.Model) else value
            for name in names
            if (value := self[name])
        }


class SaasAlertEscalationStep(models.Model):
    _name = "saas.alert.escalation.step"
    _description = "Step of an Escalation"
    _order = "escalation_id, delay_minutes, id"

    escalation_id = fields.Many2one(
        "saas.alert.escalation", required=True, index=True, ondelete="cascade"
    )
    delay_minutes = fields.Integer(
        required=True,
        default=0,
        string="After Minutes",
        help="It is taken when nobody took the alert in hand for so long.",
    )
    channel_ids = fields.Many2many(
        "saas.alert.channel", "saas_alert_step_channel_rel", string="Channels"
    )
    opens_incident = fields.Boolean(string="Opens an Incident")

    _delay_range = models.Constraint(
        "CHECK (delay_minutes BETWEEN 0 AND 1440)", "A step comes within a day."
    )
    _once = models.Constraint(
        "UNIQUE (escalation_id, delay_minutes)", "There is a step at this time already."
    )

    @api.depends("delay_minutes", "channel_ids.name", "opens_incident")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for one in self:
            told = one.channel_ids.mapped("name")
            if one.opens_incident:
                told.append(self.env._("incident"))
            names = " + ".join(told) or "—"
            if one.delay_minutes:
                names = self.env._(
                    "after %(minutes)s min %(names)s", minutes=one.delay_minutes, names=names
                )
            one.display_name = names
