"""`rotate`: new passwords and keys, one kind at a time."""

from .choose import by_code
from .follow import follow
from .grammar import command, folder
from .say import Stop, say

WHAT = (
    *("tenant", "tenants", "provisioner", "nodes", "cluster-secret", "sessions", "keyring"),
    "backup-keys",
)


def add_to(commands):
    """Add the command with its flags."""
    parser = command(commands, "rotate", rotate, "give a role a new password, or secrets a new key")
    parser.add_argument("what", choices=WHAT)
    parser.add_argument(
        "--subdomain", help="whose database password or sessions (tenant, sessions)"
    )
    parser.add_argument(
        "--cluster", metavar="KEY", help="of which cluster (tenants, provisioner, sessions)"
    )
    parser.add_argument(
        "--secret-file", type=folder, help="the nodes' secret file (nodes, cluster-secret)"
    )
    parser.add_argument(
        "--prepare",
        action="store_true",
        help="only write what comes next into the file, to copy it to other nodes first "
        "(nodes, cluster-secret)",
    )
    parser.add_argument(
        "--wait",
        action="store_true",
        help="follow the operation, then take the old secret out of the file (cluster-secret)",
    )
    parser.add_argument(
        "--forget-old",
        action="store_true",
        help="take old keys out of the key file (keyring, backup-keys)",
    )


def rotate(control, chosen):
    """Do one kind; each may run again after it was stopped."""
    {
        "tenant": _tenant,
        "tenants": _tenants,
        "provisioner": _provisioner,
        "nodes": _nodes,
        "cluster-secret": _cluster_secret,
        "sessions": _sessions,
        "keyring": _keyring,
        "backup-keys": _backup_keys,
    }[chosen.what](control, chosen)


def _required(chosen, name):
    given = getattr(chosen, name)
    if not given:
        raise Stop(f"“rotate {chosen.what}” needs --{name.replace('_', '-')}.", 2)
    return given


def _tenant(control, chosen):
    subdomain = _required(chosen, "subdomain")
    with control.records() as env:
        wanted = [("subdomain", "=", subdomain), ("database_id", "!=", False)]
        tenant = env["saas.tenant"].search(wanted, limit=1, order="id desc")
        if not tenant:
            raise Stop(f"There is no tenant “{subdomain}” with a database.")
        tenant.action_rotate_role()
    say(f"Change Database Password of {subdomain} is ordered: see 'odoo saas jobs'.")


def _tenants(control, chosen):
    key = _required(chosen, "cluster")
    with control.records() as env:
        cluster = by_code(env, "saas.cluster", "key", key, "cluster")
        wanted = [("cluster_id", "=", cluster.id), ("database_id.stage", "=", "claimed")]
        tenants = env["saas.tenant"].search(wanted)
        tenants.action_rotate_role()
        count = len(tenants)
    say(f"Change Database Password is ordered for {count} tenants: see 'odoo saas jobs'.")


def _sessions(control, chosen):
    with control.records() as env:
        if chosen.cluster:
            cluster = by_code(env, "saas.cluster", "key", chosen.cluster, "cluster")
            found = env["saas.tenant"].search(
                [("cluster_id", "=", cluster.id), ("database_id.stage", "=", "claimed")]
            )
        else:
            wanted = [("subdomain", "=", _required(chosen, "subdomain"))]
            found = env["saas.tenant"].search(
                [*wanted, ("database_id", "!=", False)], limit=1, order="id desc"
            )
            if not found:
                raise Stop(f"There is no tenant “{chosen.subdomain}” with a database.")
        tenants = found.filtered(lambda one: one._is_serving()) if chosen.cluster else found
        tenants.action_log_everybody_out()
        count, closed = len(tenants), len(found - tenants)
    say(f"Log Everybody Out is ordered for {count} tenants: see 'odoo saas jobs'.")
    if closed:
        say(f"Closed, and left as they are: {closed}. Do it again when they are open.")


def _provisioner(control, chosen):
    key = _required(chosen, "cluster")
    # Two transactions: the next password is kept before the server learns it.
    for step in ("_begin_password_change", "_finish_password_change"):
        with control.records() as env:
            getattr(by_code(env, "saas.cluster", "key", key, "cluster"), step)()
    say(f"The provisioner of {key} has a new password.")


def _nodes(control, chosen):
    file = _required(chosen, "secret_file")
    with control.records() as env:
        key = env["saas.cluster"]._rotate_nodes(file, chosen.prepare).key
    if chosen.prepare:
        say(f"{file} holds the next passwords of {key}, too. Copy it to every node, then run this")
        say("again without --prepare.")
    else:
        say(f"The nodes of {key} have new passwords. Copy {file} to the other nodes.")


def _cluster_secret(control, chosen):
    file = _required(chosen, "secret_file")
    with control.records() as env:
        if env["saas.cluster"]._has_forgotten_secret(file):
            _finish(env, file)
            return
        env["saas.cluster"]._of_secret_file(file)._prepare_secret_change()
    # The next secret is kept before a node learns it, and nodes know it before it is used.
    with control.records() as env:
        cluster = env["saas.cluster"]._write_cluster_secrets(file)
        key = cluster.key
        job_id = 0 if chosen.prepare else cluster._order_secret_change().id
    if chosen.prepare:
        say(f"{file} holds the next secret of {key}, too. Copy it to every node, then run this")
        say("again without --prepare.")
        return
    if not chosen.wait:
        say(
            f"Change Cluster Secret of {key} is ordered: see 'odoo saas jobs'. When it is done, run"
        )
        say("this once more: it takes the old secret out of the file.")
        return
    follow(control, job_id, log=False)
    with control.records() as env:
        _finish(env, file)


def _finish(env, file):
    key = env["saas.cluster"]._write_cluster_secrets(file).key
    say(f"{file} holds the new secret of {key} and no other. Copy it to the other nodes.")


def _keyring(control, chosen):
    with control.records() as env:
        if chosen.forget_old:
            env["saas.keyring"]._forget_old_keys()
            say("The key file holds the key in use and no other. Replace your copy of it.")
        else:
            count = env["saas.keyring"]._rotate()
            say(f"{count} stored secrets are closed with a new key. Replace your copy of the file.")


def _backup_keys(control, chosen):
    with control.records() as env:
        if chosen.forget_old:
            env["saas.backup.keyring"]._forget_old_keys()
            say("The key file of the backups holds the key in use and no other. Replace your copy.")
        else:
            count = env["saas.backup.keyring"]._rotate()
            say(f"{count} keys of tenants are closed with a new key; no backup was touched.")
            say("Replace your copy of the file, and print and confirm a new recovery sheet.")
