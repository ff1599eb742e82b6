"""Delivering messages to chats, and the sign of life that goes outside each minute.

Owns: what is due, what came of it, the orders of the operations. Does not own: sending
(`jobs/deliver_alerts.py`, `jobs/send_beat.py`), what an answer means
(`kernel/integration/answer.py`).
"""

from datetime import timedelta

from odoo import api, fields, models

from ..kernel.errors import Refused
from ..kernel.integration.answer import course_after
from ..kernel.integration.delivery import DELIVERED, WAITING
from ..kernel.secret import Secret
from ..messages import text
from .saas_alert_channel import CHAT

AT_ONCE = 30
BEAT_URL = "saas.alert_beat_url"
BEAT_INSIDE = "saas.alert_beat_inside"
OLD = timedelta(days=1)


class SaasAlertChannel(models.Model):
    _inherit = "saas.alert.channel"

    @api.private
    def _deliver_soon(self):
        """Order the delivery of what waits on these; asking twice gives one operation."""
        for one in self:
            self.env["saas.job"].sudo()._enqueue(
                "deliver_alerts",
                dedupe_key=f"deliver_alerts:{one.id}",
                priority=1,
                channel_id=one.id,
            )

    def _due(self, now):
        due = [("channel_id", "=", self.id), ("state", "=", WAITING), ("next_at", "<=", now)]
        return self.env["saas.alert.message"].sudo().search(due, order="id", limit=AT_ONCE)

    @api.private
    def _step_messages_due(self):
        """Return what is to be sent now, in order, and where to."""
        rows_sudo = self._due(fields.Datetime.now())
        for one_sudo in rows_sudo:
            one_sudo._put({"attempt_count": one_sudo.attempt_count + 1})
        return {
            "url": self._address() if rows_sudo else None,
            "inside_allowed": self.inside_allowed,
            "messages": [
                {"id": one.id, "uid": one.uid, "body": one.body.encode()} for one in rows_sudo
            ],
        }

    def _address(self):
        """Return where this chat takes messages, in sudo.

        Raises: Refused, Broken (`adapters/keyring.py`).
        """
        sudo = self.sudo()
        if not sudo.url_sealed:
            raise Refused("page_form")
        return sudo.env["saas.keyring"]._open(sudo.url_sealed, self._secret_label("url_sealed"))

    @api.private
    def _step_message_answered(self, message_id, answer):
        """Write down what came of a message."""
        row_sudo = self.env["saas.alert.message"].sudo().browse(message_id).exists()
        if row_sudo and row_sudo.state == WAITING:
            row_sudo._took(answer, fields.Datetime.now())
        return {}


class SaasAlertMessage(models.Model):
    _inherit = "saas.alert.message"

    @api.private
    def _took(self, answer, now):
        """Write down what came of a try, and when the next one is."""
        self.ensure_one()
        after = course_after(answer, self.failure_count, now)
        said = text(self.env, answer.fault) if answer.fault else self.env._("Received.")
        self._put(
            {
                "state": after.state,
                "failure_count": after.failures,
                "next_at": after.next_at or False,
                "ended_at": False if after.state == WAITING else now,
                "last_text": said,
            }
        )
        if after.state == DELIVERED:
            self.channel_id._delivered(now)
        elif not answer.ours:
            self.channel_id._failed(said, now)
        if answer.error is not None and answer.error.code == "address_inside":
            self.env["saas.security.event"]._record(
                "webhook_inside", source="webhook", facts={"webhook": self.channel_id.name}
            )


class SaasAlertWatch(models.Model):
    _inherit = "saas.alert.watch"

    beat_at = fields.Datetime(readonly=True, string="Last Sign of Life")
    beat_text = fields.Char(readonly=True, string="Why None Arrives")

    @api.private
    def _step_beat_due(self):
        """Return where the sign of life goes."""
        setting = self.env["ir.config_parameter"].sudo().get_param
        return {
            "url": Secret(setting(BEAT_URL) or ""),
            "inside_allowed": setting(BEAT_INSIDE) == "True",
        }

    @api.private
    def _step_beat_answered(self, answer):
        """Write down whether it was taken."""
        row_sudo = self.sudo().search([], limit=1)
        if answer.received:
            row_sudo._put({"beat_at": fields.Datetime.now(), "beat_text": False})
        else:
            row_sudo._put({"beat_text": text(self.env, answer.fault)})
        return {}


class SaasAlert(models.Model):
    _inherit = "saas.alert"

    @api.model
    def _beat(self):
        """Order what goes out each minute, and forget the orders of yesterday."""
        jobs_sudo = self.env["saas.job"].sudo()
        if self.env["ir.config_parameter"].sudo().get_param(BEAT_URL):
            jobs_sudo._enqueue("send_beat", dedupe_key="send_beat", priority=1)
        now = fields.Datetime.now()
        for channel in self.env["saas.alert.channel"].sudo().search([("kind", "=", CHAT)]):
            if channel._due(now):
                channel._deliver_soon()
        kinds = ("send_beat", "deliver_alerts")
        done = [("kind", "in", kinds), ("state", "=", "done"), ("ended_at", "<", now - OLD)]
        jobs_sudo.search(done, limit=1000).unlink()
