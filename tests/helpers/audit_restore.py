"""What must hold of a tenant after a restore was interrupted, told as complaints.

Owns: that exactly one database is live, what is beside it is recorded, visitors are served. Does
not own: orders (`crash_restore_deeds.py`), its backups (`audit_backup.py`).
"""

from odoo.models import Model

from .audit import _done, differing, ports_of
from .audit_backup import shelf
from .audit_tenant import _jobs, _password_stands


def restored(tenant: Model) -> list[str]:
    """The newest restore is done, and what was live before is kept beside."""
    one = tenant.restore_ids.sorted("id")[-1]
    return [
        *_done(_jobs(tenant, "restore_tenant")),
        *differing(state=(one.state, "done"), can_undo=(one.can_undo, True)),
        *differing(came=(bool(one.tables and one.rows), True)),
        *differing(safety=(one.safety_id.state, "stored")),
        *_places(tenant),
    ]


def not_restored(tenant: Model) -> list[str]:
    """The restore came to nothing, and the tenant is as it was."""
    one = tenant.restore_ids.sorted("id")[-1]
    return [*differing(state=(one.state, "failed")), *_places(tenant)]


def undone(tenant: Model) -> list[str]:
    """What was live before is live, and what was restored is kept beside."""
    one = tenant.restore_ids.sorted("id")[-1]
    return [
        *_done(_jobs(tenant, "undo_restore")),
        *differing(state=(one.state, "undone"), can_undo=(one.can_undo, True)),
        *_places(tenant),
    ]


def not_undone(tenant: Model) -> list[str]:
    """What was restored is live as before."""
    one = tenant.restore_ids.sorted("id")[-1]
    return [*differing(state=(one.state, "done"), can_undo=(one.can_undo, True)), *_places(tenant)]


def _places(tenant: Model) -> list[str]:
    """Its name leads to the database that is recorded, with its files; beside it lies what is
    kept, and no staging copy.
    """
    ports, database = ports_of(tenant.cluster_id), tenant.database_id
    kept = tenant.env["saas.database"].search(
        [("tenant_id", "=", tenant.id), ("kind", "=", "kept"), ("stage", "=", "ready")]
    )
    stem = database.name
    beside = [one for one in ports.cluster.databases() if one.name.startswith(f"{stem}_")]
    folders = {one for one in ports.filestore.names() if one.startswith(f"{stem}_")}
    live = ports.cluster.database(stem)
    return [
        *differing(
            beside=({one.name: one.oid for one in beside}, {one.name: one.oid for one in kept}),
            folders=(folders, set(kept.mapped("name"))),
            shut=({one.allows_connections for one in beside} - {False}, set()),
            swapping=(tenant.swapping, False),
            routes=(set(database.route_ids.mapped("state")), {"active"}),
            oid=(database.oid in (0, live and live.oid), True),
        ),
        *_password_stands(tenant),
        *shelf(tenant),
    ]


RULES = {
    "tenant_restored": restored,
    "tenant_not_restored": not_restored,
    "tenant_restore_undone": undone,
    "tenant_restore_stands": not_undone,
}
