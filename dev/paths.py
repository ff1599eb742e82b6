"""Where things lie.

Owns: every path that `dev` reads or writes. Does not own: what is put there.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = "saas_business_management"


def state_folder() -> Path:
    """The folder of everything this checkout makes; `make clean` removes it."""
    return Path(os.environ.get("SAAS_DEV_DIR") or ROOT / ".dev").resolve()


def cache_folder() -> Path:
    """The folder of downloads shared by all checkouts of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).resolve() / "saas-dev"


STATE = state_folder()
CACHE = cache_folder()
VENV = STATE / "venv"
PYTHON = VENV / "bin" / "python"
BIN = STATE / "bin"
ODOO_BIN = BIN / "odoo"
REQUIREMENTS = ROOT / "dev" / "requirements"
