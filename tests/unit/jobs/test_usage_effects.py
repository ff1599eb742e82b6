"""What an operation that takes readings tells the records, also of who gives no answer."""

from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_orders import carried, sample_usage
from tests.helpers.job_world import World


def told(world):
    return world.rows["cluster"]["usage"]


def ordered():
    world = World()
    return world, sample_usage(world)


def test_sizes_users_and_business_are_read_of_each_tenant():
    world, job = carried(sample_usage)
    (look,) = told(world)["sizes"]
    assert look["numbers"]["filestore_bytes"].isdecimal()
    assert int(look["numbers"]["database_bytes"]) > 1_000_000
    assert told(world)["users"][0]["numbers"] == {"count_users": "1"}
    assert told(world)["business"][0]["problem"] == ""
    assert job["facts"]["users"] == {"looked": 1, "unknown": 0}


def test_a_cluster_that_does_not_answer_makes_everybody_unknown_and_fails_nothing():
    world, number = ordered()
    world.cluster.fail_next("sizes", Unavailable("server_unreachable"))
    world.cluster.fail_next("ask", Broken("login_refused"))
    job = world.desk.work(number)
    (look,) = told(world)["sizes"]
    assert (look["numbers"]["database_bytes"], look["problem"]) == (None, "server_unreachable")
    assert look["numbers"]["filestore_bytes"] is not None
    assert told(world)["users"][0] | {"ended": ""} == {
        "tenant": told(world)["users"][0]["tenant"],
        "numbers": {},
        "problem": "login_refused",
        "ended": "",
    }
    assert (job["state"], job["facts"]["sizes"]["unknown"]) == ("done", 1)


def test_one_question_without_an_answer_is_unknown_and_an_absent_module_is_nothing():
    world, number = ordered()
    (database,) = [
        one for name, one in world.cluster.databases_by_name.items() if name.startswith("t_")
    ]
    database.answers |= {"count_users": "!statement_timeout", "count_business": "!absent"}
    world.desk.work(number)
    users, business = told(world)["users"][0], told(world)["business"][0]
    assert (users["numbers"], users["problem"]) == ({"count_users": None}, "statement_timeout")
    assert (business["numbers"], business["problem"]) == ({}, "")


def test_files_that_cannot_be_read_leave_the_database_known():
    world, number = ordered()
    world.files.fail_next("used_bytes", Unavailable("filestore_missing"))
    world.desk.work(number)
    (look,) = told(world)["sizes"]
    assert look["numbers"]["filestore_bytes"] is None
    assert (look["numbers"]["database_bytes"] is None, look["problem"]) == (
        False,
        "filestore_missing",
    )
