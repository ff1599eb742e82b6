"""What must hold after work was interrupted, told as complaints; runs inside Odoo.

Owns: audits A1, A2, A7, A8 on the real cluster, and that an order is whole, once, or gone. Does not
own: the rules of the audits (`kernel/provisioning`), the orders (`crash_deeds.py`).
"""

import os
import tempfile
from collections.abc import Iterator
from typing import Any

from odoo.addons.saas_business_management.jobs.ports import Ports, build_ports
from odoo.addons.saas_business_management.kernel.errors import SaasError
from odoo.addons.saas_business_management.kernel.lifecycle.states import SERVING
from odoo.addons.saas_business_management.kernel.provisioning.audit import Inventory, audit
from odoo.addons.saas_business_management.kernel.provisioning.stuck import stuck
from odoo.models import Model

OPEN = ("waiting", "running", "undoing")
LOGIN_MARK = 'name="login"'
# What belongs to the suite itself, what the next phase of an Odoo sweeps, and the empty folder that
# the toolkit of wkhtmltopdf makes for its user.
NOT_LEFT = ("saas-crash-said-", "saas-odoo-", "runtime-")
FORGOTTEN_LEASES = """
    SELECT l.job_id FROM saas_job_lease l JOIN saas_job j ON j.id = l.job_id
     WHERE j.state NOT IN ('running', 'undoing')
"""


def ports_of(cluster: Model) -> Ports:
    """The real adapters of a cluster."""
    return build_ports(cluster.sudo()._to_spec())


def findings(cluster: Model) -> list[str]:
    """Audits A1, A2 and A8 of a cluster and A7 of all operations, and every lease left behind."""
    ports = ports_of(cluster)
    inventory = Inventory(
        provisioner=cluster.prov_role,
        databases=tuple(ports.cluster.databases()),
        roles=tuple(ports.cluster.roles()),
        folders=tuple(ports.filestore.names()),
    )
    facts = (facts for _number, facts in cluster.env["saas.job"]._operation_facts())
    found = [*audit(cluster._known(), inventory), *stuck(facts)]
    told = [f"{one.audit} {one.kind} {one.what} {one.name}" for one in found]
    cluster.env.cr.execute(FORGOTTEN_LEASES)
    return told + [f"lease of operation {row[0]}" for row in cluster.env.cr.fetchall()]


def work_folder() -> list[str]:
    """What workers that died have left where they work."""
    found = os.listdir(tempfile.gettempdir())
    return [f"left in the work folder: {one}" for one in found if not one.startswith(NOT_LEFT)]


def noted_once(tenant: Model, action: str, ordered: str) -> list[str]:
    """Since such work was ordered last it was noted once that it is done. Instants are whole
    seconds, which two orders may share.
    """
    entries, about = tenant.env["saas.audit.entry"], [("tenant_id", "=", tenant.id)]
    last = entries.search([*about, ("action", "=", ordered)], order="id desc", limit=1)
    noted = entries.search_count([*about, ("action", "=", action), ("id", ">", last.id)])
    return differing(noted=(noted, 1))


def differing(**told: tuple[Any, Any]) -> list[str]:
    """What is not as it should be: `name=(found, wanted)`."""
    return [
        f"{name}: {found!r} instead of {wanted!r}"
        for name, (found, wanted) in told.items()
        if found != wanted
    ]


def tenant_open(tenant: Model) -> list[str]:
    """A tenant is open: everything of it is there once, its page is served, its mail is written."""
    database, ports = tenant.database_id, ports_of(tenant.cluster_id)
    routes = tenant.env["saas.route"].search([("database_id", "=", database.id)])
    hosts = tenant.env["saas.route"].search([("host", "=", tenant.host)])
    links = tenant.env["saas.link"].search([("tenant_id", "=", tenant.id)])
    events = tenant.event_ids.sorted("id").mapped("event")
    return [
        *_done(tenant.job_ids),
        *differing(
            serving=(tenant.state in SERVING, True),
            events=(events[-2:], ["provisioning_started", "provisioned"]),
            databases=(_stages(tenant), ["claimed"]),
            routes=(routes.mapped(lambda one: (one.host, one.state)), [(tenant.host, "active")]),
            host=(hosts, routes),
            names=(tenant.host_ids.mapped(lambda one: (one.state, one.served)), [("live", True)]),
            mails=(len(_mails(tenant)), 1),
            links=(links.mapped("replaced"), [False]),
        ),
        *_on_server(ports, database, "claimed"),
        *_page(ports, tenant.host),
    ]


def tenant_gone(tenant: Model, state: str) -> list[str]:
    """Nothing of an undone order is left, and its name can be had by another."""
    database, ports = _last_database(tenant), ports_of(tenant.cluster_id)
    routes = tenant.env["saas.route"].search([("database_id", "=", database.id)])
    return [
        *differing(
            state=(tenant.state, state),
            database=(tenant.database_id.name, False),
            databases=(_stages(tenant), []),
            routes=(
                set(routes.mapped(lambda one: (one.host, one.state))) - {(False, "gone")},
                set(),
            ),
            names=(tenant.host_ids.mapped("host"), []),
            mails=(len(_mails(tenant)), 0),
            links=(tenant.env["saas.link"].search_count([("tenant_id", "=", tenant.id)]), 0),
        ),
        *(gone_from_server(ports, database.name) if database else []),
        *_name_taken(tenant),
    ]


def tenant_deleted(tenant: Model) -> list[str]:
    """A tenant is destroyed, once: nothing is left but its record and its resting name."""
    name = next(job.facts["database"] for job in tenant.job_ids if job.kind == "delete_tenant")
    database = tenant.env["saas.database"].search([("name", "=", name)])
    return [
        *differing(
            state=(tenant.state, "deleted"),
            database=(tenant.database_id.name, False),
            events=(tenant.event_ids.mapped("event").count("deleted"), 1),
            names=(set(tenant.host_ids.mapped("state")), {"released"}),
        ),
        *database_gone(database),
    ]


def tenant_marked(tenant: Model) -> list[str]:
    """A tenant whose deletion was called off in time is there as before."""
    info = ports_of(tenant.cluster_id).cluster.database(tenant.database_id.name)
    return differing(
        state=(tenant.state, "deleting"),
        stage=(tenant.database_id.stage, "claimed"),
        oid=(info and info.oid, tenant.database_id.oid or (info and info.oid)),
        routes=(set(tenant.database_id.route_ids.mapped("state")), {"deleting"}),
    )


def version_published(version: Model) -> list[str]:
    """A build is published, its golden database sealed, and it is the only one that is."""
    template, database = version.template_id, version.database_id
    ports = ports_of(template.cluster_id)
    info = ports.cluster.database(database.name) if database else None
    golden = version.env["saas.database"].search([("version_id", "=", version.id)])
    published = template.version_ids.filtered(lambda one: one.state == "published")
    return [
        *_done(version.job_id),
        *differing(
            published=(published, version),
            chosen=(template.published_version_id, version),
            databases=(
                golden.filtered(lambda one: one.kind == "golden").mapped("stage"),
                ["ready"],
            ),
            oid=(info and info.oid, database.oid),
            sealed=(info and (info.is_template, info.allows_connections), (True, False)),
            role=(_role(ports, database.name), None),
            folder=((database.name or "") in ports.filestore.names(), True),
        ),
    ]


def version_gone(version: Model) -> list[str]:
    """A build was undone: it is failed, its database is gone, the published one stays."""
    golden = version.env["saas.database"].search([("version_id", "=", version.id)])
    ports = ports_of(version.template_id.cluster_id)
    return [
        *differing(
            state=(version.state, "failed"),
            databases=(set(golden.mapped("stage")) - {"dropped"}, set()),
        ),
        *[told for one in golden for told in gone_from_server(ports, one.name)],
    ]


def standby_ready(database: Model) -> list[str]:
    """A standby copy waits, in the route map and on the server."""
    ports = ports_of(database.cluster_id)
    return [
        *_done(database.env["saas.job"].search([("database_id", "=", database.id)])),
        *differing(
            stage=(database.stage, "standby"),
            routes=(
                database.route_ids.mapped(lambda one: (one.host, one.state)),
                [(False, "standby")],
            ),
        ),
        *_on_server(ports, database, "ready"),
    ]


def database_gone(database: Model) -> list[str]:
    """Nothing of a database is left but its row."""
    states = set(database.route_ids.mapped(lambda one: (one.host, one.state)))
    return [
        *differing(stage=(database.stage, "dropped"), routes=(states - {(False, "gone")}, set())),
        *gone_from_server(ports_of(database.cluster_id), database.name),
    ]


def database_kept(database: Model, stage: str) -> list[str]:
    """A database whose removal was called off is what it was."""
    info = ports_of(database.cluster_id).cluster.database(database.name)
    return differing(stage=(database.stage, stage), oid=(info and info.oid, database.oid))


def gone_from_server(ports: Ports, name: str) -> list[str]:
    """Neither database nor role nor files of this name are there."""
    return differing(
        server=(ports.cluster.database(name), None),
        role=(_role(ports, name), None),
        folder=(name in ports.filestore.names(), False),
    )


def _done(jobs: Model) -> Iterator[str]:
    """One operation, done, every step of it done or with nothing to do."""
    last = jobs.sorted("id")[-1:]
    states = set(last.step_ids.mapped("state")) - {"done", "skipped"}
    yield from differing(
        operation=(last.state, "done"),
        steps=(states, set()),
        open=(set(jobs.mapped("state")) & set(OPEN), set()),
    )


def _on_server(ports: Ports, database: Model, stage: str) -> list[str]:
    if not database:
        return ["it has no database"]
    info, role = ports.cluster.database(database.name), _role(ports, database.name)
    return differing(
        oid=(info and info.oid, database.oid or (info and info.oid)),
        opened=(info and info.allows_connections, True),
        role=(role and (role.can_login, role.stage), (True, stage)),
        folder=(database.name in ports.filestore.names(), True),
    )


def _role(ports: Ports, name: str) -> Any:
    return next((role for role in ports.cluster.roles() if role.name == name), None)


def _page(ports: Ports, host: str) -> list[str]:
    answer = ports.front_door.get(host, "/web/login")
    return differing(page=((answer.status, LOGIN_MARK in answer.body), (200, True)))


def _stages(tenant: Model) -> list[str]:
    return tenant.env["saas.database"].search([("tenant_id", "=", tenant.id)]).mapped("stage")


def _last_database(tenant: Model) -> Model:
    names = [(job.facts or {}).get("database") for job in tenant.job_ids]
    return tenant.env["saas.database"].search([("name", "in", [name for name in names if name])])


def _mails(tenant: Model) -> Model:
    return tenant.env["mail.mail"].search([("saas_tenant_id", "=", tenant.id)])


def _name_taken(tenant: Model) -> list[str]:
    other = tenant.new({"subdomain": tenant.subdomain, "template_id": tenant.template_id.id})
    try:
        other._checked_subdomain()
    except SaasError as error:
        return [f"the name is not free: {error}"]
    return []
