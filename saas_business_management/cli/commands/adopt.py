"""`adopt`: databases that no tenant owns, what an adoption would change, and the adoption."""

from .choose import by_code
from .follow import follow
from .grammar import command
from .say import Stop, say, table

EMPTY = "There is no database of somebody else on this cluster."
NEEDED = ("name", "subdomain", "template", "admin_name", "admin_email")


def add_to(commands):
    """Add the command."""
    parser = command(
        commands, "adopt", adopt, "list databases of others, preview or adopt one of them"
    )
    parser.add_argument("cluster", metavar="KEY", help="the cluster it stands on")
    parser.add_argument("database", nargs="?", help="preview this one; nothing of it changes")
    parser.add_argument("--confirm", action="store_true", help="adopt it")
    for name in (*NEEDED, "plan"):
        word = name.replace("_", "-")
        parser.add_argument(f"--{word}", metavar=word.upper(), help="of the tenant it becomes")


def adopt(control, chosen):
    """List, preview or adopt; only --confirm changes anything."""
    with control.records() as env:
        cluster = by_code(env, "saas.cluster", "key", chosen.cluster, "cluster")
        env["saas.adoption"]._find(cluster)
        job = cluster.env["saas.job"].search([("kind", "=", "find_foreign")], limit=1).id
    follow(control, job, log=False)
    if not chosen.database:
        return _list(control, chosen)
    _preview(control, chosen)
    if chosen.confirm:
        _confirm(control, chosen)
    else:
        say("Nothing was changed. Adopt it with --confirm.")
    return 0


def _list(control, chosen):
    with control.records() as env:
        states = dict(env["saas.adoption"]._fields["state"]._description_selection(env))
        listed = [("cluster_id.key", "=", chosen.cluster), ("state", "not in", ("done", "gone"))]
        rows = [
            (one.name, one.owner, f"{one.size_gb:.2f}", states[one.state])
            for one in env["saas.adoption"].search(listed)
        ]
    table(("database", "owner", "GB", "state"), rows, EMPTY)
    return 0


def _found(env, chosen):
    listed = [
        ("cluster_id.key", "=", chosen.cluster),
        ("name", "=", chosen.database),
        ("state", "not in", ("done", "gone")),
    ]
    one = env["saas.adoption"].search(listed, limit=1)
    if not one:
        raise Stop(f"There is no database “{chosen.database}” that no tenant owns.")
    return one


def _preview(control, chosen):
    with control.records() as env:
        one = _found(env, chosen)
        one.action_look()
        job = one.sudo().job_ids.sorted("id")[-1:].id
    follow(control, job, log=False)
    with control.records() as env:
        one = _found(env, chosen)
        for title, text in (
            ("What stands in the way", one.blockers),
            ("Good to know", one.advice),
            ("What will change", one.changes),
            ("Modules", one.modules_told),
        ):
            if text:
                say(f"{title}:")
                say("\n".join(f"  {line}" for line in text.splitlines()))
        blocked = bool(one.blockers)
    if blocked:
        raise Stop("It cannot be adopted as it stands. Nothing was changed.")


def _confirm(control, chosen):
    missing = [f"--{one.replace('_', '-')}" for one in NEEDED if not getattr(chosen, one)]
    if missing:
        raise Stop(f"To adopt it, say also: {', '.join(missing)}.")
    with control.records() as env:
        template = by_code(env, "saas.template", "code", chosen.template, "template")
        values = {
            "name": chosen.name,
            "subdomain": chosen.subdomain,
            "template_id": template.id,
            "admin_name": chosen.admin_name,
            "admin_email": chosen.admin_email,
            "company_id": template.company_id.id or env.company.id,
        }
        if chosen.plan:
            values["plan_id"] = by_code(env, "saas.plan", "code", chosen.plan, "plan").id
        job = _found(env, chosen)._order_adoption(values, chosen.database).id
    follow(control, job)
    say(f"“{chosen.database}” is the tenant {chosen.name} now. Its billing has not begun.")
