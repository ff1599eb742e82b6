"""What a look at front doors tells the records, also of who gives no answer."""

from datetime import datetime, timezone

import pytest

from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_orders import carried, check_health
from tests.helpers.job_world import World


def told(world):
    (look,) = world.rows["cluster"]["health"]
    return look


def test_a_page_over_tls_is_told_with_its_certificate():
    world, job = carried(check_health)
    assert told(world)["status"] == 200
    assert told(world)["trusted"] is True
    assert told(world)["until"] == datetime(2026, 6, 1, tzinfo=timezone.utc).isoformat()
    assert job["facts"] == {"looked": 1, "silent": 0}


def test_without_tls_the_node_itself_is_asked():
    world = World()
    world.add(lambda rows: rows["cluster"].update(tls=False))
    job = world.desk.work(check_health(world))
    assert (told(world)["status"], told(world)["until"]) == (200, "")
    assert job["state"] == "done"


@pytest.mark.parametrize("error", [Unavailable("proxy_silent"), Broken("certificate_refused")])
def test_who_gives_no_answer_is_told_and_fails_nothing(error):
    world = World()
    number = check_health(world)
    world.public_door.fail_next("look", error)
    job = world.desk.work(number)
    assert (told(world)["problem"], told(world)["status"]) == (error.code, 0)
    assert (job["state"], job["facts"]["silent"]) == ("done", 1)
