"""Handing a message about alerts over: a mail, an activity, an event of a webhook, a chat's post.

Owns: the form of each, in the transaction of the log. Does not own: when (`saas_alert_notify.py`),
delivery to a chat (`saas_alert_deliver.py`), to webhooks (`saas_job_webhook.py`), of mails (Odoo).
"""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, plaintext2html
from odoo.tools.mail import email_split_and_format

from ..kernel.alerting import chat, grouping
from ..kernel.integration.envelope import Subject
from ..kernel.integration.kinds import TEST
from .saas_alert_channel import CHAT, INBOX, MAIL, WEBHOOK

TEMPLATE = "saas_business_management.mail_template_alert"
LATELY = timedelta(hours=1)
FAILED_MAILS = """
SELECT g.channel_id, max(m.failure_reason), bool_or(m.state = 'exception')
  FROM mail_mail AS m JOIN saas_alert_message AS g ON g.id = m.saas_alert_message_id
 WHERE g.at > %s GROUP BY g.channel_id
"""


class SaasAlertMessage(models.Model):
    _inherit = "saas.alert.message"

    @api.private
    def _hand_over(self):
        """Hand it to whoever delivers it, in this very transaction."""
        self.ensure_one()
        way = {
            MAIL: self._as_mail,
            INBOX: self._as_activity,
            WEBHOOK: self._as_event,
            CHAT: self._as_post,
        }
        way[self.channel_id.kind]()

    # Mail

    def _as_mail(self):
        template_sudo = self.env.ref(TEMPLATE).sudo()
        for user in self.channel_id._people().filtered("email"):
            self._mail(template_sudo, user.email_formatted, user.lang, user.tz)
        for address in email_split_and_format(self.channel_id.addresses or ""):
            self._mail(template_sudo, address, self.env.user.lang, self.channel_id.tz)
        self.env["mail.mail"]._send_soon()

    def _mail(self, template_sudo, address, lang, tz):
        values = {"email_to": address, "saas_alert_message_id": self.id}
        spoken = template_sudo.with_context(lang=lang or "en_US", tz=tz or "UTC")
        spoken.send_mail(self.id, email_values=values)

    def _mail_subject(self):
        """Return the subject of a mail."""
        told = self.notification_ids
        if self.is_test or not told:
            return self.subject
        if len(told) == 1:
            return told._title()
        worst = told.sorted(lambda one: (one.why == grouping.ENDED, one.severity != "critical"))[:1]
        return self.env._(
            "%(first)s, and %(count)s more", first=worst._title(), count=len(told) - 1
        )

    def _mail_groups(self):
        """Return the notifications as a mail tells them, what fires first."""
        return self.notification_ids.sorted(
            lambda one: (one.why == grouping.ENDED, one.severity != "critical", one.id)
        )

    def _mail_url(self):
        """Return where to look: the alert, or the list."""
        base = f"{self.get_base_url()}/odoo/saas-alerts"
        told = self.notification_ids
        only = told._alerts("firing_ids") if len(told) == 1 else self.env["saas.alert"]
        return f"{base}/{only.id}" if len(only) == 1 else base

    # Activity

    def _as_activity(self):
        for told in self.notification_ids:
            told._close_activities() if told.why == grouping.ENDED else told._plan_activity()
        if self.is_test:
            user = self.env.user
            user.partner_id.sudo().activity_schedule(
                "mail.mail_activity_data_todo", summary=self.subject, user_id=user.id
            )

    # Webhook

    def _as_event(self):
        events = self.env["saas.webhook.event"]
        endpoint_sudo = self.channel_id.sudo().endpoint_id
        if self.is_test:
            told = {"sent_by": self.env.user.name, "webhook": endpoint_sudo.name}
            events._emit(TEST, endpoint_sudo, told, only=endpoint_sudo)
        for told in self.notification_ids:
            kind = "alert.resolved" if told.why == grouping.ENDED else "alert.firing"
            subject = Subject("alert_group", told.group_key)
            events._emit(kind, told, told._webhook_data(), only=endpoint_sudo, subject=subject)

    # Chat

    def _as_post(self):
        groups = self._mail_groups()
        lines = []
        for told in groups:
            if len(groups) > 1:
                lines.append(told._title())
            lines += [f"{name} {words}".strip() for name, words in told._lines()]
        firing = groups.filtered(lambda one: one.why != grouping.ENDED)
        tone = "critical" if "critical" in firing.mapped("severity") else "warning"
        title = self._mail_subject()
        label = self.env._("Look at it")
        body = chat.payload(
            title, lines, tone if firing or self.is_test else "ended", self._mail_url(), label
        )
        self._put({"state": "waiting", "body": body.decode(), "next_at": self.at})
        self.channel_id._deliver_soon()


class SaasAlertNotification(models.Model):
    _inherit = "saas.alert.notification"

    def _webhook_data(self):
        """Return what events tell of a group: names and figures, nothing personal."""
        cluster_sudo = self.cluster_id.sudo()
        return {
            "rule": self.rule_id.code,
            "name": self.rule_id.name,
            "severity": self.severity,
            "layer": self.rule_id.layer,
            "why": self.why,
            "cluster": cluster_sudo.key or None,
            "firing": self.alert_count,
            "resolved": self.ended_count,
            "alerts": [one._webhook_data() for one in self._alerts("firing_ids")],
        }

    def _plan_activity(self):
        """Have one person look after the group: one open activity, where its worst alert is."""
        first = self._alerts("firing_ids")[:1]
        open_rows = [("group_key", "=", self.group_key), ("activity_id.active", "=", True)]
        if not first or self.env["saas.alert"].sudo().search_count(open_rows, limit=1):
            return
        about = first._about()
        place = about if about and "activity_ids" in about._fields else first.rule_id
        user = first.owner_id or self.channel_id._people()[:1]
        lines = "\n".join(f"{name}: {words}" for name, words in self._lines())
        activity = place.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self._title(),
            note=plaintext2html(f"{lines}\n\n{self.rule_id.mend or ''}"),
            user_id=(user or self.env.user).id,
        )
        first._put({"activity_id": activity.id})

    def _close_activities(self):
        """What the activity of the group was for is over."""
        rows_sudo = (
            self.env["saas.alert"]
            .sudo()
            .search([("group_key", "=", self.group_key), ("activity_id", "!=", False)])
        )
        open_sudo = rows_sudo.activity_id.filtered("active")
        open_sudo.action_feedback(feedback=self.env._("It is well again."))


class SaasAlert(models.Model):
    _inherit = "saas.alert"

    def _webhook_data(self):
        """Return what events tell of an alert."""
        return {
            "id": self.fingerprint,
            "where": self.where or "",
            "tenant": self.tenant_id.public_id or None,
            "text": self.text or "",
            "since": (self.fired_at or self.since).isoformat() + "Z",
        }


class SaasAlertChannel(models.Model):
    _inherit = "saas.alert.channel"

    @api.model
    @api.private
    def _note_failures(self, now):
        """Note which mail channels lost mails within the last hour, whose webhook takes nothing,
        and which do again.
        """
        self._note_found(MAIL, self._lost_mails(now), now)
        self._note_found(WEBHOOK, self._failing_webhooks(), now)
        failing = self.sudo().search_count([("failing_since", "!=", False)])
        self.env["saas.metric"]._add("platform", [(now, 0, {"channel_failures": failing})])

    def _lost_mails(self, now):
        return {
            channel: why or self.env._("The mail server did not take a mail.")
            for channel, why, failed in self.env.execute_query(SQL(FAILED_MAILS, now - LATELY))
            if failed
        }

    def _failing_webhooks(self):
        """Return why, by channel: the webhook does not receive, or is switched off."""
        found = {}
        for one in self.sudo().search([("kind", "=", WEBHOOK)]):
            endpoint = one.endpoint_id
            if endpoint.state == "disabled" or not endpoint.active:
                found[one.id] = self.env._("Its webhook is disabled.")
            elif endpoint.failing_since:
                found[one.id] = self.env._("Its webhook did not take the last delivery.")
        return found

    def _note_found(self, kind, found, now):
        for one in self.sudo().search([("kind", "=", kind)]):
            if one.id in found and not one.failing_since:
                one._failed(found[one.id], now)
            elif one.failing_since and one.id not in found:
                one._delivered(now)
