"""What customer and operator see of a support access outside the screens: mails, links, pages.

Owns: mails, one-time links, the values of both pages, the answers given there. Does not own: routes
(`controllers/support.py`), the links' hashes (`saas_link.py`).
"""

import secrets

from odoo import fields, models
from odoo.tools import format_datetime

from ..kernel.errors import Refused
from ..kernel.provisioning import link
from ..kernel.support import course, times

MAILS = "saas_business_management.mail_template_support_"


class SaasSupportAccess(models.Model):
    _inherit = "saas.support.access"

    # Mails to the customer

    def _send_question(self):
        """Ask the tenant's administrator by mail. Return the address of the page."""
        return self._send("asked", self._make_page_url())

    def _send_entered(self):
        """Say that support is in, with the page on which it can be ended."""
        return self._send("entered", self._make_page_url())

    def _send_left(self):
        """Say from when to when support was in."""
        return self._send("left", "")

    def _send(self, name, url):
        template = self.env.ref(f"{MAILS}{name}")
        # On no record: whoever may read that could use the link.
        apart = {"model": False, "res_id": False, "saas_tenant_id": self.tenant_id.id}
        template.with_context(support_url=url).sudo().send_mail(
            self.id, force_send=False, email_values=apart
        )
        self.env["mail.mail"]._send_soon()
        return url

    def _make_page_url(self):
        token = link.make_token(secrets.token_bytes(link.TOKEN_BYTES))
        self.env["saas.link"].sudo()._make_for(self, "support_consent", token, times.CONSENT)
        return f"{self.get_base_url()}/saas/support/{token.reveal()}"

    def _when(self, moment):
        """Return a moment as the customer reads it, with the zone."""
        if not moment:
            return ""
        partner_sudo = self.tenant_id.partner_id.sudo()
        zone = partner_sudo.tz or "UTC"
        told = format_datetime(
            self.env, moment, tz=zone, dt_format="d MMMM y HH:mm", lang_code=partner_sudo.lang
        )
        return f"{told} ({zone})"

    # The customer's answer

    def _answer(self, link_sudo, answer):
        """Take an answer given on the page; True when something happened.

        Allowing and refusing use the link up, in the same transaction; ending may be asked twice.
        """
        self.ensure_one()
        if answer == "end":
            return self._end_by_customer()
        if self.state != course.ASKED or not link_sudo._use():
            return False
        self._fire("allowed" if answer == "allow" else "refused", course.CUSTOMER)
        return True

    def _end_by_customer(self):
        try:
            self._end(course.CUSTOMER)
        except Refused:
            return False
        return True

    # The operator's way in

    def _make_entry_url(self):
        """Return the address of a page on which the guest's password can be chosen, once.

        Raises:
            Refused: `support_move`.
        """
        if self.state != course.INSIDE or self._overdue(fields.Datetime.now()):
            raise Refused("support_move", state=self.state)
        token = link.make_token(secrets.token_bytes(link.TOKEN_BYTES))
        self.env["saas.link"].sudo()._make_for(self, "support_entry", token, times.LINK)
        return f"/saas/support/enter/{token.reveal()}"

    def _login_url(self, now):
        """Return the address at which the tenant's Odoo lets the guest choose a password.

        Odoo takes the token once: it forgets the guest's `signup_type` then.
        """
        self.ensure_one()
        tenant_sudo = self.tenant_id.sudo()
        end = times.link_end(now, self._aware(self.until_at))
        token = link.signup_token(
            tenant_sudo.database_id._database_secret(),
            self.guest_partner_ref,
            [self.guest_user_ref],
            None,
            link.RESET,
            int(end.timestamp()),
        )
        return f"{tenant_sudo.url}/web/reset_password?token={token}"

    def _use_entry(self, link_sudo):
        """Use a login link up; return where it leads, or nothing when it does not any more."""
        over = self.state != course.INSIDE or self._overdue(fields.Datetime.now())
        if over or not link_sudo._use():
            return ""
        self.env["saas.audit.entry"]._note("support_opened", self, login=self.guest_login)
        return self._login_url(self.env["saas.link"]._now())
