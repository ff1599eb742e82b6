"""The pages behind the confirmation mail: one click, then the steps until the tenant opens.

Opening a link changes nothing (mail scanners open links); the button does. The steps are seen by
who holds the reference; the way in is open to the browser that confirmed.
"""

from odoo import http
from odoo.http import request

from .signup import public_page

SESSION_KEY = "saas_signup"
STATUS = {"fresh": 200, "unknown": 404}


class SignupConfirm(http.Controller):
    @http.route(
        "/saas/signup/confirm/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
        readonly=False,
    )
    def page(self, token, **_query):
        """Show what the link confirms."""
        return self._render(token, self._link(token))

    @http.route(
        "/saas/signup/confirm/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def confirm(self, token, subdomain="", **_form):
        """Confirm: customer and tenant are made, and this browser may go in."""
        link_sudo = self._link(token)
        if not link_sudo:
            return self._render(token, link_sudo)
        signup_sudo = link_sudo.signup_id
        outcome, told = signup_sudo._confirm(link_sudo, subdomain[:200])
        if outcome == "made":
            request.session[SESSION_KEY] = signup_sudo.reference
            return request.redirect(f"/saas/signup/progress/{signup_sudo.reference}", code=303)
        if outcome == "known":
            return public_page("signup_gone_page", {"why": "known"}, 409)
        if outcome == "name":
            return self._render(token, link_sudo, typed=subdomain, fault=told, status=422)
        rule = "link_used" if link_sudo.used_at else "link_expired"
        request.env["saas.security.event"]._record(rule)
        return self._render(token, link_sudo)

    @http.route(
        "/saas/signup/confirm/<string:token>/again",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def again(self, token, **_form):
        """Mail a fresh link to the address this one was made for."""
        link_sudo = self._link(token)
        if not link_sudo:
            return self._render(token, link_sudo)
        link_sudo.signup_id._send_again()
        return public_page("signup_sent_page", {"signup": link_sudo.signup_id, "again": True})

    @http.route(
        "/saas/signup/progress/<string:reference>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
        readonly=True,
    )
    def progress(self, reference, **_query):
        """Show the steps until the tenant opens."""
        signup_sudo = self._confirmed(reference)
        if not signup_sudo:
            return public_page("signup_gone_page", {"why": "unknown"}, 404)
        values = {
            "signup": signup_sudo,
            "told": signup_sudo._progress(),
            "own": self._is_own(signup_sudo),
        }
        return public_page("signup_progress_page", values)

    @http.route(
        "/saas/signup/progress/<string:reference>/state",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
        save_session=False,
    )
    def state(self, reference, **_query):
        """Tell the script of the page how far it is."""
        signup_sudo = self._confirmed(reference)
        if not signup_sudo:
            return request.make_json_response({}, status=404)
        response = request.make_json_response(signup_sudo._progress())
        response.headers["Cache-Control"] = "no-store"
        return response

    @http.route(
        "/saas/signup/progress/<string:reference>/open",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def enter(self, reference, **_form):
        """Lead the browser that confirmed into the tenant: to its password page, once."""
        signup_sudo = self._confirmed(reference)
        if not signup_sudo or not self._is_own(signup_sudo):
            return public_page("signup_gone_page", {"why": "unknown"}, 404)
        url = signup_sudo._entry_url()
        if not url:
            return request.redirect(f"/saas/signup/progress/{reference}", code=303)
        return request.redirect(url, code=303, local=False)

    def _link(self, token):
        link_sudo = request.env["saas.link"].sudo()._find("signup", token[:100])
        if not link_sudo:
            request.env["saas.security.event"]._record("link_unknown")
        return link_sudo

    def _confirmed(self, reference):
        signup_sudo = request.env["saas.signup"]._found(reference)
        return signup_sudo if signup_sudo.confirmed_at else signup_sudo.browse()

    def _is_own(self, signup_sudo):
        return request.session.get(SESSION_KEY) == signup_sudo.reference

    def _render(self, token, link_sudo, typed="", fault="", status=0):
        state = link_sudo._state() if link_sudo else "unknown"
        signup_sudo = link_sudo.signup_id
        values = {
            "token": token,
            "state": state,
            "signup": signup_sudo,
            "typed": typed or signup_sudo.subdomain,
            "fault": fault,
            "card": signup_sudo._card() if state == "fresh" else {},
            "zone": signup_sudo._zone() if state == "fresh" else "",
        }
        return public_page("signup_confirm_page", values, status or STATUS.get(state, 410))
