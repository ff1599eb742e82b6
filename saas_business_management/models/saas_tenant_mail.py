"""What a customer is told about the life of a tenant: one mail a fact.

Owns: which move is told by which mail, to whom. Does not own: the texts
(`data/mail_lifecycle.xml`), when notices are due (`saas_tenant_schedule.py`).
"""

from odoo import api, models
from odoo.tools import format_date

from ..kernel.portal import notices

TOLD = {
    ("suspended", "suspended"): "closed",
    ("trial_ended", "suspended"): "closed",
    ("trial_ended", "active"): "trial_over",
    ("trial_ended", "archived"): "archived",
    ("archived", "archived"): "archived",
    ("resumed", "trial"): "reopened",
    ("resumed", "active"): "reopened",
    ("reactivated", "trial"): "reopened",
    ("reactivated", "active"): "reopened",
    ("deletion_requested", "deleting"): "deletion",
    ("deletion_undone", "trial"): "reopened",
    ("deletion_undone", "active"): "reopened",
    ("deleted", "deleted"): "deleted",
}
ACTIVE_AGAIN = "trial_converted"
# What members of a team may switch off; they cannot be spared the rest.
OF_TRIALS = ("trial_over", "trial_ended_soon")


class SaasTenant(models.Model):
    _inherit = "saas.tenant"

    def _moved(self, move, why):
        super()._moved(move, why)
        what = TOLD.get((move.event, move.target))
        if move.event == ACTIVE_AGAIN and move.source != "trial":
            what = "reopened"
        if what and self.env.context.get("saas_tell_customer", True):
            self._tell(what)

    def _tell(self, what, planned=None):
        """Queue the mail on this to the tenant's administrator, and to members of the customer's
        team who get it; return the administrator's address.

        Sent by the mail queue, so a mail server that is away holds nothing up.
        """
        self.ensure_one()
        template = self.env.ref(f"saas_business_management.mail_tenant_{what}")
        told = {"planned_on": planned.on, "planned_state": planned.state} if planned else {}
        apart = {"saas_tenant_id": self.id}
        template.sudo().with_context(**told).send_mail(self.id, email_values=apart)
        for member_sudo in self.env["saas.customer.member"]._copies(self, _kind(what)):
            spoken = {**told, "lang": member_sudo.user_id.lang or self.env.lang}
            copy = {**apart, "email_to": member_sudo.email}
            template.sudo().with_context(**spoken).send_mail(self.id, email_values=copy)
        self.env["mail.mail"]._send_soon()
        return self.admin_email

    # For the texts of mails

    def _mail_page(self):
        """Return where customers see it in the portal, on the host of its brand."""
        self.ensure_one()
        brand_sudo = self.shown_brand_id.sudo()
        base = (brand_sudo and brand_sudo._public_url()) or self.get_base_url()
        return f"{base}/my/databases/{self.public_id}"

    def _mail_reason(self):
        """Return in the customer's words why the tenant is closed."""
        _ = self.env._
        return {
            "payment": _("an invoice is unpaid"),
            "quota": _("it used more than its plan includes"),
            "trial_end": _("its trial has ended"),
            "security": _("it has to be protected"),
        }.get(self.reason, _("your provider closed it"))

    def _mail_way_back(self):
        """Return what opens it again, by whom."""
        _ = self.env._
        return {
            "payment": _("It opens the moment the invoice is paid."),
            "quota": _("It opens when you choose a bigger plan or use less."),
            "trial_end": _("It opens when you choose a plan."),
            "security": _("We write to you about what comes next."),
        }.get(self.reason, _("Answer this mail to have it opened again."))

    def _mail_kept_until(self):
        """Return the last day on which the data is there, as people write it; empty for no end."""
        until = self._kept_until()
        return self._mail_date(until) if until else ""

    @api.model
    def _mail_date(self, day):
        return format_date(self.env, day, date_format="d MMMM y")


def _kind(what):
    return notices.BILLING if what in OF_TRIALS else notices.ALWAYS
