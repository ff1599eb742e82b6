"""What must hold of a target after the deleting of old backups was interrupted, as complaints.

Owns: that exactly what the catalogue lists lies there, nothing more and nothing less. Does not own:
the order (`crash_expiry_deeds.py`), audit A3 of other orders (`audit_backup.py`).
"""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from odoo.addons.saas_business_management.adapters.storage.folder import PART, STAGING
from odoo.models import Model

from .audit import _done, differing, work_folder
from .audit_backup import RESTORABLE, _ports, shelf
from .audit_tenant import _jobs, _password_stands
from .crash_expiry_deeds import GOING, KEPT


def expired(tenant: Model) -> list[str]:
    """What was to go is gone, each noted once; what stays is whole, and nothing lies beside it."""
    jobs = _jobs(tenant, "expire_backups")
    last = jobs.sorted("id")[-1]
    gone = _chosen(last)
    return [
        *_done(jobs),
        *differing(
            several=(len(gone) >= GOING, True),
            gone=(set(gone.mapped("state")), {"deleted"}),
            when=([one.uuid for one in gone if not (one.deleted_at and one.freed_bytes)], []),
            oddities=(_oddities(tenant), []),
            staging=(_staging(tenant), []),
            tidied=(bool(_target(tenant).tidied_at), True),
        ),
        *_kept(tenant),
    ]


def not_expired(tenant: Model) -> list[str]:
    """Called off before anything was chosen: every backup is still there, and can be restored."""
    last = _jobs(tenant, "expire_backups").sorted("id")[-1]
    over = tenant.backup_ids.filtered(lambda one: one.state == "expired")
    beside = {kind for kind, _name in _oddities(tenant)} - {"extra"}
    return [
        *differing(chosen=(_chosen(last).ids, []), over=(bool(over), True), beside=(beside, set())),
        *_kept(tenant),
    ]


def _chosen(job: Model) -> Model:
    uuids = [one["backup"] for one in (job.facts or {}).get("leaving", ())]
    return job.env["saas.backup"].sudo().search([("uuid", "in", uuids)])


def _kept(tenant: Model) -> list[str]:
    """Two verified ones at least stay, and none is on its way out."""
    listed = tenant.backup_ids.filtered(lambda one: one.state in RESTORABLE)
    return [
        *differing(
            verified=(len(listed.filtered(lambda one: one.level >= "1")) >= KEPT, True),
            leaving=(tenant.backup_ids.filtered(lambda one: one.state == "deleting").ids, []),
        ),
        *shelf(tenant),
        *_password_stands(tenant),
        *work_folder(),
    ]


def _target(tenant: Model) -> Model:
    return tenant.backup_policy_id.target_ids


def _oddities(tenant: Model) -> list[tuple[str, str]]:
    """How the target differs from the catalogue, however young what lies there is."""
    ports, target = _ports(tenant), _target(tenant)
    listed = tenant.env["saas.backup"]._restorable_of(tenant, target)
    known = {one.uuid: one.manifest_hash for one in listed}
    later = datetime.now(timezone.utc) + timedelta(days=1)
    store = ports.stores.open(target.id)
    found = ports.vault.audit(store, tenant._backup_uuid(), known, later)
    return [(one.kind, one.name) for one in found]


def _staging(tenant: Model) -> list[str]:
    """What lies in the staging area of its folder."""
    place = Path(_target(tenant).folder, STAGING)
    return [one.name for one in place.iterdir() if one.name.endswith(PART)]


RULES = {"tenant_expired": expired, "tenant_not_expired": not_expired}
