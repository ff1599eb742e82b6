"""What the front proxy asks before it gets a certificate: is this host name one of ours?"""

from odoo import http
from odoo.http import request


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
        """Answer 200 for a host name that leads to a tenant, 404 for every other."""
        live = [("host", "=", domain.strip().lower()[:253]), ("state", "=", "live")]
        known = bool(domain) and request.env["saas.tenant.host"].sudo().search_count(live, limit=1)
        return request.make_response("", status=200 if known else 404)
