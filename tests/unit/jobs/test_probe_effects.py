"""What probes tell the records, also of a tenant that hangs or is missing."""

import threading

from saas_business_management.jobs.side_by_side import side_by_side
from saas_business_management.kernel.errors import Broken, Unavailable
from saas_business_management.kernel.monitoring.question import AUDITS, PROBES
from tests.helpers.job_orders import carried, probe_tenants
from tests.helpers.job_world import World


def told(world, source="probe"):
    (look,) = world.rows["cluster"]["probes"][source]
    return look


def ordered():
    world = World()
    number = probe_tenants(world)
    (database,) = [
        one for name, one in world.cluster.databases_by_name.items() if name.startswith("t_")
    ]
    return world, number, database


def test_each_tenant_is_asked_every_question_of_both_rounds():
    world, job = carried(probe_tenants)
    assert set(told(world)["told"]) == {ask.code for ask in PROBES}
    assert set(told(world, "audit")["told"]) == {ask.code for ask in AUDITS}
    assert told(world)["told"]["sessions"] == ["1", ""]
    # The double has Odoo's base alone.
    assert told(world)["told"]["orders_hour"] == ["", "absent"]
    assert job["facts"]["probe"] == {"looked": 1, "unknown": 0}


def test_a_missing_database_is_unknown_with_its_reason_and_fails_nothing():
    world, number, _database = ordered()
    world.cluster.fail_next("ask", Broken("database_missing"))
    job = world.desk.work(number)
    assert (told(world)["problem"], told(world)["told"]) == ("database_missing", {})
    assert (job["state"], job["facts"]["probe"]["unknown"]) == ("done", 1)
    assert told(world, "audit")["problem"] == ""


def test_a_tenant_that_hangs_costs_its_own_answers():
    world, number, database = ordered()
    database.answers |= {"sessions": "!statement_timeout", "crons_dead": "!connection_lost"}
    world.cluster.fail_next("ask", Unavailable("server_unreachable"))
    job = world.desk.work(number)
    assert told(world)["problem"] == "server_unreachable"
    assert job["state"] == "done"
    again = world.desk.work(world.desk.enqueue("probe_tenants"))
    assert told(world)["told"]["sessions"] == ["", "statement_timeout"]
    assert told(world)["told"]["crons_overdue"] == ["1", ""]
    assert again["state"] == "done"


def test_many_are_looked_at_together_and_never_more_than_allowed():
    together, most, lock = [0], [0], threading.Lock()
    meet = threading.Barrier(4)

    def look(item):
        with lock:
            together[0] += 1
            most[0] = max(most[0], together[0])
        meet.wait(10)
        with lock:
            together[0] -= 1
        return item * 2

    assert side_by_side(look, range(8), 4, lambda: False) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert most == [4]


def test_what_there_was_no_time_for_is_left_out():
    begun = []
    found = side_by_side(
        lambda item: begun.append(item) or item, range(9), 1, lambda: len(begun) > 2
    )
    assert found == begun == [0, 1, 2]
