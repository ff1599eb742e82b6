"""Our mails in Odoo's queue: sent within seconds, and again when the mail server was away.

Owns: waking the queue, giving mails to administrators of tenants, to sign-ups and about alerts
back to it for some days. Does not own: sending (Odoo's queue), what they say.
"""

from odoo import api, fields, models

from ..kernel.gateway.reference import HEADER
from .saas_job_request_ref import current_reference

RETRY_DAYS = 3


class MailMail(models.Model):
    _inherit = "mail.mail"

    # A mail with a one-time link belongs to no record: who may read the record must not read it.
    saas_tenant_id = fields.Many2one("saas.tenant", string="Tenant", ondelete="set null")
    saas_signup_id = fields.Many2one("saas.signup", string="Sign-Up", ondelete="set null")
    saas_alert_message_id = fields.Many2one(
        "saas.alert.message",
        string="Message About Alerts",
        ondelete="set null",
        index="btree_not_null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Let mails that a request or an operation sends carry its number."""
        number = current_reference()
        for vals in vals_list if number else ():
            if vals.get("saas_tenant_id") or vals.get("saas_signup_id"):
                vals.setdefault("headers", repr({HEADER: number}))
        return super().create(vals_list)

    @api.model
    @api.private
    def _send_soon(self) -> None:
        """Have what was queued sent after this transaction; the queue alone looks once an hour."""
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Send what waits; mails about tenants that no server took before wait again."""
        if not email_ids:
            self._queue_untaken()
        return super().process_email_queue(email_ids, batch_size)

    def _queue_untaken(self) -> None:
        """Queue mails again whose server was away; those to a wrong address stay as they are."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=RETRY_DAYS)
        untaken_sudo = self.sudo().search(
            [
                "|",
                "|",
                ("saas_tenant_id", "!=", False),
                ("saas_signup_id", "!=", False),
                ("saas_alert_message_id", "!=", False),
                ("state", "=", "exception"),
                ("failure_type", "in", (False, "mail_smtp")),
                ("create_date", ">=", since),
            ]
        )
        untaken_sudo.mark_outgoing()
