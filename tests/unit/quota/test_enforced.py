"""Which limits can be enforced, and what is a defect of those that should be."""

from dataclasses import replace

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.quota.enforced import (
    MOST,
    Enforced,
    Seen,
    Standing,
    defects,
    tampered,
    worth_telling,
)

RIGHT = Standing(
    True, 2, {"f": ("body",)}, {"t": ("O", "CREATE")}, {"res_users": "r"}, 3, may_create=False
)


@pytest.mark.parametrize(
    ("number", "code"),
    [(-1, "limit_negative"), (MOST + 1, "limit_too_large"), (2**80, "limit_too_large")],
)
@pytest.mark.parametrize("name", ["users", "storage_room"])
def test_numbers_that_cannot_be_enforced_are_refused(name, number, code):
    with pytest.raises(Refused) as told:
        Enforced(**{name: number})
    assert (told.value.code, told.value.facts["limit"]) == (code, name)


def test_the_largest_and_the_smallest_are_taken():
    assert Enforced(MOST, 0).storage_room == 0
    assert Enforced().nothing
    assert not Enforced(0).nothing


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, ()),
        ({"schema": None, "rows": 0}, ("schema_missing",)),
        ({"schema": False, "rows": 0}, ("schema_foreign",)),
        ({"rows": 1}, ("limits_changed",)),
        ({"functions": {"f": ("other",)}}, ("function_changed",)),
        ({"functions": {**RIGHT.functions, "g": ("more",)}}, ("function_changed",)),
        ({"triggers": {}}, ("trigger_missing",)),
        ({"triggers": {"t": ("D", "CREATE")}}, ("trigger_disabled",)),
        ({"triggers": {"t": ("O", "OTHER")}}, ("trigger_changed",)),
        ({"columns": 2}, ("right_missing",)),
        ({"tables": {"res_users": "v"}}, ("table_replaced",)),
        ({"tables": {}}, ("table_replaced",)),
        ({"may_create": True}, ("right_left",)),
    ],
)
def test_each_difference_has_its_code(change, codes):
    assert defects(replace(RIGHT, **change), RIGHT) == codes


def test_before_limits_were_ever_applied_nobody_tampered_with_them():
    assert tampered(Seen(("schema_foreign",)), None) == ()


@pytest.mark.parametrize(
    ("seen", "codes"),
    [
        (Seen((), 5, 10, 3), ()),
        (Seen((), 6, 10, 3), ("limits_changed",)),
        (Seen((), 5, 11, 3), ("limits_changed",)),
        (Seen(("right_left",), 5, 10, 3), ()),
        (Seen(("trigger_missing",), 5, 10, 3), ("trigger_missing",)),
        (Seen(("schema_missing",)), ("schema_missing",)),
        (Seen(("schema_foreign",)), ("schema_foreign",)),
    ],
)
def test_afterwards_every_difference_was_made_by_somebody(seen, codes):
    assert tampered(seen, Enforced(5, 10)) == codes


@pytest.mark.parametrize(
    ("seen", "holds"),
    [
        (Seen((), 5, 10, 3), True),
        (Seen((), 5, 10, 99), True),
        (Seen((), 5, 10, 3, 2001), False),
        (Seen((), 5, 9, 9), False),
        (Seen((), None, 10, 10), False),
        (Seen(("trigger_missing",), 5, 10, 10), False),
    ],
)
def test_what_holds_is_right_but_for_what_was_used_since(seen, holds):
    assert seen.holds(Enforced(5, 10)) is holds


@pytest.mark.parametrize(
    ("wanted", "applied", "worth"),
    [
        (Enforced(), None, False),
        (Enforced(5), None, True),
        (Enforced(5), Enforced(6), True),
        (Enforced(None, 10**9), Enforced(None, 10**9 - 10**6), False),
        (Enforced(None, 10**9), Enforced(None, 10**9 - 10**7), True),
        (Enforced(None, 10**6), Enforced(None, 2 * 10**6), True),
        (Enforced(None, 10**6), Enforced(None, 2 * 10**6 - 1), False),
        (Enforced(None, 0), Enforced(None, 1), True),
        (Enforced(None, 1), Enforced(None, 0), True),
        (Enforced(None, 0), Enforced(None, 0), False),
        (Enforced(None, None), Enforced(None, 1), True),
        (Enforced(None, None), Enforced(None, None), False),
    ],
)
def test_small_changes_wait_for_the_hourly_round(wanted, applied, worth):
    assert worth_telling(wanted, applied) is worth
