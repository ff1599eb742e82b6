"""Shared by all suites: the addon's pure parts are imported without Odoo."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import bare

bare.install()

pytest_plugins = ["tests.helpers.postgres"]
