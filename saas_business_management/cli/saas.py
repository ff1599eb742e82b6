"""`odoo saas …`: the product from the command line.

Owns: finding the right half of the addon for a command. Does not own: the commands (`commands/`).
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
    """Clusters, tenant templates, tenants and operations of SaaS Management"""

    def run(self, args):
        """Run one sub-command and leave with its status: 0 done, 1 failed, 2 typed wrong."""
        if args[:1] == ["golden"]:
            _leave_models_out()
            sys.exit(importlib.import_module(f"{PACKAGE}.golden.run").run(args[1:]))
        if not {"-v", "--verbose"} & set(args):
            sys.excepthook = _one_line
        sys.exit(importlib.import_module(f"{PACKAGE}.cli.commands").run(args))


def _one_line(kind, error, _trace):
    """Say what stopped the command before it could begin."""
    sys.stderr.write(f"odoo saas: {kind.__name__}: {error}\n")


def _leave_models_out():
    """Let the addon be a folder only: its models have no place beside a golden database."""
    bare = types.ModuleType(PACKAGE)
    bare.__path__ = [str(ADDON)]
    sys.modules[PACKAGE] = bare
