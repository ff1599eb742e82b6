"""What must hold after an open tenant was copied under kills, told as complaints.

Owns: that a copy is whole, masked, harmless and open, once, or gone; that new data is in it, or the
old as before. Does not own: orders (`crash_live_copy_deeds.py`), sandboxes made of backups
(`audit_copy.py`).
"""

from odoo.addons.saas_business_management.kernel.lifecycle.states import SERVING
from odoo.models import Model

from . import tenant_inside
from .audit import (
    _done,
    _on_server,
    _page,
    differing,
    gone_from_server,
    ports_of,
    tenant_gone,
    work_folder,
)
from .audit_secret import _signs
from .audit_tenant import _jobs, _password_stands
from .crash_live_copy_deeds import PERSON

PEOPLE = "SELECT count(*), count(*) FILTER (WHERE name = %s) FROM res_partner"
TOLD = ("copied", "copy_failed")


def copied(tenant: Model) -> list[str]:
    """The copy is open, whole, masked and its own; where it came from is as it was."""
    return [
        *_done(_jobs(tenant, "copy_tenant")),
        *differing(
            copies=(tenant.made_copy_ids.mapped("state"), ["done"]),
            told=(_told(tenant), ["copied"]),
            noted=_noted(tenant.copied_from_id, "copy_done", "done"),
        ),
        *_open(tenant),
        *_as_of_now(tenant),
    ]


def not_copied(tenant: Model, state: str = "draft") -> list[str]:
    """Nothing of the copy is left, and its name can be had by another."""
    one = tenant.made_copy_ids
    name = (one.job_ids.facts or {}).get("copy")
    return [
        *tenant_gone(tenant, state),
        *differing(
            copies=(one.mapped("state"), ["failed"]),
            told=(_told(tenant), ["copy_failed"]),
        ),
        *(gone_from_server(ports_of(tenant.cluster_id), name) if name else []),
        *_source(tenant),
    ]


def refreshed(tenant: Model) -> list[str]:
    """The copy shows what is so now; the database it had before is gone."""
    one = tenant.made_copy_ids.sorted("id")[-1]
    former = one.former_id
    return [
        *_done(_jobs(tenant, "copy_tenant")),
        *differing(
            state=(one.state, "done"),
            database=(tenant.database_id, one.database_id),
            former=(former.stage, "dropped"),
        ),
        *gone_from_server(ports_of(tenant.cluster_id), former.name),
        *_open(tenant),
        *_as_of_now(tenant),
    ]


def not_refreshed(tenant: Model) -> list[str]:
    """The copy shows what it showed before; nothing of the new data is left."""
    copies = tenant.made_copy_ids.sorted("id")
    done = copies.filtered(lambda row: row.state == "done")
    name = (copies[-1].job_ids.sorted("id")[-1].facts or {}).get("copy")
    return [
        *differing(
            state=(copies[-1].state, "failed"),
            database=(tenant.database_id, done[-1].database_id),
        ),
        *(gone_from_server(ports_of(tenant.cluster_id), name) if name else []),
        *_open(tenant),
        *_source(tenant),
    ]


def _open(tenant: Model) -> list[str]:
    database, ports = tenant.database_id, ports_of(tenant.cluster_id)
    there = [("tenant_id", "=", tenant.id), ("stage", "!=", "dropped")]
    hosts = tenant.env["saas.route"].search([("host", "=", tenant.host)])
    return [
        *differing(
            serving=(tenant.state in SERVING, True),
            sandbox=((tenant.is_sandbox, tenant.is_masked), (True, True)),
            databases=(tenant.env["saas.database"].search(there).mapped("stage"), ["claimed"]),
            routes=(
                hosts.mapped(lambda row: (row.database_id, row.state)),
                [(database, "active")],
            ),
            names=(tenant.host_ids.mapped(lambda row: (row.state, row.served)), [("live", True)]),
            signs=(_signs(tenant) == database.sudo()._database_secret(), True),
            shown=(tenant_inside.run(tenant, PEOPLE, PERSON)[0][1], 0),
        ),
        *_on_server(ports, database, "claimed"),
        *_page(ports, tenant.host),
        *_password_stands(tenant),
    ]


def _as_of_now(tenant: Model) -> list[str]:
    source = tenant.copied_from_id
    people = [tenant_inside.run(one, PEOPLE, PERSON)[0][0] for one in (tenant, source)]
    return [
        *differing(people=(people[0], people[1])),
        *tenant_inside.mark_stands(tenant),
        *_source(tenant),
    ]


def _source(tenant: Model) -> list[str]:
    source = tenant.copied_from_id
    return [*_password_stands(source), *tenant_inside.mark_stands(source), *work_folder()]


def _told(tenant: Model) -> list[str]:
    return [name for name in tenant.event_ids.mapped("event") if name in TOLD]


def _noted(source: Model, action: str, state: str) -> tuple[int, int]:
    about = [("action", "=", action), ("tenant_id", "=", source.id)]
    copies = [("tenant_id", "=", source.id), ("state", "=", state)]
    entries = source.env["saas.audit.entry"].search_count(about)
    return entries, source.env["saas.copy"].search_count(copies)


RULES = {
    "tenant_copied_live": copied,
    "tenant_not_copied_live": not_copied,
    "tenant_refreshed": refreshed,
    "tenant_not_refreshed": not_refreshed,
}
