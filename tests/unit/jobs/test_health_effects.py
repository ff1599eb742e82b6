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


def test_every_front_door_is_told_once_though_many_are_asked_together():
    world = World()
    number = check_health(world)
    tenant = world.rows["tenants"][1]
    hosts = [f"shop{place}.localhost" for place in range(20)]
    world.add(
        lambda rows: rows["tenants"].update(
            {10 + place: {**tenant, "host": host} for place, host in enumerate(hosts)}
        )
    )
    for host in hosts[:19]:
        world.public_door.certify(host, datetime(2026, 6, 1, tzinfo=timezone.utc))
    job = world.desk.work(number)
    looks = world.rows["cluster"]["health"]
    assert [one["tenant"] for one in looks] == [1, *range(10, 30)]
    assert [one["tenant"] for one in looks if one["problem"]] == [29]
    assert job["facts"] == {"looked": 21, "silent": 1}


def test_who_answers_wrongly_is_looked_at_once_more_after_a_while_and_nobody_else():
    world = World()
    number = check_health(world)
    tenant = world.rows["tenants"][1]
    world.add(lambda rows: rows["tenants"].update({2: {**tenant, "host": "well.localhost"}}))
    world.public_door.certify("well.localhost", datetime(2026, 6, 1, tzinfo=timezone.utc))
    until = datetime(2026, 6, 1, tzinfo=timezone.utc)
    world.public_door.certify(tenant["host"], until, status=502)
    began = world.desk.clock.monotonic()
    job = world.desk.work(number)
    assert world.rows["cluster"]["rounds"] == [[1, 2], [1]]
    assert world.desk.clock.monotonic() - began >= 20
    assert (job["state"], job["facts"]) == ("done", {"looked": 2, "silent": 0})
    world.desk.work(check_health(world))
    assert world.rows["cluster"]["rounds"][2:] == [[1, 2]], "known to be wrong: no doubt"
