"""What applying limits has made of the world in the end."""

import pytest

from saas_business_management.kernel.errors import Broken, Unavailable
from saas_business_management.kernel.quota.share import Share
from tests.helpers.job_orders import apply_limits, carried, put_limits_back
from tests.helpers.job_rows import reserve
from tests.helpers.job_world import World


def database(world: World):
    return world.cluster.databases_by_name[world.rows["tenants"][1]["database"]]


def test_limits_stand_and_it_is_remembered_which():
    world, row = carried(apply_limits)
    assert row["state"] == "done"
    assert database(world).limits == (5, 1000, 1000)
    assert world.rows["tenants"][1]["applied"] == {"users": 5, "storage_room": 1000}
    assert ("limits_tampered", "schema_missing") not in world.rows["events"]


def test_limits_that_stand_are_left_alone():
    world = World()
    world.desk.work(apply_limits(world))
    world.cluster.calls.clear()
    row = world.desk.work(world.desk.enqueue("apply_limits"))
    assert row["steps"]["write"]["state"] == "skipped"
    assert "put_limits" not in world.cluster.calls


def test_what_a_tenant_did_is_put_right_and_told():
    world, row = carried(put_limits_back)
    assert row["state"] == "done"
    assert database(world).defects == ()
    assert world.rows["events"][-1] == ("limits_tampered", "trigger_disabled")


def test_another_number_than_was_written_is_told():
    world = World()
    world.desk.work(apply_limits(world))
    database(world).limits = (999, 1000, 1000)
    world.desk.work(world.desk.enqueue("apply_limits"))
    assert database(world).limits[0] == 5
    assert world.rows["events"][-1] == ("limits_tampered", "limits_changed")


@pytest.mark.parametrize("call", ["look_at_limits", "put_limits"])
def test_a_tenant_that_is_away_is_waited_for(call):
    world = World()
    number = apply_limits(world)
    world.cluster.fail_next(call, Unavailable("lock_timeout"))
    assert world.desk.work(number)["state"] == "done"
    assert database(world).limits == (5, 1000, 1000)


@pytest.mark.parametrize("call", ["look_at_limits", "put_limits"])
def test_what_cannot_be_put_right_is_remembered(call):
    world = World()
    number = apply_limits(world)
    world.cluster.fail_next(call, Broken("login_refused"))
    assert world.desk.work(number)["state"] == "done"
    assert world.rows["tenants"][1]["limits_problem"] == "login_refused"
    assert "applied" not in world.rows["tenants"][1]


def test_why_limits_were_not_applied_is_forgotten_when_they_are():
    world = World()
    world.desk.work(apply_limits(world))
    world.add(lambda rows: rows["tenants"][1].update(limits_problem="server_unreachable"))
    world.desk.work(world.desk.enqueue("apply_limits"))
    assert world.rows["tenants"][1]["limits_problem"] == ""


def test_a_replaced_table_is_told_every_time_and_the_numbers_stand():
    world = World()
    world.desk.work(apply_limits(world))
    database(world).defects = ("table_replaced", "trigger_missing")
    for _time in range(2):
        world.desk.work(world.desk.enqueue("apply_limits"))
        assert world.rows["tenants"][1]["limits_problem"] == "table_replaced"
    told = [one for one in world.rows["events"] if one[0] == "limits_tampered"]
    assert told == [
        ("limits_tampered", "table_replaced", "trigger_missing"),
        ("limits_tampered", "table_replaced"),
    ]


def test_of_many_one_that_is_away_stops_no_other():
    world = World()
    world.desk.work(apply_limits(world))
    name = world.add(lambda rows: reserve(rows, "t", version=1, stage="claimed", tenant=2))
    world.add(lambda rows: rows["tenants"].update({2: {**rows["tenants"][1], "database": name}}))
    database(world).defects = ("function_changed",)
    row = world.desk.work(world.desk.enqueue("apply_limits"))
    assert row["state"] == "done"
    assert database(world).defects == ()
    assert world.rows["tenants"][2]["limits_problem"] == "database_missing"


SHARE = {"connections": 6, "temp_mb": 128, "statement_seconds": 60}
NOTHING = {"users": None, "storage_room": None}


def give(world, **values):
    world.add(lambda rows: rows["tenants"][1].update(values))


def test_a_share_of_the_server_is_set_beside_the_limits_and_taken_back():
    world = World()
    number = apply_limits(world)
    give(world, share=SHARE)
    world.desk.work(number)
    assert database(world).share == Share(**SHARE)
    assert database(world).limits == (5, 1000, 1000)
    give(world, share=dict.fromkeys(SHARE, 0))
    world.desk.work(world.desk.enqueue("apply_limits"))
    assert database(world).share == Share()


def test_only_a_share_leaves_the_database_itself_alone():
    world = World()
    number = apply_limits(world)
    give(world, share=SHARE, wanted=NOTHING)
    world.desk.work(number)
    assert database(world).share == Share(**SHARE)
    assert database(world).limits is None
    world.cluster.calls.clear()
    row = world.desk.work(world.desk.enqueue("apply_limits"))
    assert row["steps"]["write"]["state"] == "skipped"
    assert "put_share" not in world.cluster.calls


def test_what_somebody_else_set_on_the_server_is_set_again():
    world = World()
    number = apply_limits(world)
    give(world, share=SHARE)
    world.desk.work(number)
    database(world).share = Share()
    world.desk.work(world.desk.enqueue("apply_limits"))
    assert database(world).share == Share(**SHARE)
