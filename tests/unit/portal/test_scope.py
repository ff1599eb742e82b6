"""Scopes of API keys: never more than their maker may do, never longer than a year."""

from datetime import date

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.portal import roles, scope

PROMISED = {
    "owner": set(scope.SCOPES),
    "administrator": set(scope.SCOPES),
    "technical": {"tenants:read", "usage:read", "backups:read", "backups:make"},
    "billing": set(),
    "viewer": set(),
    "": set(),
}


@pytest.mark.parametrize("role", PROMISED)
def test_a_role_gives_what_it_may_do_itself(role):
    assert set(scope.giveable(role)) == PROMISED[role]


def test_wanted_scopes_are_kept_once_and_in_order():
    wanted = ["usage:read", "tenants:read", "usage:read"]
    assert scope.checked(wanted, roles.OWNER) == ("tenants:read", "usage:read")


@pytest.mark.parametrize(
    "wanted, role, code",
    [
        ([], "owner", "api_scope_none"),
        (["everything"], "owner", "api_scope_unknown"),
        (["tenants:read", ""], "owner", "api_scope_unknown"),
        (["invoices:read"], "technical", "api_scope_not_yours"),
        (["tenants:read"], "viewer", "api_scope_not_yours"),
    ],
)
def test_other_wishes_are_refused(wanted, role, code):
    with pytest.raises(Refused) as told:
        scope.checked(wanted, role)
    assert told.value.code == code


def test_a_key_ends_with_the_role_of_its_maker():
    assert scope.allows(["backups:read"], "technical", "backups:read")
    assert not scope.allows(["backups:read"], "viewer", "backups:read")
    assert not scope.allows(["backups:read"], "", "backups:read")
    assert not scope.allows(["tenants:read"], "owner", "backups:read")


def test_a_key_lives_for_a_year_at_most():
    assert scope.last_day(date(2027, 3, 1), 365) == date(2028, 2, 29)
    for days in (0, -1, 366):
        with pytest.raises(Refused):
            scope.last_day(date(2027, 3, 1), days)
