"""Puts a bare parent package in place, so that the parts without Odoo import without Odoo.

`import saas_business_management` would load the models. After `import tests.bare` the package is an
empty shell with the right path: `saas_business_management.kernel…`, `.adapters…`, `.jobs…`,
`.gateway…` import as always. Programs started with `python -m` or as children import it first,
because pytest's conftest is not there for them.
"""

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
NAME = "saas_business_management"


def install() -> None:
    """Put the shell in place, unless the real package was loaded by Odoo; nothing happens the
    second time.
    """
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    if NAME not in sys.modules:
        shell = ModuleType(NAME)
        shell.__path__ = [str(ROOT / NAME)]
        sys.modules[NAME] = shell


install()
