"""The order that makes a database of somebody else a tenant.

Owns: how it is asked for, what has to stand before. Does not own: the database
(`crash_foreign.py`), what is right afterwards (`audit_adoption.py`).
"""

import secrets
from typing import Any

from odoo.api import Environment
from odoo.models import Model

from .crash_secret_deeds import work


def adopt_ready(tenant: Model, foreign: str, **_places: Any) -> None:
    """Have the database listed and read, as it is now."""
    adoptions = tenant.env["saas.adoption"]
    adoptions._find(tenant.cluster_id)
    work(tenant)
    listed(tenant.env, foreign).action_look()
    work(tenant)


def listed(env: Environment, name: str = "") -> Model:
    """Return the adoption that waits for somebody to confirm it."""
    wanted = [("state", "in", ("found", "ready", "blocked", "undone"))]
    return env["saas.adoption"].search([*wanted, *([("name", "=", name)] if name else [])])


READY = {"adopt": adopt_ready}


def adopt(env: Environment, tenant: int) -> Model:
    """Confirm it; the tenant that is open lends its template."""
    native = env["saas.tenant"].browse(tenant)
    one = listed(env)
    subdomain = f"old-{secrets.token_hex(4)}"
    values = {
        "name": subdomain.title(),
        "subdomain": subdomain,
        "admin_name": "Olga",
        "admin_email": f"olga@{subdomain}.example",
        "template_id": native.template_id.id,
        "company_id": native.company_id.id,
    }
    return one._order_adoption(values, one.name)


ORDERS = {"adopt": adopt}
