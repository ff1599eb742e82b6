"""One order of every kind of job, on a world of its own.

Owns: what has to be there before, what the order says. Does not own: the world, what comes of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.helpers.job_records import reserve
from tests.helpers.job_world import GOLDEN, HOST, IDENTITY, World


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


def check_cluster(world: World) -> int:
    """Order a connection test."""
    world.cluster.failed_checks["builder_role"] = "saas cluster-prepare"
    return world.desk.enqueue("test_cluster")


def refresh(world: World) -> int:
    """Order a look at the cluster's modules; one version needs a module that is gone."""
    versions = {"1": ["crm"], "2": ["pos", "zoo"]}
    return world.desk.enqueue("refresh_modules", {"versions": versions})


def doctor(world: World) -> int:
    """Order a look at the whole installation."""
    return world.desk.enqueue("run_doctor")


ORDERS = {
    "provision_cold": Order("provision_tenant", provision),
    "provision_warm": Order("provision_tenant", provision_warm),
    "fill_standby": Order("fill_standby", fill_standby),
    "build_template": Order("build_template", build),
    "drop_tenant": Order("drop_database", drop_tenant),
    "drop_golden": Order("drop_database", drop_golden),
    "audit_cluster": Order("audit_cluster", audit),
    "audit_rights": Order("audit_rights", audit_rights),
    "prove_isolation": Order("prove_isolation", prove_isolation),
    "rotate_role": Order("rotate_role", rotate_role),
    "test_cluster": Order("test_cluster", check_cluster),
    "refresh_modules": Order("refresh_modules", refresh),
    "run_doctor": Order("run_doctor", doctor),
}


def carried(
    place: Callable[[World], int], world: World | None = None
) -> tuple[World, dict[str, Any]]:
    """Order a job and carry it through; return the world and what is written of the job."""
    world = world or World()
    return world, world.desk.work(place(world))
