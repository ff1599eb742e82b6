"""What must hold of a tenant after an upgrade was interrupted, told as complaints.

Owns: that the change is in the live database once, whole, or not at all, and what customers had
confirmed is in it. Does not own: orders (`crash_upgrade_deeds.py`), what lies beside the live one
(`audit_restore.py`).
"""

from odoo.models import Model

from . import tenant_inside
from .audit import _done, differing, noted_once, work_folder
from .audit_restore import _places
from .audit_tenant import _jobs
from .crash_upgrade_deeds import COUNTED


def upgraded(tenant: Model) -> list[str]:
    """The version is in place, and what was live before is kept beside."""
    one = _last(tenant)
    return [
        *_done(_jobs(tenant, "upgrade_tenant")),
        *differing(
            state=(one.state, "done"),
            can_undo=(one.can_undo, True),
            version=(tenant.version_id, one.to_version_id),
            safety=(one.safety_id.state, "stored"),
        ),
        *noted_once(tenant, "upgrade_done", "upgrade_ordered"),
        *_live(tenant, "1"),
    ]


def not_upgraded(tenant: Model, state: str = "cancelled") -> list[str]:
    """The upgrade came to nothing, and the tenant is as it was."""
    one = _last(tenant)
    return [
        *differing(state=(one.state, state), version=(tenant.version_id.number, 0)),
        *_live(tenant, "0"),
    ]


def rehearsed(tenant: Model) -> list[str]:
    """The rehearsal is noted, its copy is gone, and the tenant is as it was."""
    one = _last(tenant)
    return [
        *_done(_jobs(tenant, "upgrade_tenant")),
        *differing(
            state=(one.state, "done"),
            reported=(bool(one.report), True),
            version=(tenant.version_id.number, 0),
        ),
        *_live(tenant, "0"),
    ]


def undone(tenant: Model) -> list[str]:
    """What was live before the upgrade is live."""
    one = _last(tenant)
    return [
        *_done(_jobs(tenant, "undo_upgrade")),
        *differing(state=(one.state, "rolled_back"), version=(tenant.version_id.number, 0)),
        *noted_once(tenant, "upgrade_undone", "upgrade_undo_ordered"),
        *_live(tenant, "0"),
    ]


def not_undone(tenant: Model) -> list[str]:
    """What was upgraded is live as before."""
    one = _last(tenant)
    return [
        *differing(
            state=(one.state, "done"),
            can_undo=(one.can_undo, True),
            version=(tenant.version_id, one.to_version_id),
        ),
        *_live(tenant, "1"),
    ]


def _last(tenant: Model) -> Model:
    return tenant.upgrade_ids.sorted("id")[-1]


def _live(tenant: Model, count: str) -> list[str]:
    counted = [tenant_inside.parameter(tenant, key) for key in COUNTED]
    return [
        *differing(changed=(counted, [count, count])),
        *tenant_inside.mark_stands(tenant),
        *_places(tenant),
        *work_folder(),
    ]


RULES = {
    "tenant_upgraded": upgraded,
    "tenant_not_upgraded": not_upgraded,
    "tenant_rehearsed": rehearsed,
    "tenant_upgrade_undone": undone,
    "tenant_upgrade_stands": not_undone,
}
