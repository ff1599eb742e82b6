"""What follows a posted document: open credit pays it first, then its customer is mailed.

Owns: these two, in the step that posts. Does not own: payments and reminders, the mail's words
(`data/mail_billing.xml`).
"""

from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _saas_use_credits(self):
        """Let open credit notes of the customer pay these invoices, the oldest first."""
        invoices = self.filtered(lambda one: one.move_type == "out_invoice" and one.amount_residual)
        open_ = invoices._saas_open_credits()
        invoices = invoices.filtered(lambda one: one.commercial_partner_id in open_.partner_id)
        for invoice in invoices.sorted(lambda one: (one.invoice_date_due, one.id)):
            owed = invoice.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable" and not line.reconciled
            )
            given = open_.filtered(
                lambda line, invoice=invoice, owed=owed: (
                    line.partner_id == invoice.commercial_partner_id
                    and line.account_id in owed.account_id
                    and line.currency_id == invoice.currency_id
                    and line.company_id == invoice.company_id
                    and not line.reconciled
                    and not line.move_id.saas_to_pay_back
                )
            )
            if owed and given:
                (owed | given).reconcile()

    def _saas_open_credits(self):
        """Return the open lines of credit notes that billing made for these customers."""
        return self.env["account.move.line"].search(
            [
                ("move_id.move_type", "=", "out_refund"),
                ("move_id.saas_made", "=", True),
                ("parent_state", "=", "posted"),
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("company_id", "in", self.company_id.ids),
                ("reconciled", "=", False),
            ],
            order="date, id",
        )

    def _saas_mail(self):
        """Queue a mail about each document, once; without an address nobody is mailed.

        Where a PDF can be made it is done by an operation of its own.
        """
        wanted = self.filtered(lambda one: one.partner_id.email and not one.is_move_sent)
        if wanted._saas_has_converter():
            wanted._saas_order_mails()
        else:
            wanted._saas_queue_mails()

    def _saas_queue_mails(self):
        """Queue the mail about each document, with its PDF where one can be made."""
        template = self.env.ref("saas_business_management.mail_template_invoice")
        unsent = self.filtered(lambda one: not one.is_move_sent)
        for move in unsent:
            values = {"attachment_ids": move._saas_pdf().ids}
            template.send_mail(move.id, force_send=False, email_values=values)
            move.is_move_sent = True
        if unsent:
            self.env["mail.mail"]._send_soon()

    @api.private
    def _saas_covered(self):
        """Return the days that the lines cover, the first and the last, or nothing."""
        lines = self.invoice_line_ids.filtered("saas_start_on")
        if not lines:
            return None
        return min(lines.mapped("saas_start_on")), max(lines.mapped("saas_end_on"))
