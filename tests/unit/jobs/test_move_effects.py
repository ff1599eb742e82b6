"""Moves: never two copies that take writes, one that counts in the end, and what refuses one."""

import pytest

from saas_business_management.adapters.ports import Check
from saas_business_management.jobs.move_tenant import MOVE_TENANT
from saas_business_management.jobs.undo_move import UNDO_MOVE
from saas_business_management.kernel.errors import Broken, Unavailable
from saas_business_management.kernel.migration import move as rule
from tests.helpers.job_orders import ORDERS, carried, move, undo_move
from tests.helpers.job_replay import killed
from tests.helpers.job_world import World
from tests.helpers.jobs import KilledHere, Points

# Which deed of the rule a step is; what is skipped for a closed tenant is none.
DEEDS = {"close": rule.CLOSE_SOURCE, "carry": rule.COPY, "switch": rule.SWITCH}
DEEDS |= {"open": rule.OPEN_DESTINATION}
UNDO_DEEDS = {"close": rule.CLOSE_DESTINATION, "switch": rule.SWITCH_BACK}
UNDO_DEEDS |= {"open": rule.OPEN_SOURCE}


class Watcher(Points):
    """Looks at every point how many copies take writes."""

    def __init__(self, world, at=None):
        super().__init__(at)
        self._world = world

    def hit(self, name):
        writable = self._world.writable()
        assert len(writable) <= 1, f"two copies take writes at {name}"
        super().hit(name)


def names(world):
    told = world.rows["moves"][1]
    return told["source"], told["copy"]


def failing(port, method, error, place=move):
    world = World()
    number = place(world)
    getattr(world, port).fail_next(method, error)
    return world, world.desk.work(number)


def test_the_steps_follow_the_rule():
    steps = [DEEDS[step.name] for step in MOVE_TENANT.steps if step.name in DEEDS]
    assert tuple(steps) == rule.MOVE
    back = [UNDO_DEEDS[step.name] for step in UNDO_MOVE.steps if step.name in UNDO_DEEDS]
    assert tuple(back) == rule.UNDO
    assert [step.name for step in MOVE_TENANT.steps if step.final] == ["switch"]


@pytest.mark.parametrize("label", ["move", "undo_move"])
def test_at_no_point_take_two_copies_writes_and_in_the_end_one_does(label):
    world = World()
    number = ORDERS[label].place(world)
    world.desk.points = Watcher(world)
    assert world.desk.work(number)["state"] == "done"
    passed = len(world.desk.points.passed)
    counts = world.rows["tenants"][1]["database"]
    assert world.writable() == [counts]
    for place in range(1, passed + 1):
        world = World()
        number = ORDERS[label].place(world)
        world.desk.points = Watcher(world, killed(place))
        assert world.desk.work(number)["state"] == "done"
        assert world.writable() == [world.rows["tenants"][1]["database"]]


def test_a_tenant_lives_elsewhere_with_everything_it_had():
    world, row = carried(move)
    source, copy = names(world)
    assert row["state"] == "done"
    assert world.there.databases_by_name[copy].content == b"work of years"
    assert world.there_files.files[copy] == world.files.files[source]
    assert world.rows["databases"][copy]["secret"] == world.rows["databases"][source]["secret"]
    assert world.rows["tenants"][1]["database"] == copy
    routes = {name: row["state"] for name, row in world.rows["routes"].items()}
    assert (routes[source], routes[copy]) == ("gone", "trial")
    assert world.cluster.databases_by_name[source].read_only
    assert not world.cluster.roles_by_name[source].info.can_login


def test_files_that_come_while_it_copies_ahead_go_along():
    world = World()
    number = move(world)
    source = world.rows["moves"][1]["source"]
    late = {"move_tenant.role.before": lambda: world.files.put(source, "cd/late", b"late")}
    world.desk.points = Points(on=late)
    world.desk.work(number)
    told = world.rows["moves"][1]["told"]
    assert (told["rest"]["copied"], told["rest"]["files"]) == (1, 2)
    assert world.there_files.files[names(world)[1]]["cd/late"] == b"late"


@pytest.mark.parametrize(
    ("port", "method", "error"),
    [
        ("mover", "carry", Broken("disk_full")),
        ("mover", "copy_files", Broken("disk_full")),
        ("there", "make_anew", Broken("extension_missing", extension="postgis")),
        ("there", "ensure_role", Broken("right_missing")),
    ],
)
def test_what_fails_before_the_switch_leaves_the_tenant_where_it_was(port, method, error):
    world, row = failing(port, method, error)
    source, _copy = names(world)
    assert (row["state"], row["error_code"]) == ("failed", error.code)
    assert world.rows["moves"][1]["state"] == "failed"
    assert world.writable() == [source]
    assert world.rows["routes"][source]["state"] == "trial"
    assert (world.there.databases_by_name, world.there.roles_by_name) == ({}, {})
    assert world.there_files.files == {}
    assert world.audit() == []


def test_a_destination_that_goes_away_in_the_freeze_does_not_keep_people_waiting():
    world = World()
    number = move(world)
    for _try in range(200):
        world.mover.fail_next("carry", Unavailable("server_unreachable"))
    before = world.desk.clock.monotonic()
    row = world.desk.work(number)
    assert (row["state"], row["error_code"]) == ("failed", "server_unreachable")
    assert world.writable() == [names(world)[0]]
    assert world.desk.clock.monotonic() - before < 600


def test_the_source_is_open_before_anything_at_the_destination_is_cleared_up():
    world, seen = World(), []
    number = move(world)
    drop = world.there.drop_database

    def dropped(name):
        seen.append((world.writable(), world.rows["routes"][names(world)[0]]["state"]))
        drop(name)

    world.there.drop_database = dropped
    world.mover.fail_next("carry", Broken("disk_full"))
    assert world.desk.work(number)["state"] == "failed"
    assert seen and set(map(str, seen)) == {str(([names(world)[0]], "trial"))}


def test_a_server_that_restarts_in_the_freeze_is_waited_for():
    world, row = failing("mover", "carry", Unavailable("server_restarting"))
    assert row["state"] == "done"
    assert world.writable() == [names(world)[1]]


def test_what_fails_after_the_switch_is_tried_again_and_never_taken_back():
    world, row = failing("there", "allow_logins", Unavailable("connection_lost"))
    assert row["state"] == "done"
    assert world.writable() == [names(world)[1]]


def server_is(cluster, major):
    """Have a server tell its version."""
    cluster.check = lambda: [Check("server_version", True, {"version": major})]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda world: setattr(world.mover, "modules", {"base": "19.0.1.3", "zoo": "1"}),
            "modules",
        ),
        (lambda world: setattr(world.mover, "modules", {"base": "18.0.1.3"}), "series"),
        (lambda world: server_is(world.cluster, 19), "older"),
        (lambda world: world.add(lambda rows: rows["moves"][1].update(offered={})), "unread"),
    ],
)
def test_what_does_not_fit_is_refused_before_anybody_notices(change, code):
    codes = {"modules": "move_modules", "series": "move_series", "unread": "move_modules_unread"}
    world = World()
    number = move(world)
    server_is(world.there, 18)
    change(world)
    row = world.desk.work(number)
    assert row["error_code"] == {**codes, "older": "move_server_older"}[code]
    assert "freeze" not in world.there.calls + world.cluster.calls


def test_too_little_room_is_refused_before_anybody_notices():
    world = World()
    number = move(world)
    world.there_files.disk_bytes = 10
    assert world.desk.work(number)["error_code"] == "disk_full"
    assert "freeze" not in world.cluster.calls


def test_a_copy_that_differs_is_dropped():
    world = World()
    number = move(world)

    def harm():
        copy = world.rows["moves"][1]["copy"]
        world.there.databases_by_name[copy].content = b"less"

    world.desk.points = Points(on={"move_tenant.compare.before": harm})
    row = world.desk.work(number)
    assert row["error_code"] == "move_differs"
    assert world.writable() == [names(world)[0]]
    assert world.there.databases_by_name == {}


def test_a_move_is_taken_back_while_nobody_wrote():
    world, row = carried(undo_move)
    source, copy = names(world)
    assert row["state"] == "done"
    assert world.rows["tenants"][1]["database"] == source
    assert world.writable() == [source]
    assert world.rows["databases"][copy]["stage"] == "dropping"


def test_a_move_is_not_taken_back_when_that_would_lose_work():
    world = World()
    number = undo_move(world)
    source, copy = names(world)
    world.there.databases_by_name[copy].content = b"work since"
    row = world.desk.work(number)
    assert (row["state"], row["error_code"]) == ("failed", "move_written")
    assert world.rows["tenants"][1]["database"] == copy
    assert world.writable() == [copy]
    assert world.rows["routes"][copy]["state"] == "trial"
    assert not world.cluster.roles_by_name[source].info.can_login


def test_a_worker_that_is_killed_for_good_leaves_at_most_one_copy_that_takes_writes():
    world = World()
    number = move(world)
    world.desk.points = Points(on={"move_tenant.switch.committed": KilledHere()})
    world.desk.work(number, resume=False)
    assert world.writable() == []
    world.desk.points = Points()
    world.desk.work(number)
    assert world.writable() == [names(world)[1]]
