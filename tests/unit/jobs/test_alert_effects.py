"""What the operations of alerting do: in order, until one is not taken; a sign of life that fails
is no failed operation.
"""

from saas_business_management.kernel.errors import Unavailable
from saas_business_management.kernel.integration.answer import Answer
from tests.helpers.job_alerts import WATCHER
from tests.helpers.job_orders import deliver_alerts, send_beat
from tests.helpers.job_world import World

AWAY = Answer(error=Unavailable("receiver_slow", host="hooks.example.com"))


def test_what_waits_is_sent_once_each():
    world = World()
    world.desk.work(deliver_alerts(world))
    assert world.poster.arrived == {"msg_1": 1, "msg_2": 1}
    assert {row["state"] for row in world.rows["messages"].values()} == {"delivered"}
    world.desk.work(world.desk.enqueue("deliver_alerts", channel=1))
    assert world.poster.arrived == {"msg_1": 1, "msg_2": 1}


def test_behind_one_that_is_not_taken_nothing_goes():
    world = World()
    world.poster.answer = AWAY
    number = deliver_alerts(world)
    world.desk.work(number)
    assert world.poster.arrived == {"msg_1": 1}
    assert {row["state"] for row in world.rows["messages"].values()} == {"waiting"}
    assert world.desk.row(number)["state"] == "done"


def test_a_sign_of_life_that_nobody_takes_is_written_down():
    world = World()
    world.poster.answer = AWAY
    number = send_beat(world)
    world.desk.work(number)
    assert world.rows["watch"] == {"heard": False}
    assert world.desk.row(number)["state"] == "done"
    assert world.poster.arrived == {WATCHER: 1}
