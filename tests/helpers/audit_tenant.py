"""What must hold of a tenant after an operation on it was interrupted, told as complaints.

Owns: that its state, role, routes, evidence and guests agree, once. Does not own: orders
(`crash_tenant_deeds.py`), what holds of a whole cluster (`audit.py`).
"""

from odoo.addons.saas_business_management.kernel.errors import SaasError
from odoo.models import Model

from .audit import _done, _page, _role, differing, ports_of


def _jobs(tenant: Model, kind: str) -> Model:
    links = ["|", ("tenant_id", "=", tenant.id), ("database_id", "=", tenant.database_id.id)]
    if kind.endswith("support"):
        links = [("support_id.tenant_id", "=", tenant.id)]
    return tenant.env["saas.job"].search([("kind", "=", kind), *links])


def closed(tenant: Model) -> list[str]:
    """It is suspended for everybody: in the records, on the nodes, on the server."""
    ports = ports_of(tenant.cluster_id)
    role = _role(ports, tenant.database_id.name)
    answer = ports.front_door.get(tenant.host, "/web/login")
    return [
        *_done(_jobs(tenant, "apply_state")),
        *differing(
            state=(tenant.state, "suspended"),
            routes=(set(tenant.database_id.route_ids.mapped("state")), {"suspended"}),
            logins=(role.can_login, False),
            page=(answer.status, 503),
        ),
    ]


def reopened(tenant: Model) -> list[str]:
    """It is served again, and its role may log in."""
    ports = ports_of(tenant.cluster_id)
    role = _role(ports, tenant.database_id.name)
    return [
        *_done(_jobs(tenant, "apply_state")),
        *differing(
            state=(tenant.state, "active"),
            routes=(set(tenant.database_id.route_ids.mapped("state")), {"active"}),
            logins=(role.can_login, True),
        ),
        *_page(ports, tenant.host),
    ]


def rotated(tenant: Model) -> list[str]:
    """Its role has the password that is written down, nobody else's, and the page is served."""
    jobs = _jobs(tenant, "rotate_role")
    generation = jobs.sorted("id")[-1].facts["generation"]
    noted = tenant.env["saas.audit.entry"].search_count(
        [("action", "=", "role_rotated"), ("tenant_id", "=", tenant.id)]
    )
    done = len(jobs.filtered(lambda job: job.state == "done"))
    return [
        *_done(jobs),
        *differing(generation=(tenant.database_id.generation, generation), noted=(noted, done)),
        *_password_stands(tenant),
    ]


def not_rotated(tenant: Model) -> list[str]:
    """A change that was called off leaves the password that was."""
    last = _jobs(tenant, "rotate_role").sorted("id")[-1]
    was = (last.facts or {}).get("generation", tenant.database_id.generation + 1) - 1
    return [
        *differing(generation=(tenant.database_id.generation, was)),
        *_password_stands(tenant),
    ]


def _password_stands(tenant: Model) -> list[str]:
    ports, database = ports_of(tenant.cluster_id), tenant.database_id
    found = [*_page(ports, tenant.host)]
    try:
        ports.cluster.address_of(database.name, database.generation)
    except SaasError as error:
        found.append(f"the password of generation {database.generation} is refused: {error}")
    for other in (database.generation - 1, database.generation + 1):
        try:
            ports.cluster.address_of(database.name, other)
        except SaasError:
            continue
        found.append(f"the password of generation {other} is good as well")
    return found


def isolated(tenant: Model) -> list[str]:
    """Its isolation is proven, and the screens say so."""
    return [
        *_done(_jobs(tenant, "prove_isolation")),
        *differing(
            claim=(tenant.isolation, "passed"),
            events=(
                tenant.env["saas.security.event"].search_count(
                    [("tenant_id", "=", tenant.id), ("rule", "=", "hostile_statement")]
                ),
                0,
            ),
        ),
    ]


def host_looked_up(tenant: Model) -> list[str]:
    """Its own host name is known to be right, and leads to it, once."""
    host = tenant.host_ids.filtered(lambda one: one.kind == "custom")
    routes = tenant.env["saas.route"].search([("host", "=", host.host)])
    return [
        *_done(_jobs(tenant, "check_host")),
        *differing(
            host=(host.mapped(lambda one: (one.state, one.holds)), [("live", True)]),
            routes=(routes.mapped("state"), ["active"]),
            looks=(bool(host.next_check_at), True),
        ),
    ]


def addressed(tenant: Model) -> list[str]:
    """Its database calls itself by the primary host name."""
    ports, database = ports_of(tenant.cluster_id), tenant.database_id
    stands = ports.cluster.address_of(database.name, database.generation)
    return [
        *_done(_jobs(tenant, "set_addresses")),
        *differing(address=(stands, tenant.url)),
    ]


def limited(tenant: Model) -> list[str]:
    """Its limits hold, and what somebody did to them was noticed once."""
    ports, database = ports_of(tenant.cluster_id), tenant.database_id
    seen = ports.cluster.look_at_limits(database.name)
    events = tenant.env["saas.security.event"].search(
        [("rule", "=", "limits_tampered"), ("tenant_id", "=", tenant.id)]
    )
    return [
        *_done(_jobs(tenant, "apply_limits")),
        *differing(
            defects=(seen.defects, ()),
            users=(seen.users, 7),
            noted=(database.limits_applied["users"], 7),
            problem=(database.limits_problem or "", ""),
            noticed=(sum(events.mapped("count")), 1),
        ),
    ]


def entered(tenant: Model) -> list[str]:
    """Support is inside, once, and the clock runs."""
    inside = tenant.support_ids.filtered(lambda one: one.state == "inside")
    return [
        *_done(_jobs(tenant, "open_support")),
        *differing(
            inside=(len(inside), 1),
            clock=(inside.mapped(lambda one: bool(one.until_at and one.guest_user_ref)), [True]),
        ),
    ]


def not_entered(tenant: Model) -> list[str]:
    """Entering was taken back: consent stands, nobody is inside."""
    last = tenant.support_ids.sorted("id")[-1]
    return differing(
        state=(last.state, "allowed"),
        inside=(set(tenant.support_ids.mapped("state")) & {"inside", "leaving"}, set()),
    )


def left(tenant: Model) -> list[str]:
    """Support is out, and it is written down when."""
    last = tenant.support_ids.sorted("id")[-1]
    return [
        *_done(_jobs(tenant, "close_support")),
        *differing(
            state=(last.state, "over"),
            when=(bool(last.left_at), True),
            inside=(set(tenant.support_ids.mapped("state")) & {"inside", "leaving"}, set()),
        ),
    ]


RULES = {
    "tenant_closed": closed,
    "tenant_reopened": reopened,
    "tenant_rotated": rotated,
    "tenant_not_rotated": not_rotated,
    "tenant_isolated": isolated,
    "tenant_host_looked_up": host_looked_up,
    "tenant_addressed": addressed,
    "tenant_limited": limited,
    "tenant_entered": entered,
    "tenant_not_entered": not_entered,
    "tenant_left": left,
}
