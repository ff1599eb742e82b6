"""The page behind the link of the welcome mail: choose a password once, or ask for a fresh link.

Opening the page changes nothing (mail scanners open links); the button does. The page says the
same to everybody who
has no valid link.
"""

import time

from odoo import fields, http
from odoo.http import request

from ..const import LINK_FRESH_MINUTES


class Welcome(http.Controller):
    @http.route(
        "/saas/welcome/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=False,
    )
    def page(self, token, **_query):
        """Show what the link is for."""
        return self._render(token, self._link(token))

    @http.route(
        "/saas/welcome/<string:token>", type="http", auth="public", methods=["POST"], sitemap=False
    )
    def choose_password(self, token, **_form):
        """Use the link up and lead to the tenant's own page for choosing a password."""
        link_sudo = self._link(token)
        if not link_sudo or not link_sudo._use():
            if link_sudo:
                rule = "link_used" if link_sudo.used_at else "link_expired"
                request.env["saas.security.event"]._record(rule, link_sudo.tenant_id)
            return self._render(token, link_sudo)
        return request.redirect(
            link_sudo.tenant_id._password_url(int(time.time())), code=303, local=False
        )

    @http.route(
        "/saas/welcome/<string:token>/again",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def send_again(self, token, **_form):
        """Mail a fresh link to the administrator of the tenant this link was made for."""
        link_sudo = self._link(token)
        if link_sudo and link_sudo._may_send_again(fields.Datetime.now()):
            link_sudo.tenant_id._send_welcome()
        return self._render(token, link_sudo, sent=bool(link_sudo))

    def _link(self, token):
        link_sudo = request.env["saas.link"].sudo()._find("welcome", token[:100])
        if not link_sudo:
            request.env["saas.security.event"]._record("link_unknown")
        return link_sudo

    def _render(self, token, link_sudo, sent=False):
        tenant_sudo = link_sudo.tenant_id
        state = link_sudo._state() if link_sudo else "unknown"
        values = {
            "state": state if tenant_sudo._is_serving() or state == "unknown" else "closed",
            "tenant": tenant_sudo,
            "token": token,
            "sent": sent,
            "minutes": LINK_FRESH_MINUTES,
        }
        response = request.render("saas_business_management.welcome_page", values)
        response.status_code = (
            200 if state == "fresh" or sent else (404 if state == "unknown" else 410)
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
