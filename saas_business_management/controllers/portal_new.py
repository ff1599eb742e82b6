"""More databases: the page of a new one, the page of a sandbox, a pause and its end.

Owns: the pages. Does not own: bounds and ordering (`models/saas_tenant_portal_new.py`), pauses
(`models/saas_tenant_portal_rest.py`).
"""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .portal import PortalPages

ROUTE = {"type": "http", "auth": "user", "sitemap": False, "website": True}
FIELDS = ("team", "plan", "name", "subdomain")


class PortalNew(PortalPages):
    @http.route("/my/databases/new", methods=["GET"], **ROUTE)
    def choose_new(self, **_query):
        """Ask for plan, name and address of another database."""
        return self._new_page({})

    @http.route("/my/databases/new", methods=["POST"], **ROUTE)
    def order_new(self, **form):
        """Order it; what was typed stays on the page when it is refused."""
        self._only(form, FIELDS)
        try:
            with request.env.cr.savepoint():
                made_sudo = request.env["saas.tenant"]._portal_order(form)
        except UserError as error:
            return self._new_page(form, error.args[0])
        if not made_sudo:
            request.env["saas.security.event"]._record("portal_unknown")
            return self._nothing()
        return self._done(made_sudo, request.env._("The database is being made."))

    def _new_page(self, form, fault=""):
        accounts = request.env["saas.tenant"]._portal_new_page()
        if not accounts:
            return self._nothing()
        values = {"accounts": accounts, "form": form, "fault": fault, "page_name": "saas_new"}
        return self._render("saas_business_management.portal_new", values)

    @http.route("/my/databases/<string:ref>/sandbox", methods=["GET"], **ROUTE)
    def ask_sandbox(self, ref, **_query):
        """Say what copies are, which there are, and ask for the address of another."""

        def show(tenant_sudo):
            if tenant_sudo.copied_from_id:
                home = f"/my/databases/{tenant_sudo.copied_from_id.public_id}/sandbox"
                return request.redirect(home, code=303)
            return self._page(
                tenant_sudo,
                "portal_sandbox",
                sandboxes=tenant_sudo._portal_sandboxes(),
                uses=tenant_sudo._portal_copy_uses(),
                most=tenant_sudo._portal_most_sandboxes(),
                days=tenant_sudo._sandbox_days(),
            )

        return self._on(ref, "backup", {}, (), show)

    @http.route("/my/databases/<string:ref>/sandbox", methods=["POST"], **ROUTE)
    def make_sandbox(self, ref, **form):
        """Order a copy."""

        def make(tenant_sudo):
            use = form.get("use") or "sandbox"
            made_sudo = tenant_sudo._portal_make_sandbox(form.get("subdomain", ""), use)
            return self._done(made_sudo, request.env._("The copy is being made."))

        return self._on(ref, "backup", form, ("subdomain", "use"), make)

    @http.route("/my/databases/<string:ref>/sandbox/refresh", methods=["POST"], **ROUTE)
    def refresh_sandbox(self, ref, **form):
        """Give a copy the data that its database has now."""

        def refresh(tenant_sudo):
            tenant_sudo._portal_refresh_sandbox()
            text = request.env._("The copy gets new data. Until then it stays as it is.")
            return self._done(tenant_sudo.copied_from_id, text, "/sandbox")

        return self._on(ref, "backup", form, (), refresh)

    @http.route("/my/databases/<string:ref>/sandbox/remove", methods=["POST"], **ROUTE)
    def remove_sandbox(self, ref, **form):
        """Close a copy."""

        def remove(tenant_sudo):
            tenant_sudo._portal_remove_sandbox()
            text = request.env._("The copy is closed.")
            return self._done(tenant_sudo.copied_from_id, text, "/sandbox")

        return self._on(ref, "backup", form, (), remove)

    @http.route("/my/databases/<string:ref>/pause", methods=["POST"], **ROUTE)
    def pause(self, ref, **form):
        """Close it for a while."""

        def pause(tenant_sudo):
            tenant_sudo._portal_pause()
            text = request.env._("The subscription rests. From tomorrow it costs nothing.")
            return self._done(tenant_sudo, text)

        return self._on(ref, "plan", form, (), pause)

    @http.route("/my/databases/<string:ref>/resume", methods=["POST"], **ROUTE)
    def go_on(self, ref, **form):
        """Open it again."""

        def go_on(tenant_sudo):
            tenant_sudo._portal_go_on()
            return self._done(tenant_sudo, request.env._("The subscription goes on."))

        return self._on(ref, "plan", form, (), go_on)
