"""People who asked for news of a status page: an address, confirmed by a link in a mail.

Owns: asking, confirming, leaving; the limits on asking. Does not own: the pages
(`controllers/status.py`), mails on incidents (`saas_status_mail.py`).

Whoever asks reads the same answer, whether the address is new, waits, or reads along already.
"""

import hmac as compare
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import hmac

from ..kernel.errors import Refused
from ..kernel.signup.address import checked
from ..kernel.signup.limits import Limit, network

# Kind of a counter → how many, in how many seconds.
LIMITS = {
    "status_address": Limit(3, 86400),
    "status_network": Limit(10, 3600),
    "status_total": Limit(300, 3600),
}
CONFIRM_DAYS = 7
CONFIRM, LEAVE = "confirm", "leave"


class SaasStatusReader(models.Model):
    _name = "saas.status.reader"
    _description = "Reader of a Status Page"
    _order = "id desc"
    _rec_name = "email"

    email = fields.Char(string="E-Mail", required=True, readonly=True)
    brand_id = fields.Many2one(
        "saas.brand", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="brand_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("waiting", "E-Mail Not Confirmed"), ("confirmed", "Confirmed")],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    lang = fields.Char(string="Language", readonly=True)
    asked_at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    confirmed_at = fields.Datetime(readonly=True, string="Confirmed")
    shown_brand_id = fields.Many2one("saas.brand", compute="_compute_shown_brand_id")

    _once = models.Constraint("UNIQUE (brand_id, email)", "This address reads along already.")

    @api.depends("brand_id")
    def _compute_shown_brand_id(self):
        for reader in self:
            reader.shown_brand_id = reader.brand_id

    @api.model
    @api.private
    def _ask(self, email, brand, source):
        """Take an address. Return an error or nothing; nothing tells whether it was known.

        Raises: Refused (`signup_email_form`, `status_limit`).
        """
        address = checked(email)
        self._count(brand, address, network(source))
        reader_sudo = self.sudo().search([("brand_id", "=", brand.id), ("email", "=", address)])
        if reader_sudo.state == "confirmed":
            return reader_sudo
        if not reader_sudo:
            reader_sudo = self.sudo().create(
                {"email": address, "brand_id": brand.id, "lang": self.env.lang}
            )
        reader_sudo.asked_at = fields.Datetime.now()
        reader_sudo._mail_confirm()
        return reader_sudo

    @api.model
    def _count(self, brand, address, net):
        keys = {
            "status_address": f"{brand.id}:{address}",
            "status_network": net,
            "status_total": "",
        }
        late = 0
        for kind, key in keys.items():
            count, wait = self.env["saas.signup.count"].sudo()._add(kind, key, LIMITS[kind])
            late = late if LIMITS[kind].allows(count) else max(late, wait)
        if late:
            self.env["saas.security.event"]._record("status_limited", source=net)
            raise Refused("status_limit", minutes=-(-late // 60), wait=late)

    def _mail_confirm(self):
        template = self.env.ref("saas_business_management.mail_status_confirm")
        # Not on the record: whoever may read that could use the link.
        apart = {"model": False, "res_id": False}
        told = {"confirm_url": self._url(CONFIRM), "lang": self.lang}
        template.sudo().with_context(**told).send_mail(
            self.id, force_send=False, email_values=apart
        )
        self.env["mail.mail"]._send_soon()

    # Links: signed, so that nothing secret is kept

    def _token(self, purpose):
        self.ensure_one()
        asked = self.asked_at.isoformat() if purpose == CONFIRM else ""
        signed = hmac(self.env(su=True), "saas_status_reader", f"{purpose}:{self.id}:{asked}")
        return f"{self.id}-{signed}"

    def _url(self, purpose):
        base = self.brand_id._public_url() or self.get_base_url()
        return f"{base}/saas/status/{purpose}/{self._token(purpose)}"

    @api.private
    def _leave_url(self):
        """Return the link that ends it; it works for good."""
        return self._url(LEAVE)

    @api.model
    @api.private
    def _of_token(self, purpose, token, brand):
        """Return whose link this is, or nothing; a confirmation is good for 7 days."""
        number, _dash, _signed = (token or "")[:100].partition("-")
        if not (number.isascii() and number.isdigit() and len(number) <= 9):
            return self.sudo().browse()
        reader_sudo = self.sudo().search([("id", "=", int(number)), ("brand_id", "=", brand.id)])
        if not reader_sudo or not compare.compare_digest(
            reader_sudo._token(purpose).encode(), token.encode()
        ):
            return reader_sudo.browse()
        oldest = fields.Datetime.now() - timedelta(days=CONFIRM_DAYS)
        late = purpose == CONFIRM and reader_sudo.asked_at < oldest
        return reader_sudo.browse() if late else reader_sudo

    @api.private
    def _confirm(self):
        """Read along from now on; twice is once."""
        self.ensure_one()
        if self.state != "confirmed":
            self.write({"state": "confirmed", "confirmed_at": fields.Datetime.now()})

    @api.private
    def _leave(self):
        """Forget the address."""
        self.unlink()

    @api.model
    @api.private
    def _confirmed_of(self, brands):
        """Return who reads along at brands whose page is published."""
        return self.search(
            [
                ("brand_id", "in", brands.ids),
                ("state", "=", "confirmed"),
                ("brand_id.status_published", "=", True),
            ]
        )
