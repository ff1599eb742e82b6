"""Orders about a tenant that is open: one tenant is enough for all of them.

Owns: how each is asked for, what has to stand before. Does not own: what is right afterwards
(`audit_tenant.py`), orders about its backups (`crash_backup_deeds.py`, `crash_restore_deeds.py`,
`crash_copy_deeds.py`, `crash_away_deeds.py`, `crash_expiry_deeds.py`), about secrets
(`crash_secret_deeds.py`) and about other places and versions (`crash_live_copy_deeds.py`,
`crash_upgrade_deeds.py`, `crash_move_deeds.py`, `crash_adoption_deeds.py`), other orders
(`crash_deeds.py`).
"""

from typing import Any

from odoo.api import Environment
from odoo.models import Model
from odoo.tools import SQL

from . import (
    audit,
    crash_adoption_deeds,
    crash_away_deeds,
    crash_backup_deeds,
    crash_copy_deeds,
    crash_expiry_deeds,
    crash_live_copy_deeds,
    crash_move_deeds,
    crash_restore_deeds,
    crash_secret_deeds,
    crash_upgrade_deeds,
    tenant_inside,
)

WORK_SECONDS = 60
FOREIGN_ADDRESS = "http://evil.example"


def make_ready(env: Environment, _say: Any, tenant: int, order: str, **places: str) -> int:
    """Bring the tenant to where this can be ordered, with real work.

    `places`: its own host (`own_host`), where backups go (`shelf`), the nodes' `secret_file`, an
    Odoo zip of somebody else (`odoo_zip`).
    """
    found = env["saas.tenant"].browse(tenant)
    _work(env)
    if found.state == "suspended":
        found.action_resume()
        _work(env)
    if found.support_rule != "always":
        found.support_rule = "always"
    _leave(found.support_ids.filtered(lambda one: one.state == "inside"))
    _work(env)
    if order in READY:
        READY[order](found, **places)
    _work(env)
    return found.id


def _work(env: Environment) -> None:
    env.cr.commit()
    env["saas.job"]._work(WORK_SECONDS, until_idle=True)
    env.cr.commit()
    env.invalidate_all()


def _closed(tenant: Model, **_places: str) -> None:
    tenant.action_suspend("manual", "The crash suite asked")


def _address_changed(tenant: Model, **_places: str) -> None:
    """Somebody inside changed by which address the database calls itself."""
    database, ports = tenant.database_id, audit.ports_of(tenant.cluster_id)
    ports.cluster.set_address(database.name, database.generation, FOREIGN_ADDRESS)


def _limits_lifted(tenant: Model, **_places: str) -> None:
    """Its limits stand, then somebody inside takes the trigger away and users come in."""
    ports, database = audit.ports_of(tenant.cluster_id), tenant.database_id
    if not tenant.plan_id:
        limits = {"limit_users": 7, "limit_storage_gb": 5}
        tenant.plan_id = tenant.env["saas.plan"].create({"name": "Limited", **limits})
    tenant._have_limits_applied()
    _work(tenant.env)
    # Of a restore before, none may be left that noticed as much.
    ports.cluster.put_limits(database.name, database.generation, tenant._enforced_limits())
    rule = [("rule", "=", "limits_tampered"), ("tenant_id", "=", tenant.id)]
    tenant.env.cr.execute(
        SQL(
            "DELETE FROM saas_security_event WHERE id = ANY(%s)",
            tenant.env["saas.security.event"].search(rule).ids,
        )
    )
    tenant_inside.run(tenant, "DROP TRIGGER saas_check_users_insert ON res_users")


def _host_asked(tenant: Model, own_host: str, **_places: str) -> None:
    tenant.host_ids.filtered(lambda one: one.kind == "custom")._release()
    tenant.env["saas.tenant.host"]._add_own(tenant, own_host, wants_primary=False)


def _entered(tenant: Model, **_places: str) -> None:
    if not tenant.support_ids.filtered(lambda one: one.state == "inside"):
        _access(tenant).action_enter()


def _access(tenant: Model) -> Model:
    access = tenant.env["saas.support.access"].create(
        {"tenant_id": tenant.id, "reason": "A worker is killed"}
    )
    access.action_ask()
    return access


def _leave(access: Model) -> None:
    for one in access:
        one.action_end()


READY = {
    "resume": _closed,
    "set_address": _address_changed,
    "check_host": _host_asked,
    "limit": _limits_lifted,
    "leave": _entered,
    **crash_backup_deeds.READY,
    **crash_restore_deeds.READY,
    **crash_copy_deeds.READY,
    **crash_away_deeds.READY,
    **crash_expiry_deeds.READY,
    **crash_secret_deeds.READY,
    **crash_live_copy_deeds.READY,
    **crash_upgrade_deeds.READY,
    **crash_move_deeds.READY,
    **crash_adoption_deeds.READY,
}


def _last(tenant: Model, kind: str) -> Model:
    link = [
        ("kind", "=", kind),
        "|",
        "|",
        ("tenant_id", "=", tenant.id),
        ("database_id", "=", tenant.database_id.id),
        ("support_id.tenant_id", "=", tenant.id),
    ]
    return tenant.env["saas.job"].search(link, order="id desc", limit=1)


def suspend(env: Environment, tenant: int) -> Model:
    """Close it; the operation ends its sessions."""
    found = env["saas.tenant"].browse(tenant)
    found.action_suspend("manual", "The crash suite asked")
    return _last(found, "apply_state")


def resume(env: Environment, tenant: int) -> Model:
    """Open it again."""
    found = env["saas.tenant"].browse(tenant)
    found.action_resume()
    return _last(found, "apply_state")


def rotate(env: Environment, tenant: int) -> Model:
    """Give its role a new password."""
    return env["saas.tenant"].browse(tenant)._order_rotation()


def isolate(env: Environment, tenant: int) -> Model:
    """Have its isolation proven."""
    return env["saas.tenant"].browse(tenant)._prove_isolation()


def check_host(env: Environment, tenant: int) -> Model:
    """Have the records of its own host name looked at again."""
    found = env["saas.tenant"].browse(tenant)
    found.host_ids.filtered(lambda one: one.kind == "custom").action_check()
    return _last(found, "check_host")


def set_address(env: Environment, tenant: int) -> Model:
    """Have its address put back."""
    found = env["saas.tenant"].browse(tenant)
    found._order_address()
    return _last(found, "set_addresses")


def limit(env: Environment, tenant: int) -> Model:
    """Have its limits compared and put back."""
    return env["saas.tenant"].browse(tenant)._order_apply_limits()


def enter(env: Environment, tenant: int) -> Model:
    """Have support enter it."""
    found = env["saas.tenant"].browse(tenant)
    _access(found).action_enter()
    return _last(found, "open_support")


def leave(env: Environment, tenant: int) -> Model:
    """Have support leave it."""
    found = env["saas.tenant"].browse(tenant)
    _leave(found.support_ids.filtered(lambda one: one.state == "inside"))
    return _last(found, "close_support")


ORDERS = {
    "suspend": suspend,
    "resume": resume,
    "rotate": rotate,
    "isolate": isolate,
    "check_host": check_host,
    "set_address": set_address,
    "limit": limit,
    "enter": enter,
    "leave": leave,
    **crash_backup_deeds.ORDERS,
    **crash_restore_deeds.ORDERS,
    **crash_copy_deeds.ORDERS,
    **crash_away_deeds.ORDERS,
    **crash_expiry_deeds.ORDERS,
    **crash_secret_deeds.ORDERS,
    **crash_live_copy_deeds.ORDERS,
    **crash_upgrade_deeds.ORDERS,
    **crash_move_deeds.ORDERS,
    **crash_adoption_deeds.ORDERS,
}
