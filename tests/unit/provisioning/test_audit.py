"""Comparing records with what lies on a cluster."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.provisioning.audit import (
    BUILDING,
    CLAIMED,
    GONE,
    READY,
    Finding,
    Inventory,
    Known,
    audit,
)
from saas_business_management.kernel.provisioning.stuck import OperationFacts, stuck

A, B, GOLDEN = ("t_" + "a" * 26, "t_" + "b" * 26, "g_" + "c" * 26)
PROV = "saas_prov"


@dataclass(frozen=True)
class Database:
    name: str
    oid: int = 1
    owner: str = PROV
    connection_limit: int = 10


@dataclass(frozen=True)
class Role:
    name: str
    stage: str


def lies(*names: str, stage: str = CLAIMED) -> Inventory:
    """A cluster where each of these names has database, role and folder."""
    return Inventory(
        PROV,
        tuple(Database(name) for name in names),
        tuple(Role(name, stage) for name in names if name.startswith("t_")),
        names,
    )


def told(known: list[Known], inventory: Inventory) -> list[tuple[str, str, str, str, bool]]:
    return [(one.audit, one.kind, one.what, one.name, one.sweep) for one in audit(known, inventory)]


def test_both_sides_agree() -> None:
    known = [Known(A, CLAIMED), Known(B, READY), Known(GOLDEN, READY, has_role=False)]
    assert audit(known, lies(A, B, GOLDEN)) == []


def test_what_is_recorded_and_not_there_is_missing_and_never_swept() -> None:
    assert told([Known(A, CLAIMED)], Inventory(PROV)) == [
        ("A1", "missing", "database", A, False),
        ("A1", "missing", "role", A, False),
        ("A2", "missing", "folder", A, False),
    ]


def test_a_golden_database_has_no_role_to_miss() -> None:
    golden = Known(GOLDEN, READY, has_role=False)
    assert told([golden], lies(GOLDEN)) == []
    assert told([golden], Inventory(PROV, (Database(GOLDEN),))) == [
        ("A2", "missing", "folder", GOLDEN, False)
    ]


@pytest.mark.parametrize(
    ("stage", "sweep"), [("building", True), ("ready", True), ("claimed", False), ("", False)]
)
def test_what_has_no_row_may_be_swept_until_it_was_claimed(stage: str, sweep: bool) -> None:
    assert told([], lies(A, stage=stage)) == [
        ("A1", "extra", "database", A, sweep),
        ("A1", "extra", "role", A, sweep),
        ("A2", "extra", "folder", A, sweep),
    ]


def test_a_role_without_stage_and_database_holds_nothing() -> None:
    assert told([], Inventory(PROV, roles=(Role(A, ""),))) == [("A1", "extra", "role", A, True)]
    assert told([], Inventory(PROV, roles=(Role(A, CLAIMED),))) == [
        ("A1", "extra", "role", A, False)
    ]


def test_a_database_or_folder_that_nobody_knows_is_only_reported() -> None:
    strange = Inventory(PROV, (Database(GOLDEN),), (), (B,))
    assert told([], strange) == [
        ("A1", "extra", "database", GOLDEN, False),
        ("A2", "extra", "folder", B, False),
    ]


def test_what_was_recorded_as_gone_is_a_leftover_and_swept_unless_its_role_says_claimed() -> None:
    gone = [Known(A, GONE)]
    assert all(one.kind == "leftover" and one.sweep for one in audit(gone, lies(A, stage=READY)))
    assert told(gone, lies(A)) == [
        ("A8", "leftover", "database", A, False),
        ("A8", "leftover", "folder", A, False),
        ("A8", "leftover", "role", A, False),
    ]
    assert told(gone, Inventory(PROV, folders=(A,))) == [("A8", "leftover", "folder", A, True)]


def test_half_made_things_without_an_operation_are_swept() -> None:
    half = Inventory(PROV, (Database(A),), (Role(A, BUILDING),))
    assert told([Known(A, BUILDING)], half) == [
        ("A1", "half_made", "database", A, True),
        ("A1", "half_made", "role", A, True),
    ]


def test_nothing_is_judged_while_an_operation_runs_on_it() -> None:
    for stage in (BUILDING, READY, CLAIMED, GONE):
        busy = [Known(A, stage, busy=True, oid=77)]
        assert audit(busy, Inventory(PROV)) == []
        broken = Inventory(PROV, (Database(A, owner="x", connection_limit=-2),), (), (A, f"{A}.f7"))
        assert audit(busy, broken) == []


def test_a_foreign_owner_and_another_database_of_the_same_name_are_reported() -> None:
    inventory = replace(lies(A), databases=(Database(A, oid=2, owner="mallory"),))
    found = audit([Known(A, CLAIMED, oid=1)], inventory)
    assert found == [
        Finding("A1", "wrong_oid", "database", A, False, {"expected": 1, "found": 2}),
        Finding("A1", "wrong_owner", "database", A, False, {"owner": "mallory"}),
    ]


def test_an_invalid_database_of_a_customer_is_reported_and_one_of_nobody_swept() -> None:
    def invalid(stage: str) -> Inventory:
        return replace(lies(A, stage=stage), databases=(Database(A, connection_limit=-2),))

    assert told([Known(A, CLAIMED)], invalid(CLAIMED)) == [("A1", "invalid", "database", A, False)]
    assert ("A1", "invalid", "database", A, True) in told([Known(A, GONE)], invalid(READY))


def test_unfinished_folders_are_swept_and_staging_databases_reported() -> None:
    inventory = replace(lies(A), folders=(A, f"{A}.f7", f".{A}-5"))
    assert told([Known(A, CLAIMED)], inventory) == [
        ("A8", "leftover", "folder", f".{A}-5", True),
        ("A8", "leftover", "folder", f"{A}.f7", True),
    ]
    staged = replace(lies(A), databases=(Database(A), Database(f"{A}_r7"), Database(f"{A}_z6")))
    assert told([Known(A, CLAIMED)], staged) == [
        ("A8", "leftover", "database", f"{A}_r7", False),
        ("A8", "leftover", "database", f"{A}_z6", False),
    ]


names = st.sampled_from([letter * 26 for letter in "abcd"]).map(lambda stem: f"t_{stem}")
knowns = st.lists(
    st.builds(
        Known,
        name=names,
        stage=st.sampled_from([BUILDING, READY, CLAIMED, GONE]),
        busy=st.booleans(),
        oid=st.integers(0, 2),
    ),
    unique_by=lambda one: one.name,
)
inventories = st.builds(
    Inventory,
    provisioner=st.just(PROV),
    databases=st.lists(
        st.builds(
            Database,
            name=names,
            oid=st.integers(1, 2),
            owner=st.sampled_from([PROV, "mallory"]),
            connection_limit=st.sampled_from([10, -2]),
        ),
        unique_by=lambda one: one.name,
    ).map(tuple),
    roles=st.lists(
        st.builds(Role, name=names, stage=st.sampled_from(["", BUILDING, READY, CLAIMED])),
        unique_by=lambda one: one.name,
    ).map(tuple),
    folders=st.lists(
        names.flatmap(lambda name: st.sampled_from([name, f"{name}.f3"])), unique=True
    ).map(tuple),
)


@given(knowns, inventories)
def test_what_was_claimed_or_is_busy_is_never_swept(
    known: list[Known], inventory: Inventory
) -> None:
    rows = {one.name: one for one in known}
    claimed = {role.name for role in inventory.roles if role.stage == CLAIMED}
    for finding in audit(known, inventory):
        row = rows.get(finding.name[:28])
        assert row is None or not row.busy
        whole = finding.name == finding.name[:28]
        if finding.sweep and whole:
            assert finding.name not in claimed
            assert row is None or row.stage in (GONE, BUILDING)


@given(knowns, inventories)
def test_a_sweep_leaves_nothing_to_sweep(known: list[Known], inventory: Inventory) -> None:
    swept = {(one.what, one.name) for one in audit(known, inventory) if one.sweep}
    after = Inventory(
        PROV,
        tuple(one for one in inventory.databases if ("database", one.name) not in swept),
        tuple(one for one in inventory.roles if ("role", one.name) not in swept),
        tuple(name for name in inventory.folders if ("folder", name) not in swept),
    )
    assert not [one for one in audit(known, after) if one.sweep]


@given(knowns, inventories)
def test_the_order_of_reading_does_not_matter(known: list[Known], inventory: Inventory) -> None:
    backwards = Inventory(
        PROV, inventory.databases[::-1], inventory.roles[::-1], inventory.folders[::-1]
    )
    assert audit(known[::-1], backwards) == audit(known, inventory)


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (OperationFacts("1", "running", beat_age_seconds=119), None),
        (OperationFacts("1", "running", beat_age_seconds=121), "no_heartbeat"),
        (OperationFacts("1", "undoing", beat_age_seconds=None), "no_heartbeat"),
        (OperationFacts("1", "waiting", due_age_seconds=599), None),
        (OperationFacts("1", "waiting", due_age_seconds=601), "not_started"),
        (OperationFacts("1", "waiting", due_age_seconds=-3600), None),
        (OperationFacts("1", "dead"), "gave_up"),
        (OperationFacts("1", "done"), None),
        (OperationFacts("1", "failed"), None),
    ],
)
def test_operations_that_nobody_works_on(operation: OperationFacts, why: str | None) -> None:
    found = stuck([operation])
    assert [one.facts["why"] for one in found] == ([why] if why else [])
    assert all((one.audit, one.kind, one.sweep) == ("A7", "stuck", False) for one in found)


def test_what_a_restore_put_aside_is_right_as_long_as_it_is_recorded() -> None:
    kept = f"{A}_z4"
    inventory = Inventory(PROV, (Database(A), Database(kept, 7)), (Role(A, CLAIMED),), (A, kept))
    known = [Known(A, CLAIMED), Known(kept, READY, oid=7, has_role=False)]
    assert told(known, inventory) == []
    other = [Known(A, CLAIMED), Known(kept, READY, oid=8, has_role=False)]
    assert told(other, inventory) == [("A1", "wrong_oid", "database", kept, False)]
    gone = [Known(A, CLAIMED), Known(kept, GONE, has_role=False)]
    assert told(gone, inventory) == [
        ("A8", "leftover", "database", kept, False),
        ("A8", "leftover", "folder", kept, False),
    ]
    assert told(known, lies(A)) == [
        ("A1", "missing", "database", kept, False),
        ("A2", "missing", "folder", kept, False),
    ]
