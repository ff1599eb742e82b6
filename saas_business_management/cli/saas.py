"""`odoo saas …`: the product from the command line.

Owns: finding the right half of the addon for a command. Does not own: the commands (`commands.py` and its parts).
Odoo loads this file alone, by its path: nothing of ours is imported before `run`.
"""

import importlib
import sys
import types
from pathlib import Path

from odoo.cli import Command

ADDON = Path(__file__).resolve().parents[1]
PACKAGE = f"odoo.addons.{ADDON.name}"


class Saas(Command):
    """Run a business of isolated Odoo databases: clusters, tenant templates, tenants, operations."""

    def run(self, args: list[str]) -> None:
        """Run one sub-command and leave with its status: 0 done, 1 refused or failed, 2 typed wrong."""
        if args[:1] == ["golden"]:
            _forget_models()
            sys.exit(importlib.import_module(f"{PACKAGE}.golden.run").run(args[1:]))
        sys.exit(importlib.import_module(f"{PACKAGE}.cli.commands").run(self.parser, args))


def _forget_models() -> None:
    """Let the addon be a folder only: its models have no place beside a golden database."""
    bare = types.ModuleType(PACKAGE)
    bare.__path__ = [str(ADDON)]
    sys.modules[PACKAGE] = bare
