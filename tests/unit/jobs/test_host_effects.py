"""What looks at host names and comparisons of addresses have made of the world in the end."""

import pytest

from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_orders import carried, check_host, provision, set_addresses
from tests.helpers.job_world import IDENTITY, World

HOST = "shop.acme.com"


def parameters(world: World) -> dict:
    return world.cluster.databases_by_name[world.rows["tenants"][1]["database"]].parameters


def test_a_proven_host_name_is_live_and_its_certificate_is_known():
    world, row = carried(check_host)
    found = world.rows["hosts"][1]
    assert row["state"] == "done"
    assert (found["state"], found["status"], found["certificate"]) == ("live", "found", "trusted")
    assert found["until"] == "2026-06-01T00:00:00+00:00"
    assert ("works", HOST) in world.rows["mails"]


def test_a_host_name_without_proof_waits_and_its_certificate_is_not_looked_at():
    world = World()
    number = check_host(world)
    del world.dns.records[f"_saas-verify.{HOST}", "TXT"]
    row = world.desk.work(number)
    assert row["steps"]["certificate"]["state"] == "skipped"
    assert world.rows["hosts"][1]["status"] == "txt_missing"
    assert world.rows["hosts"][1]["state"] == "waiting"


def test_silent_name_servers_end_the_look_without_a_verdict():
    world = World()
    number = check_host(world)
    world.dns.silent = True
    row = world.desk.work(number)
    assert row["state"] == "done"
    assert row["facts"]["status"] == "unknown"
    assert world.rows["hosts"][1]["state"] == "waiting"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Unavailable("proxy_silent", host=HOST), "unknown"),
        (Broken("certificate_refused", host=HOST), "none"),
        (Broken("proxy_garbled", host=HOST), "unknown"),
    ],
)
def test_a_certificate_that_cannot_be_seen_is_a_result(error, state):
    world = World()
    number = check_host(world)
    world.public_door.fail_next("look", error)
    assert world.desk.work(number)["state"] == "done"
    assert world.rows["hosts"][1]["certificate"] == state


def test_a_forged_address_is_put_back_and_noted():
    world, row = carried(set_addresses)
    assert row["state"] == "done"
    assert parameters(world)["web.base.url"] == IDENTITY["base_url"]
    assert world.rows["events"][-1] == ("address_put_back", 1, "http://evil.example")


def test_an_address_that_is_right_and_not_frozen_is_frozen_again():
    world = World()
    number = set_addresses(world)
    parameters(world).update({"web.base.url": IDENTITY["base_url"]})
    parameters(world).pop("web.base.url.freeze")
    world.desk.work(number)
    assert parameters(world)["web.base.url.freeze"] == "True"


def test_addresses_that_are_right_are_left_alone():
    world = World()
    world.desk.work(provision(world))
    world.cluster.calls.clear()
    row = world.desk.work(world.desk.enqueue("set_addresses"))
    assert row["steps"]["write"]["state"] == "skipped"
    assert "set_address" not in world.cluster.calls


def test_the_only_tenant_that_does_not_answer_is_tried_again():
    world = World()
    number = set_addresses(world)
    world.cluster.fail_next("address_of", Unavailable("server_unreachable"))
    assert world.desk.work(number)["state"] == "done"
    assert parameters(world)["web.base.url"] == IDENTITY["base_url"]
