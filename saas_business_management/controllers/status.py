"""The status page of a brand: read by anybody, in the brand of the host, without script.

Owns: the page, its feed, asking for mails, confirming and leaving. Does not own: what is shown
(`models/saas_status_page.py`), limits and links (`models/saas_status_reader.py`).

A brand that does not publish its page answers like a path that never existed.
"""

from markupsafe import Markup
from odoo import http
from odoo.http import request
from werkzeug.exceptions import BadRequest

from .. import messages
from ..kernel.errors import Refused
from .signup import public_page

PAGE_SECONDS, FEED_SECONDS = 60, 300
# A path of the website, so that one that is not published is answered as an unknown one is.
PAGE = {"type": "http", "auth": "public", "sitemap": False, "website": True, "multilang": False}
FIELDS = {"csrf_token", "email", "fax"}
ONE_CLICK = "List-Unsubscribe"


class Status(http.Controller):
    @http.route("/saas/status", methods=["GET"], readonly=True, save_session=False, **PAGE)
    def status(self, **_query):
        """Show how everything is, was, and what is planned."""
        brand_sudo = self._brand()
        logo = brand_sudo._logo_path()
        values = {"brand": brand_sudo, "logo": logo, **brand_sudo._status_page()}
        page = request.env["ir.qweb"]._render("saas_business_management.status_page", values)
        return self._kept(Markup("<!DOCTYPE html>\n") + page, "text/html", PAGE_SECONDS)

    @http.route("/saas/status/feed", methods=["GET"], readonly=True, save_session=False, **PAGE)
    def feed(self, **_query):
        """Give the newest updates to programs that read feeds."""
        return self._kept(self._brand()._status_feed(), "application/atom+xml", FEED_SECONDS)

    @http.route("/saas/status/subscribe", methods=["GET"], readonly=True, **PAGE)
    def ask_form(self, **_query):
        """Ask for an address."""
        return self._page("form")

    @http.route("/saas/status/subscribe", methods=["POST"], **PAGE)
    def ask(self, **form):
        """Mail a link to confirm; whoever it is reads the same."""
        brand_sudo = self._brand()
        self._only(form, FIELDS)
        typed = form.get("email", "")[:300]
        if form.get("fax"):
            request.env["saas.security.event"]._record("signup_robot")
            return self._page("asked")
        try:
            request.env["saas.status.reader"]._ask(
                typed, brand_sudo, request.httprequest.remote_addr or ""
            )
        except Refused as error:
            wait = error.facts.get("wait")
            told = messages.text(request.env, error)
            headers = [("Retry-After", str(wait))] if wait else []
            return self._page("form", 429 if wait else 422, headers, typed=typed, fault=told)
        return self._page("asked")

    @http.route("/saas/status/confirm/<string:token>", methods=["GET"], **PAGE)
    def confirm_form(self, token, **_query):
        """Ask for the one click: programs that follow links in mails confirm nothing."""
        return self._linked("confirm", token)

    @http.route("/saas/status/confirm/<string:token>", methods=["POST"], **PAGE)
    def confirm(self, token, **form):
        """Let the person read along."""
        self._only(form, {"csrf_token"})
        reader_sudo = self._reader("confirm", token)
        if reader_sudo:
            reader_sudo._confirm()
            return self._page("confirmed")
        return self._gone()

    @http.route("/saas/status/leave/<string:token>", methods=["GET"], **PAGE)
    def leave_form(self, token, **_query):
        """Ask for the one click that ends it."""
        return self._linked("leave", token)

    @http.route("/saas/status/leave/<string:token>", methods=["POST"], csrf=False, **PAGE)
    def leave(self, token, **form):
        """Forget the address; mail programs ask so with one click (RFC 8058), without a form.

        The token alone says who leaves, so that nobody else's click can be borrowed.
        """
        self._only(form, {"csrf_token", ONE_CLICK})
        reader_sudo = self._reader("leave", token)
        if reader_sudo:
            reader_sudo._leave()
            return self._page("left")
        return self._gone()

    def _brand(self):
        brand_sudo = request.env["saas.brand"]._of_host(request.httprequest.host)
        if not brand_sudo.status_published:
            raise request.not_found()
        return brand_sudo

    def _reader(self, purpose, token):
        return request.env["saas.status.reader"]._of_token(purpose, token, self._brand())

    def _linked(self, purpose, token):
        reader_sudo = self._reader(purpose, token)
        return self._page(purpose, email=reader_sudo.email) if reader_sudo else self._gone()

    def _gone(self):
        request.env["saas.security.event"]._record("link_unknown")
        return self._page("gone", 404)

    def _only(self, form, allowed):
        if set(form) - allowed:
            raise BadRequest()

    def _page(self, what, status=200, headers=(), **values):
        self._brand()
        return public_page("status_mail_page", {"what": what, **values}, status, headers)

    def _kept(self, body, kind, seconds):
        """Answer with what every reader gets, and may be kept for so long: no cookie on it."""
        request.future_response.headers.remove("Set-Cookie")
        response = request.make_response(
            body,
            headers=[
                ("Content-Type", f"{kind}; charset=utf-8"),
                ("Cache-Control", f"public, max-age={seconds}"),
                ("Referrer-Policy", "no-referrer"),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Frame-Options", "DENY"),
            ],
        )
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        )
        return response
