"""What belongs to a person and a whole account: which mails, the data to take away, the end.

Owns: the pages, sending the file of an account's data. Does not own: choices
(`models/saas_customer_notice.py`), files (`models/saas_account_export.py`), closing
(`models/saas_account_closing.py`).
"""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .portal import PortalPages

ROUTE = {"type": "http", "auth": "user", "sitemap": False, "website": True}
PAGE = "/my/account-data"
KINDS = ("billing", "limits", "backups", "incidents", "news")


class PortalAccount(PortalPages):
    @http.route("/my/notifications", methods=["GET"], **ROUTE)
    def notifications(self, **_query):
        """Show which mails the person gets."""
        members = request.env["saas.customer.member"]
        teams = [members._notice_team(*team) for team in members._roles().items()]
        if not teams:
            return self._nothing()
        values = {"teams": teams, "page_name": "saas_mails"}
        return self._render("saas_business_management.portal_notifications", values)

    @http.route("/my/notifications", methods=["POST"], **ROUTE)
    def choose_notifications(self, **form):
        """Keep which mails the person wants."""
        self._only(form, ("team", *KINDS))
        wanted = {kind for kind in KINDS if form.get(kind)}
        if not request.env["saas.customer.member"]._choose_mails(form.get("team", ""), wanted):
            return self._foreign()
        self._tell("success", request.env._("Your choice is kept."))
        return request.redirect("/my/notifications", code=303)

    @http.route(PAGE, methods=["GET"], **ROUTE)
    def account(self, **_query):
        """Show what can be taken away, files that are ready, and the way to close the account."""
        teams = request.env["saas.account.export"]._teams()
        if not teams:
            return self._nothing()
        values = {"teams": teams, "page_name": "saas_account"}
        return self._render("saas_business_management.portal_account", values)

    @http.route(PAGE, methods=["POST"], **ROUTE)
    def order_export(self, **form):
        """Have everything made ready to be taken away."""
        self._only(form, ("team", "kind", "passphrase", "again", "aware"))

        def order(team):
            request.env["saas.account.export"]._ask_for(team["account"], form)
            return request.env._("Your data is being made ready. You get a mail when it is there.")

        return self._act(form, "exports", order)

    @http.route(f"{PAGE}/file/<string:ref>", methods=["GET"], **ROUTE)
    def file(self, ref, **_query):
        """Send the file of the account's own data to who ordered it."""
        export_sudo = request.env["saas.account.export"]._mine(ref)
        if not export_sudo or not export_sudo.data_id:
            return self._foreign()
        content = export_sudo._taken()
        headers = [
            ("Content-Type", "application/zip"),
            ("Content-Disposition", 'attachment; filename="account-data.zip"'),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(content, headers)

    @http.route(f"{PAGE}/close", methods=["GET"], **ROUTE)
    def ask_close(self, **_query):
        """Say what is destroyed when, and ask for what it needs."""
        teams = [team for team in request.env["saas.account.export"]._teams() if team["closes"]]
        if not teams:
            return self._nothing()
        for team in teams:
            team["rows"] = request.env["saas.account.closing"]._preview(team["account"])
        values = {"teams": teams, "part": request.env._("Close Account")}
        return self._render(
            "saas_business_management.portal_close", {**values, "page_name": "saas_account"}
        )

    @http.route(f"{PAGE}/close", methods=["POST"], **ROUTE)
    def close(self, **form):
        """Close the account; it begins when its data is ready to be taken away."""
        self._only(form, ("team", "typed", "password"))

        def close(team):
            closings = request.env["saas.account.closing"]
            if not request.env["saas.tenant"]._portal_prove_person(form.get("password", "")):
                raise UserError(request.env._("The password is not right. Nothing was changed."))
            closings._ask(team["account"], form.get("typed", ""))
            return request.env._("The account is being closed. You can undo it.")

        return self._act(form, "closes", close, f"{PAGE}/close")

    @http.route(f"{PAGE}/close/undo", methods=["POST"], **ROUTE)
    def undo_close(self, **form):
        """Let everything go on."""
        self._only(form, ("team",))

        def undo(team):
            request.env["saas.account.closing"]._open_of(team["account"])._undo()
            return request.env._("The account stays. Everything goes on as before.")

        return self._act(form, "closes", undo)

    def _act(self, form, right, work, back=PAGE):
        """Do something with the account of a form, when the role may, and say what happened."""
        teams = request.env["saas.account.export"]._teams()
        found = [team for team in teams if team["ref"] == form.get("team") and team[right]]
        if not found:
            return self._foreign()
        try:
            with request.env.cr.savepoint():
                self._tell("success", work(found[0]))
        except UserError as error:
            self._tell("danger", error.args[0])
            return request.redirect(back, code=303)
        return request.redirect(PAGE, code=303)

    def _foreign(self):
        request.env["saas.security.event"]._record("portal_unknown")
        return self._nothing()
