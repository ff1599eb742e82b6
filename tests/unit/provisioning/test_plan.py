"""What stands in the way of a build or a provisioning."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.provisioning.plan import (
    BuildWish,
    ClusterState,
    ProvisionWish,
    build_blockers,
    build_bytes,
    needed_bytes,
    provision_blockers,
)

PARIS = ClusterState("paris", active=True, answers=True, capacity=10, used=3, free_bytes=10**10)
WISH = ProvisionWish("Retail", version_published=True, template_bytes=49_000_000)
BUILD = BuildWish(("crm", "sale"), frozenset({"base", "crm", "sale"}))


def codes(blockers: list) -> list[str]:
    return [blocker.code for blocker in blockers]


def test_nothing_stands_in_the_way_of_a_fit_cluster() -> None:
    assert provision_blockers(PARIS, WISH) == []
    assert build_blockers(PARIS, BUILD) == []


def test_a_copy_needs_three_times_the_template_and_ten_percent() -> None:
    assert needed_bytes(100) == 330
    assert needed_bytes(1) == 4
    assert needed_bytes(0) == 0
    tight = replace(PARIS, free_bytes=needed_bytes(WISH.template_bytes))
    assert provision_blockers(tight, WISH) == []
    found = provision_blockers(replace(tight, free_bytes=tight.free_bytes - 1), WISH)
    assert codes(found) == ["disk_full"]
    assert found[0].facts == {"needed_bytes": 161_700_000, "free_bytes": 161_699_999}


@given(st.integers(0, 10**18))
def test_the_margin_is_never_rounded_away(template: int) -> None:
    assert 10 * needed_bytes(template) >= 33 * template
    assert needed_bytes(template + 1) > needed_bytes(template)


def test_unknown_disk_space_is_not_taken_for_none() -> None:
    assert provision_blockers(replace(PARIS, free_bytes=None), WISH) == []
    assert codes(provision_blockers(replace(PARIS, free_bytes=0), WISH)) == ["disk_full"]


def test_a_cluster_that_does_not_answer_is_unavailable_and_not_refused() -> None:
    silent = provision_blockers(replace(PARIS, answers=False), WISH)
    assert [(one.code, one.kind) for one in silent] == [("cluster_unreachable", "unavailable")]


def test_an_archived_or_unfit_cluster_is_refused() -> None:
    assert codes(build_blockers(replace(PARIS, active=False), BUILD)) == ["cluster_inactive"]
    unfit = replace(PARIS, failed_checks=("createdb",))
    assert codes(build_blockers(unfit, BUILD)) == ["cluster_unfit"]


def test_all_blockers_are_told_at_once() -> None:
    full = replace(PARIS, used=10, free_bytes=1)
    found = provision_blockers(full, replace(WISH, version_published=False))
    assert codes(found) == ["template_unpublished", "cluster_full", "disk_full"]


def test_a_waiting_standby_needs_neither_disk_nor_room() -> None:
    full = replace(PARIS, used=10, free_bytes=0)
    assert provision_blockers(full, replace(WISH, standby_ready=True)) == []


def test_unknown_modules_are_named() -> None:
    found = build_blockers(PARIS, replace(BUILD, modules=("sale", "zzz", "aaa")))
    assert [(one.code, one.facts) for one in found] == [("module_unknown", {"modules": "aaa, zzz"})]


def test_a_first_build_is_estimated_and_a_later_one_measured() -> None:
    tight = replace(PARIS, free_bytes=build_bytes(2))
    assert build_blockers(tight, BUILD) == []
    assert codes(build_blockers(replace(tight, free_bytes=build_bytes(2) - 1), BUILD)) == [
        "disk_full"
    ]
    grown = replace(BUILD, template_bytes=10**9)
    assert codes(build_blockers(tight, grown)) == ["disk_full"]


def test_the_estimate_covers_what_was_measured() -> None:
    # contacts, crm and sale_management: 65 modules, 49 MB of database and 15 MB of files.
    assert build_bytes(65) >= needed_bytes(64_000_000)
