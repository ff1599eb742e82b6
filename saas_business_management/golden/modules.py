"""Phase `modules`: the template's own modules, with all that Odoo adds to them by itself."""

from collections.abc import Mapping
from typing import Any

from .database import install, records


def install_modules(database: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Install the modules of the template; one that fails is named in the error."""
    install(database, list(dict.fromkeys(spec.get("modules", ()))))
    with records(database) as env:
        return {"modules": installed_modules(env)}


def installed_modules(env: Any) -> dict[str, str]:
    """Return the installed modules with their versions."""
    found = env["ir.module.module"].search([("state", "=", "installed")], order="name")
    return {module.name: module.latest_version or "" for module in found}
