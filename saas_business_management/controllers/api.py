"""The customers' API: one gate for every request, then the answer of one operation.

Owns: the gate (key, how often, scope, questions), problems, request ids. Does not own: what is
answered (`models/saas_api.py`), keys (`models/saas_api_key.py`), the table of operations
(`kernel/portal/api.py`, which controllers may not read: a test compares).

Nothing here raises: a count and a security event stay when a request is refused.
"""

import json
import logging
import re
from datetime import date
from http import HTTPStatus

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import file_open

_logger = logging.getLogger(__name__)

BASE = "/saas/api/v1"
ROUTE = {
    "type": "http",
    "auth": "public",
    "csrf": False,
    "sitemap": False,
    "save_session": False,
    "readonly": False,
}
FILE = "saas_business_management/static/api/openapi.json"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[1-9][0-9]{0,5}")
PAGED = ("page", "per_page")
MOST_A_PAGE, USUAL_A_PAGE = 100, 50


class Api(http.Controller):
    @http.route(f"{BASE}/tenants", methods=["GET"], **ROUTE)
    def list_tenants(self, **query):
        """List the databases of the account."""
        return self._for(
            "tenants:read", query, PAGED, lambda key, api, told: api._tenants(key, **told)
        )

    @http.route(f"{BASE}/tenants/<string:tenant>", methods=["GET"], **ROUTE)
    def get_tenant(self, tenant, **query):
        """Show one database."""
        return self._on(tenant, "tenants:read", query, (), lambda one, api, _told: api._tenant(one))

    @http.route(f"{BASE}/tenants/<string:tenant>/pause", methods=["POST"], **ROUTE)
    def pause_tenant(self, tenant, **query):
        """Close it for a while."""
        return self._on(
            tenant, "tenants:manage", query, (), lambda one, api, _told: api._rest(one, True)
        )

    @http.route(f"{BASE}/tenants/<string:tenant>/resume", methods=["POST"], **ROUTE)
    def resume_tenant(self, tenant, **query):
        """Open a paused database again."""
        return self._on(
            tenant, "tenants:manage", query, (), lambda one, api, _told: api._rest(one, False)
        )

    @http.route(f"{BASE}/tenants/<string:tenant>/changes", methods=["GET"], **ROUTE)
    def list_changes(self, tenant, **query):
        """List what was done to it: upgrades, moves, copies."""
        return self._on(
            tenant, "tenants:read", query, PAGED, lambda one, api, told: api._changes(one, **told)
        )

    @http.route(f"{BASE}/tenants/<string:tenant>/usage", methods=["GET"], **ROUTE)
    def list_usage(self, tenant, **query):
        """Show what it used, by meter and day."""
        return self._on(
            tenant,
            "usage:read",
            query,
            (*PAGED, "since", "until"),
            lambda one, api, told: api._usage(one, **told),
        )

    @http.route(f"{BASE}/tenants/<string:tenant>/backups", methods=["GET"], **ROUTE)
    def list_backups(self, tenant, **query):
        """List the backups that can be restored."""
        return self._on(
            tenant, "backups:read", query, PAGED, lambda one, api, told: api._backups(one, **told)
        )

    @http.route(f"{BASE}/tenants/<string:tenant>/backups", methods=["POST"], **ROUTE)
    def make_backup(self, tenant, **query):
        """Have a backup made now."""
        return self._on(
            *(tenant, "backups:make", query, ()),
            lambda one, api, _told: api._back_up(one),
            status=202,
        )

    @http.route(f"{BASE}/invoices", methods=["GET"], **ROUTE)
    def list_invoices(self, **query):
        """List invoices and credit notes."""
        return self._for(
            "invoices:read", query, PAGED, lambda key, api, told: api._invoices(key, **told)
        )

    # The gate

    def _on(self, reference, scope, query, allowed, work, status=200):
        """Answer with `work(database, api, questions)` when it is of the key's account."""

        def found(key_sudo, api, told):
            tenant_sudo = api._find(key_sudo, reference)
            if not tenant_sudo:
                request.env["saas.security.event"]._record("api_unknown")
                return None
            return work(tenant_sudo, api, told)

        return self._for(scope, query, allowed, found, status)

    def _for(self, scope, query, allowed, work, status=200):
        """Answer with `work(key, api, questions)` when the key may; None is *not found*."""
        limits = request.env["saas.api.limit"]
        key_sudo, wait = self._key(limits)
        if wait:
            return self._too_many(wait)
        if not key_sudo:
            return self._problem(
                *(401, "unauthorized", request.env._("Send a key that works: Bearer saas_…")),
                headers=[("WWW-Authenticate", 'Bearer realm="saas"')],
            )
        wait = limits._count_request(key_sudo)
        if wait:
            return self._too_many(wait, key_sudo)
        request.update_env(user=key_sudo.user_id.id)
        if not key_sudo._allows(scope):
            request.env["saas.security.event"]._record("api_scope")
            text = request.env._("This needs a key with %(scope)s.", scope=scope)
            return self._problem(403, "scope_missing", text, key_sudo=key_sudo)
        return self._answer(key_sudo, query, allowed, work, status)

    def _key(self, limits):
        """Return the key of the request, and seconds to wait where too many were wrong."""
        kind, _space, text = request.httprequest.headers.get("Authorization", "").partition(" ")
        keys_sudo = request.env["saas.api.key"].sudo()
        source = request.httprequest.remote_addr or ""
        wait = limits._faults_wait(source)
        if wait:
            return keys_sudo, wait
        key_sudo = keys_sudo._find(text.strip()) if kind.lower() == "bearer" else keys_sudo
        if not key_sudo:
            limits._count_fault(source)
            request.env["saas.security.event"]._record("api_unauthorized")
        return key_sudo, 0

    def _answer(self, key_sudo, query, allowed, work, status):
        told = _questions(query, allowed)
        if told is None:
            text = request.env._("A question is unknown or has a value it cannot have.")
            return self._problem(400, "bad_request", text, key_sudo=key_sudo)
        try:
            with request.env.cr.savepoint():
                found = work(key_sudo, request.env["saas.api"], told)
        except ValueError:
            text = request.env._("These days cannot be asked for together.")
            return self._problem(400, "bad_request", text, key_sudo=key_sudo)
        except UserError as error:
            return self._problem(409, "refused", error.args[0], key_sudo=key_sudo)
        if found is None:
            text = request.env._("There is no such database in this account.")
            return self._problem(404, "not_found", text, key_sudo=key_sudo)
        return self._said(found, status, key_sudo, "application/json")

    def _too_many(self, wait, key_sudo=None):
        request.env["saas.security.event"]._record("api_flood")
        text = request.env._("Too many requests. Wait %(seconds)s seconds.", seconds=wait)
        headers = [("Retry-After", str(wait))]
        return self._problem(429, "too_many", text, headers, key_sudo)

    def _problem(self, status, code, text, headers=(), key_sudo=None):
        told = {
            "type": f"/saas/api/docs#problem-{status}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "code": code,
            "detail": text,
        }
        return self._said(told, status, key_sudo, "application/problem+json", headers)

    def _said(self, told, status, key_sudo, form, headers=()):
        number = request.saas_number
        path, method = request.httprequest.path, request.httprequest.method
        begins = key_sudo.prefix if key_sudo else "-"
        _logger.info("API %s %s → %s, key %s, request %s", method, path, status, begins, number)
        fixed = [
            ("Content-Type", form),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(json.dumps(told), [*fixed, *headers], status=status)


class ApiPages(http.Controller):
    @http.route("/saas/api/openapi.json", methods=["GET"], **ROUTE)
    def file(self, **_query):
        """Give the OpenAPI file to anybody."""
        headers = [("Content-Type", "application/json"), ("Cache-Control", "public, max-age=3600")]
        return request.make_response(_file(), headers)

    @http.route("/saas/api/docs", methods=["GET"], **{**ROUTE, "website": True})
    def docs(self, **_query):
        """Show the API to people; no script and nothing from elsewhere."""
        file = json.loads(_file())
        found = [
            {"method": method.upper(), "path": path, **told}
            for path, methods in file["paths"].items()
            for method, told in methods.items()
        ]
        values = {
            "operations": [one for one in found if one["tags"] == ["api"]],
            "pages": [one for one in found if one["tags"] == ["pages"]],
            "schemas": file["components"]["schemas"],
            "base_url": request.httprequest.host_url.rstrip("/"),
            "info": file["info"],
        }
        response = request.render("saas_business_management.api_docs", values)
        response.headers["X-Frame-Options"] = "DENY"
        return response


def _file():
    with file_open(FILE, "r") as file:
        return file.read()


def _questions(query, allowed):
    """Return the questions of an operation by name, or None where one makes no sense."""
    if set(query) - set(allowed):
        return None
    told = {"page": 1, "per_page": USUAL_A_PAGE} if "page" in allowed else {}
    for name, text in query.items():
        value = _number(name, text) if name in PAGED else _day(text)
        if value is None:
            return None
        told[name] = value
    return told


def _number(name, text):
    if not NUMBER.fullmatch(text) or (name == "per_page" and int(text) > MOST_A_PAGE):
        return None
    return int(text)


def _day(text):
    if not DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
