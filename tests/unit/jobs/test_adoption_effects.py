"""What an adoption has made of the world in the end, and that nothing is left of one given back."""

from copy import deepcopy

import pytest

from saas_business_management.adapters.ports import Attack
from saas_business_management.kernel.errors import Broken
from tests.helpers.job_orders import adopt, carried, find_foreign, look_adoption
from tests.helpers.job_world import World


def test_databases_of_others_are_listed_and_none_is_entered() -> None:
    world, row = carried(find_foreign)
    assert (row["state"], world.rows["cluster"]["foreign"]) == ("done", ["shop"])


def test_a_look_changes_nothing_and_finds_the_files() -> None:
    world = World()
    number = look_adoption(world)
    before = deepcopy(world.cluster.foreign_by_name)
    world.desk.work(number)
    adoption = world.rows["adoptions"][1]
    assert (adoption["state"], adoption["look"]["files_found"]) == ("ready", True)
    assert world.cluster.foreign_by_name == before


def test_an_adopted_database_is_the_tenants_own() -> None:
    world, row = carried(adopt)
    tenant = world.rows["tenants"][2]
    own = tenant["database"]
    server = world.cluster.databases_by_name[own]
    assert (row["state"], tenant["state"]) == ("done", "trial")
    assert world.rows["adoptions"][1]["state"] == "done"
    assert (server.objects_owner, server.opened_to) == (own, own)
    assert server.parameters["web.base.url"] == "http://shop.localhost"
    assert server.parameters["database.secret"] == world.rows["databases"][own]["secret"]
    assert world.cluster.roles_by_name[own].info.stage == "claimed"
    assert world.files.files[own] == {"ab/abc": b"file"} and "shop" not in world.files.files
    assert tenant["admin"] == {"admin_user_id": 2, "admin_partner_id": 3}
    assert world.audit() == []


@pytest.mark.parametrize("where", ["own_foreign", "set_address", "attack"])
def test_what_fails_on_the_way_gives_everything_back(where) -> None:
    world = World()
    number = adopt(world)
    before = deepcopy(world.cluster.foreign_by_name)

    def fail(*_arguments):
        raise Broken("made_to_fail")

    setattr(world.cluster, where, fail)
    row = world.desk.work(number)
    assert (row["state"], row["error_code"]) == ("failed", "made_to_fail")
    assert world.cluster.foreign_by_name == before
    assert list(world.cluster.databases_by_name) == [world.golden]
    assert world.files.files["shop"] == {"ab/abc": b"file"}
    assert world.rows["adoptions"][1]["state"] == "undone"
    assert world.audit() == []


def test_a_hostile_statement_that_succeeds_gives_everything_back() -> None:
    world = World()
    number = adopt(world)
    world.cluster.attack = lambda *_a: [Attack("become superuser", "succeeded", "")]
    row = world.desk.work(number)
    assert row["error_code"] == "adoption_not_isolated" and "shop" in world.cluster.foreign_by_name


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": "20.0.1.0"}, "adoption_changed"),
        ({"hostile": ["event trigger: spy"]}, "adoption_hostile"),
        ({"superuser_objects": 2}, "adoption_superuser_objects"),
    ],
)
def test_what_changed_since_the_preview_refuses_and_nothing_was_touched(change, code) -> None:
    world = World()
    number = adopt(world)
    world.cluster.foreign_by_name["shop"].inside |= change
    before = deepcopy(world.cluster.foreign_by_name)
    row = world.desk.work(number)
    assert (row["state"], row["error_code"]) == ("failed", code)
    assert world.cluster.foreign_by_name == before
