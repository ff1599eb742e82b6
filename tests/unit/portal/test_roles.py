"""Roles of a customer's team: the table as people were promised it, and who gives what to whom."""

import itertools

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.portal import roles

PROMISED = {
    "owner": "view money plan address backup team connect export close",
    "administrator": "view money plan address backup team connect export",
    "billing": "view money plan",
    "technical": "view address backup connect",
    "viewer": "view",
    "": "",
    "nobody": "",
}


@pytest.mark.parametrize("role", PROMISED)
@pytest.mark.parametrize("action", [*roles.ACTIONS, "delete", ""])
def test_each_role_may_what_was_promised_and_nothing_else(role, action):
    assert roles.may(role, action) == (action in PROMISED[role].split())


def test_only_an_owner_makes_owners_and_who_has_no_team_gives_nothing():
    assert roles.giveable("owner") == roles.ROLES
    assert roles.giveable("administrator") == roles.ROLES[1:]
    for role in ("billing", "technical", "viewer", ""):
        assert roles.giveable(role) == ()


@pytest.mark.parametrize(
    ("giver", "before", "after"),
    itertools.product(roles.ROLES, ("", *roles.ROLES), ("", *roles.ROLES)),
)
def test_a_role_is_changed_by_who_may_give_both(giver, before, after):
    mine = roles.giveable(giver)
    fits = all(role in mine for role in (before, after) if role)
    if fits:
        roles.check_change(giver, before, after, 1)
    else:
        with pytest.raises(Refused) as told:
            roles.check_change(giver, before, after, 1)
        assert told.value.code == "team_role_not_yours"


@pytest.mark.parametrize("after", ["", "administrator", "viewer"])
def test_the_last_owner_stays(after):
    with pytest.raises(Refused) as told:
        roles.check_change("owner", "owner", after, 0)
    assert told.value.code == "team_last_owner"
    roles.check_change("owner", "owner", "owner", 0)


def test_a_role_nobody_knows_is_refused():
    with pytest.raises(Refused) as told:
        roles.check_change("owner", "", "king", 1)
    assert told.value.code == "team_role_unknown"
