"""Phase `locale`: country, currency, language and time zone, before what depends on them."""

from collections.abc import Mapping
from typing import Any

from odoo.api import Environment

from .database import PhaseFailed, records


def set_place(database: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Give the main company its country and currency, and people their language and time zone."""
    with records(database) as env:
        _set_people(env, spec.get("language") or "en_US", spec.get("time_zone") or "UTC")
        set_currency(env, spec.get("currency", ""))
    # Last: Odoo may install modules of the country here and load its records anew.
    with records(database) as env:
        _set_country(env, spec.get("country", ""))
    with records(database) as env:
        # A country brings its own currency along; the template's choice counts.
        set_currency(env, spec.get("currency", ""))
        company = env.ref("base.main_company")
        return {"country": company.country_id.code or "", "currency": company.currency_id.name}


def set_currency(env: Environment, name: str) -> None:
    """Activate a currency and make it the main company's; no name leaves it as it is."""
    if not name:
        return
    currency = env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
    if not currency:
        raise PhaseFailed(f"currency {name} is unknown to this Odoo")
    currency.active = True
    company = env.ref("base.main_company")
    if company.currency_id != currency:
        company.currency_id = currency


def _set_country(env: Environment, code: str) -> None:
    country = (
        env["res.country"].search([("code", "=", code.upper())]) if code else env["res.country"]
    )
    if code and not country:
        raise PhaseFailed(f"country {code} is unknown to this Odoo")
    company = env.ref("base.main_company")
    if company.country_id != country:
        company.country_id = country


def _set_people(env: Environment, language: str, zone: str) -> None:
    """Set administrator, company and everybody who comes later."""
    if zone not in dict(env["res.partner"]._fields["tz"]._description_selection(env)):
        raise PhaseFailed(f"time zone {zone} is unknown to this Odoo")
    people = env.ref("base.user_admin").partner_id | env.ref("base.main_partner")
    people.write({"lang": language, "tz": zone})
    env["ir.default"].set("res.partner", "lang", language)
    env["ir.default"].set("res.partner", "tz", zone)
