"""What the operations that look after backups leave: on the target, in the records, in the log."""

from saas_business_management.kernel.backup import layout
from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_orders import (
    BACKUP,
    OTHER_BACKUP,
    audit_target,
    back_up_control,
    carried,
    check_canaries,
    expire,
)
from tests.helpers.job_replay import Case, killed
from tests.helpers.job_rows import TENANT_UUID
from tests.helpers.job_world import World


def test_an_expired_backup_goes_with_what_it_alone_needed_and_the_other_stays():
    world, job = carried(expire)
    assert job["state"] == "done"
    states = [row["state"] for row in world.rows["backups"].values()]
    assert states == ["deleted", "stored"]
    left = world.stores.stores[1].objects
    assert len(left) == 2 and all(OTHER_BACKUP in name for name in left)
    assert world.rows["targets"][1] == {"swept": "whole", "aborted": True}
    assert world.stores.stores[1].unfinished == []


def test_the_manifest_goes_before_the_dump():
    world = World()
    row_id = expire(world)
    store, gone = world.stores.stores[1], []
    delete = store.delete
    store.delete = lambda key: (gone.append(key), delete(key))
    world.desk.work(row_id)
    of_it = [key for key in gone if BACKUP in key]
    assert of_it[0] == layout.manifest_name(TENANT_UUID, BACKUP)
    assert "/db/" in of_it[1]


def test_what_was_freed_is_told_though_the_worker_dies_when_all_is_deleted():
    whole, died = Case("expire_backups"), Case("expire_backups")
    passed = whole.run().passed
    died.run(killed(passed.index("expire_backups.delete.after") + 1))
    freed = [case.world.rows["backups"][1]["freed"] for case in (whole, died)]
    assert freed[0] == freed[1] > 0


def test_a_manifest_that_does_not_open_stops_the_sweep_and_the_operation_says_so():
    world = World()
    row_id = expire(world)
    store = world.stores.stores[1]
    store.objects[layout.manifest_name(TENANT_UUID, OTHER_BACKUP)] = b"{}"
    names = {name for name in store.objects if BACKUP not in name}
    job = world.desk.work(row_id)
    assert job["state"] == "done"
    assert {*store.objects} == names
    assert world.rows["targets"][1]["swept"] == "backup_stale"
    assert any("Nothing was swept" in str(line) for line in world.desk.lines)


def test_what_was_written_down_to_go_is_never_taken_back():
    world = World()
    row_id = expire(world)
    world.vault.fail_next("discard", Broken("access_denied"))
    assert world.desk.work(row_id)["state"] == "dead"
    assert world.rows["backups"][1]["state"] == "deleting"


def test_a_key_that_opens_and_one_that_does_not_are_told_apart():
    world, job = carried(check_canaries)
    assert job["state"] == "done"
    assert world.rows["canaries"] == {
        "k1": {"outcome": "good", "written": True},
        "another": {"outcome": "wrong_key", "written": False},
    }
    names = [name for name in world.stores.stores[1].objects if "/canary/" in name]
    assert [name.rsplit("/", 1)[-1] for name in names] == ["k1"]
    assert world.rows["targets"][1] == {"gone": ["destroyed"]}


def test_a_target_that_never_answers_proves_nothing():
    world = World()
    row_id = check_canaries(world)
    for _again in range(200):
        world.vault.fail_next("canary", Unavailable("target_unavailable"))
    assert world.desk.work(row_id)["state"] == "failed"
    assert world.rows["canaries"]["k1"]["outcome"] == "unreachable"


def test_an_audit_takes_a_whole_backup_over_and_tells_the_rest():
    world, job = carried(audit_target)
    assert job["state"] == "done"
    assert world.rows["backups"][1]["state"] == "stored"
    told = world.rows["targets"][1]
    assert [kind for kind, _name in told["found"]] == ["extra", "missing", "stranger"]
    assert told["counts"] == {"extra": 1, "missing": 1, "stranger": 1}
    assert len(told["missing"]) == 1
    store = world.stores.stores[1]
    assert layout.object_name(TENANT_UUID, "ab" * 32) in store.objects


def test_an_audit_takes_nothing_over_that_is_not_whole():
    world = World()
    row_id = audit_target(world)
    store = world.stores.stores[1]
    store.delete(next(name for name in store.objects if BACKUP in name and "/db/" in name))
    job = world.desk.work(row_id)
    assert job["state"] == "done"
    assert world.rows["backups"][1]["state"] == "failed"
    kinds = [kind for kind, _name in world.rows["targets"][1]["found"]]
    assert kinds == ["extra", "missing", "missing", "stranger", "unknown"]


def test_the_control_plane_is_backed_up_under_its_own_reference():
    world, job = carried(back_up_control)
    assert job["state"] == "done"
    assert world.rows["backups"][1]["state"] == "stored"
    names = world.stores.stores[1].objects
    assert len(names) == 2 and all(name.startswith(f"v1/{layout.CONTROL}/") for name in names)
