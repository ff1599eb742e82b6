"""What the front proxy asks before it gets a certificate: is this host name one of ours?"""

from odoo import http
from odoo.http import request

FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded")


class Tls(http.Controller):
    @http.route(
        "/saas/tls/ask",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
    )
    def ask(self, domain="", **_query):
        """Answer 200 for a host name that leads to a tenant and for our own, 404 for every other.

        The proxy asks for itself: who asks through it is told nothing, whatever he asks.
        """
        hosts = request.env["saas.tenant.host"]
        if any(request.httprequest.headers.get(name) for name in FORWARDED):
            return self._said(404)
        if not hosts._may_ask_for_certificate():
            return self._said(429)
        return self._said(200 if hosts._may_have_certificate(domain) else 404)

    def _said(self, status):
        return request.make_response("", [("Cache-Control", "no-store")], status=status)
