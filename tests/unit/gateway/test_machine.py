"""A node tells the figures of its machine once a minute."""

import pytest

from saas_business_management.gateway.machine import MachineTeller
from saas_business_management.kernel.errors import Broken, Unavailable


class Machine:
    name = "node-1"

    def look(self):
        return {"cpu_percent": 5.0}


@pytest.fixture
def told():
    return []


def teller(moments):
    return MachineTeller(Machine(), lambda: moments[0])


def test_it_is_told_at_once_and_then_every_minute(told):
    moments = [0.0]
    one = teller(moments)
    for moments[0] in (0.0, 59.0, 60.0, 61.0):
        one.tell(lambda name, figures: told.append((name, figures)))
    assert told == [("node-1", {"cpu_percent": 5.0})] * 2


def test_a_refusal_is_no_reason_to_tell_again_at_once(told):
    def refuse(_name, _figures):
        told.append(1)
        raise Broken("table_missing")

    one = teller([0.0])
    one.tell(refuse)
    one.tell(refuse)
    assert told == [1]


def test_a_lost_connection_is_the_agents_affair():
    def lose(_name, _figures):
        raise Unavailable("connection_lost")

    with pytest.raises(Unavailable):
        teller([0.0]).tell(lose)
