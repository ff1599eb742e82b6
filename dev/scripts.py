"""The small programs in `.dev/bin`.

Owns: `odoo`, `saas`. Does not own: what they do once started.
"""

from __future__ import annotations

from pathlib import Path

from . import paths
from .odoo import OdooTree

ODOO_SCRIPT = """#!{python}
\"\"\"Odoo {version}; the evented worker starts this same file again, by its path.\"\"\"
import os
import sys

PLACE = {place!r}
sys.path.insert(0, PLACE)
others = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p and p != PLACE]
os.environ["PYTHONPATH"] = os.pathsep.join([PLACE, *others])
sys.argv[0] = os.path.abspath(__file__)

import odoo.cli  # noqa: E402

if __name__ == "__main__":
    odoo.cli.main()
"""

SAAS_SCRIPT = """#!/bin/sh
# 'odoo saas …' with the control configuration: the command is found only through ODOO_RC.
ODOO_RC="${{ODOO_RC:-{conf}}}"
export ODOO_RC
exec {odoo} saas "$@"
"""


def write_odoo(tree: OdooTree) -> Path:
    """Write `.dev/bin/odoo` for this tree."""
    text = ODOO_SCRIPT.format(
        python=paths.PYTHON, version=tree.version, place=str(tree.python_path)
    )
    return _write(paths.ODOO_BIN, text)


def write_saas(folder: Path, conf: Path) -> Path:
    """Write a `saas` that runs the product's command with the given configuration."""
    return _write(folder / "saas", SAAS_SCRIPT.format(conf=conf, odoo=paths.ODOO_BIN))


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(text)
        fresh.chmod(0o755)
        fresh.replace(path)
    return path
