"""The logo of a brand, for mails: at the same path as on runtime nodes."""

from odoo import http
from odoo.http import request


class BrandLogo(http.Controller):
    @http.route(
        "/saas/brand/<string:name>.png",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
    )
    def logo(self, name):
        """Give the picture whose content has this name, to anybody."""
        found = request.env["saas.brand"].sudo()._logo_named(name)
        if not found:
            return request.make_response("", status=404)
        headers = [
            ("Content-Type", "image/png"),
            ("Cache-Control", "public, max-age=31536000, immutable"),
        ]
        return request.make_response(found, headers)
