"""How a database served in the customer portal: months, interruptions, credits, reviews.

Owns: the pages. Does not own: the figures (`models/saas_service_tenant.py`).
"""

import base64

from odoo import http
from odoo.http import content_disposition, request

from .portal import PortalPages

ROUTE = {"type": "http", "auth": "user", "sitemap": False, "website": True}


class PortalService(PortalPages):
    @http.route("/my/databases/<string:ref>/service", methods=["GET"], **ROUTE)
    def service(self, ref, **_query):
        """Show what was promised and what was reached."""

        def show(tenant_sudo):
            told = tenant_sudo._portal_service(tenant_sudo._portal_may("money"))
            return self._page(tenant_sudo, "portal_service", service=told)

        return self._on(ref, "view", {}, (), show)

    @http.route(
        "/my/databases/<string:ref>/service/review/<string:month>", methods=["GET"], **ROUTE
    )
    def review(self, ref, month, **_query):
        """Send the review of a month."""

        def send(tenant_sudo):
            paper_sudo = tenant_sudo._portal_review(month)
            if not paper_sudo:
                return self._nothing()
            return request.make_response(
                base64.b64decode(paper_sudo.datas),
                [
                    ("Content-Type", paper_sudo.mimetype),
                    ("Content-Disposition", content_disposition(paper_sudo.name)),
                    ("Cache-Control", "no-store"),
                    ("X-Content-Type-Options", "nosniff"),
                ],
            )

        return self._on(ref, "money", {}, (), send)
