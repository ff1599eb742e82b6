"""The team of a customer account in the portal: who is in it, invitations, joining.

Owns: the pages; that somebody acts only in a team of their own. Does not own: what a role may give
(`kernel/portal/roles.py`), the rows (`models/saas_customer_member.py`).
"""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .portal import PortalPages

ROUTE = {"type": "http", "auth": "user", "sitemap": False, "website": True}
PASSWORD_LEAST = 8
ACTIONS = ("invite", "role", "remove", "again")


class PortalTeam(PortalPages):
    @http.route("/my/team", methods=["GET"], **ROUTE)
    def team(self, **_query):
        """Show the teams of the person."""
        members = request.env["saas.customer.member"]
        teams = [members._team_page(account, role) for account, role in members._roles().items()]
        if not teams:
            return self._nothing()
        values = {"teams": teams, "page_name": "saas_team"}
        return self._render("saas_business_management.portal_team", values)

    @http.route("/my/team", methods=["POST"], **ROUTE)
    def change_team(self, **form):
        """Invite, give another role, remove, or send an invitation again."""
        self._only(form, ("action", "team", "member", "email", "role"))
        members = request.env["saas.customer.member"]
        try:
            with request.env.cr.savepoint():
                text = members._team_action(form)
        except UserError as error:
            self._tell("danger", error.args[0])
            return request.redirect("/my/team", code=303)
        if not text:
            request.env["saas.security.event"]._record("portal_unknown")
            return self._nothing()
        self._tell("success", text)
        return request.redirect("/my/team", code=303)

    @http.route(
        "/my/team/join/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        website=True,
        readonly=False,
    )
    def invitation(self, token, **_query):
        """Say who invites to what; opening the page changes nothing."""
        return self._invitation_page(token, self._invited(token))

    @http.route(
        "/my/team/join/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        website=True,
    )
    def join(self, token, **form):
        """Join as who is logged in, or with a login that is made now."""
        self._only(form, ("name", "password"))
        member_sudo = self._invited(token)
        if not member_sudo:
            return self._invitation_page(token, member_sudo)
        if not request.env.user._is_public():
            return self._joined(member_sudo, request.env.user, "/my/databases")
        if member_sudo._known_user():
            return request.redirect(f"/web/login?redirect=/my/team/join/{token}", code=303)
        name, password = form.get("name", "").strip()[:100], form.get("password", "")
        if not name or len(password) < PASSWORD_LEAST:
            fault = request.env._(
                "Write your name and a password of at least %(least)s characters.",
                least=PASSWORD_LEAST,
            )
            return self._invitation_page(token, member_sudo, fault=fault, name=name)
        member_sudo._accept_as_new(name, password)
        return request.redirect("/web/login?redirect=/my/databases", code=303)

    def _joined(self, member_sudo, user, where):
        if not member_sudo._can_join(user):
            self._tell("danger", request.env._("You are in this team already."))
        else:
            member_sudo._accept(user)
            self._tell("success", request.env._("You are in the team now."))
        return request.redirect(where, code=303)

    def _invited(self, token):
        member_sudo = request.env["saas.customer.member"]._find_invitation(token[:100])
        if not member_sudo:
            request.env["saas.security.event"]._record("link_unknown")
        return member_sudo

    def _invitation_page(self, token, member_sudo, **values):
        known = bool(member_sudo) and bool(member_sudo._known_user())
        public = request.env.user._is_public()
        told = {"member": member_sudo, "token": token, "known": known, "public": public}
        status = 200 if member_sudo else 404
        template = "saas_business_management.portal_join"
        response = self._render(template, {"fault": "", "name": "", **told, **values}, status)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
