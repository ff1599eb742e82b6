"""`cluster-prepare`: what a superuser sets up once per cluster, and the cluster's record."""

import os

from .grammar import command, folder, port, readable_file, words
from .say import Stop, say

AS_GIVEN = ("key", "name", "base_host", "public_url_pattern", "node_url", "pg_bin")


def add_to(commands):
    """Add the command with its flags."""
    parser = command(
        commands,
        "cluster-prepare",
        prepare,
        "set up roles and secrets of a PostgreSQL cluster; may run again",
    )
    parser.add_argument("--key", required=True, help="short name: a–z, 0–9 and _")
    parser.add_argument("--name", help="what people call it")
    _add_servers(parser)
    _add_node(parser)


def _add_servers(parser):
    group = parser.add_argument_group("PostgreSQL servers")
    group.add_argument("--host", required=True, help="the tenants' server")
    group.add_argument("--port", type=port, default=5432)
    group.add_argument("--superuser", default="postgres")
    group.add_argument(
        "--superuser-password-file", type=readable_file, help="file with the password, used once"
    )
    group.add_argument(
        "--control-host",
        help="the control database's server as nodes reach it (default: as configured)",
    )
    group.add_argument("--control-port", type=port)
    group.add_argument("--control-superuser", help="(default: as --superuser)")
    group.add_argument("--control-superuser-password-file", type=readable_file)


def _add_node(parser):
    group = parser.add_argument_group("runtime nodes")
    group.add_argument("--node-url", help="where the control plane asks a node for a page")
    group.add_argument(
        "--public-url-pattern", help='how visitors reach a tenant, such as "https://{host}"'
    )
    group.add_argument("--base-host", help="zone of the tenants' host names, such as example.com")
    group.add_argument(
        "--filestore",
        required=True,
        type=folder,
        help="filestores of the tenants: data_dir/filestore of the nodes",
    )
    group.add_argument(
        "--odoo-command", required=True, type=words, help="what starts the cluster's Odoo"
    )
    group.add_argument(
        "--addons-path", required=True, help="its folders of modules, separated by commas"
    )
    group.add_argument("--pg-bin", type=folder, help="folder of pg_dump and pg_restore")
    group.add_argument(
        "--secret-out", required=True, type=folder, help="secret file of the nodes, written 0600"
    )


def prepare(control, chosen):
    """Set everything up, or mend it; passwords that are known stay as they are."""
    order = _order(chosen)
    with control.records() as env:
        cluster = env["saas.cluster"]._prepare(order)
        say(f"Cluster {cluster.key} is prepared: {cluster.pg_host}:{cluster.pg_port}.")
    say(f"Secret file of its nodes: {chosen.secret_out}. Their configuration needs:")
    say(f"  saas_node = {chosen.key}")
    say(f"  saas_secret_file = {chosen.secret_out}")


def _order(chosen):
    """Return what the records need, with the values of the command line that were given."""
    if os.path.basename(chosen.filestore) != "filestore":
        raise Stop("--filestore must be the folder “filestore” in the data_dir of the nodes.", 2)
    return {
        **{name: getattr(chosen, name) for name in AS_GIVEN},
        "pg_host": chosen.host,
        "pg_port": chosen.port,
        "superuser": (chosen.superuser, chosen.superuser_password_file),
        "control": (chosen.control_host, chosen.control_port),
        "control_superuser": (
            chosen.control_superuser or chosen.superuser,
            chosen.control_superuser_password_file or chosen.superuser_password_file,
        ),
        "filestore_path": chosen.filestore,
        "data_dir": os.path.dirname(chosen.filestore),
        "odoo_command": chosen.odoo_command,
        "addons_path": [os.path.abspath(path) for path in chosen.addons_path.split(",") if path],
        "secret_out": chosen.secret_out,
    }
