"""The PDF of a document as an attachment of its mail, where this machine can make one.

Owns: whether there is a converter, the operations that make PDFs, the attachment. Does not own: the
report (Odoo), the mail (`account_move_follow.py`).
"""

import base64
import logging

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)
REPORT = "account.account_invoices"
READY = ("ok", "workers")
# How many documents one operation mails: each PDF takes about a second.
AT_ONCE = 10


class AccountMove(models.Model):
    _inherit = "account.move"

    def _saas_has_converter(self):
        return self.env["ir.actions.report"].sudo().get_wkhtmltopdf_state() in READY

    def _saas_order_mails(self):
        """Have documents mailed with their PDF, some by each operation."""
        ids = self.ids
        for place in range(0, len(ids), AT_ONCE):
            chunk = ids[place : place + AT_ONCE]
            self.env["saas.job"]._enqueue(
                "mail_invoices",
                spec={"moves": chunk},
                dedupe_key=f"mail:{chunk[0]}:{len(chunk)}",
                priority=25,
            )

    def _saas_pdf(self):
        """Return the PDF of a document as an attachment, an empty one where none can be made.

        Then the mail has the link to its page alone.
        """
        self.ensure_one()
        attachments = self.env["ir.attachment"].sudo()
        if not self._saas_has_converter():
            return attachments
        reports_sudo = self.env["ir.actions.report"].sudo()
        reader = self.with_context(lang=self.partner_id.lang or self.env.lang)
        try:
            content, kind = reports_sudo._render_qweb_pdf(REPORT, reader.ids)
        except UserError as error:
            _logger.warning("%s is mailed without its PDF: %s", self.name, error)
            return attachments
        if kind != "pdf":
            return attachments
        return attachments.create(
            {
                "name": reader._get_invoice_report_filename(),
                "datas": base64.b64encode(content),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )


class SaasSubscription(models.Model):
    _inherit = "saas.subscription"

    @api.private
    def _step_bill_mail(self, moves):
        """Queue the mails about documents that have none yet."""
        found_sudo = self.env["account.move"].sudo().browse(moves).exists()
        found_sudo.filtered(lambda move: move.state == "posted")._saas_queue_mails()
