"""What differs between two versions of a template."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.migration.change_set import Build, Change, compare

OLD = Build({"base": "1.3", "crm": "1.9", "pos": "2.0"}, {"language": "en_US"}, "a")
modules = st.dictionaries(
    st.sampled_from(["base", "crm", "pos", "stock"]), st.sampled_from(["1.0", "1.9", "1.10", "2"])
)
builds = st.builds(
    Build,
    modules,
    st.dictionaries(st.sampled_from(["language", "demo", "country"]), st.sampled_from(["", "x"])),
    st.sampled_from(["a", "b"]),
)


def test_added_updated_lowered_removed():
    new = Build({"base": "1.3", "crm": "1.10", "pos": "1.0", "hr": "1.0"}, OLD.spec, "b")
    found = compare(OLD, new)
    assert found.added == (Change("hr", "", "1.0"),)
    assert found.updated == (Change("crm", "1.9", "1.10"),)
    assert found.lowered == (Change("pos", "2.0", "1.0"),)
    assert (found.removed, found.settings, found.code_changed) == ((), (), True)
    assert found.is_risky
    assert compare(OLD, Build({"base": "1.3"}, OLD.spec, "a")).removed == (
        Change("crm", "1.9"),
        Change("pos", "2.0"),
    )


def test_settings_are_told_by_part_and_name_and_modules_are_not_told_twice():
    before = Build({}, {"modules": ["crm"], "demo": False, "parameters": {"a": "1"}}, "a")
    after = Build({}, {"modules": ["pos"], "demo": True, "parameters": {"b": "2"}}, "a")
    assert compare(before, after).settings == (
        Change("demo", "", "yes"),
        Change("parameters.a", "1", ""),
        Change("parameters.b", "", "2"),
    )


def test_lists_are_read_as_people_read_them():
    before, after = (Build({}, {"languages": one}) for one in (["en_US"], ["en_US", "fr_FR"]))
    assert compare(before, after).settings == (Change("languages", "en_US", "en_US, fr_FR"),)


@pytest.mark.parametrize(
    ("before", "after", "lower"),
    [("1.9", "1.10", False), ("1.10", "1.9", True), ("1", "1.0", False), ("1.0", "saas~1", True)],
)
def test_numbers_sort_as_people_read_them(before, after, lower):
    found = compare(Build({"crm": before}), Build({"crm": after}))
    assert bool(found.lowered) == lower
    assert bool(found.updated) != lower


@given(builds)
def test_nothing_differs_from_itself(build):
    assert compare(build, build).is_empty


@given(builds, builds)
def test_the_way_back_is_the_way_there_turned_round(old, new):
    there, back = compare(old, new), compare(new, old)
    assert {one.name for one in there.added} == {one.name for one in back.removed}
    moved = {one.name for one in (*there.updated, *there.lowered)}
    assert moved == {one.name for one in (*back.updated, *back.lowered)}
    turned = {(one.name, one.after, one.before) for one in back.settings}
    assert {(one.name, one.before, one.after) for one in there.settings} == turned
    everything = {one.name for one in (*there.added, *there.removed)} | moved
    assert everything == {
        name
        for name in old.modules.keys() | new.modules.keys()
        if old.modules.get(name) != new.modules.get(name)
    }
