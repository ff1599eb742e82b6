"""What refuses a restore, and what one needs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.backup.restore import (
    ALL,
    COPY,
    FILES,
    IN_PLACE,
    RESTORABLE_STATES,
    SANDBOX,
    WHAT,
    WHERE,
    Wish,
    hindrances,
    needed_bytes,
    require_server,
)
from tests.unit.backup.parts import code_of

GOOD = Wish(
    where=IN_PLACE,
    what=ALL,
    state="active",
    restorable=True,
    busy=False,
    has_database=True,
    typed="acme",
    subdomain="acme",
    reason="asked for",
)


def codes(**changes) -> list[str]:
    return [one.code for one in hindrances(replace(GOOD, **changes))]


@pytest.mark.parametrize("state", RESTORABLE_STATES)
def test_a_tenant_with_a_database_can_be_restored_in_place(state):
    assert codes(state=state) == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("restore_kind_unknown", {"where": "elsewhere"}),
        ("restore_kind_unknown", {"what": "some of it"}),
        ("restore_gone", {"restorable": False}),
        ("restore_key", {"fatal_key": "wrong_key"}),
        ("restore_busy", {"busy": True}),
        ("restore_state", {"state": "deleted", "has_database": False}),
        ("restore_state", {"state": "provisioning"}),
        ("restore_without_database", {"has_database": False}),
        ("restore_typed", {"typed": "acm"}),
        ("restore_typed", {"typed": ""}),
        ("restore_reason", {"reason": "  "}),
        ("restore_files_elsewhere", {"where": COPY, "what": FILES}),
        ("restore_files_elsewhere", {"where": SANDBOX, "what": FILES}),
    ],
)
def test_each_thing_that_stands_in_the_way_is_told(code, changes):
    assert codes(**changes) == [code]


def test_all_of_them_are_told_at_once_the_weightiest_first():
    told = codes(restorable=False, fatal_key="missing", busy=True, typed="", reason="")
    assert told == [
        "restore_gone",
        "restore_key",
        "restore_busy",
        "restore_typed",
        "restore_reason",
    ]


@given(
    st.sampled_from(WHERE), st.sampled_from(WHAT), st.sampled_from(("deleted", "draft", "active"))
)
def test_a_copy_needs_nothing_of_the_tenant_itself(where, what, state):
    found = codes(
        where=where, what=what, state=state, busy=True, has_database=False, typed="", reason=""
    )
    if where != IN_PLACE:
        assert found == (["restore_files_elsewhere"] if what == FILES else [])
    else:
        assert "restore_busy" in found


@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_a_restore_needs_more_room_than_it_brings(database, files):
    needed = needed_bytes(database, files)
    assert needed >= database + files
    assert needed_bytes(database + 1, files) >= needed
    assert needed * 10 >= (3 * database + files) * 11


@pytest.mark.parametrize(
    ("dumped", "major", "code"),
    [(150018, 15, ""), (150018, 18, ""), (180001, 17, "restore_server_older"), (0, 15, "")],
)
def test_a_dump_goes_to_a_server_that_is_as_new(dumped, major, code):
    assert code_of(lambda: require_server(dumped, major)) == code
