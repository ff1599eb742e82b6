"""A parent package without Odoo, so that kernel, adapters and jobs can be imported by themselves.

The addon's own `__init__` imports `odoo`. `conftest.py` calls `install()`; whoever runs a test module by
`python -m` calls it first.
"""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "saas_business_management"


def install() -> None:
    """Put the bare parent package in place; does nothing when Odoo or an earlier call did it."""
    if "saas_business_management" in sys.modules:
        return
    package = types.ModuleType("saas_business_management")
    package.__path__ = [str(ADDON)]
    sys.modules["saas_business_management"] = package
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
