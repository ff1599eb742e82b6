"""What provisioning, standby filling and removal have made of the world in the end."""

import pytest

from saas_business_management.adapters.fakes.front_door import LOGIN_PAGE
from saas_business_management.kernel.errors import Broken, Refused, Unavailable
from tests.helpers.job_orders import (
    carried,
    drop_golden,
    drop_tenant,
    fill_standby,
    provision,
    provision_warm,
)
from tests.helpers.job_replay import Case
from tests.helpers.job_world import HOST, IDENTITY, World


def undone(world: World, tenant: str = "failed") -> None:
    """Nothing is left of the tenant, and its name is free."""
    row = world.rows["tenants"][1]
    assert (row["state"], row["database"], row["host_state"]) == (tenant, None, None)
    assert list(world.cluster.databases_by_name) == [world.golden]
    assert world.cluster.roles_by_name == {}
    assert world.files.names() == [world.golden]
    assert all(route["state"] == "gone" for route in world.rows["routes"].values())
    assert world.audit() == []


def test_a_tenant_by_copy_owns_its_database_and_is_led_to_by_its_host() -> None:
    world, row = carried(provision)
    tenant = world.rows["tenants"][1]
    name = tenant["database"]
    server, role = world.cluster.databases_by_name[name], world.cluster.roles_by_name[name]
    assert row["state"] == "done"
    assert (server.objects_owner, server.opened_to, server.info.owner) == (name, name, "saas_prov")
    assert (role.info.stage, role.info.can_login, role.generation) == ("claimed", True, 1)
    assert server.admin["login"] == IDENTITY["admin_login"]
    assert server.company["name"] == "Acme"
    assert server.parameters["web.base.url"] == IDENTITY["base_url"]
    assert server.parameters["database.uuid"] == f"uuid of {name}"
    assert server.parameters["database.secret"] == f"secret of {name}"
    assert world.files.files[name] == {"ab/logo": b"logo"}
    assert world.rows["routes"][name] == {"state": "trial", "host": HOST}
    assert (tenant["state"], tenant["host_state"]) == ("trial", "live")
    assert tenant["admin"] == {"admin_user_id": 2, "admin_partner_id": 3}
    assert world.rows["mails"] == [("welcome", HOST)]
    assert world.audit() == []


def test_a_tenant_from_a_standby_takes_it_and_makes_nothing_new() -> None:
    world = World()
    world.desk.work(fill_standby(world))
    [standby] = [name for name, row in world.rows["databases"].items() if row["stage"] == "standby"]
    made = dict(world.cluster.databases_by_name)
    world.cluster.calls.clear()
    row = world.desk.work(provision(world))
    states = {name: step["state"] for name, step in row["steps"].items()}
    skipped = [name for name, state in states.items() if state == "skipped"]
    assert skipped == ["role", "database", "own", "files", "birth"]
    assert world.rows["tenants"][1]["database"] == standby
    assert world.cluster.databases_by_name.keys() == made.keys()
    assert world.cluster.calls == ["mark_role", "settle"]
    assert world.cluster.roles_by_name[standby].info.stage == "claimed"
    assert world.rows["routes"][standby] == {"state": "trial", "host": HOST}
    assert world.rows["databases"][standby]["stage"] == "claimed"


def test_both_ways_end_in_the_same_tenant() -> None:
    cold, warm = Case("provision_cold").run(), Case("provision_warm").run()
    assert cold.outside == warm.outside


def test_a_standby_of_another_version_is_left_alone() -> None:
    world = World()
    world.desk.work(fill_standby(world))
    world.add(lambda rows: [row.update(version=9) for row in list(rows["databases"].values())[1:]])
    carried(provision, world)
    assert [row["stage"] for row in world.rows["databases"].values()] == [
        "ready",
        "standby",
        "claimed",
    ]


def test_a_node_that_is_slow_is_waited_for_within_the_step() -> None:
    world = World()
    for _ in range(20):
        world.node.fail_next("get", Unavailable("node_silent"))
    _, row = carried(provision, world)
    assert (row["state"], row["facts"]["login_seconds"]) == ("done", 2.02)


def test_a_node_that_stays_silent_is_asked_again_later() -> None:
    world = World()
    row_id = provision(world)
    world.node.silent = True
    world.desk.carry(row_id, world.desk.claim(row_id))
    assert world.desk.row(row_id)["state"] == "waiting"
    assert world.rows["tenants"][1]["state"] == "provisioning"
    world.node.silent = False
    assert world.desk.work(row_id)["state"] == "done"


@pytest.mark.parametrize("page", [(200, "a page"), (500, LOGIN_PAGE), (503, "starting")])
def test_a_page_that_is_no_login_page_opens_no_tenant(page: tuple[int, str]) -> None:
    world = World()
    row_id = provision(world)
    world.node._pages[HOST, "/web/login"] = page
    world.node.serve = lambda host: None
    row = world.desk.work(row_id)
    assert (row["state"], row["error_code"]) == ("failed", "login_page_wrong")
    assert world.rows["mails"] == []
    undone(world)


def test_a_tenant_that_cannot_be_made_from_a_standby_uses_it_up() -> None:
    world = World()
    row_id = provision_warm(world)
    world.cluster.fail_next("settle", Broken("record_missing"))
    row = world.desk.work(row_id)
    assert (row["state"], row["error_code"]) == ("failed", "record_missing")
    undone(world)


def test_a_disk_too_small_for_a_copy_is_refused_before_it_is_made() -> None:
    world = World()
    world.files.disk_bytes = 26_000_000
    _, row = carried(provision, world)
    assert (row["state"], row["error_code"]) == ("failed", "disk_full")
    assert "clone" not in world.cluster.calls
    undone(world)


def test_a_mail_that_cannot_be_written_leaves_an_open_tenant_alone() -> None:
    world = World()
    row_id = provision(world)
    world.desk.points._on["provision_tenant.welcome.before"] = ValueError("planted")
    row = world.desk.work(row_id)
    name = world.rows["tenants"][1]["database"]
    assert (row["state"], row["error_code"]) == ("dead", "unforeseen")
    assert world.rows["tenants"][1]["state"] == "trial"
    assert world.rows["routes"][name]["state"] == "trial"
    assert name in world.cluster.databases_by_name
    world.desk.points._on.clear()
    world.desk.change(row_id, state="waiting")
    assert world.desk.work(row_id)["state"] == "done"
    assert world.rows["mails"] == [("welcome", HOST)]


def test_a_standby_copy_is_whole_ready_and_reachable_under_no_host() -> None:
    world, row = carried(fill_standby)
    [name] = world.cluster.roles_by_name
    assert row["state"] == "done"
    assert world.cluster.roles_by_name[name].info.stage == "ready"
    assert world.cluster.databases_by_name[name].objects_owner == name
    assert world.cluster.databases_by_name[name].parameters["database.uuid"] == f"uuid of {name}"
    assert world.rows["routes"] == {name: {"state": "standby", "host": None}}
    assert world.rows["databases"][name]["stage"] == "standby"
    assert world.audit() == []


def test_a_refusal_of_the_records_ends_in_their_code() -> None:
    world = World()
    row_id = provision(world)
    world.desk.points._on["provision_tenant.claim.before"] = Refused("template_unpublished")
    assert world.desk.work(row_id)["error_code"] == "template_unpublished"
    undone(world)


def test_a_removed_tenant_leaves_a_tombstone_and_nothing_else() -> None:
    world, row = carried(drop_tenant)
    name = list(world.rows["databases"])[1]
    assert row["state"] == "done"
    assert world.rows["routes"][name] == {"state": "gone", "host": None}
    assert world.rows["databases"][name]["stage"] == "dropped"
    assert list(world.cluster.databases_by_name) == [world.golden]
    assert (world.cluster.roles_by_name, world.files.names()) == ({}, [world.golden])
    assert world.audit() == []


def test_logins_are_stopped_before_the_database_goes() -> None:
    world = World()
    row_id = drop_tenant(world)
    world.cluster.calls.clear()
    world.desk.work(row_id)
    assert world.cluster.calls == ["stop_logins", "drop_database", "drop_role"]


def test_a_removal_that_breaks_is_left_for_a_person_and_can_go_on() -> None:
    world = World()
    row_id = drop_tenant(world)
    world.cluster.fail_next("drop_role", Broken("still_referenced"))
    row = world.desk.work(row_id)
    assert (row["state"], row["error_code"]) == ("dead", "still_referenced")
    world.desk.change(row_id, state="waiting")
    assert world.desk.work(row_id)["state"] == "done"
    assert world.audit() == []


def test_a_golden_database_is_removed_without_asking_for_a_role() -> None:
    world, row = carried(drop_golden)
    assert row["state"] == "done"
    assert not {"stop_logins", "drop_role"} & set(world.cluster.calls)
    assert (world.cluster.databases_by_name, world.files.names()) == ({}, [])
