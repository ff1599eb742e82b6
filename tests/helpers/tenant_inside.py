"""A tenant's own database, entered as its role; runs inside Odoo.

Owns: asking and writing there, a mark that says whether what was committed is still there. Does not
own: what is asked (`audit_*.py`, `crash_*_deeds.py`).
"""

import secrets
from typing import Any

from odoo.addons.saas_business_management.adapters.postgres.connect import SHORT, used
from odoo.addons.saas_business_management.adapters.postgres.tenant_login import TenantLogins
from odoo.models import Model

from .audit import differing, ports_of

COMMITTED = "saas.crash.committed"
READ = "SELECT value FROM ir_config_parameter WHERE key = %s"
WRITE = """
INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""


def run(tenant: Model, statement: str, *values: Any) -> list[tuple]:
    """Run a statement in a tenant's database under the password that its node has."""
    database = tenant.database_id
    secret = tenant.cluster_id.sudo()._cluster_secret()
    logins = TenantLogins(ports_of(tenant.cluster_id).cluster._server, secret)
    login = logins.open(database.name, database.generation, database.name, SHORT, "crash suite")
    with used(login) as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def parameter(tenant: Model, key: str) -> str | None:
    """Return a system parameter, None when there is none."""
    found = run(tenant, READ, key)
    return found[0][0] if found else None


def put_parameter(tenant: Model, key: str, value: str) -> None:
    """Write a system parameter, as a customer would."""
    run(tenant, WRITE, key, value)


def commit_mark(tenant: Model) -> None:
    """Write something a customer sees confirmed, and note it."""
    mark = secrets.token_hex(8)
    put_parameter(tenant, COMMITTED, mark)
    tenant.env["ir.config_parameter"].sudo().set_param(COMMITTED, mark)


def mark_stands(tenant: Model) -> list[str]:
    """What was confirmed last is in the database that is live."""
    noted = tenant.env["ir.config_parameter"].sudo().get_param(COMMITTED)
    return differing(committed=(parameter(tenant, COMMITTED), noted))
