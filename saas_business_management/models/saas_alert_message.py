"""Messages about alerts, and the log of which group was told on which channel.

Owns: the rows: a message is an order to deliver (the outbox of chats) and a record of what was
handed over; one notification for each group it tells of. Does not own: when one is due
(`saas_alert_notify.py`), its form (`saas_alert_hand_over.py`), delivery (`saas_alert_deliver.py`).

A notification's number follows that of the one before for its group and channel, so that of two
workers who would tell the same the database refuses one, and its message with it.
"""

import uuid

from odoo import api, fields, models

from ..kernel.alerting import grouping
from .saas_alert_rule import SEVERITIES

WHYS = [
    (grouping.FIRST, "New"),
    (grouping.CHANGED, "Changed"),
    (grouping.AGAIN, "Repeated"),
    (grouping.ENDED, "Resolved"),
]
STATES = [
    ("waiting", "Waiting"),
    ("delivered", "Delivered"),
    ("handed", "Handed Over"),
    ("dead_letter", "Given Up"),
]
MOST_NAMED = 20


class SaasAlertMessage(models.Model):
    _name = "saas.alert.message"
    _inherit = "saas.ledger"
    _description = "Message About Alerts"
    _order = "id desc"
    _rec_name = "subject"

    uid = fields.Char(string="Message Id", required=True, readonly=True, index=True)
    channel_id = fields.Many2one(
        "saas.alert.channel", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index="btree_not_null"
    )
    at = fields.Datetime(required=True, readonly=True, index=True, string="When")
    subject = fields.Char(required=True, readonly=True, string="What")
    state = fields.Selection(STATES, required=True, readonly=True, index=True)
    is_test = fields.Boolean(readonly=True)
    body = fields.Text(readonly=True, groups="saas_business_management.group_saas_admin")
    attempt_count = fields.Integer(string="Tries", readonly=True)
    failure_count = fields.Integer(readonly=True)
    next_at = fields.Datetime(string="Next Try", readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    last_text = fields.Char(string="What Happened", readonly=True)
    notification_ids = fields.One2many("saas.alert.notification", "message_id", readonly=True)
    notification_count = fields.Integer(compute="_compute_notification_count", string="Groups")

    _due_idx = models.Index("(channel_id, next_at) WHERE state = 'waiting'")

    @api.depends("notification_ids")
    def _compute_notification_count(self):
        for row in self:
            row.notification_count = len(row.notification_ids)

    @api.model
    @api.private
    def _begin(self, channel, told, now):
        """Write a message down with what it tells of, and hand it over.

        `told` are values of notifications without message, channel and time.
        """
        message_sudo = self._at_work().create(
            {
                "uid": f"msg_{uuid.uuid4().hex}",
                "channel_id": channel.id,
                "at": now,
                "subject": self._subject(told),
                "state": "handed",
            }
        )
        self.env["saas.alert.notification"]._note(message_sudo, told)
        message_sudo._hand_over()
        return message_sudo._hands_off()

    @api.model
    @api.private
    def _begin_test(self, channel):
        """Send a message that says nothing but that the channel works."""
        message_sudo = self._at_work().create(
            {
                "uid": f"msg_{uuid.uuid4().hex}",
                "channel_id": channel.id,
                "at": fields.Datetime.now(),
                "subject": self.env._("Test of the channel %(name)s", name=channel.name),
                "state": "handed",
                "is_test": True,
            }
        )
        message_sudo._hand_over()
        return message_sudo._hands_off().with_env(self.env)

    @api.model
    def _subject(self, told):
        """Return what a message is about in one line; it names rules and clusters alone."""
        if len(told) > 1:
            return self.env._("%(count)s groups of alerts", count=len(told))
        rule = self.env["saas.alert.rule"].browse(told[0]["rule_id"])
        cluster = self.env["saas.cluster"].browse(told[0]["cluster_id"] or False)
        where = cluster.name or self.env._("platform")
        if told[0]["why"] == grouping.ENDED:
            return self.env._("Resolved: %(rule)s (%(where)s)", rule=rule.name, where=where)
        return f"{rule.name} ({where})"

    @api.private
    def _expire(self):
        """Forget messages with their notifications; the retention rule's."""
        self._at_work()._drop()

    def _by_hand_text(self):
        return self.env._("Messages about alerts are written by what happens, never by hand.")

    def _stays_text(self):
        return self.env._("Messages about alerts cannot be deleted.")


class SaasAlertNotification(models.Model):
    _name = "saas.alert.notification"
    _inherit = "saas.ledger"
    _description = "Notification"
    _order = "id desc"
    _rec_name = "group_key"

    message_id = fields.Many2one(
        "saas.alert.message", required=True, readonly=True, index=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(
        "saas.alert.channel", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, precompute=True, index="btree_not_null"
    )
    at = fields.Datetime(required=True, readonly=True, index=True, string="When")
    group_key = fields.Char(required=True, readonly=True, index=True, string="Group")
    rule_id = fields.Many2one(
        "saas.alert.rule", required=True, readonly=True, index=True, ondelete="cascade"
    )
    cluster_id = fields.Many2one(
        "saas.cluster", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    severity = fields.Selection(SEVERITIES, required=True, readonly=True)
    why = fields.Selection(WHYS, required=True, readonly=True, string="Why")
    hash = fields.Char(required=True, readonly=True)
    number = fields.Integer(required=True, readonly=True)
    is_last = fields.Boolean(readonly=True)
    alert_count = fields.Integer(readonly=True, string="Firing")
    ended_count = fields.Integer(readonly=True, string="Resolved")
    firing_ids = fields.Json(readonly=True, string="Firing Alerts")
    ended_ids = fields.Json(readonly=True)

    _once = models.Constraint(
        "UNIQUE (group_key, channel_id, number)", "This was told on this channel already."
    )
    _last_idx = models.Index("(group_key, channel_id) WHERE is_last")

    @api.model
    @api.private
    def _note(self, message, told):
        """Write down of which groups a message tells."""
        keys = [one["group_key"] for one in told]
        same = [("channel_id", "=", message.channel_id.id), ("group_key", "in", keys)]
        self.sudo().search([*same, ("is_last", "=", True)])._put({"is_last": False})
        self.flush_model(["is_last"])
        link = {"message_id": message.id, "channel_id": message.channel_id.id, "at": message.at}
        made_sudo = self._at_work().create([{**one, **link, "is_last": True} for one in told])
        return made_sudo._hands_off()

    def _by_hand_text(self):
        return self.env._("What was told is written down when it is told, never by hand.")

    def _stays_text(self):
        return self.env._("What was told cannot be deleted. It goes together with its message.")

    # For the texts

    def _alerts(self, name):
        """Return the alerts it names, at most some."""
        return self.env["saas.alert"].sudo().browse(self[name] or []).exists()

    def _title(self):
        """Return what it tells in one line."""
        rule = self.rule_id.name
        where = self.cluster_id.name or self.env._("platform")
        if self.why == grouping.ENDED:
            return self.env._("Resolved: %(rule)s on %(where)s", rule=rule, where=where)
        if self.alert_count == 1:
            one = self._alerts("firing_ids")[:1]
            return self.env._("%(rule)s: %(where)s", rule=rule, where=one.where or where)
        return self.env._(
            "%(rule)s: %(count)s on %(where)s", rule=rule, count=self.alert_count, where=where
        )

    def _lines(self):
        """Return place and words of each alert it names."""
        lines = [(one.where, one.text or "") for one in self._alerts("firing_ids")]
        if self.alert_count > len(lines):
            more = self.alert_count - len(lines)
            lines.append((self.env._("And %(count)s more", count=more), ""))
        over = [one.where for one in self._alerts("ended_ids")]
        if over:
            if self.ended_count > len(over):
                over.append("…")
            lines.append((self.env._("Resolved"), ", ".join(over)))
        return lines
