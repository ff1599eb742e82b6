"""The two generated Odoo configurations of a stack.

Owns: `conf/odoo.conf` (control web and worker) and `conf/odoo.node.conf` (node).
Does not own: the production-shaped examples at the repository's root.
"""

from __future__ import annotations

from pathlib import Path

from . import paths
from .files import write_private
from .odoo import OdooTree
from .postgres import PrivateCluster
from .settings import CONTROL_DATABASE, CONTROL_ROLE, NODE_ROLE, Settings

NODE_MODULES = f"base,rpc,web,{paths.ADDON}"


def addons_path(tree: OdooTree, *more: Path) -> str:
    """Odoo's own addons, then ours, then folders of others."""
    return ",".join(str(path) for path in (*tree.addons, paths.ROOT, *more))


def write_control(
    settings: Settings, tree: OdooTree, cluster: PrivateCluster, password: str
) -> Path:
    """Write the control plane's configuration; it holds a password, so only we may read it."""
    return _write(
        settings.control_conf,
        {
            **_common(settings, tree, cluster, settings.control_data),
            "http_port": settings.control_port,
            "gevent_port": settings.control_gevent_port,
            "db_host": cluster.host,
            "db_port": cluster.port,
            "db_user": CONTROL_ROLE,
            "db_password": password,
            "db_name": CONTROL_DATABASE,
            "dbfilter": f"^{CONTROL_DATABASE}$",
            "saas_keyring_file": settings.keyring_file,
            "saas_backup_key_file": settings.backup_key_file,
            "saas_node_conf": settings.node_conf,
            "saas_odoo_command": paths.ODOO_BIN,
            **settings.control_options,
        },
    )


def write_node(settings: Settings, tree: OdooTree, cluster: PrivateCluster) -> Path:
    """Write the node's configuration; its database logins stand in the secret file alone."""
    return _write(
        settings.node_conf,
        {
            **_common(settings, tree, cluster, settings.node_data),
            "http_port": settings.node_port,
            "gevent_port": settings.node_gevent_port,
            "db_host": cluster.host,
            "db_port": cluster.port,
            "db_user": NODE_ROLE,
            "server_wide_modules": NODE_MODULES,
            "workers": settings.node_workers,
            "max_cron_threads": 1,
            "saas_node": "local",
            "saas_secret_file": settings.node_secret_file,
            **settings.node_options,
        },
    )


def _common(
    settings: Settings, tree: OdooTree, cluster: PrivateCluster, data: Path
) -> dict[str, object]:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "addons_path": addons_path(tree, *settings.extra_addons),
        "data_dir": data,
        "http_interface": "127.0.0.1",
        "proxy_mode": False,
        "list_db": False,
        "smtp_server": "127.0.0.1",
        "smtp_port": settings.mail_port,
        "email_from": "saas@localhost",
        "pg_path": cluster.binaries.folder,
    }


def _write(path: Path, options: dict[str, object]) -> Path:
    lines = [f"{key} = {value}" for key, value in options.items()]
    write_private(path, "[options]\n" + "\n".join(lines) + "\n")
    return path
