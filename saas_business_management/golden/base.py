"""Phase `base`: what every tenant has, in the languages of the template."""

from collections.abc import Mapping
from typing import Any

from odoo.api import Environment

from .database import PhaseFailed, install, records

BASE_MODULES = ("base", "web", "mail", "auth_signup")


def install_base(database: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Install the common modules, with demo data if asked for, and load the languages."""
    install(database, BASE_MODULES, demo=bool(spec.get("demo")))
    wanted = [spec.get("language") or "en_US", *spec.get("languages", ())]
    with records(database) as env:
        for code in dict.fromkeys(wanted):
            load_language(env, code)
        return {"languages": active_languages(env)}


def active_languages(env: Environment) -> list[str]:
    """Return the codes of the languages people can choose."""
    return sorted(code for code, _name in env["res.lang"].get_installed())


def load_language(env: Environment, code: str) -> None:
    language = env["res.lang"].with_context(active_test=False).search([("code", "=", code)])
    if not language:
        raise PhaseFailed(f"language {code} is unknown to this Odoo")
    if not language.active:
        env["base.language.install"].create({"lang_ids": language.ids}).lang_install()
