"""What refuses a copy, as a table."""

from dataclasses import replace

import pytest

from saas_business_management.kernel.migration.copying import Wish, hindrances

FINE = Wish("sandbox", "active", False, True, False, used=0, most=1)


def codes(**changed):
    return [error.code for error in hindrances(replace(FINE, **changed))]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"use": "staging", "state": "trial"}, []),
        ({"use": "toy"}, ["copy_use_unknown"]),
        ({"of_copy": True, "used": 9}, ["copy_of_copy"]),
        ({"state": "suspended"}, ["copy_state"]),
        ({"has_database": False}, ["copy_state"]),
        ({"busy": True}, ["copy_busy"]),
        ({"restricted": True}, ["copy_restricted"]),
        ({"used": 1}, ["copy_enough"]),
        ({"most": 0}, ["copy_not_in_plan"]),
        ({"most": 0, "exempt": True}, ["copy_not_in_plan"]),
        ({"most": 0, "exempt": True, "reason": " "}, ["copy_not_in_plan"]),
        ({"most": 0, "exempt": True, "reason": "case 7"}, []),
        ({"used": 1, "reason": "case 7"}, ["copy_enough"]),
        ({"used": 3, "refresh_state": "active"}, []),
        ({"refresh_state": "archived"}, ["copy_refresh_state"]),
        ({"masked": False}, ["copy_unmasked_right"]),
        ({"masked": False, "reason": "case 7"}, ["copy_unmasked_right"]),
        ({"masked": False, "may_unmask": True}, ["copy_unmasked_reason"]),
        ({"masked": False, "may_unmask": True, "reason": "case 7"}, []),
    ],
)
def test_what_stands_in_the_way(changed, expected):
    assert codes(**changed) == expected
