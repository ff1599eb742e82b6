"""What a look at a cluster tells the records, also when nothing answers."""

import pytest

from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_orders import carried, collect_cluster, collect_machine
from tests.helpers.job_world import World


def test_a_look_tells_the_cluster_and_each_database():
    world, job = carried(collect_cluster)
    sight = world.rows["cluster"]["sight"]
    assert sight["gauges"]["cluster_up"] == 1
    (tenant,) = [name for name in sight["databases"] if name.startswith("t_")]
    assert sight["databases"][tenant]["counters"]["numbers"] == {"transactions": 1}
    assert job["facts"]["databases"] == len(sight["databases"])


@pytest.mark.parametrize("error", [Unavailable("look_too_long"), Broken("login_refused")])
def test_a_cluster_that_does_not_answer_is_a_result(error):
    world = World()
    number = collect_cluster(world)
    world.cluster.fail_next("watch", error)
    job = world.desk.work(number)
    assert world.rows["cluster"]["watch_problem"] == error.code
    assert "sight" not in world.rows["cluster"]
    assert (job["state"], job["facts"]["problem"]) == ("done", error.code)


def test_during_a_pause_the_cluster_is_left_in_peace():
    world = World()
    number = collect_cluster(world)
    world.add(lambda rows: rows["cluster"].update(watch_due=False))
    world.cluster.fail_next("watch", Unavailable("look_too_long"))
    job = world.desk.work(number)
    assert job["facts"] == {"looked": False}
    assert "watch_problem" not in world.rows["cluster"]


def test_the_machine_that_works_is_told_by_its_name():
    world, job = carried(collect_machine)
    assert world.rows["doctor"]["machines"] == {"control-1": {"cpu_percent": 12.5}}
    assert job["facts"] == {"figures": 1}
