"""An Odoo database with the addon, on a cluster of its own, and programs that run inside it.

Owns: making and removing them. Does not own: what runs inside (`inside_odoo.py` calls it).
"""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev import control, databases, paths
from dev.config import addons_path
from dev.files import ensure_password, write_private
from dev.odoo import OdooTree, ensure_odoo
from dev.postgres import PrivateCluster
from dev.recipe import Recipe, addon_recipe
from dev.shell import clean_environment

DATABASE, ROLE = "place", "placed"
PROGRAM = "tests.helpers.inside_odoo"


@dataclass(frozen=True)
class Place:
    """A database that nobody serves; `call` runs a function inside an Odoo of its own."""

    cluster: PrivateCluster
    tree: OdooTree
    conf: Path
    log: Path

    def call(self, function: str, seconds: float = 3000, **values: Any) -> Any:
        """Run `module:name` with an environment and these values; return what it answers.

        What it prints is shown. Values and answer are plain JSON.
        """
        search = os.pathsep.join([str(self.tree.python_path), str(paths.ROOT)])
        # Several may run at once.
        answer = self.conf.with_name(f"answer-{uuid.uuid4().hex}.json")
        command = [paths.PYTHON, "-m", PROGRAM, self.conf, DATABASE, self.log, function, answer]
        done = subprocess.run(
            list(map(str, command)),
            input=json.dumps(values),
            text=True,
            cwd=paths.ROOT,
            env=clean_environment(PYTHONPATH=search, PYTHONDONTWRITEBYTECODE="1"),
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"{function} ended with {done.returncode}; see {self.log}"
        return json.loads(answer.read_text(encoding="utf-8"))


@contextmanager
def odoo_place(
    name: str,
    modules: tuple[str, ...] = (),
    extra_addons: tuple[Path, ...] = (),
    fast: bool = True,
    addon: bool = True,
) -> Iterator[Place]:
    """Make a database with the addon and more modules; it is removed in the end.

    `fast` is for a server that does not wait for its disk. Without `addon` it has the modules that
    the addon depends on.
    """
    folder = paths.STATE / "test" / f"{name}-{os.getpid()}"
    tree = ensure_odoo()
    plain = Recipe(control.DEPENDENCIES)
    recipe = addon_recipe(control.DEPENDENCIES, demo=False) if addon else plain
    if modules:
        recipe = Recipe(modules, base=recipe, extra_addons=extra_addons)
    cluster = PrivateCluster(folder, fast=fast).start()
    try:
        template = databases.ensure(cluster, recipe)
        password = ensure_password(folder / "role.password")
        databases.ensure_role(cluster, ROLE, password)
        data_dir = folder / "data"
        databases.clone(cluster, template, DATABASE, owner=ROLE, data_dir=data_dir)
        log = paths.STATE / "log" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        more = "".join(f",{one}" for one in extra_addons)
        options = {
            "addons_path": addons_path(tree) + more,
            "data_dir": data_dir,
            "db_host": cluster.host,
            "db_port": cluster.port,
            "db_user": ROLE,
            "db_password": password,
        }
        text = "".join(f"{key} = {value}\n" for key, value in options.items())
        write_private(folder / "odoo.conf", f"[options]\n{text}")
        yield Place(cluster, tree, folder / "odoo.conf", log)
    finally:
        cluster.destroy()
