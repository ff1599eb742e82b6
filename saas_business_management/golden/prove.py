"""Phase `prove`: whether a changed copy is fit to go live, looked at by an Odoo that begins anew.

Owns: modules' states, the records load, the login page, the template's own questions. Does not own:
the change (`upgrade.py`), what follows from a failure (`jobs/upgrade_tenant.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg2
from odoo.sql_db import db_connect

from .assets import check_login_page
from .database import PhaseFailed, check_states, records
from .modules import installed_modules

QUESTION_SECONDS = 30


def prove(database: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Look at everything; what is wrong first is told."""
    check_states(database, [*spec["install"], *spec["update"]])
    with records(database) as env:
        modules = installed_modules(env)
        left = sorted({*spec["remove"]} & modules.keys())
        if left:
            raise PhaseFailed("it is still installed", left[0])
    page = check_login_page(database)
    return {"modules": modules, "login_page_bytes": page, "checks": _ask(database, spec["checks"])}


def _ask(database: str, checks: Sequence[Mapping[str, str]]) -> list[str]:
    """Ask the template's questions, each in a transaction that reads only; a row is a fault."""
    for check in checks:
        with db_connect(database).cursor() as cr:
            cr.execute("SET TRANSACTION READ ONLY")
            cr.execute("SELECT set_config('statement_timeout', %s, true)", [f"{QUESTION_SECONDS}s"])
            try:
                cr.execute(check["statement"], log_exceptions=False)
                found = cr.fetchone()
            except psycopg2.Error as error:
                line = str(error).splitlines()[0]
                raise PhaseFailed(f"the check “{check['name']}” cannot be asked: {line}") from None
            if found is not None:
                raise PhaseFailed(f"the check “{check['name']}” found something: {found[0]}")
    return [check["name"] for check in checks]
