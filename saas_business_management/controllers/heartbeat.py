"""Where services call that tell us that they live."""

from odoo import http
from odoo.http import request


class Heartbeat(http.Controller):
    @http.route(
        "/saas/heartbeat/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,
        sitemap=False,
        save_session=False,
    )
    def beat(self, token, **_anything):
        """Write the call down; an address that leads nowhere says the same whatever it is."""
        known = request.env["saas.dependency"]._hear(token)
        status, words = (200, "ok") if known else (404, "unknown")
        headers = [("Cache-Control", "no-store"), ("Content-Type", "text/plain")]
        return request.make_response(words, headers, status=status)
