"""What must hold of secrets after an operation on them was interrupted, told as complaints.

Owns: that records, roles and the tenant's database agree on one secret, and the one before opens
nothing. Does not own: orders (`crash_secret_deeds.py`), what holds of a whole cluster (`audit.py`).
"""

from collections.abc import Iterator

from odoo.addons.saas_business_management.adapters.postgres.connect import SHORT, Server, opened
from odoo.addons.saas_business_management.adapters.postgres.tenant_login import TenantLogins
from odoo.addons.saas_business_management.kernel.errors import SaasError
from odoo.addons.saas_business_management.kernel.secret import Secret
from odoo.models import Model

from .audit import OPEN, _done, _page, differing, ports_of
from .audit_tenant import _jobs
from .crash_secret_deeds import BEFORE, KIND

SIGNS = "SELECT value FROM ir_config_parameter WHERE key = 'database.secret'"


def _before(tenant: Model) -> Secret:
    return Secret(tenant.env["ir.config_parameter"].sudo().get_param(BEFORE))


def _server(cluster: Model) -> Server:
    spec = cluster.sudo()._to_spec()
    return Server(spec["pg_host"], spec["pg_port"], spec["prov_role"], spec["prov_password"])


def _logins(cluster: Model) -> TenantLogins:
    spec = cluster.sudo()._to_spec()
    return TenantLogins(_server(cluster), spec["cluster_secret"], spec.get("older_cluster_secret"))


def _signs(tenant: Model) -> Secret:
    """What signs in the tenant's own database."""
    database = tenant.database_id
    login = _logins(tenant.cluster_id).server_of(database.name, database.generation, SHORT)
    with opened(login, SHORT, "crash audit") as cursor:
        cursor.execute(SIGNS)
        return Secret(cursor.fetchone()[0])


def signed_anew(tenant: Model) -> list[str]:
    """It signs with a secret nobody had, the one that is stored, and that is noted once."""
    jobs = _jobs(tenant, "renew_signing_secret")
    return [
        *_done(jobs),
        *differing(other=(_signs(tenant) == _before(tenant), False)),
        *_one_signature(tenant),
    ]


def signed_as_before(tenant: Model) -> list[str]:
    """A change that was called off leaves what was: nobody is logged out."""
    return [
        *differing(same=(_signs(tenant) == _before(tenant), True)),
        *_one_signature(tenant),
    ]


def _one_signature(tenant: Model) -> list[str]:
    database = tenant.database_id.sudo()
    done = _jobs(tenant, "renew_signing_secret").filtered(lambda job: job.state == "done")
    noted = [("action", "=", "signing_secret_renewed"), ("tenant_id", "=", tenant.id)]
    return [
        *differing(
            stored=(database._database_secret() == _signs(tenant), True),
            next=(database.secret_next_sealed, False),
            noted=(tenant.env["saas.audit.entry"].search_count(noted), len(done)),
        ),
        *_page(ports_of(tenant.cluster_id), tenant.host),
    ]


def secret_changed(tenant: Model) -> list[str]:
    """Every role of the cluster has a password from the new secret; the one before opens none."""
    cluster = tenant.cluster_id.sudo()
    rotations = tenant.env["saas.job"].search([("kind", "=", "rotate_role")])
    return [
        *_done(_changes(tenant)),
        *differing(
            change=(cluster.secret_change, False),
            next=(cluster.cluster_secret_next_sealed, False),
            left=(cluster.secret_left_count, 0),
            other=(cluster._cluster_secret() == _before(tenant), False),
            orders=(set(rotations.mapped("state")) & set(OPEN), set()),
        ),
        *_noted(tenant),
        *_opens(cluster, cluster._cluster_secret(), True),
        *_opens(cluster, _before(tenant), False),
        *_page(ports_of(cluster), tenant.host),
    ]


def secret_kept(tenant: Model) -> list[str]:
    """A change that was called off has changed nobody's password."""
    cluster = tenant.cluster_id.sudo()
    return [
        *differing(
            change=(cluster.secret_change, "prepared"),
            same=(cluster._cluster_secret() == _before(tenant), True),
        ),
        *_noted(tenant),
        *_opens(cluster, _before(tenant), True),
        *_page(ports_of(cluster), tenant.host),
    ]


def _changes(tenant: Model) -> Model:
    return tenant.env["saas.job"].search(
        [("kind", "=", KIND), ("cluster_id", "=", tenant.cluster_id.id)]
    )


def _noted(tenant: Model) -> list[str]:
    done = _changes(tenant).filtered(lambda job: job.state == "done")
    noted = tenant.env["saas.audit.entry"].search_count([("action", "=", "cluster_secret_rotated")])
    return differing(noted=(noted, len(done)))


def _opens(cluster: Model, secret: Secret, wanted: bool) -> Iterator[str]:
    """Whether each role that may log in does so with a password from this secret."""
    logins = TenantLogins(_server(cluster), secret)
    able = {role.name for role in ports_of(cluster).cluster.roles() if role.can_login}
    stages = [("kind", "=", "tenant"), ("stage", "in", ("standby", "claimed"))]
    for row in cluster.env["saas.database"].search([("cluster_id", "=", cluster.id), *stages]):
        if row.name in able and _lets_in(logins, row) is not wanted:
            yield f"{row.stage} {row.name}: a password from this secret opens: {not wanted}"


def _lets_in(logins: TenantLogins, database: Model) -> bool:
    try:
        logins.server_of(database.name, database.generation, SHORT)
    except SaasError:
        return False
    return True


RULES = {
    "tenant_signed_anew": signed_anew,
    "tenant_signed_as_before": signed_as_before,
    "tenant_secret_changed": secret_changed,
    "tenant_secret_kept": secret_kept,
}
