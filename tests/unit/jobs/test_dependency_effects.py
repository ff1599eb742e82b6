"""What checks of outside services tell the records."""

import pytest

from saas_business_management.kernel.errors import Broken, Refused, Unavailable
from tests.helpers.job_orders import PAY, carried, check_dependencies
from tests.helpers.job_world import World


def told(world):
    return {one["dependency"]: one for one in world.rows["cluster"]["dependencies"]}


def test_pages_and_ports_are_asked_and_their_milliseconds_told():
    world, job = carried(check_dependencies)
    assert [(one["problem"], one["milliseconds"]) for one in told(world).values()] == [
        ("", 10),
        ("", 10),
    ]
    assert job["facts"] == {"looked": 2, "wrong": 0}
    assert sorted(world.services.calls) == ["ask", "touch"]


def test_a_page_that_says_something_else_answers_but_is_wrong():
    world = World()
    number = check_dependencies(world)
    world.services.serve(PAY, body=b"maintenance")
    job = world.desk.work(number)
    assert (told(world)[1]["problem"], told(world)[1]["milliseconds"]) == ("no_marker", 10)
    assert job["facts"]["wrong"] == 1


@pytest.mark.parametrize(
    ("error", "refused", "silent"),
    [
        (Unavailable("address_silent"), False, True),
        (Broken("certificate_wrong"), False, False),
        (Refused("address_inside"), True, False),
    ],
)
def test_what_stands_in_the_way_is_the_result_and_fails_nothing(error, refused, silent):
    world = World()
    number = check_dependencies(world)
    world.services.fail_next("touch", error)
    job = world.desk.work(number)
    look = told(world)[2]
    assert (look["problem"], look["refused"], look["silent"]) == (error.code, refused, silent)
    assert look["milliseconds"] is None
    assert job["state"] == "done"


def test_one_alone_can_be_asked():
    world = World()
    check_dependencies(world)
    number = world.desk.enqueue("check_dependencies", {"only": 2})
    world.desk.work(number)
    assert list(told(world)) == [2]
