"""Incidents and maintenance of a database in the customer portal.

Owns: the page. Does not own: what stands on it (`models/saas_tenant_incident.py`).
"""

from odoo import http

from .portal import PortalPages


class PortalIncident(PortalPages):
    @http.route(
        "/my/databases/<string:ref>/incidents",
        type="http",
        auth="user",
        methods=["GET"],
        sitemap=False,
        website=True,
    )
    def incidents(self, ref, **_query):
        """Show what goes wrong or went wrong, and what is planned."""

        def show(tenant_sudo):
            return self._page(
                tenant_sudo,
                "portal_incidents",
                incidents=tenant_sudo._portal_incidents(),
                planned=tenant_sudo._portal_maintenance(),
                status_url=tenant_sudo.shown_brand_id.sudo()._status_url(),
            )

        return self._on(ref, "view", {}, (), show)
