"""One order of every kind of job, on a world of its own.

Owns: what has to be there before, what the order says. Does not own: the world, what comes of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.adapters.fakes.cluster import FIRST_SECRET
from saas_business_management.kernel.backup import layout
from saas_business_management.kernel.backup.canary import canary_path
from tests.helpers.job_rows import TENANT_UUID, reserve
from tests.helpers.job_world import GOLDEN, HOST, IDENTITY, World

BACKUP = "8d5a1a52-6f2e-4b7a-9a0e-000000000001"
OTHER_BACKUP = "8d5a1a52-6f2e-4b7a-9a0e-000000000002"
NEWER = "2026-01-06T09:00:00"
EXPORT = "8d5a1a52-6f2e-4b7a-9a0e-0000000000e1"


@dataclass(frozen=True)
class Order:
    """A way to order one kind of job: prepares the world and returns the job's id."""

    kind: str
    place: Callable[[World], int]


def provision(world: World) -> int:
    """Order a tenant."""
    blank = dict.fromkeys(("database", "admin"))
    tenant = {"state": "provisioning", "version": 1, "host": HOST, "host_state": "reserved"}
    world.add(lambda rows: rows["tenants"].update({1: {**tenant, "identity": IDENTITY, **blank}}))
    return world.desk.enqueue("provision_tenant", tenant=1)


def provision_warm(world: World) -> int:
    """Order a tenant while a standby copy waits."""
    world.desk.work(fill_standby(world))
    return provision(world)


def fill_standby(world: World) -> int:
    """Order a standby copy."""
    name = world.add(lambda rows: reserve(rows, "t", version=1))
    return world.desk.enqueue("fill_standby", database=name)


def build(world: World) -> int:
    """Order the next version of the template."""
    version = {"state": "building", "template": 1, "database": None}
    world.add(lambda rows: rows["versions"].update({2: version}))
    spec = {"cluster": "local", "golden": GOLDEN, "former_bytes": 0}
    return world.desk.enqueue("build_template", spec, version=2)


def drop_tenant(world: World) -> int:
    """Order the removal of a tenant's database."""
    world.desk.work(provision(world))
    name = world.rows["tenants"][1]["database"]
    return _drop(world, name, has_role=True)


def close_tenant(world: World) -> int:
    """Order that a suspended tenant's sessions end."""
    world.desk.work(provision(world))
    world.add(lambda rows: rows["tenants"][1].update(state="suspended"))
    return world.desk.enqueue("apply_state", tenant=1)


def delete_tenant(world: World) -> int:
    """Order the deletion of a tenant whose time to undo is over."""
    world.desk.work(provision(world))
    world.add(lambda rows: rows["tenants"][1].update(state="deleting"))
    return world.desk.enqueue("delete_tenant", tenant=1)


def drop_golden(world: World) -> int:
    """Order the removal of a golden database."""
    return _drop(world, world.golden, has_role=False)


def _drop(world: World, name: str, has_role: bool) -> int:
    world.add(lambda rows: rows["databases"][name].update(stage="dropping"))
    spec = {"database": name, "has_role": has_role}
    return world.desk.enqueue("drop_database", spec, database=name)


def audit(world: World) -> int:
    """Order an audit of a cluster on which dead workers left half a copy, files and a bare role."""
    name = world.add(lambda rows: reserve(rows, "t", version=1))
    unknown = world.add(lambda rows: reserve(rows, "t", version=1))
    world.add(lambda rows: rows["databases"].pop(unknown))
    for role in (name, unknown):
        world.cluster.ensure_role(role, 1)
    world.cluster.clone(name, world.golden)
    world.files.clone(world.golden, name, 1)
    world.files.unfinished[unknown] = 1
    return world.desk.enqueue("audit_cluster")


def audit_rights(world: World) -> int:
    """Order an audit of rights on a cluster with a weak role and a tenant with its own password."""
    world.desk.work(provision(world))
    name = world.rows["tenants"][1]["database"]
    world.cluster.spoiled[name] = {"strong": ("createdb",)}
    other = world.add(lambda rows: reserve(rows, "t", version=1, stage="standby"))
    world.cluster.ensure_role(other, 1)
    world.cluster.clone(other, world.golden)
    world.cluster.roles_by_name[other].generation = 99
    return world.desk.enqueue("audit_rights")


def prove_isolation(world: World) -> int:
    """Order the proof of an open tenant's isolation."""
    world.desk.work(provision(world))
    return world.desk.enqueue("prove_isolation", database=world.rows["tenants"][1]["database"])


def rotate_role(world: World) -> int:
    """Order a new password for an open tenant whose role has a session of the old one."""
    world.desk.work(provision(world))
    world.cluster.older_sessions[world.rows["tenants"][1]["database"]] = 1
    return world.desk.enqueue("rotate_role", tenant=1)


def renew_signing_secret(world: World) -> int:
    """Order that everybody at an open tenant is logged out."""
    world.desk.work(provision(world))
    return world.desk.enqueue("renew_signing_secret", tenant=1)


def rotate_cluster_secret(world: World) -> int:
    """Order passwords from a new secret for an open tenant and a standby copy."""
    world.desk.work(provision(world))
    world.desk.work(fill_standby(world))
    world.cluster.older_sessions |= dict.fromkeys(world.cluster.roles_by_name, 1)
    secret = {"now": FIRST_SECRET, "next": "second", "change": "prepared", "line": 0}
    world.add(lambda rows: rows["cluster"].update(secret=secret))
    return world.desk.enqueue("rotate_cluster_secret")


def sample_usage(world: World) -> int:
    """Order readings of an open tenant."""
    world.desk.work(provision(world))
    return world.desk.enqueue("sample_usage")


def check_health(world: World) -> int:
    """Order a look at the front doors: an open tenant that serves its page over TLS."""
    world.desk.work(provision(world))
    world.public_door.certify(HOST, datetime(2026, 6, 1, tzinfo=timezone.utc))
    return world.desk.enqueue("check_health")


def collect_cluster(world: World) -> int:
    """Order a look at a cluster that holds an open tenant."""
    world.desk.work(provision(world))
    return world.desk.enqueue("collect_cluster")


def collect_machine(world: World) -> int:
    """Order the figures of the machine that works."""
    return world.desk.enqueue("collect_machine")


def probe_tenants(world: World) -> int:
    """Order probes of an open tenant."""
    world.desk.work(provision(world))
    return world.desk.enqueue("probe_tenants")


PAY = "https://pay.example.com/status"
MAIL = "smtp.example.com:587"


def check_dependencies(world: World) -> int:
    """Order checks of two services: a page that says what it should, a port that is open."""
    common = {"inside_allowed": False, "status": 0}
    services = [
        {"dependency": 1, "kind": "http", "address": PAY, "marker": "fine", **common},
        {"dependency": 2, "kind": "tcp", "address": MAIL, "marker": "", **common},
    ]
    world.add(lambda rows: rows["cluster"].update(services=services))
    world.services.serve(PAY, body=b"all is fine")
    world.services.open(MAIL)
    return world.desk.enqueue("check_dependencies")


def check_cluster(world: World) -> int:
    """Order a connection test."""
    world.cluster.failed_checks["builder_role"] = "saas cluster-prepare"
    return world.desk.enqueue("test_cluster")


def check_target(world: World) -> int:
    """Order a test of a backup target."""
    world.stores.stores[1] = FakeBlobStore()
    world.add(lambda rows: rows["targets"].update({1: {"checks": []}}))
    return world.desk.enqueue("test_target", {"targets": [1]}, target=1)


def back_up(world: World) -> int:
    """Order a backup of an open tenant."""
    world.desk.work(provision(world))
    world.stores.stores[1] = FakeBlobStore()
    backup = {"state": "running", "tenant": 1, "target": 1, "uuid": BACKUP, "fence": 0}
    world.add(lambda rows: rows["backups"].update({1: {**backup, "sha256": ""}}))
    return world.desk.enqueue("backup_tenant", {"targets": [1]}, tenant=1, backup=1)


def verify_backup(world: World) -> int:
    """Order that a backup is read whole."""
    world.desk.work(back_up(world))
    return world.desk.enqueue("verify_backup", {"targets": [1]}, tenant=1, backup=1)


def back_up_control(world: World) -> int:
    """Order a backup of the control plane itself."""
    world.stores.stores[1] = FakeBlobStore()
    backup = {"state": "running", "tenant": None, "target": 1, "uuid": BACKUP, "fence": 0}
    world.add(lambda rows: rows["backups"].update({1: {**backup, "sha256": ""}}))
    return world.desk.enqueue("backup_control", {"targets": [1]}, backup=1)


def expire(world: World) -> int:
    """Order that one of two backups goes, with old leftovers of a dead worker beside them."""
    world.desk.work(back_up(world))
    store = world.stores.stores[1]
    other = {"state": "running", "tenant": 1, "target": 1, "uuid": OTHER_BACKUP, "fence": 0}
    world.add(lambda rows: rows["backups"].update({2: {**other, "sha256": ""}}))
    world.desk.work(world.desk.enqueue("backup_tenant", {"targets": [1]}, tenant=1, backup=2))
    store.now -= timedelta(days=3)
    store.put_stream(layout.object_name(TENANT_UUID, "ab" * 32), [b"left behind"])
    store.unfinished = [store.now]
    world.add(lambda rows: rows["backups"][1].update(leaves=True))
    world.add(lambda rows: rows["targets"].update({1: {}}))
    return world.desk.enqueue("expire_backups", {"targets": [1]}, tenant=1)


def bill(world: World) -> int:
    """Order that two subscriptions are billed, one of which has its period already."""
    period = {"state": "rating", "document": None, "run": 0}
    world.add(lambda rows: rows["periods"].update({1: period}))
    return world.desk.enqueue("bill_subscription", {"subscriptions": [1, 2], "run": 7})


def post(world: World) -> int:
    """Order that the documents of a run are posted."""
    world.desk.work(bill(world))
    return world.desk.enqueue("post_invoices", {"moves": [1, 2], "run": 7})


def tend(world: World) -> int:
    """Order that wallets are looked after: one grant has expired, what is left is too little."""
    grants = {1: {"ends": True, "left": 30}, 2: {"ends": False, "left": 5}}
    world.add(lambda rows: rows["grants"].update(grants))
    return world.desk.enqueue("tend_wallets", {"company": 1})


def recognize(world: World) -> int:
    """Order that revenue is recognized: two fees, months that are over and one to come."""
    fees = {
        1: {"months": {"2026-01-01": 17, "2026-02-01": 14}},
        2: {"months": {"2026-02-01": 28, "2026-03-01": 3}},
    }
    world.add(lambda rows: rows["fees"].update(fees))
    return world.desk.enqueue("recognize_revenue", {"company": 1, "month": "2026-02-01"})


def mail_invoices(world: World) -> int:
    """Order that two posted documents are mailed with their PDF."""
    world.desk.work(post(world))
    return world.desk.enqueue("mail_invoices", {"moves": [1, 2]})


def note_revenue(world: World) -> int:
    """Order that two subscriptions are compared with the ledger of recurring revenue."""
    return world.desk.enqueue("note_revenue", {"subscriptions": [1, 2]})


def charge(world: World) -> int:
    """Order that an invoice is charged to a saved payment method."""
    return world.desk.enqueue("charge_invoice", {"why": "due"})


def settle_charge(world: World) -> int:
    """Order that money is booked of which the provider told later."""
    known = {"state": "done", "known": True, "fence": 1, "booked": False}
    world.add(lambda rows: rows["attempts"].update({1: known}))
    return world.desk.enqueue("charge_invoice", {"attempt": 1})


def dun(world: World) -> int:
    """Order a look at what is overdue of a subscription."""
    return world.desk.enqueue("dun_subscription")


def check_canaries(world: World) -> int:
    """Order the proof of a key that opens and of one that does not; a third is destroyed."""
    world.desk.work(back_up(world))
    world.stores.stores[1].put_stream(canary_path(TENANT_UUID, "destroyed"), [b"of no use"])
    world.add(lambda rows: rows["targets"].update({1: {}}))
    return world.desk.enqueue("check_canaries", {"targets": [1]}, target=1)


def audit_target(world: World) -> int:
    """Order a look at a target with a whole backup nobody noted, a lost dump and leftovers."""
    other = expire(world)
    world.desk.change(other, state="cancelled")
    store = world.stores.stores[1]
    world.add(lambda rows: rows["backups"][1].update(leaves=False, state="failed", sha256=""))
    for name in [one for one in store.objects if OTHER_BACKUP in one and "/db/" in one]:
        store.delete(name)
    store.put_stream(f"v1/{BACKUP}/obj/ab/{'ab' * 32}", [b"whose is it"])
    return world.desk.enqueue("audit_target", {"targets": [1]}, target=1)


def export_backup(world: World) -> int:
    """Order a file of a backup under a passphrase."""
    return _export(world, "sealed", "ab" * 32)


def export_zip(world: World) -> int:
    """Order a file of a backup as Odoo's zip."""
    return _export(world, "odoo_zip", "")


def _export(world: World, kind: str, key: str) -> int:
    world.desk.work(back_up(world))
    row = {"state": "running", "uuid": EXPORT, "kind": kind, "key": key}
    world.add(lambda rows: rows["exports"].update({1: row}))
    return world.desk.enqueue("export_backup", {"targets": [1]}, tenant=1, backup=1, export=1)


def drop_exports(world: World) -> int:
    """Order the removal of downloads: the time of one is over, nobody knows another."""
    world.desk.work(export_zip(world))
    world.add(lambda rows: rows["exports"][1].update(state="over"))
    world.exports.files["8d5a1a52-6f2e-4b7a-9a0e-0000000000e2"] = "left by a dead worker"
    return world.desk.enqueue("drop_exports")


def import_backup(world: World) -> int:
    """Order that an uploaded zip becomes a backup of a draft."""
    world.stores.stores[1] = FakeBlobStore()
    world.imports.uploads["acme.zip"] = [one.name for one in world.odoo.modules()][:1]
    name = world.add(lambda rows: reserve(rows, "t"))
    backup = {"state": "running", "tenant": 1, "target": 1, "uuid": BACKUP, "fence": 0}
    world.add(lambda rows: rows["backups"].update({1: {**backup, "sha256": ""}}))
    spec = {"targets": [1], "file": "acme.zip"}
    return world.desk.enqueue("import_backup", spec, backup=1, database=name)


def back_up_closed(world: World) -> int:
    """Order a backup of a suspended tenant."""
    number = back_up(world)
    _suspend(world)
    return number


def _suspend(world: World) -> None:
    world.add(lambda rows: rows["tenants"][1].update(state="suspended"))
    world.desk.work(world.desk.enqueue("apply_state", tenant=1))


def restore(world: World, what: str = "all") -> int:
    """Order that a tenant is what its backup shows; since then it was changed."""
    world.desk.work(back_up(world))
    name = world.rows["tenants"][1]["database"]
    world.cluster.databases_by_name[name].content = b"changed since"
    world.files.put(name, "cd/newer", b"newer")
    world.files.files[name]["ab/logo"] = b"damaged"
    return _restore(world, "restore_tenant", "in_place", what, into=1)


def restore_closed(world: World) -> int:
    """Order the restore of a suspended tenant."""
    number = restore(world)
    _suspend(world)
    return number


def restore_records(world: World) -> int:
    """Order that a tenant's records alone come back."""
    return restore(world, "records")


def restore_files(world: World) -> int:
    """Order that a tenant's files alone come back."""
    return restore(world, "files")


def undo_restore(world: World) -> int:
    """Order that a restore is taken back."""
    world.desk.work(restore(world))
    return world.desk.enqueue("undo_restore", tenant=1, restore=1, backup=1)


def undo_restore_closed(world: World) -> int:
    """Order that a restore of a tenant that was suspended since is taken back."""
    number = undo_restore(world)
    _suspend(world)
    return number


def restore_copy(world: World, where: str = "copy") -> int:
    """Order a copy of a tenant from its backup."""
    world.desk.work(back_up(world))
    blank = dict.fromkeys(("database", "admin"))
    tenant = {"state": "provisioning", "version": 1, "host": "copy.localhost", **blank}
    tenant |= {"host_state": "reserved", "identity": {**IDENTITY, "base_url": "http://copy"}}
    world.add(lambda rows: rows["tenants"].update({2: tenant}))
    return _restore(world, "restore_copy", where, "all", into=2)


def restore_sandbox(world: World) -> int:
    """Order a copy that can do no harm."""
    return restore_copy(world, "sandbox")


def copy_tenant(world: World, masked: bool = True) -> int:
    """Order a copy of a running tenant as it is now."""
    world.desk.work(provision(world))
    blank = dict.fromkeys(("database", "admin"))
    tenant = {"state": "provisioning", "version": 1, "host": "copy.localhost", **blank}
    tenant |= {"host_state": "reserved", "identity": {**IDENTITY, "base_url": "http://copy"}}
    world.add(lambda rows: rows["tenants"].update({2: tenant}))
    return _copy(world, 1, masked=masked, refresh=False)


def copy_unmasked(world: World) -> int:
    """Order a copy with personal data as it is."""
    return copy_tenant(world, masked=False)


def refresh_copy(world: World) -> int:
    """Order new data for a copy."""
    world.desk.work(copy_tenant(world))
    return _copy(world, 2, masked=True, refresh=True)


def _copy(world: World, number: int, masked: bool, refresh: bool) -> int:
    told = {"state": "running", "into": 2, "masked": masked, "refresh": refresh}
    told |= {"database": None, "former": None, "masked_rows": None}
    world.add(lambda rows: rows["copies"].update({number: told}))
    return world.desk.enqueue("copy_tenant", tenant=2, copy=number)


def preview_masking(world: World) -> int:
    """Order a look at what masking would meet."""
    world.desk.work(provision(world))
    return world.desk.enqueue("preview_masking", tenant=1)


def _restore(world: World, kind: str, where: str, what: str, into: int) -> int:
    told = {"state": "running", "into": into, "where": where, "what": what, "former_oid": 0}
    world.add(lambda rows: rows["restores"].update({1: {**told, "safety": "", "kept": ""}}))
    return world.desk.enqueue(kind, {"targets": [1]}, tenant=into, restore=1, backup=1)


def upgrade(world: World, mode: str = "staged", rehearsal: bool = False) -> int:
    """Order that an open tenant is brought to another version."""
    world.desk.work(provision(world))
    told = {"state": "running", "tenant": 1, "mode": mode, "rehearsal": rehearsal}
    told |= {"former_oid": 0, "safety": "", "kept": ""}
    world.add(lambda rows: rows["upgrades"].update({1: told}))
    return world.desk.enqueue("upgrade_tenant", tenant=1, upgrade=1)


def upgrade_at_once(world: World) -> int:
    """Order the same in one closed moment."""
    return upgrade(world, "in_place")


def upgrade_closed(world: World) -> int:
    """Order the upgrade of a suspended tenant."""
    number = upgrade(world)
    _suspend(world)
    return number


def rehearse_upgrade(world: World) -> int:
    """Order that an upgrade is tried."""
    return upgrade(world, rehearsal=True)


def undo_upgrade(world: World) -> int:
    """Order that an upgrade is taken back."""
    world.desk.work(upgrade(world))
    return world.desk.enqueue("undo_upgrade", tenant=1, upgrade=1)


def watch_upgrade(world: World) -> int:
    """Order a look at a tenant that was upgraded."""
    world.desk.work(upgrade(world))
    return world.desk.enqueue("watch_upgrade", tenant=1, upgrade=1)


def find_foreign(world: World) -> int:
    """Order a list of the databases of others."""
    world.cluster.put_foreign("shop")
    return world.desk.enqueue("find_foreign", cluster=1)


def look_adoption(world: World) -> int:
    """Order a look into a database of somebody else."""
    world.cluster.put_foreign("shop", files=1)
    world.files.files["shop"] = {"ab/abc": b"file"}
    world.add(lambda rows: rows["adoptions"].update({1: {"name": "shop", "state": "found"}}))
    return world.desk.enqueue("look_adoption", adoption=1)


def adopt(world: World) -> int:
    """Order the adoption of a database that was looked at."""
    world.desk.work(look_adoption(world))
    blank = dict.fromkeys(("database", "admin", "version"))
    tenant = {"state": "provisioning", "host": "shop.localhost", "host_state": "reserved", **blank}
    tenant |= {"identity": {**IDENTITY, "base_url": "http://shop.localhost"}}
    world.add(lambda rows: rows["tenants"].update({2: tenant}))
    return world.desk.enqueue("adopt_database", adoption=1, tenant=2)


def count_newer(world: World) -> int:
    """Order a count of what is newer than an instant in an open tenant."""
    world.desk.work(provision(world))
    found = world.cluster.databases_by_name[world.rows["tenants"][1]["database"]]
    found.dated = {"res_partner": ["2026-01-04T09:00:00", NEWER, NEWER], "mail_message": None}
    return world.desk.enqueue("count_newer", {"since": "2026-01-05T09:00:00+00:00"}, tenant=1)


def count_newer_closed(world: World) -> int:
    """Order the same in a suspended tenant."""
    number = count_newer(world)
    _suspend(world)
    return number


def move(world: World, address: str = "") -> int:
    """Order that a tenant moves to the other cluster."""
    world.desk.work(provision(world))
    name = world.rows["tenants"][1]["database"]
    world.cluster.databases_by_name[name].content = b"work of years"
    told = {"tenant": 1, "source": name, "copy": None, "state": "copying", "address": address}
    told |= {"offered": {"base": "19.0.1.3"}, "marks": {}, "told": {}}
    world.add(lambda rows: rows["moves"].update({1: told}))
    return world.desk.enqueue("move_tenant", tenant=1, move=1)


def move_closed(world: World) -> int:
    """Order that a suspended tenant moves, to where its address is another one."""
    number = move(world, "http://acme.elsewhere:8070")
    _suspend(world)
    return number


def undo_move(world: World) -> int:
    """Order that a move is taken back."""
    world.desk.work(move(world))
    return world.desk.enqueue("undo_move", tenant=1, move=1)


def prove_restore(world: World) -> int:
    """Order that a backup is proven by restoring it."""
    world.desk.work(back_up(world))
    return world.desk.enqueue("prove_restore", {"targets": [1]}, tenant=1, backup=1)


def refresh(world: World) -> int:
    """Order a look at the cluster's modules; one version needs a module that is gone."""
    versions = {"1": ["crm"], "2": ["pos", "zoo"]}
    return world.desk.enqueue("refresh_modules", {"versions": versions})


def doctor(world: World) -> int:
    """Order a look at the whole installation."""
    return world.desk.enqueue("run_doctor")


def deliver_alerts(world: World) -> int:
    """Order the delivery of two messages that wait on a chat."""
    waiting = {number: {"state": "waiting"} for number in (1, 2)}
    world.add(lambda rows: rows["messages"].update(waiting))
    return world.desk.enqueue("deliver_alerts", channel=1)


def send_beat(world: World) -> int:
    """Order the sign of life."""
    return world.desk.enqueue("send_beat")


def open_support(world: World) -> int:
    """Order the entry of support into a tenant that allowed it."""
    world.desk.work(provision(world))
    support = {"state": "allowed", "tenant": 1, "login": None, "user": 0}
    world.add(lambda rows: rows["supports"].update({1: support}))
    return world.desk.enqueue("open_support", support=1)


def close_support(world: World) -> int:
    """Order the end of a support access."""
    world.desk.work(open_support(world))
    world.add(lambda rows: rows["supports"][1].update(state="leaving"))
    return world.desk.enqueue("close_support", support=1)


def check_host(world: World) -> int:
    """Order a look at an own host name whose records are right."""
    world.desk.work(provision(world))
    host, wanted = "shop.acme.com", {"target": HOST, "token": "saas-1"}
    world.add(lambda rows: rows["hosts"].update({1: {"host": host, "state": "waiting", **wanted}}))
    world.dns.records[host, "CNAME"] = [HOST]
    world.dns.records[HOST, "A"] = ["203.0.113.9"]
    world.dns.records[f"_saas-verify.{host}", "TXT"] = ["saas-1"]
    world.public_door.certify(host, datetime(2026, 6, 1, tzinfo=timezone.utc))
    spec = {"host_id": 1, "host": host, "target": HOST, "tls": True}
    return world.desk.enqueue("check_host", spec, tenant=1)


def set_addresses(world: World) -> int:
    """Order a comparison of addresses; the tenant's own was changed inside."""
    world.desk.work(provision(world))
    name = world.rows["tenants"][1]["database"]
    world.cluster.databases_by_name[name].parameters["web.base.url"] = "http://evil.example"
    return world.desk.enqueue("set_addresses")


def apply_limits(world: World) -> int:
    """Order that limits are applied to a tenant that never had any."""
    world.desk.work(provision(world))
    return world.desk.enqueue("apply_limits")


def put_limits_back(world: World) -> int:
    """Order the hourly round after a tenant tampered with its limits."""
    world.desk.work(apply_limits(world))
    name = world.rows["tenants"][1]["database"]
    world.cluster.databases_by_name[name].defects = ("trigger_disabled",)
    return world.desk.enqueue("apply_limits")


ORDERS = {
    "provision_cold": Order("provision_tenant", provision),
    "provision_warm": Order("provision_tenant", provision_warm),
    "fill_standby": Order("fill_standby", fill_standby),
    "build_template": Order("build_template", build),
    "close_tenant": Order("apply_state", close_tenant),
    "delete_tenant": Order("delete_tenant", delete_tenant),
    "drop_tenant": Order("drop_database", drop_tenant),
    "drop_golden": Order("drop_database", drop_golden),
    "audit_cluster": Order("audit_cluster", audit),
    "audit_rights": Order("audit_rights", audit_rights),
    "prove_isolation": Order("prove_isolation", prove_isolation),
    "rotate_role": Order("rotate_role", rotate_role),
    "renew_signing_secret": Order("renew_signing_secret", renew_signing_secret),
    "rotate_cluster_secret": Order("rotate_cluster_secret", rotate_cluster_secret),
    "sample_usage": Order("sample_usage", sample_usage),
    "check_health": Order("check_health", check_health),
    "collect_cluster": Order("collect_cluster", collect_cluster),
    "collect_machine": Order("collect_machine", collect_machine),
    "probe_tenants": Order("probe_tenants", probe_tenants),
    "check_dependencies": Order("check_dependencies", check_dependencies),
    "test_cluster": Order("test_cluster", check_cluster),
    "test_target": Order("test_target", check_target),
    "backup_tenant": Order("backup_tenant", back_up),
    "backup_closed": Order("backup_tenant", back_up_closed),
    "verify_backup": Order("verify_backup", verify_backup),
    "backup_control": Order("backup_control", back_up_control),
    "expire_backups": Order("expire_backups", expire),
    "audit_target": Order("audit_target", audit_target),
    "bill_subscription": Order("bill_subscription", bill),
    "post_invoices": Order("post_invoices", post),
    "recognize_revenue": Order("recognize_revenue", recognize),
    "tend_wallets": Order("tend_wallets", tend),
    "mail_invoices": Order("mail_invoices", mail_invoices),
    "note_revenue": Order("note_revenue", note_revenue),
    "charge_invoice": Order("charge_invoice", charge),
    "settle_charge": Order("charge_invoice", settle_charge),
    "dun_subscription": Order("dun_subscription", dun),
    "check_canaries": Order("check_canaries", check_canaries),
    "export_backup": Order("export_backup", export_backup),
    "export_zip": Order("export_backup", export_zip),
    "drop_exports": Order("drop_exports", drop_exports),
    "import_backup": Order("import_backup", import_backup),
    "restore": Order("restore_tenant", restore),
    "restore_closed": Order("restore_tenant", restore_closed),
    "restore_records": Order("restore_tenant", restore_records),
    "restore_files": Order("restore_tenant", restore_files),
    "undo_restore": Order("undo_restore", undo_restore),
    "undo_restore_closed": Order("undo_restore", undo_restore_closed),
    "restore_copy": Order("restore_copy", restore_copy),
    "restore_sandbox": Order("restore_copy", restore_sandbox),
    "copy_tenant": Order("copy_tenant", copy_tenant),
    "copy_unmasked": Order("copy_tenant", copy_unmasked),
    "refresh_copy": Order("copy_tenant", refresh_copy),
    "preview_masking": Order("preview_masking", preview_masking),
    "move": Order("move_tenant", move),
    "move_closed": Order("move_tenant", move_closed),
    "undo_move": Order("undo_move", undo_move),
    "upgrade": Order("upgrade_tenant", upgrade),
    "upgrade_at_once": Order("upgrade_tenant", upgrade_at_once),
    "upgrade_closed": Order("upgrade_tenant", upgrade_closed),
    "rehearse_upgrade": Order("upgrade_tenant", rehearse_upgrade),
    "undo_upgrade": Order("undo_upgrade", undo_upgrade),
    "watch_upgrade": Order("watch_upgrade", watch_upgrade),
    "count_newer": Order("count_newer", count_newer),
    "count_newer_closed": Order("count_newer", count_newer_closed),
    "prove_restore": Order("prove_restore", prove_restore),
    "refresh_modules": Order("refresh_modules", refresh),
    "check_host": Order("check_host", check_host),
    "set_addresses": Order("set_addresses", set_addresses),
    "find_foreign": Order("find_foreign", find_foreign),
    "look_adoption": Order("look_adoption", look_adoption),
    "adopt_database": Order("adopt_database", adopt),
    "apply_limits": Order("apply_limits", apply_limits),
    "put_limits_back": Order("apply_limits", put_limits_back),
    "run_doctor": Order("run_doctor", doctor),
    "deliver_alerts": Order("deliver_alerts", deliver_alerts),
    "send_beat": Order("send_beat", send_beat),
    "open_support": Order("open_support", open_support),
    "close_support": Order("close_support", close_support),
}


def carried(
    place: Callable[[World], int], world: World | None = None
) -> tuple[World, dict[str, Any]]:
    """Order a job and carry it through; return the world and what is written of the job."""
    world = world or World()
    return world, world.desk.work(place(world))
