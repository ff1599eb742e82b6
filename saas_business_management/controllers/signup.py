"""The public pages for strangers: prices, the sign-up form, “confirm your e-mail”.

Every page works without script and without the `website` module, in the brand of its host. Nothing
but one row and one mail comes of a form; an unknown reference answers like one that never existed.
"""

from odoo import http
from odoo.http import request
from werkzeug.exceptions import BadRequest

# Every field of the form, and what a script or a program fills in; another one is refused.
FIELDS = ("plan", "currency", "name", "email", "company_name", "country", "subdomain", "terms")
EXTRA = ("timezone", "fax")
LONGEST = 300


def public_page(template, values, status=200, headers=()):
    """Return a page in the brand of the host; nobody keeps it or puts it into a frame."""
    brand_sudo = request.env["saas.brand"]._of_host(request.httprequest.host)
    shown = {"brand": brand_sudo, "logo": brand_sudo._logo_path() if brand_sudo else "", **values}
    response = request.render(f"saas_business_management.{template}", shown)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Frame-Options"] = "DENY"
    for name, value in headers:
        response.headers[name] = value
    return response


class Signup(http.Controller):
    @http.route(
        "/saas/pricing",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=True,
        readonly=True,
    )
    def pricing(self, cycle="month", currency="", country="", **_query):
        """Show what is sold."""
        page = request.env["saas.plan"]._signup_page(
            self._company(), cycle, self._wishes(currency, country)
        )
        policy_sudo = request.env["saas.signup.policy"]._of(self._company())
        return public_page("signup_pricing_page", {**page, "is_open": policy_sudo.is_open})

    @http.route(
        "/saas/signup",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
        readonly=True,
    )
    def form(self, plan="", currency="", **_query):
        """Show the form for the plan that was chosen on the pricing page."""
        return self._form({"plan": plan, "currency": currency, "country": self._country()}, {})

    @http.route(
        "/saas/signup",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def ask(self, **form):
        """Take the form: a row and a mail, or the form again with what cannot stay."""
        if set(form) - {*FIELDS, *EXTRA}:
            raise BadRequest()
        typed = {name: str(text)[:LONGEST] for name, text in form.items()}
        if not typed.get("subdomain"):
            typed["subdomain"] = request.env["saas.signup"]._proposed(typed.get("company_name", ""))
        made_sudo, errors = request.env["saas.signup"]._ask(
            typed, self._brand(), self._company(), request.httprequest.remote_addr or ""
        )
        if errors:
            return self._form(typed, errors)
        return request.redirect(f"/saas/signup/sent/{made_sudo.reference}", code=303)

    @http.route(
        "/saas/signup/check",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=False,
        save_session=False,
    )
    def check(self, subdomain="", plan="", company_name="", **_query):
        """Say whether a subdomain can be had; propose one when none is given."""
        signups = request.env["saas.signup"]
        wanted = subdomain[:LONGEST] or signups._proposed(company_name[:LONGEST])
        told = signups._look(
            wanted, plan[:40], self._company(), request.httprequest.remote_addr or ""
        )
        return request.make_json_response({"proposed": wanted, **told})

    @http.route(
        "/saas/signup/sent/<string:reference>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
        readonly=True,
    )
    def sent(self, reference, **_query):
        """Say that a mail is on its way, whoever it was."""
        return self._sent(reference)

    @http.route(
        "/saas/signup/sent/<string:reference>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def again(self, reference, **_form):
        """Mail once more, at most every minute."""
        signup_sudo = request.env["saas.signup"]._found(reference)
        if signup_sudo:
            signup_sudo._send_again()
        return self._sent(reference, again=True)

    def _sent(self, reference, again=False):
        signup_sudo = request.env["saas.signup"]._found(reference)
        if not signup_sudo:
            return public_page("signup_gone_page", {"why": "unknown"}, 404)
        return public_page("signup_sent_page", {"signup": signup_sudo, "again": again})

    def _form(self, typed, errors):
        wait = errors.pop("wait", 0)
        company = self._company()
        signups = request.env["saas.signup"]
        plan_sudo, currency_sudo = signups._offer(typed.get("plan"), typed.get("currency"), company)
        if plan_sudo and not currency_sudo:
            currency_sudo = plan_sudo.version_id.currency_id
        if not plan_sudo and not errors:
            return request.redirect("/saas/pricing", code=303)
        policy_sudo = request.env["saas.signup.policy"]._of(company)
        values = {
            "typed": {**typed, "currency": currency_sudo.name or ""},
            "errors": errors,
            "plan": plan_sudo,
            "card": plan_sudo._signup_card(currency_sudo) if plan_sudo else {},
            "zone": plan_sudo._signup_zone(company) if plan_sudo else "",
            "terms": self._brand().terms_url or policy_sudo.terms_url,
            "is_open": policy_sudo.is_open,
            "countries": request.env["res.country"].sudo().search([]),
        }
        status = 429 if wait else 422 if errors else 200
        headers = [("Retry-After", str(wait))] if wait else []
        return public_page("signup_form_page", values, status, headers)

    def _company(self):
        return self._brand().company_id or request.env.company

    def _brand(self):
        return request.env["saas.brand"]._of_host(request.httprequest.host)

    def _country(self):
        return (request.geoip.country_code or "") if request.geoip else ""

    def _wishes(self, currency, country):
        """Return codes of currencies: what was chosen, the country's, the company's."""
        code = (country or self._country()).upper()[:2]
        countries_sudo = request.env["res.country"].sudo()
        of_country = countries_sudo.search([("code", "=", code or "-")], limit=1).currency_id.name
        return [
            one
            for one in (currency[:3].upper(), of_country, self._company().currency_id.name)
            if one
        ]
