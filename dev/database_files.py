"""Installed databases as files in the cache, so that a fresh checkout restores them.

Owns: `databases/<key>/` with a dump and a filestore. Does not own: who may use the database.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

from . import paths
from .postgres import PrivateCluster
from .shell import run

KEPT = 12


def folder() -> Path:
    """Where the kept databases lie."""
    return paths.CACHE / "databases"


def exists(key: str) -> bool:
    """Whether the database is kept whole."""
    return (folder() / key / "ready").exists()


def keep(cluster: PrivateCluster, key: str, name: str, filestore: Path) -> None:
    """Write dump and filestore in one move, and let the oldest ones go."""
    part = folder() / f"{key}.part{os.getpid()}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    dump = [cluster.binaries.tool("pg_dump"), "-Fc", "-Z1", "-f", part / "database.dump", name]
    run(dump, "Keeping the installed database", env=cluster.client_environment())
    filestore.mkdir(parents=True, exist_ok=True)
    with tarfile.open(part / "filestore.tar", "w") as archive:
        archive.add(filestore, arcname=".")
    (part / "ready").touch()
    shutil.rmtree(folder() / key, ignore_errors=True)
    part.rename(folder() / key)
    _let_old_ones_go()


def restore(cluster: PrivateCluster, key: str, name: str, role: str) -> None:
    """Fill an empty database that has its extensions; objects belong to `role`."""
    source = folder() / key
    os.utime(source)
    tool, env = cluster.binaries.tool, cluster.client_environment()
    what = "Restoring the kept database"
    reading = [tool("pg_restore"), "--no-owner", "--no-acl", "--no-comments"]
    dump = source / "database.dump"
    if cluster.binaries.has("pg_restore"):
        run([*reading, f"--role={role}", "-j2", "--exit-on-error", "-d", name, dump], what, env=env)
        return
    # A newer pg_restore sets a parameter that this older server does not know.
    script = run([*reading, "-f", "-", dump], what, env=env)
    script = script.replace("SET transaction_timeout = 0;\n", "", 1)
    cluster.sql(f"SET ROLE {role};\n{script}", name)


def unpack_filestore(key: str, target: Path) -> None:
    """Put a kept database's files at `target`, replacing what is there."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with tarfile.open(folder() / key / "filestore.tar") as archive:
        # Older Pythons know no filter, the newest demand one.
        archive.extractall(
            target, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {})
        )


def _let_old_ones_go() -> None:
    kept = sorted(folder().glob("*/ready"), key=lambda path: path.parent.stat().st_mtime)
    for path in kept[:-KEPT]:
        shutil.rmtree(path.parent, ignore_errors=True)
