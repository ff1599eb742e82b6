"""What a new cluster secret has made of the world, and whom it waits for."""

import pytest

from saas_business_management.kernel.errors import Broken, Refused
from tests.helpers.job_orders import carried, renew_signing_secret, rotate_cluster_secret
from tests.helpers.job_rows import reserve
from tests.helpers.job_world import World
from tests.helpers.jobs import KilledHere, Points

KIND = "rotate_cluster_secret"


def secrets_of_roles(world: World) -> set[str]:
    return {role.secret for role in world.cluster.roles_by_name.values()}


def change(world: World) -> str:
    return world.rows["cluster"]["secret"]["change"]


def carry_once(world: World, row_id: int) -> dict:
    """Have one worker go as far as it can, once."""
    world.desk.clock.turn(100)
    world.desk.carry(row_id, world.desk.claim(row_id))
    return world.desk.row(row_id)


def test_every_role_ends_with_a_password_from_the_new_secret_and_the_old_is_forgotten() -> None:
    world, row = carried(rotate_cluster_secret)
    assert row["state"] == "done"
    assert secrets_of_roles(world) == {"second"}
    secret = world.rows["cluster"]["secret"]
    assert (secret["now"], secret["next"], secret["change"]) == ("second", "", "")
    assert not any(row["pending"] for row in world.rows["databases"].values())
    assert world.cluster.older_sessions == {}


def test_tenants_get_a_new_generation_that_nodes_hear_of_and_standby_copies_keep_theirs() -> None:
    world, _row = carried(rotate_cluster_secret)
    generations = {row["stage"]: row["generation"] for row in world.rows["databases"].values()}
    assert (generations["claimed"], generations["standby"]) == (2, 1)
    assert world.rows["routes"][world.rows["tenants"][1]["database"]]["generation"] == 2
    world.desk.on_claim()
    for name, row in world.rows["databases"].items():
        if name.startswith("t_"):
            assert world.cluster.inside(name, row["generation"]).opens


def test_what_signs_sessions_stays_and_is_kept_for_whoever_had_it_derived() -> None:
    world = World()
    row_id = rotate_cluster_secret(world)
    name = world.rows["tenants"][1]["database"]
    before = world.cluster.databases_by_name[name].parameters["database.secret"]
    world.add(lambda rows: rows["databases"][name].update(secret=""))
    assert world.desk.work(row_id)["facts"]["kept"] == 1
    assert world.cluster.databases_by_name[name].parameters["database.secret"] == before
    assert world.rows["databases"][name]["secret"] == before


def test_without_a_prepared_secret_it_is_undone_and_nothing_has_changed() -> None:
    world = World()
    row_id = rotate_cluster_secret(world)
    world.add(lambda rows: rows["cluster"]["secret"].update(next=""))
    row = world.desk.work(row_id)
    assert (row["state"], row["error_code"]) == ("failed", "cluster_secret_not_prepared")
    assert secrets_of_roles(world) == {"first"}


def test_the_worker_that_begins_it_makes_no_password_itself() -> None:
    """Its ports were built before the new secret was in use."""
    world = World()
    row_id = rotate_cluster_secret(world)
    row = carry_once(world, row_id)
    assert (row["state"], row["error_code"]) == ("waiting", "cluster_secret_old_work")
    assert change(world) == "moving"
    assert secrets_of_roles(world) == {"first"}


def test_it_waits_for_every_operation_that_was_claimed_before() -> None:
    world = World()
    row_id = rotate_cluster_secret(world)
    other = world.desk.enqueue("rotate_role", tenant=1)
    world.desk.claim(other)
    for _time in range(3):
        row = carry_once(world, row_id)
        assert (row["state"], row["error_code"]) == ("waiting", "cluster_secret_old_work")
    assert not any(row["pending"] for row in world.rows["databases"].values())
    # Its worker was dead; whoever takes it over has the new secret.
    assert world.desk.work(other)["state"] == "done"
    assert world.desk.work(row_id)["state"] == "done"
    assert secrets_of_roles(world) == {"second"}


def test_a_change_of_one_password_that_had_told_the_server_before_does_not_count() -> None:
    world = World()
    row_id = rotate_cluster_secret(world)
    other = world.desk.enqueue("rotate_role", tenant=1)
    world.desk.points = Points(on={"rotate_role.publish.before": KilledHere()})
    world.desk.work(other, resume=False)
    world.desk.points = Points()
    name = world.rows["tenants"][1]["database"]
    assert (world.cluster.roles_by_name[name].secret, change(world)) == ("first", "prepared")
    carry_once(world, row_id)
    # It is taken over, goes on behind the line, and only publishes what was made from the old one.
    fence = world.desk.claim(other)
    while world.rows["databases"][name]["pending"] is False:
        carry_once(world, row_id)
    world.desk.carry(other, fence)
    assert world.rows["databases"][name]["pending"]
    assert world.desk.work(row_id)["state"] == "done"
    assert secrets_of_roles(world) == {"second"}


def test_what_is_being_made_is_waited_for() -> None:
    world = World()
    row_id = rotate_cluster_secret(world)
    name = world.add(lambda rows: reserve(rows, "t", version=1))
    making = world.desk.enqueue("fill_standby", database=name)
    world.cluster.ensure_role(name, 1)
    carry_once(world, row_id)
    row = carry_once(world, row_id)
    assert (row["state"], row["error_code"]) == ("waiting", "cluster_secret_under_way")
    assert world.desk.work(making)["state"] == "done"
    assert world.desk.work(row_id)["state"] == "done"
    assert secrets_of_roles(world) == {"second"}


def test_what_is_made_meanwhile_has_the_new_secret_from_the_start() -> None:
    world = World()
    row_id = rotate_cluster_secret(world)
    carry_once(world, row_id)
    name = world.add(lambda rows: reserve(rows, "t", version=1))
    assert world.desk.work(world.desk.enqueue("fill_standby", database=name))["state"] == "done"
    assert world.cluster.roles_by_name[name].secret == "second"
    assert world.desk.work(row_id)["state"] == "done"


def test_what_is_removed_meanwhile_is_not_waited_for() -> None:
    world = World()
    row_id = rotate_cluster_secret(world)
    name = world.add(lambda rows: reserve(rows, "t", version=1))
    carry_once(world, row_id)
    assert carry_once(world, row_id)["error_code"] == "cluster_secret_under_way"
    world.add(lambda rows: rows["databases"][name].update(stage="dropped", pending=False))
    assert world.desk.work(row_id)["state"] == "done"


@pytest.mark.parametrize("error", [Broken("right_missing"), Refused("database_name_form")])
def test_a_tenant_whose_password_cannot_be_changed_is_tried_again(error) -> None:
    world = World()
    row_id = rotate_cluster_secret(world)
    errors = [error]

    def fail_once() -> None:
        if errors:
            raise errors.pop()

    world.desk.points = Points(on={"rotate_role.set.after": fail_once})
    assert world.desk.work(row_id)["state"] == "done"
    states = [job["state"] for job in world.rows["jobs"].values() if job["kind"] == "rotate_role"]
    assert states == ["failed", "done"]
    assert secrets_of_roles(world) == {"second"}


def test_with_the_old_secret_forgotten_a_password_made_from_it_opens_nothing() -> None:
    world, _row = carried(rotate_cluster_secret)
    name = world.rows["tenants"][1]["database"]
    world.desk.on_claim()
    world.cluster.roles_by_name[name].secret = "first"
    with pytest.raises(Broken) as told:
        world.cluster.address_of(name, 2)
    assert told.value.code == "login_refused"


def test_a_second_change_follows_the_first() -> None:
    world, _row = carried(rotate_cluster_secret)
    world.add(
        lambda rows: rows["cluster"]["secret"].update(next="third", change="prepared", line=0)
    )
    assert world.desk.work(world.desk.enqueue(KIND))["state"] == "done"
    assert secrets_of_roles(world) == {"third"}


def test_changing_one_password_in_between_is_nothing_special() -> None:
    world = World()
    row_id = rotate_cluster_secret(world)
    carry_once(world, row_id)
    assert world.desk.work(world.desk.enqueue("rotate_role", tenant=1))["state"] == "done"
    assert world.desk.work(row_id)["state"] == "done"
    assert secrets_of_roles(world) == {"second"}


def signs_with(world: World) -> tuple[str, str]:
    """What the tenant signs with, and what the control plane takes it to sign with."""
    name = world.rows["tenants"][1]["database"]
    server = world.cluster.databases_by_name[name]
    return server.parameters["database.secret"], world.rows["databases"][name]["secret"]


def test_everybody_is_logged_out_and_both_sides_sign_with_the_same_new_secret() -> None:
    world, row = carried(renew_signing_secret)
    assert row["state"] == "done"
    name = world.rows["tenants"][1]["database"]
    assert signs_with(world) == (f"next secret of {name}",) * 2
    assert world.rows["databases"][name]["secret_next"] == ""
    assert "secret" not in str(row["facts"])


def test_a_new_signing_secret_that_broke_is_taken_back_on_both_sides() -> None:
    world = World()
    row_id = renew_signing_secret(world)
    world.desk.points = Points(on={"renew_signing_secret.write.after": Broken("planted")})
    assert world.desk.work(row_id)["state"] == "failed"
    name = world.rows["tenants"][1]["database"]
    assert signs_with(world) == (f"secret of {name}",) * 2
    assert world.rows["databases"][name]["secret_next"] == ""


def test_nobody_enters_a_tenant_that_was_closed_meanwhile() -> None:
    world = World()
    row_id = renew_signing_secret(world)
    world.add(lambda rows: rows["tenants"][1].update(state="suspended"))
    row = world.desk.work(row_id)
    assert (row["state"], row["error_code"]) == ("failed", "tenant_not_open")
    assert "set_database_secret" not in world.cluster.calls
