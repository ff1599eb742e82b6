"""What an import leaves: a backup, and nothing of the way there."""

from saas_business_management.kernel.errors import Broken, Refused
from tests.helpers.job_orders import BACKUP, carried, import_backup
from tests.helpers.job_world import World


def names(world):
    return [name for name in world.rows["databases"] if name.startswith("t_")]


def assert_nothing_left(world):
    (name,) = names(world)
    assert name not in world.cluster.databases_by_name
    assert name not in world.cluster.roles_by_name and name not in world.files.files
    assert world.rows["databases"][name]["stage"] == "dropped"
    assert world.audit() == []


def test_a_zip_becomes_a_backup_and_nothing_else_stays():
    world, job = carried(import_backup)
    assert (job["state"], world.rows["backups"][1]["state"]) == ("done", "stored")
    assert any(BACKUP in key for key in world.stores.stores[1].objects)
    assert world.imports.uploads == {}
    assert_nothing_left(world)


def test_a_refused_file_makes_no_database():
    world = World()
    number = import_backup(world)
    world.imports.fail_next("look", Refused("plain_function", line=7, name="pg_read_file"))
    job = world.desk.work(number)
    assert (job["state"], job["error_code"]) == ("failed", "plain_function")
    assert "make" not in world.imports.calls
    assert world.rows["backups"][1]["state"] == "failed"
    assert list(world.imports.uploads) == ["acme.zip"]
    assert_nothing_left(world)


def test_modules_that_the_cluster_lacks_are_named():
    world = World()
    number = import_backup(world)
    world.imports.uploads["acme.zip"] = ["zoo", "acme_special"]
    job = world.desk.work(number)
    assert job["error_code"] == "import_modules_missing"


def test_what_the_server_does_not_take_leaves_nothing():
    world = World()
    number = import_backup(world)
    world.imports.fail_next("load", Broken("plain_not_loaded", line=9, reason="not_unique"))
    job = world.desk.work(number)
    assert (job["state"], job["error_code"]) == ("failed", "plain_not_loaded")
    assert world.stores.stores[1].objects == {}
    assert_nothing_left(world)
