"""Orders that copy the tenant that is open as it is now: a masked sandbox, new data for one.

Owns: how each is asked for, what has to stand before. Does not own: what is right afterwards
(`audit_live_copy.py`), sandboxes made of backups (`crash_copy_deeds.py`).
"""

import secrets
from typing import Any

from odoo.api import Environment
from odoo.models import Model

from . import tenant_inside

PERSON = "Ada Undisclosed"
ADD_PERSON = """
INSERT INTO res_partner (name, complete_name, email, active, type, lang)
SELECT %s, %s, 'ada@undisclosed.example', true, 'contact', 'en_US'
 WHERE NOT EXISTS (SELECT FROM res_partner WHERE name = %s)
"""


def copy_ready(tenant: Model, **_places: Any) -> None:
    """Have a person in it whom no copy may show."""
    tenant_inside.run(tenant, ADD_PERSON, PERSON, PERSON, PERSON)
    tenant_inside.commit_mark(tenant)


def refresh_ready(tenant: Model, **places: Any) -> None:
    """Have a copy that is open."""
    copy_ready(tenant, **places)
    if not refreshed_of(tenant):
        copy(tenant.env, tenant.id, "kept-copy")
        tenant.env.cr.commit()
        tenant.env["saas.job"]._work(60, until_idle=True)
    # The copy is older than what was confirmed last.
    tenant_inside.commit_mark(tenant)


READY = {"copy": copy_ready, "refresh": refresh_ready}


def copy(env: Environment, tenant: int, subdomain: str = "") -> Model:
    """Have it copied, masked."""
    subdomain = subdomain or f"now-{secrets.token_hex(4)}"
    told = {"reason": "The crash suite asked", "exempt": True, "name": subdomain.title()}
    found = env["saas.tenant"].browse(tenant)
    return env["saas.copy"]._order_copy(found, "sandbox", subdomain=subdomain, **told).job_ids


def refresh(env: Environment, tenant: int) -> Model:
    """Have its copy get the data of now."""
    into = refreshed_of(env["saas.tenant"].browse(tenant))
    return env["saas.copy"]._order_refresh(into, exempt=True).job_ids


def refreshed_of(tenant: Model) -> Model:
    """Return the copy that stays from case to case."""
    mine = [("copied_from_id", "=", tenant.id), ("subdomain", "=", "kept-copy")]
    return tenant.env["saas.tenant"].search(mine)


ORDERS = {"copy": copy, "refresh": refresh}
