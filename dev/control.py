"""The control plane's own role, database, keys and cluster record.

Owns: making them once, and updating the addon when its files changed.
Does not own: what the addon does in its database.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import config, databases, paths
from .files import ensure_password
from .recipe import addon_recipe
from .say import step
from .settings import CONTROL_DATABASE, CONTROL_ROLE
from .shell import run

if TYPE_CHECKING:
    from .stack import Stack

DEPENDENCIES = ("account_payment", "auth_signup", "mail", "portal")
CLUSTER_KEY = "local"
# Another word whenever `cluster-prepare` makes more than before.
PREPARED = "with saas_empty"
HASH_CODE = (
    "import sys; from passlib.context import CryptContext; "
    "print(CryptContext(['pbkdf2_sha512'], pbkdf2_sha512__rounds=600_000).hash(sys.stdin.read()))"
)


def role_password(stack: Stack) -> str:
    """The password of the control database's role."""
    return ensure_password(stack.settings.control_password_file)


def admin_password(stack: Stack) -> str:
    """The password of the control plane's administrator."""
    return ensure_password(stack.settings.folder / "secrets" / "admin.password")


def ensure_role(stack: Stack) -> None:
    """The role the control plane logs in with: owner of its database, nothing more."""
    databases.ensure_role(stack.control_cluster, CONTROL_ROLE, role_password(stack))


def ensure_database(stack: Stack) -> None:
    """The control database with our addon; updated in place when the addon's files changed."""
    recipe = addon_recipe(DEPENDENCIES, stack.settings.demo)
    key = recipe.key(stack.tree.version, stack.control_cluster.version)
    mark = stack.settings.folder / "control.key"
    if not databases.exists(stack.control_cluster, CONTROL_DATABASE):
        _create(stack, databases.ensure(stack.control_cluster, recipe))
    elif not mark.exists() or mark.read_text() != key:
        # Processes that run old code would meet new columns: they start again afterwards.
        for part in (stack.web, stack.worker, stack.node):
            part.stop()
        with step("control database: the addon changed, updating it"):
            options = ["-u", paths.ADDON]
            conf = stack.settings.control_conf
            databases.odoo_once(conf, CONTROL_DATABASE, options, f"Updating {paths.ADDON}")
    mark.write_text(key)
    _tell_address(stack)


def ensure_keyring(stack: Stack) -> None:
    """The files with the keys of secrets at rest and of backups."""
    if not stack.settings.keyring_file.exists():
        with step("keyring"):
            stack.saas("keyring-create", "--file", str(stack.settings.keyring_file))
    if not stack.settings.backup_key_file.exists():
        with step("key file of the backups"):
            stack.saas("backup-key-create", "--file", str(stack.settings.backup_key_file))


def ensure_cluster_record(stack: Stack) -> None:
    """The tenants' cluster prepared and known to the control plane; again when an address moved."""
    arguments = cluster_arguments(stack)
    mark = stack.settings.folder / "cluster.key"
    key = hashlib.sha256("\0".join([*arguments, PREPARED]).encode()).hexdigest()
    if mark.exists() and mark.read_text() == key and stack.settings.node_secret_file.exists():
        return
    with step("tenants' cluster"):
        stack.saas("cluster-prepare", *arguments)
    mark.write_text(key)


def _create(stack: Stack, template: str) -> None:
    cluster = stack.control_cluster
    with step("control database"):
        part = f"{CONTROL_DATABASE}_part"
        databases.drop(cluster, part, stack.settings.control_data)
        databases.clone(
            cluster, template, part, owner=CONTROL_ROLE, data_dir=stack.settings.control_data
        )
        hashed = run(
            [paths.PYTHON, "-c", HASH_CODE], "Hashing a password", stdin=admin_password(stack)
        )
        cluster.sql(
            f"UPDATE res_users SET password = '{hashed.strip()}' WHERE login = 'admin'", part
        )
        files = stack.settings.control_data / "filestore"
        shutil.rmtree(files / CONTROL_DATABASE, ignore_errors=True)
        (files / part).rename(files / CONTROL_DATABASE)
        cluster.sql(f"ALTER DATABASE {part} RENAME TO {CONTROL_DATABASE}")
    # What the former control database knew has to be told to the new one.
    for mark in ("cluster.key", "demo.template", "demo.ready", "demo.backups"):
        (stack.settings.folder / mark).unlink(missing_ok=True)


def _tell_address(stack: Stack) -> None:
    """Links in mails lead to the port this stack listens on, whoever logs in from where."""
    values = f"('web.base.url', '{stack.settings.control_url}'), ('web.base.url.freeze', 'True')"
    stack.control_cluster.sql(
        f"INSERT INTO ir_config_parameter (key, value) VALUES {values} "
        "ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
        CONTROL_DATABASE,
    )


def cluster_arguments(stack: Stack, other: Mapping[str, object] | None = None) -> list[str]:
    """The words after `cluster-prepare`; `other` names what another cluster has otherwise."""
    settings, tenants, control = stack.settings, stack.tenant_cluster, stack.control_cluster
    options: dict[str, object] = {
        "key": CLUSTER_KEY,
        "name": "Local",
        "host": tenants.host,
        "port": tenants.port,
        "superuser": tenants.superuser,
        "superuser-password-file": tenants.superuser_password_file,
        "control-host": control.host,
        "control-port": control.port,
        "control-superuser": control.superuser,
        "control-superuser-password-file": control.superuser_password_file,
        "node-url": settings.node_url,
        "public-url-pattern": settings.public_url_pattern,
        "base-host": "localhost",
        "filestore": settings.node_data / "filestore",
        "odoo-command": paths.ODOO_BIN,
        "addons-path": config.addons_path(stack.tree, *settings.extra_addons),
        "pg-bin": tenants.binaries.folder,
        "secret-out": settings.node_secret_file,
        **(other or {}),
    }
    return [word for name, value in options.items() for word in (f"--{name}", str(value))]
