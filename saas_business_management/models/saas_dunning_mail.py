"""What an overdue customer is told: a mail for each stage, and reminders.

Owns: which mail, to whom, the figures in it. Does not own: the texts (`data/mail_dunning.xml`),
what a tenant's administrator is told when it closes (`saas_tenant_mail.py`).
"""

from odoo import models
from odoo.tools import format_date

from ..kernel.billing.dunning import STATE
from ..kernel.billing.states import CANCELLED, RESTRICTED, SUSPENDED


class SaasDunning(models.Model):
    _inherit = "saas.dunning"

    def _mail(self, what):
        """Queue the mail on a step to the billing contact; return the address, empty for none."""
        contact = self._contact()
        if not contact.email or self._is_told_as_tenant(what, contact):
            return ""
        template = self.env.ref(f"saas_business_management.mail_dunning_{what}")
        template.sudo().send_mail(self.id, force_send=False)
        self.env["mail.mail"]._send_soon()
        return contact.email

    def _contact(self):
        return self.subscription_id._invoice_partner().sudo()

    def _is_told_as_tenant(self, what, contact):
        """Tell whether the same person gets the mail of the tenant about the same fact."""
        tenant = self.subscription_id.tenant_id.sudo()
        return what in (SUSPENDED, CANCELLED) and contact.email == tenant.admin_email

    # For the texts of mails

    def _mail_moves(self):
        """Return the unpaid invoices, the oldest first."""
        open_ = self.sudo().move_ids.filtered(lambda move: move._saas_is_open())
        return open_.sorted(lambda move: (move.invoice_date_due, move.id))

    def _mail_link(self, move):
        """Return the address of the page on which an invoice is paid."""
        return move.get_base_url() + move.get_portal_url()

    def _mail_next(self):
        """Say what comes next if nothing is paid, and when; empty when nothing does."""
        states = [step for step in self._to_plan().steps if step.kind == STATE]
        reached = {step.name for step in self._taken() if step.kind == STATE} | {self.stage}
        ahead = next((step for step in states if step.name not in reached), None)
        if ahead is None:
            return ""
        day = format_date(self.env, ahead.on, date_format="d MMMM y")
        _ = self.env._
        return {
            RESTRICTED: _("From %(day)s no users or apps can be added.", day=day),
            SUSPENDED: _("On %(day)s it is closed until it is paid. Your data stays.", day=day),
            CANCELLED: _("On %(day)s the subscription ends.", day=day),
        }.get(ahead.name, "")

    def _mail_what(self):
        """Return what the customer pays for, in the customer's words."""
        tenant = self.subscription_id.tenant_id.sudo()
        return tenant.name or self.subscription_id.plan_id.name
