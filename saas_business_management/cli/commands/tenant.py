"""`tenants` and `provision`: the tenants there are, and a new one."""

from .choose import by_code
from .follow import follow
from .grammar import command
from .say import minute, say, table

EMPTY = (
    "No tenants yet. 'odoo saas provision' creates one from a published template in about a second."
)
OVER = ("deleted", "failed")


def add_to(commands):
    """Add the commands."""
    parser = command(commands, "tenants", tenants, "list the tenants")
    parser.add_argument("--state", help="only those in this state, such as active")
    parser = command(commands, "provision", provision, "create a tenant")
    for name in ("name", "subdomain", "template", "plan", "admin-name", "admin-email"):
        parser.add_argument(f"--{name}", required=True, metavar=name.upper().replace("-", " "))
    parser.add_argument("--cluster", metavar="KEY", help="where (default: the best one)")
    parser.add_argument(
        "--company", metavar="NAME", help="company that sells it (default: the main one)"
    )
    parser.add_argument(
        "--wait",
        action="store_true",
        help="follow the operation to its end and show the welcome link",
    )
    parser.add_argument(
        "--if-missing",
        action="store_true",
        help="do nothing when the subdomain has its tenant already",
    )


def tenants(control, chosen):
    """Print the tenants as a table."""
    wanted = [("state", "=", chosen.state)] if chosen.state else [("state", "not in", ("deleted",))]
    with control.records() as env:
        states = dict(env["saas.tenant"]._fields["state"]._description_selection(env))
        rows = [
            (
                one.subdomain,
                one.host,
                states[one.state],
                one.template_id.code,
                one.cluster_id.key,
                minute(one.state_since),
            )
            for one in env["saas.tenant"].search(wanted, order="subdomain")
        ]
    table(("subdomain", "host", "state", "template", "cluster", "since"), rows, EMPTY)


def provision(control, chosen):
    """Create and order a tenant; with --wait, come back when its login page was seen."""
    with control.records() as env:
        tenant = _existing(env, chosen)
        if not tenant:
            tenant = env["saas.tenant"]._provision_from_values(_values(env, chosen))
        elif tenant.state == "draft":
            tenant.action_provision()
        tenant_id, job_id = tenant.id, tenant.operation_id.id
    if job_id and chosen.wait:
        follow(control, job_id, log=False)
    with control.records() as env:
        _tell(env["saas.tenant"].browse(tenant_id), chosen.wait)


def _existing(env, chosen):
    if not chosen.if_missing:
        return env["saas.tenant"]
    wanted = [("subdomain", "=", chosen.subdomain.strip().lower()), ("state", "not in", OVER)]
    return env["saas.tenant"].search(wanted, limit=1, order="id desc")


def _values(env, chosen):
    values = {
        "name": chosen.name,
        "subdomain": chosen.subdomain,
        "template_id": by_code(env, "saas.template", "code", chosen.template, "tenant template").id,
        "plan_id": by_code(env, "saas.plan", "code", chosen.plan, "plan").id,
        "admin_name": chosen.admin_name,
        "admin_email": chosen.admin_email,
    }
    if chosen.cluster:
        values["cluster_id"] = by_code(env, "saas.cluster", "key", chosen.cluster, "cluster").id
    if chosen.company:
        values["company_id"] = by_code(env, "res.company", "name", chosen.company, "company").id
    return values


def _tell(tenant, with_link):
    """Print where the tenant is; the link only as long as nobody has chosen a password with one."""
    say(f"url: {tenant.url}")
    say(f"login: {tenant.admin_email}")
    link = tenant._make_welcome_url() if with_link and tenant._is_serving() else ""
    if link:
        say(f"welcome: {link}")
