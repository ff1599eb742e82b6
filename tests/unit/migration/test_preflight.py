"""What refuses an upgrade, and that nothing does when all is well."""

from dataclasses import replace

import pytest

from saas_business_management.kernel.migration.preflight import Wish, blockers

GOOD = Wish(
    state="active",
    same_template=True,
    from_number=1,
    to_number=2,
    to_state="published",
    busy=False,
    sandbox=False,
    has_database=True,
    safety_wanted=True,
    safety_possible=True,
    needed=("base", "crm"),
    offered=("base", "crm", "sale"),
    dirty=(),
    database_bytes=100,
    free_bytes=300,
)
CASES = {
    "provisioning": ({"state": "provisioning"}, "upgrade_state"),
    "deleting": ({"state": "deleting"}, "upgrade_state"),
    "no database": ({"has_database": False}, "upgrade_without_database"),
    "another template": ({"same_template": False}, "upgrade_other_template"),
    "not published": ({"to_state": "healthy"}, "upgrade_not_published"),
    "the same version": ({"to_number": 1}, "upgrade_older"),
    "an older version": ({"from_number": 3}, "upgrade_older"),
    "busy": ({"busy": True}, "upgrade_busy"),
    "a sandbox": ({"sandbox": True}, "upgrade_sandbox"),
    "no safety target": ({"safety_possible": False}, "upgrade_without_safety"),
    "a module missing": ({"offered": ("base",)}, "upgrade_missing"),
    "not approved": ({"unapproved": ("crm",)}, "upgrade_unapproved"),
    "half done": ({"dirty": ("crm",)}, "upgrade_dirty"),
    "no space": ({"free_bytes": 299}, "disk_full"),
}


def codes(wish: Wish) -> list[str]:
    return [error.code for error in blockers(wish)]


@pytest.mark.parametrize("state", ["trial", "active", "suspended", "archived"])
def test_a_tenant_with_a_database_may_be_upgraded(state):
    assert codes(replace(GOOD, state=state)) == []


@pytest.mark.parametrize(("values", "code"), CASES.values(), ids=CASES)
def test_each_hindrance_is_told_alone(values, code):
    assert codes(replace(GOOD, **values)) == [code]


def test_all_of_them_are_told_together_the_weightiest_first():
    wish = replace(GOOD, to_state="retired", busy=True, dirty=("sale", "crm"))
    assert codes(wish) == ["upgrade_not_published", "upgrade_busy", "upgrade_dirty"]
    assert blockers(wish)[-1].facts["modules"] == ["crm", "sale"]


def test_what_was_not_looked_at_refuses_nothing():
    blank = dict.fromkeys(("offered", "dirty", "database_bytes", "free_bytes"))
    assert codes(replace(GOOD, **blank)) == []


def test_a_rehearsal_and_a_policy_that_does_without_need_no_safety_backup():
    assert codes(replace(GOOD, safety_possible=False, rehearsal=True)) == []
    assert codes(replace(GOOD, safety_possible=False, safety_wanted=False)) == []


def test_what_nobody_approved_may_be_rehearsed():
    assert codes(replace(GOOD, unapproved=("crm",), rehearsal=True)) == []


def test_a_tenant_of_no_known_version_may_be_upgraded():
    assert codes(replace(GOOD, from_number=0)) == []
