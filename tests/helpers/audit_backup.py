"""What must hold of a tenant's backups after an operation was interrupted, told as complaints.

Owns: that the catalogue and the store tell the same, that what is listed is whole, audit A3. Does
not own: orders (`crash_backup_deeds.py`), what holds of a whole cluster (`audit.py`).
"""

from collections import Counter
from collections.abc import Iterator

from odoo.addons.saas_business_management.jobs.backup_tenant import place_of
from odoo.addons.saas_business_management.jobs.ports import Ports, build_ports
from odoo.addons.saas_business_management.kernel.backup import layout
from odoo.models import Model

from .audit import OPEN, _done, differing
from .audit_tenant import _jobs

RESTORABLE = ("stored", "expired")
# Older ones were looked at object by object by the cases before; here their names have to do.
LOOKED_AT = 3
PROBES = "probe/"


def _ports(tenant: Model) -> Ports:
    target = tenant.backup_policy_id.target_ids
    keys = {key.key_id: key._data_key() for key in tenant._backup_keys_sudo()}
    return build_ports(
        tenant.cluster_id.sudo()._to_spec(), {target.id: target.sudo()._to_spec()}, keys
    )


def backed_up(tenant: Model) -> list[str]:
    """There is one more backup: listed once, looked at once, and whole to its last byte."""
    jobs = _jobs(tenant, "backup_tenant")
    last = jobs.sorted("id")[-1].backup_id
    return [
        *_done(jobs),
        *differing(newest=(tenant.backup_last_at, last.taken_at)),
        *backup_whole(tenant, last),
        *shelf(tenant),
    ]


def backup_whole(tenant: Model, backup: Model) -> list[str]:
    """A backup is stored, was looked at once, and can be read to its last byte."""
    looks = backup.check_ids.filtered(lambda one: one.level == "0").mapped("outcome")
    ports = _ports(tenant)
    store = ports.stores.open(backup.target_id.id)
    proof = ports.vault.prove(store, place_of(backup._step_place()))
    return differing(
        state=(backup.state, "stored"),
        looks=(looks, ["passed"]),
        files=(backup.file_count, proof.files),
        faults=(proof.faults, ()),
        error=(backup.error_code, False),
    )


def not_backed_up(tenant: Model, why: str = "operation_cancelled") -> list[str]:
    """A backup that came to nothing is failed, and nothing of it lies on the target."""
    last = _jobs(tenant, "backup_tenant").sorted("id")[-1].backup_id
    names = [one for one in _names(tenant) if last.uuid in one]
    return [
        *differing(
            state=(last.state, "failed"),
            why=(last.error_code, why),
            checks=(len(last.check_ids), 0),
            left=(names, []),
        ),
        *shelf(tenant),
    ]


def shelf(tenant: Model) -> list[str]:
    """Catalogue and store agree (A3); beside what is listed there is only what a worker that died
    may leave: a dump under an older claim, contents of files, something in the staging area.
    """
    listed = tenant.backup_ids.filtered(lambda one: one.state in RESTORABLE)
    names = _names(tenant)
    dumps = Counter(name.rpartition("/")[2].partition(".f")[0] for name in names if "/db/" in name)
    undisturbed = listed.filtered(lambda one: not one.job_id.deaths)
    open_jobs = tenant.backup_ids.job_ids.filtered(lambda job: job.state in OPEN)
    running = tenant.backup_ids.filtered(lambda one: one.state == "running") - open_jobs.backup_id
    return [
        *differing(
            manifests=({layout.backup_of(name) for name in names} - {""}, set(_uuids(listed))),
            dumps=(set(dumps), set(_uuids(listed))),
            spare_dumps=([one for one in _uuids(undisturbed) if dumps[one] != 1], []),
            running_without_operation=(_uuids(running), []),
        ),
        *_not_whole(tenant, listed.sorted("id")[-LOOKED_AT:]),
    ]


def _not_whole(tenant: Model, listed: Model) -> Iterator[str]:
    ports = _ports(tenant)
    for one in listed:
        place = place_of(one._step_place())
        for name in ports.vault.look(ports.stores.open(one.target_id.id), place):
            yield f"backup {one.uuid} lacks {name}"


def _names(tenant: Model) -> list[str]:
    target = tenant.backup_policy_id.target_ids
    prefix = layout.tenant_prefix(tenant._backup_uuid())
    return [one.key for one in _ports(tenant).stores.open(target.id).list(prefix)]


def _uuids(backups: Model) -> list[str]:
    return backups.mapped("uuid")


def proven(tenant: Model) -> list[str]:
    """The backup was read whole, and each operation that did so is noted once."""
    return [*_done(_jobs(tenant, "verify_backup")), *_proofs(tenant, at_least="1")]


def not_proven(tenant: Model) -> list[str]:
    """A proof that was called off says nothing about the backup."""
    return _proofs(tenant)


def _proofs(tenant: Model, at_least: str = "") -> list[str]:
    """What is wrong; a backup that was proven by restoring, by another order, stays so."""
    jobs = _jobs(tenant, "verify_backup")
    backup = jobs.sorted("id")[-1].backup_id
    checks = backup.check_ids.filtered(lambda one: one.level == "1")
    done = jobs.filtered(lambda job: job.state == "done" and job.backup_id == backup)
    return [
        *differing(
            noted=(sorted(checks.mapped("job_id").ids), sorted(done.ids)),
            each_once=(len(checks), len(done)),
            outcomes=(set(checks.mapped("outcome")) - {"passed"}, set()),
            state=(backup.state, "stored"),
            level=(max(backup.level or "", at_least), backup.level or ""),
        ),
        *shelf(tenant),
    ]


def target_tested(tenant: Model) -> list[str]:
    """Its target is known to work, a line for each need, and nothing of the test lies there."""
    target = tenant.backup_policy_id.target_ids
    jobs = tenant.env["saas.job"].search([("target_id", "=", target.id)])
    codes = target.check_ids.mapped("code")
    not_ok = target.check_ids.filtered(lambda line: line.result != "ok")
    return [
        *_done(jobs),
        *differing(
            state=(target.state, "ready"),
            # A folder protects nothing that is deleted, and the test says so.
            warned=(
                [(line.code, line.result) for line in not_ok],
                [("target_unprotected", "warning")],
            ),
            lines=(sorted(codes), sorted(set(codes))),
            left=(_probes(tenant, target), []),
        ),
        *shelf(tenant),
    ]


def target_untested(tenant: Model) -> list[str]:
    """A test that was called off tells nothing."""
    target = tenant.backup_policy_id.target_ids
    return differing(state=(target.state, "draft"), left=(_probes(tenant, target), []))


def _probes(tenant: Model, target: Model) -> list[str]:
    return [one.key for one in _ports(tenant).stores.open(target.id).list(PROBES)]


RULES = {
    "tenant_backed_up": backed_up,
    "tenant_not_backed_up": not_backed_up,
    "tenant_proven": proven,
    "tenant_not_proven": not_proven,
    "tenant_target_tested": target_tested,
    "tenant_target_untested": target_untested,
}
