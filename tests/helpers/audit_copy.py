"""What must hold after a backup was brought back elsewhere under kills, told as complaints.

Owns: that a sandbox is whole, once, or gone; that a proof is noted once and its place is empty.
Does not own: orders (`crash_copy_deeds.py`), restores in place (`audit_restore.py`).
"""

from odoo.addons.saas_business_management.kernel.lifecycle.states import SERVING
from odoo.models import Model

from .audit import (
    _done,
    _on_server,
    _page,
    _stages,
    differing,
    gone_from_server,
    ports_of,
    tenant_gone,
    work_folder,
)
from .audit_backup import shelf
from .audit_secret import _signs
from .audit_tenant import _jobs, _password_stands

TOLD = ("restored", "restore_failed")
NOTED = ("restore_done", "restore_failed")


def copied(tenant: Model) -> list[str]:
    """The copy is open, whole and its own; where it came from is as it was."""
    one, database = tenant.restore_ids, tenant.database_id
    ports = ports_of(tenant.cluster_id)
    return [
        *_done(_jobs(tenant, "restore_copy")),
        *differing(
            serving=(tenant.state in SERVING, True),
            sandbox=(tenant.is_sandbox, True),
            restores=(one.mapped("state"), ["done"]),
            came=(bool(one.tables and one.rows and one.files), True),
            databases=(_stages(tenant), ["claimed"]),
            routes=(
                database.route_ids.mapped(lambda row: (row.host, row.state)),
                [(tenant.host, "active")],
            ),
            names=(tenant.host_ids.mapped(lambda row: (row.state, row.served)), [("live", True)]),
            signs=(_signs(tenant) == database.sudo()._database_secret(), True),
        ),
        *_on_server(ports, database, "claimed"),
        *_page(ports, tenant.host),
        *_told_once(tenant, "restored", "restore_done"),
        *_source(one.tenant_id),
    ]


def not_copied(tenant: Model) -> list[str]:
    """Nothing of the copy is left, and its name can be had by another."""
    one = tenant.restore_ids
    name = (one.job_ids.facts or {}).get("copy")
    return [
        *tenant_gone(tenant, "draft"),
        *differing(restores=(one.mapped("state"), ["failed"])),
        *(gone_from_server(ports_of(tenant.cluster_id), name) if name else []),
        *_told_once(tenant, "restore_failed", "restore_failed"),
        *_source(one.tenant_id),
    ]


def _told_once(tenant: Model, event: str, action: str) -> list[str]:
    noted = tenant.env["saas.audit.entry"].search(
        [("tenant_id", "=", tenant.id), ("action", "in", NOTED)]
    )
    told = [name for name in tenant.event_ids.mapped("event") if name in TOLD]
    return differing(told=(told, [event]), noted=(noted.mapped("action"), [action]))


def _source(tenant: Model) -> list[str]:
    return [*_password_stands(tenant), *shelf(tenant), *work_folder()]


def proven(tenant: Model) -> list[str]:
    """The backup was restored, each operation that did so is noted once, its place is empty."""
    jobs = _jobs(tenant, "prove_restore")
    backup = jobs.sorted("id")[-1].backup_id
    done = jobs.filtered(lambda job: job.state == "done" and job.backup_id == backup)
    noted = _checks(backup).mapped("job_id")
    return [
        *_done(jobs),
        *differing(unnoted=((done - noted).ids, []), level=(backup.level, "2")),
        *_place_empty(tenant),
    ]


def not_proven(tenant: Model) -> list[str]:
    """A proof that was called off leaves its place empty; what it had found before is true."""
    return _place_empty(tenant)


def _checks(backup: Model) -> Model:
    return backup.check_ids.filtered(lambda one: one.level == "2")


def _place_empty(tenant: Model) -> list[str]:
    last = _jobs(tenant, "prove_restore").sorted("id")[-1]
    checks, place = _checks(last.backup_id), last.database_id
    came = [
        bool(one.facts["tables"] and one.facts["rows"] and one.facts["files"]) for one in checks
    ]
    routes = set(place.route_ids.mapped(lambda row: (row.host, row.state)))
    return [
        *differing(
            each_once=(len(checks), len(checks.mapped("job_id"))),
            outcomes=(set(checks.mapped("outcome")) - {"passed"}, set()),
            came=(set(came) - {True}, set()),
            place=(set(place.mapped("stage")) - {"dropped"}, set()),
            routes=(routes - {(False, "gone")}, set()),
        ),
        *(gone_from_server(ports_of(tenant.cluster_id), place.name) if place else []),
        *_source(tenant),
    ]


RULES = {
    "tenant_copied": copied,
    "tenant_not_copied": not_copied,
    "tenant_restore_proven": proven,
    "tenant_restore_not_proven": not_proven,
}
