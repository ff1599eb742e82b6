"""What a download of a backup leaves on the disk and in the records."""

import json

from saas_business_management.adapters.fakes.faults import Faults
from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_orders import EXPORT, carried, drop_exports, export_backup, export_zip
from tests.helpers.job_world import World


def row(world):
    return world.rows["exports"][1]


def test_a_file_is_offered_when_it_was_read_back():
    world, job = carried(export_zip)
    assert (job["state"], row(world)["state"]) == ("done", "ready")
    assert list(world.exports.files) == [EXPORT]
    calls = [name for name in world.exports.calls if name in ("write", "prove")]
    assert calls == ["write", "prove"]
    assert world.rows["mails"][-1] == ("export ready", EXPORT)


def test_what_the_passphrase_made_is_gone_afterwards_and_stands_in_no_facts():
    world, job = carried(export_backup)
    assert row(world)["key"] == ""
    assert "ab" * 32 not in json.dumps(job["facts"]) + json.dumps(job["spec"])


def test_without_room_nothing_is_written_and_the_key_is_wiped():
    world = World()
    number = export_backup(world)
    world.exports.free_bytes = 10
    job = world.desk.work(number)
    assert (job["state"], job["error_code"]) == ("failed", "export_no_room")
    assert (row(world)["state"], row(world)["key"]) == ("failed", "")
    assert world.exports.files == {}


def test_a_file_that_is_not_what_was_written_is_offered_to_nobody():
    world = World()
    number = export_zip(world)
    world.exports.fail_next("prove", Broken("export_damaged"))
    job = world.desk.work(number)
    assert (job["state"], job["error_code"]) == ("failed", "export_damaged")
    assert (row(world)["state"], world.exports.files) == ("failed", {})
    assert all(mail[0] != "export ready" for mail in world.rows["mails"])


def test_a_target_that_gives_no_answer_is_asked_again():
    world = World()
    number = export_zip(world)
    assert isinstance(world.exports, Faults)
    world.exports.fail_next("write", Unavailable("target_unavailable"))
    assert world.desk.work(number)["state"] == "done"
    assert world.exports.calls.count("write") == 2


def test_files_go_whose_time_is_over_and_those_nobody_knows():
    world, job = carried(drop_exports)
    assert (job["state"], world.exports.files) == ("done", {})
    assert row(world)["state"] == "deleted"


def test_the_file_of_an_operation_that_runs_stays():
    world = World()
    number = export_zip(world)
    world.exports.files[EXPORT] = "half"
    world.desk.work(world.desk.enqueue("drop_exports"))
    assert EXPORT in world.exports.files
    assert world.desk.work(number)["state"] == "done"
