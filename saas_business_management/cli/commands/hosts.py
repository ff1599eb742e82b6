"""`hosts`: the host names of tenants, a new one, and a look at the records of one."""

from ...kernel.errors import Refused
from ...messages import text
from .choose import by_code
from .follow import follow
from .grammar import command
from .say import Stop, minute, say, table

EMPTY = "No host names yet. Each tenant reserves one when it is provisioned."
DEEDS = ("list", "add", "check")


def add_to(commands):
    """Add the command."""
    parser = command(commands, "hosts", hosts, "list, add or check the host names of tenants")
    parser.add_argument("deed", nargs="?", choices=DEEDS, default="list", metavar="DEED")
    parser.add_argument("--tenant", metavar="SUBDOMAIN", help="only of this tenant; needed to add")
    parser.add_argument("--host", metavar="NAME", help="the host name to add or check")
    parser.add_argument(
        "--not-primary", action="store_true", help="do not make it primary once it works"
    )


def hosts(control, chosen):
    """Do what was asked for."""
    if chosen.deed == "list":
        _list(control, chosen)
        return
    if not chosen.host:
        raise Stop("Name the host name with --host.", status=2)
    if chosen.deed == "add" and not chosen.tenant:
        raise Stop("Name the tenant with --tenant.", status=2)
    {"add": _add, "check": _check}[chosen.deed](control, chosen)


def _list(control, chosen):
    wanted = [("tenant_id.subdomain", "=", chosen.tenant)] if chosen.tenant else []
    with control.records() as env:
        states = dict(env["saas.tenant.host"]._fields["state"]._description_selection(env))
        rows = [
            (
                one.host,
                one.tenant_id.subdomain,
                states[one.state],
                "yes" if one.is_primary else "",
                minute(one.checked_at),
                one.status_text or "",
            )
            for one in env["saas.tenant.host"].search(wanted)
        ]
    table(("host", "tenant", "state", "primary", "checked", "status"), rows, EMPTY)


def _add(control, chosen):
    with control.records() as env:
        tenant = by_code(env, "saas.tenant", "subdomain", chosen.tenant, "tenant")
        try:
            row = env["saas.tenant.host"]._add_own(tenant, chosen.host, not chosen.not_primary)
        except Refused as error:
            raise Stop(text(env, error)) from None
        say(f"{row.record_type}: {row.record_name} → {row.record_value}")
        say(f"TXT: {row.proof_name} → {row.token}")


def _check(control, chosen):
    """Have the records looked up, come back when that is done, and say what was found."""
    with control.records() as env:
        row = _row(env, chosen)
        row.action_check()
        row_id, job = row.id, row._open_check()
        job_id = job.id
    if job_id:
        follow(control, job_id, log=False)
    with control.records() as env:
        row = env["saas.tenant.host"].browse(row_id)
        say(f"state: {row.state}")
        say(f"status: {row.status_text}")


def _row(env, chosen):
    wanted = [("host", "=", chosen.host.strip().lower()), ("kind", "=", "custom")]
    wanted += [("state", "!=", "released")]
    wanted += [("tenant_id.subdomain", "=", chosen.tenant)] if chosen.tenant else []
    rows = env["saas.tenant.host"].search(wanted)
    if not rows:
        raise Stop(f"No tenant has the own host name “{chosen.host}”: see 'odoo saas hosts'.")
    if len(rows) > 1:
        raise Stop("Several tenants ask for this host name: name one with --tenant.")
    return rows
