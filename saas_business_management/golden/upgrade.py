"""Phase `upgrade`: a copy of a tenant's database is changed to what another version asks for.

Owns: modules added, updated and removed, settings and languages of the version. Does not own: what
the change set is (`kernel/migration/changes.py`), whether the result is good (`prove.py`).
"""

import threading
from collections.abc import Collection, Mapping
from typing import Any

from odoo.api import Environment
from odoo.modules import Manifest
from odoo.modules.registry import Registry

from .base import load_language
from .database import Culprit, PhaseFailed, check_states, records
from .modules import installed_modules


def upgrade(database: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Make the changes; one module that fails is named in the error."""
    threading.current_thread().dbname = database
    install, update, remove = spec["install"], spec["update"], spec["remove"]
    for name in (*install, *update):
        if Manifest.for_addon(name, display_warning=False) is None:
            raise PhaseFailed("this Odoo does not have it", name)
    if remove:
        _mark_removed(database, remove)
    if install or update or remove:
        with Culprit():
            Registry.new(
                database, update_module=True, install_modules=install, upgrade_modules=update
            )
    check_states(database, [*install, *update])
    with records(database) as env:
        _set_parameters(env, spec["parameters"])
        for code in spec["languages"]:
            load_language(env, code)
        return {"modules": installed_modules(env)}


def _mark_removed(database: str, names: Collection[str]) -> None:
    """Have modules removed, unless something needs them that stays."""
    with records(database) as env:
        found = env["ir.module.module"].search([("name", "in", names), ("state", "=", "installed")])
        others = found.downstream_dependencies() - found
        if others:
            needed = ", ".join(sorted(others.mapped("name")))
            raise PhaseFailed(f"it cannot be removed: {needed} needs it", found[0].name)
        if found:
            found.button_uninstall()


def _set_parameters(env: Environment, parameters: Mapping[str, str | None]) -> None:
    for key, value in sorted(parameters.items()):
        env["ir.config_parameter"].set_param(key, False if value is None else value)
