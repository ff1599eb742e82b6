"""Databases in the customer portal: the card, the list, the page of one, and what all pages share.

Owns: proving that a database is the person's (through the one finder of the model), the same answer
for what is foreign and what never existed, allowed form fields, what is told after a button. Does
not own: plan (`portal_plan.py`), backups and addresses (`portal_work.py`), teams
(`portal_team.py`).
"""

from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import LazyTranslate
from werkzeug.exceptions import BadRequest

_lt = LazyTranslate(__name__)

NOTE = "saas_portal_note"
FREE_KEYS = {"csrf_token"}
FIELD_LENGTH = 1000
SORTINGS = {"name": _lt("Name"), "newest": _lt("Newest"), "state": _lt("State")}
FILTERS = {"all": _lt("All"), "open": _lt("Open"), "closed": _lt("Closed"), "trial": _lt("Trial")}
PAGE_ROWS = 20


class PortalPages(http.Controller):
    """What the controllers of the portal share; no routes."""

    def _database(self, ref):
        """Return the person's database, or nothing; an attempt at another one is noted."""
        tenant_sudo = request.env["saas.tenant"]._portal_find(ref)
        if not tenant_sudo:
            request.env["saas.security.event"]._record("portal_unknown")
        return tenant_sudo

    def _on(self, ref, action, form, allowed, work):
        """Answer with `work(tenant)` when the database is theirs and the role may do it.

        An unknown form field is a bad request. What is refused is told on the page they come from.
        """
        tenant_sudo = self._database(ref)
        if not tenant_sudo:
            return self._nothing()
        if not tenant_sudo._portal_may(action):
            return self._not_your_role(tenant_sudo)
        self._only(form, allowed)
        try:
            with request.env.cr.savepoint():
                return work(tenant_sudo)
        except UserError as error:
            self._tell("danger", error.args[0])
            back = f"/my/databases/{tenant_sudo.public_id}"
            return request.redirect(self._back(tenant_sudo) or back, code=303)

    def _back(self, tenant_sudo):
        """Return the page of the form that was sent, when it has one."""
        path = request.httprequest.path
        pages = ("/plan", "/addon", "/cancel", "/addresses", "/backups", "/sandbox")
        base = f"/my/databases/{tenant_sudo.public_id}"
        return next((f"{base}{page}" for page in pages if path.startswith(base + page)), base)

    def _only(self, form, allowed):
        if set(form) - set(allowed) - FREE_KEYS:
            raise BadRequest()
        if any(not isinstance(text, str) or len(text) > FIELD_LENGTH for text in form.values()):
            raise BadRequest()

    def _tell(self, look, text):
        """Keep what is told on the next page."""
        request.session[NOTE] = [look, text]

    def _done(self, tenant_sudo, text, page=""):
        """Go back to a page of the database and say what happened."""
        self._tell("success", text)
        return request.redirect(f"/my/databases/{tenant_sudo.public_id}{page}", code=303)

    def _nothing(self):
        """Answer the same for what is foreign, for what is gone and for what never existed."""
        return self._render("saas_business_management.portal_nothing", {}, 404)

    def _not_your_role(self, tenant_sudo):
        request.env["saas.security.event"]._record("portal_role", tenant_sudo)
        account_sudo = tenant_sudo.partner_id.commercial_partner_id
        names = request.env["saas.customer.member"]._owner_names(account_sudo)
        values = {"tenant": tenant_sudo, "owners": names}
        return self._render("saas_business_management.portal_not_your_role", values, 403)

    def _page(self, tenant_sudo, template, **values):
        """Show a page of a database."""
        base = {
            "tenant": tenant_sudo,
            "base": f"/my/databases/{tenant_sudo.public_id}",
            "state": tenant_sudo._portal_state(),
            "may": tenant_sudo._portal_rights().__contains__,
            "page_name": "saas_database",
        }
        return self._render(f"saas_business_management.{template}", {**base, **values})

    def _render(self, template, values, status=200):
        look, text = request.session.pop(NOTE, None) or ("", "")
        told = {"note_look": look, "note_text": text, "page_name": "saas_databases"}
        response = request.render(template, {**told, **values})
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Frame-Options"] = "DENY"
        return response


class PortalHome(CustomerPortal):
    """The card on the first page of the portal."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "saas_database_count" in counters:
            tenants_sudo = request.env["saas.tenant"].sudo()
            domain = request.env["saas.tenant"]._portal_domain()
            values["saas_database_count"] = tenants_sudo.search_count(domain)
        return values


class PortalDatabases(PortalPages):
    @http.route(
        ["/my/databases", "/my/databases/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        sitemap=False,
        website=True,
    )
    def databases(self, page=1, sortby="name", filterby="all", search="", **_query):
        """List the databases of the person."""
        sortby = sortby if sortby in SORTINGS else "name"
        filterby = filterby if filterby in FILTERS else "all"
        page = min(max(page, 1), 1_000_000)
        tenants_sudo, count = request.env["saas.tenant"]._portal_list(
            search, filterby, sortby, (page - 1) * PAGE_ROWS, PAGE_ROWS
        )
        values = {
            "tenants": tenants_sudo,
            "usages": tenants_sudo._portal_usages(),
            "count": count,
            "search": search[:60],
            "sortby": sortby,
            "filterby": filterby,
            "sortings": {code: request.env._(name) for code, name in SORTINGS.items()},
            "filters": {code: request.env._(name) for code, name in FILTERS.items()},
            "has_team": bool(request.env["saas.customer.member"]._roles()),
            "may_order": bool(request.env["saas.tenant"]._portal_buyers()),
            "pager": pager(
                url="/my/databases",
                url_args={"sortby": sortby, "filterby": filterby, "search": search[:60]},
                total=count,
                page=page,
                step=PAGE_ROWS,
            ),
        }
        return self._render("saas_business_management.portal_databases", values)

    @http.route(
        "/my/databases/<string:ref>",
        type="http",
        auth="user",
        methods=["GET"],
        sitemap=False,
        website=True,
    )
    def database(self, ref, **_query):
        """Show one: how it is, what it uses, what it costs, who looks after it."""
        return self._on(ref, "view", {}, (), self._show)

    def _show(self, tenant_sudo):
        money = tenant_sudo._portal_money() if tenant_sudo._portal_may("money") else {}
        account_sudo = tenant_sudo.partner_id.commercial_partner_id
        members_sudo = request.env["saas.customer.member"].sudo()
        own_account = request.env.user.partner_id.commercial_partner_id == account_sudo
        usage = tenant_sudo._portal_usages()[tenant_sudo.id]
        return self._page(
            tenant_sudo,
            "portal_database",
            banner=tenant_sudo._portal_banner(usage),
            usage=usage,
            charts=tenant_sudo._portal_charts(),
            money=money,
            backups=tenant_sudo._portal_backups()[:3],
            proof=tenant_sudo._portal_proof(),
            hosts=tenant_sudo._portal_hosts(),
            activity=tenant_sudo._portal_activity(),
            team=members_sudo.search([("account_id", "=", account_sudo.id)]),
            brand=tenant_sudo.shown_brand_id.sudo(),
            own_account=own_account,
            owners=members_sudo._owner_names(account_sudo),
            can_pause=tenant_sudo._portal_can_pause(),
            can_go_on=tenant_sudo._portal_can_go_on(),
            sandboxes=tenant_sudo._portal_most_sandboxes(),
        )
