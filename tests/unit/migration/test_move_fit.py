"""What stands in the way of a move."""

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.migration.move_fit import (
    Found,
    Wish,
    hindrances,
    require_fit,
    require_server,
    series,
)

OPENS = datetime(2026, 6, 6, 22, tzinfo=timezone.utc)
GOOD = Wish(state="active", busy=False, has_database=True, same_cluster=False, reason="asked")
FITS = Found(
    modules={"base": "19.0.1.3", "crm": "19.0.1.8"},
    offered={"base": "19.0.1.4", "crm": "19.0.1.8", "sale": "19.0.1.2"},
    needed_bytes=10,
    free_bytes=10,
)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"state": "suspended"}, []),
        ({"state": "draft"}, ["move_state"]),
        ({"state": "deleting"}, ["move_state"]),
        ({"has_database": False}, ["move_without_database"]),
        ({"busy": True}, ["move_busy"]),
        ({"same_cluster": True, "unfit": "full"}, ["move_same_cluster"]),
        ({"unfit": "full", "tested": False}, ["move_unfit"]),
        ({"tested": False}, ["move_untested"]),
        ({"host_taken": "acme.example"}, ["move_host_taken"]),
        ({"leaves_region": "eu-west"}, ["move_region"]),
        ({"leaves_region": "eu-west", "region_agreed": True}, []),
        ({"opens_at": OPENS}, ["move_window"]),
        ({"opens_at": OPENS, "outside_window": True}, []),
        ({"never_open": True}, ["move_window_never"]),
        ({"never_open": True, "outside_window": True}, []),
        ({"reason": "  "}, ["move_reason"]),
        ({"busy": True, "unfit": "full", "reason": ""}, ["move_busy", "move_unfit", "move_reason"]),
    ],
)
def test_each_hindrance_is_told(change, codes):
    assert [one.code for one in hindrances(replace(GOOD, **change))] == codes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"offered": {}}, "move_modules_unread"),
        ({"offered": {"base": "19.0.1.3"}}, "move_modules"),
        ({"unapproved": ("crm",)}, "move_unapproved"),
        ({"offered": {"base": "20.0.1.0", "crm": "20.0.1.0"}}, "move_series"),
        ({"free_bytes": 9}, "disk_full"),
    ],
)
def test_what_does_not_fit_is_refused(change, code):
    with pytest.raises(Refused) as told:
        require_fit(replace(FITS, **change))
    assert told.value.code == code


def test_what_fits_is_let_through():
    require_fit(FITS)


@pytest.mark.parametrize("majors", [(15, 15), (15, 18), (0, 15), (15, 0)])
def test_the_same_and_a_newer_server_fit(majors):
    require_server(*majors)


def test_an_older_server_does_not_fit():
    with pytest.raises(Refused) as told:
        require_server(18, 15)
    assert told.value.code == "move_server_older"
    assert told.value.facts == {"source": 18, "destination": 15}


def test_modules_that_lack_are_named_five_at_most():
    many = {f"m{number}": "1" for number in range(9)}
    with pytest.raises(Refused) as told:
        require_fit(replace(FITS, modules=many))
    assert told.value.facts == {"count": 9, "modules": "m0, m1, m2, m3, m4"}


def test_the_series_of_a_version():
    assert [series(one) for one in ("19.0.1.3", "saas~19.1.1.0", "1.0", "")] == [
        *("19.0", "saas~19.1", "", "")
    ]
