"""The real Odoo installs real modules, and its worker is killed on the way."""

from functools import partial

import pytest

from tests.helpers.crash import REAL, until

from .matrix import PROOF

LINES = "SELECT 1 FROM saas_job_line WHERE job_id = %s AND text LIKE %s AND id > %s"
LAST = "SELECT coalesce(max(id), 0) FROM saas_job_line"
# In the proof everything is installed from the first table on; else the common modules are kept.
DEATHS = (
    ("Loading module web %", "Loading module contacts %")
    if PROOF
    else ("Loading module contacts %",)
)


@pytest.mark.slow
def test_modules_half_installed_are_installed_anew(crash, count):
    crash.use_odoo_alone() if PROOF else crash.use_odoo()
    case = crash.order_in_background("build", template=REAL)
    for place, text in enumerate(DEATHS):
        count("inside an installation")
        if place:
            crash.age_leases()
            case.child = crash.begin("finish", job=case.job, seconds=900)
        since = crash.control(LAST)[0][0] if place else 0
        seen = partial(crash.control, LINES, case.job, f"%{text}", since)
        until(seen, f"never at {text}", 300)
        crash.mother.kill(case.child)
    assert case.resume(seconds=900)["state"] == "done"
    assert case.complaints("version_published") == []


def test_a_tenant_made_of_it_opens(crash, count):
    count("tenant of a resumed build")
    crash.golden(REAL)
    case = crash.order("provision", template=REAL)
    assert case.complaints("tenant_open") == []
    crash.discard(case.spent)
