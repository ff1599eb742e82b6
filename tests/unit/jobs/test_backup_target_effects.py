"""What a test of a backup target leaves in the records."""

from saas_business_management.adapters.fakes.blob_store import FakeBlobStore
from saas_business_management.kernel.errors import Broken, Refused
from tests.helpers.job_orders import carried, check_target
from tests.helpers.job_world import World


def lines(world):
    return {row["code"]: (row["ok"], row["facts"]) for row in world.rows["targets"][1]["checks"]}


def test_a_good_target_passes_every_line_and_keeps_nothing():
    world, job = carried(check_target)
    assert job["state"] == "done"
    assert len(lines(world)) == 8, "the last one says what holds against deleting"
    assert all(ok for ok, _facts in lines(world).values())
    assert world.stores.stores[1].objects == {}


def test_what_fails_is_a_line_and_no_failed_operation():
    world = World()
    row_id = check_target(world)
    store = FakeBlobStore()
    store.fail_next("put_stream", Broken("access_denied"))
    world.stores.stores[1] = store
    job = world.desk.work(row_id)
    assert job["state"] == "done"
    assert lines(world) == {"target_write": (False, {"error": "access_denied"})}


def test_what_was_entered_wrong_is_a_line_too():
    world = World()
    row_id = check_target(world)
    world.stores.fail_next("probe", Refused("target_incomplete", missing="secret"))
    job = world.desk.work(row_id)
    assert job["state"] == "done"
    wanted = {"error": "target_incomplete", "missing": "secret"}
    assert lines(world) == {"target_write": (False, wanted)}


def test_the_order_and_its_facts_hold_no_secret():
    _world, job = carried(check_target)
    assert job["spec"] == {"targets": [1]}
    assert job["facts"] == {}
