"""What blocks an adoption, what is advice, and what refuses at the last moment."""

import pytest

from saas_business_management.adapters.fakes.adopting import odoo_inside
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.migration.adoption import (
    Place,
    judge,
    require_same,
    require_typed,
    series_of,
)

PLACE = Place("19.0.1.3", ("base", "web", "crm"))
OUTSIDE = {
    "name": "shop",
    "oid": 7,
    "owner": "odoo",
    "takeable": True,
    "strong_owner": False,
    "is_template": False,
    "allows_connections": True,
    "sessions": 0,
    "size_bytes": 8,
    "files_found": False,
}


def look(**other):
    return {**odoo_inside(), **OUTSIDE, **other}


def blockers(place=PLACE, **other):
    return [one.code for one in judge(look(**other), place).blockers]


def test_an_ordinary_odoo_is_not_blocked_and_its_changes_are_told() -> None:
    verdict = judge(look(), PLACE)
    assert verdict.blockers == ()
    assert [one.code for one in verdict.advice] == ["adoption_crons"]
    changes = {one.code: one.facts for one in verdict.changes}
    assert changes["adoption_new_owner"] == {"owner": "odoo"}
    assert changes["adoption_new_url"] == {"url": "http://old.example"}
    assert "adoption_no_billing" in changes


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"name": "../etc"}, "adoption_name"),
        ({"name": "with space"}, "adoption_name"),
        ({"is_template": True}, "adoption_closed"),
        ({"allows_connections": False}, "adoption_closed"),
        ({"strong_owner": True}, "adoption_strong_owner"),
        ({"takeable": False, "entered": False}, "adoption_not_ours"),
        ({"entered": False}, "adoption_no_entry"),
        ({"owners": {"odoo": 1, "bob": 1}}, "adoption_owners"),
        ({"superuser_objects": 1}, "adoption_superuser_objects"),
        ({"rights": {"schema_owner": "postgres"}}, "adoption_schema_owner"),
        ({"hostile": ["event trigger: spy"]}, "adoption_hostile"),
        ({"extensions": ["dblink"]}, "adoption_extensions"),
        ({"odoo": False}, "adoption_no_odoo"),
        ({"version": "18.0.1.0"}, "adoption_older"),
        ({"version": "saas~19.2.1.0"}, "adoption_newer"),
        ({"version": "20.0.1.0"}, "adoption_newer"),
        ({"version": "rubbish"}, "adoption_older"),
        ({"modules": {"base": "19.0.1.3", "theirs": "1"}}, "adoption_modules"),
        ({"half_done": 2}, "adoption_half_done"),
        ({"admin": []}, "adoption_no_user"),
        ({"files": 3}, "adoption_files"),
    ],
)
def test_each_hindrance_blocks_by_its_own_code(other, code) -> None:
    assert blockers(**other) == [code]


def test_an_unapproved_module_blocks_where_approval_is_wanted() -> None:
    place = Place("19.0", ("base", "web"), unapproved=("web", "other"))
    assert blockers(place) == ["adoption_unapproved"]


def test_files_that_are_there_do_not_block() -> None:
    assert blockers(files=3, files_found=True) == []


@pytest.mark.parametrize("what", ["oid", "owner", "modules", "version", "rights"])
def test_what_is_not_what_was_shown_is_refused(what) -> None:
    require_same(look(), look(sessions=4, users=9))
    with pytest.raises(Refused) as told:
        require_same(look(), look(**{what: "other"}))
    assert (told.value.code, told.value.facts["what"]) == ("adoption_changed", what)


def test_the_name_is_typed() -> None:
    require_typed("shop", " shop ")
    for typed in ("", "Shop", "shop2", None):
        with pytest.raises(Refused):
            require_typed("shop", typed)


@pytest.mark.parametrize(
    ("version", "series"),
    [("19.0.1.3", (19, 0)), ("saas~18.4.1", (18, 4)), ("", (0, 0)), ("x", (0, 0)), ("19", (0, 0))],
)
def test_series(version, series) -> None:
    assert series_of(version) == series
