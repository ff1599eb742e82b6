"""What audits of rights, proofs of isolation and new passwords have made of the world."""

from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_orders import audit_rights, carried, prove_isolation, rotate_role
from tests.helpers.job_world import World


def test_an_audit_puts_right_what_it_may_and_writes_down_that_it_did() -> None:
    world, row = carried(audit_rights)
    assert row["state"] == "done"
    assert world.rows["cluster"]["rights"] == []
    kinds = sorted(kind for kind, _name in world.rows["cluster"]["mended"])
    assert kinds == ["password_changed", "tenant_strong"]
    assert world.cluster.spoiled == {}


def test_what_cannot_be_put_right_stays_a_finding() -> None:
    world = World()
    row_id = audit_rights(world)
    world.cluster.fail_next("mend_right", Broken("right_missing"))
    assert world.desk.work(row_id)["state"] == "done"
    assert len(world.rows["cluster"]["rights"]) == 1
    assert len(world.rows["cluster"]["mended"]) == 1


def test_what_seems_mended_and_is_found_again_was_not_mended() -> None:
    world = World()
    row_id = audit_rights(world)
    name = world.rows["tenants"][1]["database"]
    world.cluster.spoiled[name] = {"strong": ("superuser",)}
    assert world.desk.work(row_id)["state"] == "done"
    assert ("tenant_strong", name) in world.rows["cluster"]["rights"]
    assert ("tenant_strong", name) not in world.rows["cluster"]["mended"]


def test_a_proof_tells_every_attack_and_a_hole() -> None:
    world = World()
    row_id = prove_isolation(world)
    world.cluster.holes.add("become another role")
    assert world.desk.work(row_id)["state"] == "done"
    (row,) = [one for one in world.rows["databases"].values() if "attacks" in one]
    assert ["become another role", "succeeded"] in [list(one) for one in row["attacks"]]
    assert any("become another role" in text for _level, text in world.desk.lines)


def test_a_tenant_that_was_closed_meanwhile_is_not_attacked() -> None:
    world = World()
    row_id = prove_isolation(world)
    name = world.rows["tenants"][1]["database"]
    world.add(lambda rows: rows["databases"][name].update(stage="dropping"))
    assert world.desk.work(row_id)["state"] == "done"
    assert "attack" not in world.cluster.calls


def test_a_rotation_ends_with_one_generation_everywhere() -> None:
    world, row = carried(rotate_role)
    name = world.rows["tenants"][1]["database"]
    assert row["state"] == "done"
    assert world.rows["databases"][name]["generation"] == 2
    assert world.rows["routes"][name]["generation"] == 2
    assert world.cluster.roles_by_name[name].generation == 2
    assert world.cluster.older_sessions == {}


def test_a_rotation_that_cannot_be_told_to_the_nodes_is_taken_back() -> None:
    world = World()
    row_id = rotate_role(world)
    name = world.rows["tenants"][1]["database"]
    world.cluster.fail_next("moment", Broken("database_error"))
    assert world.desk.work(row_id)["state"] == "failed"
    assert world.rows["databases"][name]["generation"] == 1
    assert world.cluster.roles_by_name[name].generation == 1


def test_a_server_that_is_away_while_old_sessions_end_is_asked_again() -> None:
    world = World()
    row_id = rotate_role(world)
    world.cluster.fail_next("end_sessions_before", Unavailable("server_unreachable"))
    assert world.desk.work(row_id)["state"] == "done"
    assert world.cluster.older_sessions == {}
