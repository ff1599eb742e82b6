"""What must hold of a tenant after a move between clusters was interrupted, told as complaints.

Owns: that exactly one copy takes writes, the one that the records name, with all that customers had
confirmed, and that the other is closed and kept, or gone. Does not own: orders
(`crash_move_deeds.py`).
"""

from odoo.addons.saas_business_management.adapters.postgres.connect import SHORT, used
from odoo.addons.saas_business_management.adapters.postgres.tenant_login import TenantLogins
from odoo.addons.saas_business_management.kernel.errors import SaasError
from odoo.addons.saas_business_management.kernel.lifecycle.states import SERVING
from odoo.models import Model

from . import tenant_inside
from .audit import (
    _done,
    _on_server,
    differing,
    gone_from_server,
    noted_once,
    ports_of,
    work_folder,
)
from .audit_tenant import _jobs, _password_stands


def moved(tenant: Model) -> list[str]:
    """It lives at the destination; the source is closed and kept."""
    one = _last(tenant)
    return [
        *_done(_jobs(tenant, "move_tenant")),
        *differing(state=(one.state, "done"), can_undo=(one.can_undo, True)),
        *_moved(tenant, one),
        *noted_once(tenant, "move_done", "move_ordered"),
    ]


def not_moved(tenant: Model) -> list[str]:
    """It lives where it lived, and at the destination is nothing."""
    one = _last(tenant)
    name = (one.job_ids.sorted("id")[-1].facts or {}).get("copy")
    return [
        *differing(
            state=(one.state, "failed"),
            place=(tenant.cluster_id, one.source_id),
            database=(tenant.database_id, one.source_database_id),
        ),
        *(gone_from_server(ports_of(one.destination_id), name) if name else []),
        *_lives(tenant),
    ]


def undone(tenant: Model) -> list[str]:
    """It lives where it lived before the move, and what was at the destination is gone."""
    one = _last(tenant)
    return [
        *_done(_jobs(tenant, "undo_move")),
        *differing(
            state=(one.state, "undone"),
            place=(tenant.cluster_id, one.source_id),
            database=(tenant.database_id, one.source_database_id),
            left=(one.database_id.stage, "dropped"),
        ),
        *gone_from_server(ports_of(one.destination_id), one.database_id.name),
        *noted_once(tenant, "move_undone", "move_undo_ordered"),
        *_lives(tenant),
    ]


def not_undone(tenant: Model) -> list[str]:
    """It lives at the destination as before."""
    one = _last(tenant)
    return [
        *differing(state=(one.state, "done"), can_undo=(one.can_undo, True)),
        *_moved(tenant, one),
    ]


def _last(tenant: Model) -> Model:
    return tenant.move_ids.sorted("id")[-1]


def _moved(tenant: Model, one: Model) -> list[str]:
    kept = one.source_database_id
    info = ports_of(one.source_id).cluster.database(kept.name)
    return [
        *differing(
            place=(tenant.cluster_id, one.destination_id),
            database=(tenant.database_id, one.database_id),
            kept=((kept.kind, kept.stage), ("moved", "ready")),
            kept_there=(info is not None, True),
            kept_open=(_takes_writes(one.source_id, kept), False),
            kept_routes=(
                kept.route_ids.mapped(lambda row: (row.host, row.state)),
                [(False, "gone")],
            ),
        ),
        *_lives(tenant),
    ]


def _lives(tenant: Model) -> list[str]:
    """Its name leads to one database, which takes writes and has what was confirmed."""
    database, ports = tenant.database_id, ports_of(tenant.cluster_id)
    routes = tenant.env["saas.route"].search([("host", "=", tenant.host)])
    there = [("tenant_id", "=", tenant.id), ("stage", "=", "claimed")]
    live = tenant.host_ids.filtered(lambda row: row.state == "live")
    return [
        *differing(
            serving=(tenant.state in SERVING, True),
            swapping=(tenant.swapping, False),
            databases=(tenant.env["saas.database"].search(there), database),
            routes=(
                routes.mapped(lambda row: (row.database_id, row.state)),
                [(database, "active")],
            ),
            names=(live.mapped("host"), [tenant.host]),
            writable=(_takes_writes(tenant.cluster_id, database), True),
            address=(ports.cluster.address_of(database.name, database.generation), tenant.url),
        ),
        *_on_server(ports, database, "claimed"),
        *_password_stands(tenant),
        *tenant_inside.mark_stands(tenant),
        *work_folder(),
    ]


def _takes_writes(cluster: Model, database: Model) -> bool:
    """Whether somebody who has the password of nodes can write there."""
    logins = TenantLogins(ports_of(cluster).cluster._server, cluster.sudo()._cluster_secret())
    name, generation = database.name, database.generation
    try:
        with used(logins.open(name, generation, name, SHORT, "crash suite")) as cursor:
            cursor.execute("UPDATE ir_config_parameter SET value = value WHERE id < 2")
    except SaasError:
        return False
    return True


RULES = {
    "tenant_moved": moved,
    "tenant_not_moved": not_moved,
    "tenant_move_undone": undone,
    "tenant_move_stands": not_undone,
}
