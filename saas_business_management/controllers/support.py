"""The customer's page of a support access, and the operator's way in.

Opening a page changes nothing (mail scanners open links); the buttons do. Both pages work without
script. A link that is unknown, of another purpose or of somebody else answers like one that never
existed, and leaves a security event.
"""

from odoo import http
from odoo.http import request
from werkzeug.exceptions import BadRequest

ANSWERS = ("allow", "refuse", "end")


class Support(http.Controller):
    @http.route(
        "/saas/support/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=False,
    )
    def page(self, token, **_query):
        """Show who asks, why, for how long; later how it went."""
        return self._render(token, self._consent(token))

    @http.route(
        "/saas/support/<string:token>", type="http", auth="public", methods=["POST"], sitemap=False
    )
    def answer(self, token, answer="", **form):
        """Allow, refuse or end."""
        if form or answer not in ANSWERS:
            raise BadRequest()
        link_sudo = self._consent(token)
        if link_sudo and link_sudo._shows():
            done = link_sudo.support_id._answer(link_sudo, answer)
            if done:
                return request.redirect(f"/saas/support/{token}", code=303)
            self._refused("link_used", link_sudo)
        return self._render(token, link_sudo)

    @http.route(
        "/saas/support/enter/<string:token>",
        type="http",
        auth="user",
        methods=["GET"],
        sitemap=False,
        readonly=False,
    )
    def entry(self, token, **_query):
        """Say what the operator is about to do, and as whom."""
        return self._render_entry(token, self._entry(token))

    @http.route(
        "/saas/support/enter/<string:token>",
        type="http",
        auth="user",
        methods=["POST"],
        sitemap=False,
    )
    def enter(self, token, **_form):
        """Use the link up and lead to the tenant's own page for choosing a password."""
        link_sudo = self._entry(token)
        url = link_sudo.support_id._use_entry(link_sudo) if link_sudo else ""
        if url:
            return request.redirect(url, code=303, local=False)
        if link_sudo:
            self._refused("link_used" if link_sudo.used_at else "link_expired", link_sudo)
        return self._render_entry(token, link_sudo)

    def _consent(self, token):
        link_sudo = request.env["saas.link"].sudo()._find("support_consent", token[:100])
        if not link_sudo:
            self._refused("link_unknown")
        elif not link_sudo._shows():
            self._refused("link_expired", link_sudo)
        return link_sudo

    def _entry(self, token):
        """Return the link when it was made for this very person."""
        link_sudo = request.env["saas.link"].sudo()._find("support_entry", token[:100])
        if link_sudo and link_sudo.support_id.user_id != request.env.user:
            self._refused("link_foreign", link_sudo)
            return link_sudo.browse()
        if not link_sudo:
            self._refused("link_unknown")
        return link_sudo

    def _refused(self, rule, link_sudo=None):
        tenant_sudo = link_sudo.tenant_id if link_sudo else None
        request.env["saas.security.event"]._record(rule, tenant_sudo)

    def _render(self, token, link_sudo):
        shown = bool(link_sudo) and link_sudo._shows()
        values = {"token": token, "access": link_sudo.support_id, "shown": shown}
        status = 200 if shown else 410 if link_sudo else 404
        return self._page("saas_business_management.support_page", values, status)

    def _render_entry(self, token, link_sudo):
        inside = link_sudo.support_id.state == "inside"
        fresh = bool(link_sudo) and inside and link_sudo._state() == "fresh"
        values = {"token": token, "access": link_sudo.support_id, "fresh": fresh}
        status = 200 if fresh else 410 if link_sudo else 404
        return self._page("saas_business_management.support_entry_page", values, status)

    def _page(self, template, values, status):
        response = request.render(template, values)
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"
        return response
