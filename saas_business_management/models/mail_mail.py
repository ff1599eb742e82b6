"""Our mails in Odoo's queue: sent within seconds, and again when the mail server was away.

Owns: waking the queue, giving mails to administrators of tenants and to sign-ups back to it for
some days. Does not own: sending (Odoo's queue), what they say.
"""

from odoo import api, fields, models

RETRY_DAYS = 3


class MailMail(models.Model):
    _inherit = "mail.mail"

    # A mail with a one-time link belongs to no record: who may read the record must not read it.
    saas_tenant_id = fields.Many2one("saas.tenant", string="Tenant", ondelete="set null")
    saas_signup_id = fields.Many2one("saas.signup", string="Sign-Up", ondelete="set null")

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
                ("saas_tenant_id", "!=", False),
                ("saas_signup_id", "!=", False),
                ("state", "=", "exception"),
                ("failure_type", "in", (False, "mail_smtp")),
                ("create_date", ">=", since),
            ]
        )
        untaken_sudo.mark_outgoing()
