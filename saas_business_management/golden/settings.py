"""Phase `settings`: parameters, company, chart of accounts; and nobody can log in any more."""

import secrets
from collections.abc import Mapping
from typing import Any

from odoo.api import Environment

from .database import PhaseFailed, records
from .place import set_currency

# Reset by link is how the first administrator gets in; sign-up itself stays by invitation.
PARAMETERS = {"auth_signup.reset_password": "True", "auth_signup.invitation_scope": "b2b"}
COMPANY_FIELDS = ("name", "logo", "primary_color", "secondary_color")


def apply_settings(database: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Set everything the template says beyond its modules."""
    with records(database) as env:
        _set_parameters(env, {**PARAMETERS, **spec.get("parameters", {})})
        _set_company(env, spec.get("company", {}))
        _set_calendar(env, spec.get("time_zone") or "UTC")
        _silence(env)
    chart = _load_chart(database, spec)
    with records(database) as env:
        return {"chart": chart, "passwords_removed": _remove_passwords(env)}


def _set_parameters(env: Environment, parameters: Mapping[str, str]) -> None:
    for key, value in sorted(parameters.items()):
        env["ir.config_parameter"].set_param(key, value)


def _set_company(env: Environment, company: Mapping[str, str]) -> None:
    """Set name, logo (base64) and colours; the first colour is also that of buttons in mails."""
    values: dict[str, Any] = {name: company[name] for name in COMPANY_FIELDS if company.get(name)}
    if "primary_color" in values:
        values["email_secondary_color"] = values["primary_color"]
    if values:
        env.ref("base.main_company").write(values)


def _set_calendar(env: Environment, zone: str) -> None:
    if "resource.calendar" in env:
        env["resource.calendar"].search([]).write({"tz": zone})


def _silence(env: Environment) -> None:
    """Stop Odoo's update notice: a tenant reports to nobody but its provider."""
    notice = env.ref("mail.ir_cron_module_update_notification", raise_if_not_found=False)
    if notice:
        notice.active = False


def _load_chart(database: str, spec: Mapping[str, Any]) -> str:
    """Load the chart of accounts if accounting is there; return the one the company has."""
    with records(database) as env:
        if "account.chart.template" not in env:
            return ""
        wanted, company = spec.get("chart", ""), env.ref("base.main_company")
        if wanted and company.chart_template != wanted:
            if wanted not in dict(env["account.chart.template"]._select_chart_template()):
                raise PhaseFailed(f"chart of accounts {wanted} is unknown to this Odoo")
            env["account.chart.template"].try_loading(wanted, company, install_demo=False)
    # A chart brings its country's currency along; the template's choice counts.
    with records(database) as env:
        set_currency(env, spec.get("currency", ""))
        return env.ref("base.main_company").chart_template or ""


def _remove_passwords(env: Environment) -> int:
    """Give every user a password nobody knows: Odoo's own and demo users have published ones."""
    users = env["res.users"].with_context(active_test=False)
    env.cr.execute("SELECT id FROM res_users WHERE coalesce(password, '') <> ''")
    known = [row[0] for row in env.cr.fetchall()]
    unknown = users._crypt_context().hash(secrets.token_urlsafe(32))
    for user_id in known:
        users._set_encrypted_password(user_id, unknown)
    return len(known)
