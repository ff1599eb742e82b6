"""Backups, restores and own web addresses in the customer portal.

Owns: the pages. Does not own: limits and checks (`models/saas_tenant_portal_work.py`), sending
files (`export.py`).
"""

from odoo import http
from odoo.http import request

from .portal import PortalPages

ROUTE = {"type": "http", "auth": "user", "sitemap": False, "website": True}
HOST_ACTIONS = ("check", "primary", "subdomain", "remove")


class PortalWork(PortalPages):
    @http.route("/my/databases/<string:ref>/backups", methods=["GET"], **ROUTE)
    def backups(self, ref, **_query):
        """List the backups with their proof, and files that were asked for."""

        def show(tenant_sudo):
            return self._page(
                tenant_sudo,
                "portal_backups",
                backups=tenant_sudo._portal_backups(),
                exports=tenant_sudo._portal_exports(),
                today=tenant_sudo._portal_backups_today(),
                most=tenant_sudo._portal_most_backups(),
                proof=tenant_sudo._portal_proof(),
                self_restore=tenant_sudo._portal_may_restore(),
            )

        return self._on(ref, "backup", {}, (), show)

    @http.route("/my/databases/<string:ref>/backups/now", methods=["POST"], **ROUTE)
    def back_up(self, ref, **form):
        """Order a backup."""

        def order(tenant_sudo):
            tenant_sudo._portal_back_up()
            text = request.env._("The backup is being made. It stands here when it is done.")
            return self._done(tenant_sudo, text, "/backups")

        return self._on(ref, "backup", form, (), order)

    @http.route(
        "/my/databases/<string:ref>/backups/download/<string:uuid>", methods=["GET"], **ROUTE
    )
    def ask_download(self, ref, uuid, **_query):
        """Ask for the form of the file and a passphrase."""
        return self._on(ref, "backup", {}, (), lambda one: self._backup_page(one, uuid, "download"))

    @http.route(
        "/my/databases/<string:ref>/backups/download/<string:uuid>", methods=["POST"], **ROUTE
    )
    def order_download(self, ref, uuid, **form):
        """Have the file made; a mail says when it is there."""

        def order(tenant_sudo):
            backup_sudo = tenant_sudo._portal_backup_of(uuid)
            typed = (form.get("passphrase", ""), form.get("again", ""))
            aware = form.get("aware") == "1"
            tenant_sudo._portal_order_file(backup_sudo, form.get("kind", ""), *typed, aware)
            text = request.env._("The file is being made. You get a mail when it is ready.")
            return self._done(tenant_sudo, text, "/backups")

        return self._on(ref, "backup", form, ("kind", "passphrase", "again", "aware"), order)

    @http.route("/my/databases/<string:ref>/backups/fetch", methods=["POST"], **ROUTE)
    def fetch(self, ref, **form):
        """Lead to the one-time address of a file that is ready."""

        def fetch(tenant_sudo):
            return request.redirect(tenant_sudo._portal_file_url(form.get("file", "")), code=303)

        return self._on(ref, "backup", form, ("file",), fetch)

    @http.route(
        "/my/databases/<string:ref>/backups/restore/<string:uuid>", methods=["GET"], **ROUTE
    )
    def ask_restore(self, ref, uuid, **_query):
        """Say what a restore does, and ask for what it needs."""
        return self._on(ref, "backup", {}, (), lambda one: self._backup_page(one, uuid, "restore"))

    @http.route(
        "/my/databases/<string:ref>/backups/restore/<string:uuid>", methods=["POST"], **ROUTE
    )
    def restore(self, ref, uuid, **form):
        """Restore in place where the policy allows it; otherwise ask support."""

        def restore(tenant_sudo):
            backup_sudo, note = tenant_sudo._portal_backup_of(uuid), form.get("note", "")
            if not tenant_sudo._portal_may_restore():
                tenant_sudo._portal_ask_restore(backup_sudo, note)
                text = request.env._("Support was asked to restore it, and answers you.")
                return self._done(tenant_sudo, text, "/backups")
            if not tenant_sudo._portal_prove_person(form.get("password", "")):
                text = request.env._("The password is not right. Nothing was changed.")
                self._tell("danger", text)
                return request.redirect(request.httprequest.path, code=303)
            tenant_sudo._portal_restore(backup_sudo, form.get("typed", ""), note)
            text = request.env._("The restore has begun. A safety backup is made first.")
            return self._done(tenant_sudo, text)

        return self._on(ref, "backup", form, ("note", "typed", "password"), restore)

    @http.route("/my/databases/<string:ref>/backups/undo", methods=["POST"], **ROUTE)
    def undo_restore(self, ref, **form):
        """Have what was live before the restore in place again."""

        def undo(tenant_sudo):
            tenant_sudo._portal_undo_restore()
            return self._done(tenant_sudo, request.env._("The restore is being undone."))

        return self._on(ref, "backup", form, (), undo)

    def _backup_page(self, tenant_sudo, uuid, page):
        backup_sudo = tenant_sudo._portal_backup_of(uuid)
        if not backup_sudo:
            return self._nothing()
        return self._page(
            tenant_sudo,
            f"portal_{page}",
            backup=backup_sudo,
            self_restore=tenant_sudo._portal_may_restore(),
            undo_days=request.env["saas.restore"].sudo()._undo_days(),
        )

    @http.route("/my/databases/<string:ref>/addresses", methods=["GET"], **ROUTE)
    def addresses(self, ref, **_query):
        """Show the web addresses, the records to set, and what was found of them."""

        def show(tenant_sudo):
            return self._page(
                tenant_sudo,
                "portal_addresses",
                hosts=tenant_sudo._portal_hosts(),
                main=tenant_sudo._primary_host(),
                can_add=tenant_sudo._can_have_hosts(),
            )

        return self._on(ref, "address", {}, (), show)

    @http.route("/my/databases/<string:ref>/addresses", methods=["POST"], **ROUTE)
    def add_address(self, ref, **form):
        """Add an own web address."""

        def add(tenant_sudo):
            row = tenant_sudo._portal_add_host(form.get("host", ""))
            text = request.env._("Now set the two records of %(host)s.", host=row.host_shown)
            return self._done(tenant_sudo, text, "/addresses")

        return self._on(ref, "address", form, ("host",), add)

    @http.route("/my/databases/<string:ref>/addresses/change", methods=["POST"], **ROUTE)
    def change_address(self, ref, **form):
        """Look at its records again, make it the main one, or remove it."""

        def change(tenant_sudo):
            action = form.get("action", "")
            if action not in HOST_ACTIONS:
                return self._nothing()
            tenant_sudo._portal_change_host(form.get("host", ""), action)
            texts = {
                "check": request.env._("We look again now."),
                "primary": request.env._("Visitors of the other addresses are sent to this one."),
                "subdomain": request.env._("Visitors are sent to the first address again."),
                "remove": request.env._("The address was removed."),
            }
            return self._done(tenant_sudo, texts[action], "/addresses")

        return self._on(ref, "address", form, ("host", "action"), change)
