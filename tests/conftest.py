"""Shared by all suites: the addon's pure parts are imported without Odoo; examples are drawn alike.

`make test` draws the same examples each time, `SAAS_PROOF=1` others each time. How long one takes
says nothing on a machine that does other things, too.
"""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import bare

bare.install()

pytest_plugins = ["tests.helpers.postgres"]

settings.register_profile(
    "suite",
    deadline=None,
    derandomize=os.environ.get("SAAS_PROOF") != "1",
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")
