"""Databases that are no tenant to be: of another program, of a newer Odoo, changed since."""

import pytest

from .matrix import ORDERS

ADOPT = ORDERS["adopt"]
NAME = "old-company"
VERDICT = (
    "SELECT state, look ->> 'odoo' FROM saas_adoption WHERE name = %s ORDER BY id DESC LIMIT 1"
)
OTHERS = {
    "newer": (
        "UPDATE ir_module_module SET latest_version = '20.0.1.0' WHERE name = 'base'",
        "UPDATE ir_module_module SET latest_version = '19.0.1.3' WHERE name = 'base'",
    ),
    "no odoo": (
        "ALTER TABLE ir_module_module RENAME TO something",
        "ALTER TABLE something RENAME TO ir_module_module",
    ),
    "half done": (
        "UPDATE ir_module_module SET state = 'to upgrade' WHERE name = 'contacts'",
        "UPDATE ir_module_module SET state = 'installed' WHERE name = 'contacts'",
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_cannot_be_a_tenant_is_blocked_and_stays_as_it_is(crash, count, what):
    count("database that cannot be adopted")
    spoil, mend = OTHERS[what]
    tenant = crash.ready_for("adopt")
    crash.tenants(spoil, database=NAME)
    try:
        crash.ready_for("adopt")
        state, odoo = crash.control(VERDICT, NAME)[0]
        assert (state, odoo) == ("blocked", "false" if what == "no odoo" else "true")
        child = crash.run("ordered", kind="adopt", tenant=tenant)
        assert "adoption_not_ready" in child.said[-1]["text"]
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s"
        assert crash.tenants(owner, NAME) == [("odoo_old",)]
    finally:
        crash.tenants(mend, database=NAME)
    assert crash.judge() == []


def test_one_that_changed_since_it_was_read_goes_back(crash, count):
    count("database that changed")
    tenant = crash.ready_for("adopt")
    crash.tenants(OTHERS["newer"][0], database=NAME)
    try:
        case = crash.order("adopt", tenant=tenant)
    finally:
        crash.tenants(OTHERS["newer"][1], database=NAME)
    end = crash.run("state", job=case.job).result
    assert (end["state"], end["error_code"]) == ("failed", "adoption_changed")
    assert case.complaints("tenant_given_back", "failed") == []
    # What went back can be adopted all the same, once somebody has looked again.
    case = ADOPT.place(crash)
    assert ADOPT.complaints(case) == []
    crash.discard(case.spent)
