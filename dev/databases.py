"""Installed Odoo databases, kept as templates and as files, and their clones.

Owns: templates `cached_…` in a private cluster and `databases/` in the cache.
Does not own: the roles that clones are given to.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import database_files, paths
from .config import addons_path
from .files import ensure_password, write_private
from .odoo import OdooTree, ensure_odoo
from .postgres import PrivateCluster
from .recipe import Recipe
from .say import Failed, fail, step
from .shell import last_words, run

BUILDER = "saas_dev_builder"
INFO_LINE = re.compile(r"\S+ \S+ \d+ INFO ")
IDENTITY = """
UPDATE ir_config_parameter SET value = gen_random_uuid()::text
 WHERE key IN ('database.uuid', 'database.secret');
UPDATE ir_config_parameter SET value = to_char(now() at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS')
 WHERE key = 'database.create_date';
UPDATE ir_cron SET active = false
 WHERE id = (SELECT res_id FROM ir_model_data
              WHERE module = 'mail' AND name = 'ir_cron_module_update_notification');
"""


def ensure(cluster: PrivateCluster, recipe: Recipe) -> str:
    """The name of a template database with the recipe's modules: there, restored, or installed."""
    with _lock(cluster.folder / "databases.lock"):
        _prepare_builder(cluster)
        return _ensure_locked(cluster, recipe, ensure_odoo())


def _ensure_locked(cluster: PrivateCluster, recipe: Recipe, tree: OdooTree) -> str:
    key = recipe.key(tree.version, cluster.version)
    name = f"cached_{key}"
    if _is_ready(cluster, name):
        return name
    with _lock(database_files.folder() / f"{key}.lock"):
        if database_files.exists(key):
            with step(f"database from the cache: {recipe.title}"):
                _create_empty(cluster, name)
                database_files.restore(cluster, key, name, role=BUILDER)
        else:
            _install_new(cluster, recipe, name, key, tree)
    settle = paths.ROOT / paths.ADDON / "adapters" / "postgres" / "settle_sequences.sql"
    cluster.sql(settle.read_text(encoding="utf-8"), name)
    cluster.sql(f"ALTER DATABASE {name} IS_TEMPLATE true ALLOW_CONNECTIONS false")
    return name


def clone(cluster: PrivateCluster, template: str, name: str, *, owner: str, data_dir: Path) -> None:
    """A database of its own identity, owned by `owner`, its filestore below `data_dir`."""
    cluster.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    if _role_exists(cluster, BUILDER):
        cluster.sql(f'REASSIGN OWNED BY {BUILDER} TO "{owner}"', name)
    cluster.sql(f'GRANT USAGE, CREATE ON SCHEMA public TO "{owner}"; {IDENTITY}', name)
    cluster.sql(
        f'ALTER DATABASE "{name}" OWNER TO "{owner}"; '
        f'REVOKE CONNECT, TEMPORARY ON DATABASE "{name}" FROM PUBLIC'
    )
    database_files.unpack_filestore(template.removeprefix("cached_"), data_dir / "filestore" / name)


def drop(cluster: PrivateCluster, name: str, data_dir: Path) -> None:
    """Remove a database and its filestore; nothing if they are gone."""
    cluster.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(data_dir / "filestore" / name, ignore_errors=True)


def exists(cluster: PrivateCluster, name: str) -> bool:
    """Whether the cluster has a database of that name."""
    return bool(cluster.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def ensure_role(cluster: PrivateCluster, role: str, password: str) -> None:
    """A login role without any special right, with that password."""
    if not _role_exists(cluster, role):
        cluster.sql(f'CREATE ROLE "{role}" LOGIN')
    cluster.sql(f"ALTER ROLE \"{role}\" PASSWORD '{password}'")


def install(cluster: PrivateCluster, recipe: Recipe, name: str, data_dir: Path, conf: Path) -> None:
    """Install the recipe's own modules into a database that the configuration's role may write."""
    if recipe.demo and recipe.base:
        # Odoo loads a module's demo data only above modules that are marked as having theirs.
        cluster.sql("UPDATE ir_module_module SET demo = true WHERE state = 'installed'", name)
    options = ["-i", ",".join(recipe.modules), *(["--with-demo"] if recipe.demo else [])]
    odoo_once(conf, name, options, f"Installing {recipe.title}", data_dir=data_dir)
    if recipe.demo and recipe.base:
        ours = ", ".join(f"'{module}'" for module in recipe.modules)
        rows = f"SELECT name FROM ir_module_module WHERE name IN ({ours}) AND NOT demo"
        without = cluster.sql(rows, name)
        if without:
            fail(f"The demo data of {without} could not be loaded; the reason is in {_log()}.")
        cluster.sql(f"UPDATE ir_module_module SET demo = false WHERE name NOT IN ({ours})", name)


def odoo_once(
    conf: Path, name: str, options: list[str], what: str, *, data_dir: Path | None = None
) -> None:
    """Run Odoo on one database until its work is done; its log is kept in `.dev/log`."""
    log = _log()
    log.parent.mkdir(parents=True, exist_ok=True)
    place = ["--data-dir", data_dir] if data_dir else []
    fixed = ["--stop-after-init", "--no-http", "--max-cron-threads=0", "--logfile", log]
    for old in sorted(log.parent.glob("install-*.log"), key=lambda p: p.stat().st_mtime)[:-4]:
        old.unlink(missing_ok=True)
    try:
        run([paths.ODOO_BIN, "-c", conf, "-d", name, *options, *place, *fixed], what)
    except Failed as reason:
        trouble = _without_info(log.read_text(errors="replace")) if log.exists() else ""
        fail(f"{what} failed; see {log}: {last_words(trouble) if trouble else reason}")


def _install_new(
    cluster: PrivateCluster, recipe: Recipe, name: str, key: str, tree: OdooTree
) -> None:
    base = recipe.base and _ensure_locked(cluster, recipe.base, tree)
    with tempfile.TemporaryDirectory(prefix="saas-dev-") as scratch:
        data_dir = Path(scratch) / "data"
        filestore = data_dir / "filestore" / name
        conf = _builder_conf(cluster, recipe, tree, Path(scratch) / "odoo.conf")
        with step(f"installing {recipe.title}"):
            _create_empty(cluster, name, base or "template0")
            if base:
                database_files.unpack_filestore(base.removeprefix("cached_"), filestore)
            install(cluster, recipe, name, data_dir, conf)
        database_files.keep(cluster, key, name, filestore)


def _without_info(log: str) -> str:
    """Warnings, errors and tracebacks of an Odoo log."""
    return "\n".join(line for line in log.splitlines() if not INFO_LINE.match(line))


def _log() -> Path:
    return paths.STATE / "log" / f"install-{os.getpid()}.log"


def _builder_conf(cluster: PrivateCluster, recipe: Recipe, tree: OdooTree, path: Path) -> Path:
    extra = ",".join(map(str, recipe.extra_addons))
    options = {
        "addons_path": addons_path(tree) + (f",{extra}" if extra else ""),
        "db_host": cluster.host,
        "db_port": cluster.port,
        "db_user": BUILDER,
        "db_password": ensure_password(cluster.folder / "builder.password"),
    }
    write_private(path, "[options]\n" + "".join(f"{k} = {v}\n" for k, v in options.items()))
    return path


def _prepare_builder(cluster: PrivateCluster) -> None:
    ensure_role(cluster, BUILDER, ensure_password(cluster.folder / "builder.password"))
    cluster.sql(f"GRANT CONNECT ON DATABASE postgres TO {BUILDER}")


def _create_empty(cluster: PrivateCluster, name: str, template: str = "template0") -> None:
    """A database the builder may fill; what an interrupted run left under the name goes."""
    cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    collation = "ENCODING 'unicode' LC_COLLATE 'C'" if template == "template0" else ""
    cluster.sql(f"CREATE DATABASE {name} {collation} TEMPLATE {template}")
    cluster.sql(f"GRANT ALL ON DATABASE {name} TO {BUILDER}")
    if template == "template0":
        cluster.sql(
            "CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; "
            "ALTER FUNCTION unaccent(text) IMMUTABLE; "
            f"GRANT USAGE, CREATE ON SCHEMA public TO {BUILDER}",
            name,
        )


def _is_ready(cluster: PrivateCluster, name: str) -> bool:
    return bool(
        cluster.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}' AND datistemplate")
    )


def _role_exists(cluster: PrivateCluster, role: str) -> bool:
    return bool(cluster.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"))


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """One process at a time; waits for the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
