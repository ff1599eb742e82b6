"""What a count of newer records finds, and what it leaves behind."""

from tests.helpers.job_orders import carried, count_newer, count_newer_closed
from tests.helpers.job_world import World

FOUND = {"counts": [["contacts", 2, False]], "unknown": ["messages"]}


def test_the_facts_say_what_is_newer_and_what_nobody_knows():
    _world, job = carried(count_newer)
    assert (job["state"], job["facts"]["newer"]) == ("done", FOUND)


def test_an_open_tenant_keeps_its_password_and_a_closed_one_is_closed_again():
    world, job = carried(count_newer)
    assert "login" in job["facts"] and len(world.rows["jobs"]) == 2
    world, job = carried(count_newer_closed)
    assert job["facts"]["newer"] == FOUND
    (role,) = world.cluster.roles_by_name.values()
    world.desk.work(max(world.rows["jobs"]))
    assert (role.info.can_login, role.generation) == (False, 1)


def test_who_cannot_be_looked_into_is_not_known():
    world = World()
    number = count_newer(world)
    name = world.rows["tenants"][1]["database"]
    world.cluster.databases_by_name[name].dated = {}
    job = world.desk.work(number)
    assert (job["state"], job["facts"]["newer"]) == ("done", None)
