"""What must hold after a foreign database was adopted under kills, told as complaints.

Owns: that it is a tenant, whole, once, with its own data, or that its owner has it as it was. Does
not own: the order (`crash_adoption_deeds.py`).
"""

from typing import Any

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
from .audit_secret import _signs
from .audit_tenant import _jobs, _password_stands

UNCHANGED = ("owners", "rights", "base_url", "frozen", "modules", "version", "users")


def adopted(tenant: Model) -> list[str]:
    """It is a tenant: the same database under our name, its files with it, nothing foreign left."""
    one, database = tenant.adoption_ids, tenant.database_id
    ports = ports_of(tenant.cluster_id)
    hosts = tenant.env["saas.route"].search([("host", "=", tenant.host)])
    return [
        *_done(_jobs(tenant, "adopt_database")),
        *differing(
            state=(one.mapped("state"), ["done"]),
            serving=((tenant.state in SERVING, tenant.adopted), (True, True)),
            databases=(_stages(tenant), ["claimed"]),
            same=(ports.cluster.database(database.name).oid, one.oid),
            foreign=([row.name for row in ports.cluster.foreign() if row.name == one.name], []),
            files=(ports.filestore.foreign_there(one.name), False),
            routes=(hosts.mapped(lambda row: (row.database_id, row.state)), [(database, "active")]),
            names=(tenant.host_ids.mapped(lambda row: (row.state, row.served)), [("live", True)]),
            address=(ports.cluster.address_of(database.name, database.generation), tenant.url),
            signs=(_signs(tenant) == database.sudo()._database_secret(), True),
            billed=(tenant.env["account.move"].search_count(_bills(tenant)), 0),
        ),
        *_on_server(ports, database, "claimed"),
        *_page(ports, tenant.host),
        *_password_stands(tenant),
        *work_folder(),
    ]


def _bills(tenant: Model) -> list[tuple]:
    return [("partner_id", "=", tenant.partner_id.id), ("partner_id", "!=", False)]


def given_back(tenant: Model, state: str = "draft") -> list[str]:
    """Its owner has it as it was: name, owners, rights, address, files; of ours nothing is left."""
    one = tenant.adoption_ids
    ports = ports_of(tenant.cluster_id)
    name = (one.job_ids.sorted("id")[-1].facts or {}).get("database")
    return [
        *tenant_gone(tenant, state),
        *differing(
            state=(one.mapped("state"), ["undone"]),
            files=(ports.filestore.foreign_there(one.name), bool(one.files_found)),
        ),
        *_as_it_was(ports, one),
        *(gone_from_server(ports, name) if name else []),
        *work_folder(),
    ]


def _as_it_was(ports: Any, one: Model) -> list[str]:
    found = [row for row in ports.cluster.foreign() if row.name == one.name]
    if not found:
        return ["the database is not there under its old name"]
    inside = ports.cluster.look_foreign(one.name)
    return differing(
        oid=(found[0].oid, one.oid),
        owner=(found[0].owner, one.look["owner"]),
        **{word: (_plain(inside[word]), _plain(one.look[word])) for word in UNCHANGED},
    )


def _plain(value: Any) -> Any:
    """Return a value as JSON would give it back."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


RULES = {"tenant_adopted": adopted, "tenant_given_back": given_back}
