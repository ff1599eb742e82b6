"""What an upgrade leaves in the world: one live copy and the former beside it, or nothing."""

import pytest

from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.kernel.errors import Broken
from tests.helpers.job_orders import (
    carried,
    rehearse_upgrade,
    undo_upgrade,
    upgrade,
    upgrade_at_once,
    watch_upgrade,
)
from tests.helpers.job_world import World


def live(world: World) -> str:
    return world.rows["tenants"][1]["database"]


def copies(world: World) -> list[str]:
    return sorted(name for name in world.cluster.databases_by_name if "_r" in name)


@pytest.mark.parametrize("order", [upgrade, upgrade_at_once])
def test_the_changed_copy_is_live_and_the_former_beside_it(order):
    world, job = carried(order)
    assert job["state"] == "done"
    one, row = world.rows["upgrades"][1], world.rows["databases"][live(world)]
    assert one["state"] == "watching"
    kept = world.cluster.databases_by_name[one["kept"]].info
    assert row["oid"] == world.cluster.databases_by_name[live(world)].info.oid > kept.oid
    assert not kept.allows_connections
    assert copies(world) == []
    assert world.rows["routes"][live(world)]["state"] == "trial"


def test_nothing_written_meanwhile_means_changed_once():
    world, _job = carried(upgrade)
    assert [phase for phase, _name in world.odoo.phases] == ["upgrade", "prove"]
    assert world.rows["upgrades"][1]["report"]["again"] is False


def test_what_a_customer_writes_while_the_copy_is_changed_is_live_afterwards(monkeypatch):
    world = World()
    signals = FakeCluster.signals

    def written(cluster: FakeCluster, name: str, generation: int) -> dict:
        if "_r" in name:
            cluster.databases_by_name[live(world)].content = b"written meanwhile"
        return signals(cluster, name, generation)

    monkeypatch.setattr(FakeCluster, "signals", written)
    carried(upgrade, world)
    assert [phase for phase, _name in world.odoo.phases] == ["upgrade", "prove"] * 2
    assert world.cluster.databases_by_name[live(world)].content == b"written meanwhile"
    assert world.rows["upgrades"][1]["report"]["again"] is True


@pytest.mark.parametrize("phase", ["upgrade", "prove"])
@pytest.mark.parametrize("order", [upgrade, upgrade_at_once, rehearse_upgrade])
def test_a_change_that_fails_leaves_everything_as_it_was(order, phase):
    world = World()
    world.odoo.fail(phase)
    world, job = carried(order, world)
    assert (job["state"], world.rows["upgrades"][1]["state"]) == ("failed", "failed")
    assert world.cluster.databases_by_name[live(world)].info.allows_connections
    beside = [name for name in world.cluster.databases_by_name if live(world) in name]
    assert beside == [live(world)] == [name for name in world.files.names() if name in beside]
    assert world.rows["routes"][live(world)]["state"] == "trial"


def test_an_error_in_the_log_is_a_failure(monkeypatch):
    world = World()
    run = type(world.odoo).run_phase

    def loud(odoo, phase, database, spec, on_line, login=None):
        on_line("ERROR odoo.addons.crm: view broken")
        return run(odoo, phase, database, spec, on_line, login)

    monkeypatch.setattr(type(world.odoo), "run_phase", loud)
    world, job = carried(rehearse_upgrade, world)
    assert (job["state"], job["error_code"]) == ("failed", "upgrade_log")


def test_a_rehearsal_is_harmless_and_leaves_a_report_alone():
    world = World()
    world, job = carried(rehearse_upgrade, world)
    assert job["state"] == "done"
    one = world.rows["upgrades"][1]
    assert one["report"]["install"] == ["crm"]
    assert (one["kept"], copies(world)) == ("", [])
    assert world.cluster.databases_by_name[live(world)].info.allows_connections


def test_an_undo_has_the_former_live_again():
    world, job = carried(undo_upgrade)
    assert job["state"] == "done"
    one, row = world.rows["upgrades"][1], world.rows["databases"][live(world)]
    assert one["state"] == "rolled_back"
    kept = world.cluster.databases_by_name[one["kept"]].info
    assert kept.oid > row["oid"] == world.cluster.databases_by_name[live(world)].info.oid


def test_a_page_that_does_not_come_is_what_a_look_tells():
    world, _job = carried(watch_upgrade)
    assert world.rows["upgrades"][1]["watched"] == ""


def test_a_module_that_is_not_on_the_cluster_stops_it_before_anything_is_touched():
    world = World()
    world.odoo._modules.pop("crm")
    world, job = carried(upgrade, world)
    assert (job["state"], job["error_code"]) == ("failed", "upgrade_missing")
    assert world.odoo.phases == []


def test_the_double_copies_only_what_stands_still():
    cluster = FakeCluster()
    with pytest.raises(Broken):
        cluster.stand_still("t_" + "a" * 26, 0)
