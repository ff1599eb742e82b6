"""What an installed database is made of, as one key.

Owns: the content hash. Does not own: making the database (`databases.py`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .say import fail

# Files that change nothing in an installed database.
LEFT_OUT = {"__pycache__", "tests", "docs", "static", "README.md"}
FORMAT = "1"


@dataclass(frozen=True)
class Recipe:
    """Modules to install, above another recipe or from nothing."""

    modules: tuple[str, ...]
    demo: bool = False
    base: Recipe | None = None
    extra_addons: tuple[Path, ...] = ()

    def key(self, odoo_version: str, postgres_version: str) -> str:
        """The same words and the same files of our modules give the same key."""
        digest = hashlib.sha256(f"{FORMAT} {odoo_version} {postgres_version} {self.demo}".encode())
        if self.base:
            digest.update(self.base.key(odoo_version, postgres_version).encode())
        for name in sorted(self.modules):
            digest.update(name.encode())
            for path in module_files(name, self.folders):
                digest.update(str(path).encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()[:12]

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders of addons outside Odoo's own tree."""
        return (*self.extra_addons, paths.ROOT)

    @property
    def title(self) -> str:
        """Words for the progress line."""
        return ", ".join(self.modules) + (" with demo data" if self.demo else "")


def module_files(name: str, folders: tuple[Path, ...]) -> list[Path]:
    """Files of one of our modules that can change its database; none for Odoo's own."""
    for folder in folders:
        root = folder / name
        if (root / "__manifest__.py").exists():
            found = (path for path in root.rglob("*") if path.is_file())
            return sorted(p for p in found if not LEFT_OUT & set(p.relative_to(root).parts))
    return []


def addon_recipe(modules: tuple[str, ...], demo: bool) -> Recipe:
    """The control database: Odoo's modules without demo data, then our addon."""
    if not (paths.ROOT / paths.ADDON / "__manifest__.py").exists():
        fail(f"The addon {paths.ADDON} has no __manifest__.py yet.")
    return Recipe((paths.ADDON,), demo=demo, base=Recipe(modules))
