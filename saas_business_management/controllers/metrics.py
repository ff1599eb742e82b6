"""The page that Prometheus reads."""

from odoo import http
from odoo.http import request

SCHEME = "Bearer "


class Metrics(http.Controller):
    @http.route(
        "/metrics",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
        readonly=True,
    )
    def metrics(self, **_query):
        """Answer who has the token; for everybody else there is no such page."""
        told = request.httprequest.headers.get("Authorization", "")
        token = told.removeprefix(SCHEME).strip() if told.startswith(SCHEME) else ""
        page = request.env["saas.prometheus"]._page_for(token)
        if page is None:
            return request.make_response("", [("Cache-Control", "no-store")], status=404)
        body, content_type = page
        headers = [("Content-Type", content_type), ("Cache-Control", "no-store")]
        return request.make_response(body, headers)
