"""A tenant's connection opened before it is needed: used once, closed whatever happens."""

import time

import pytest

from saas_business_management.adapters.ports import Identity
from saas_business_management.kernel.errors import Refused

ALICE = Identity("http://a.localhost", "Acme", "a@acme.example", "Alice", "alice", "a@acme.example")
SESSIONS = "SELECT pid, query FROM pg_stat_activity WHERE usename = %s"


@pytest.fixture
def tenant(pg):
    port = pg.port()
    name = pg.born(port)
    yield port, name
    port.close()
    pg.forget(name)


def sessions(pg, name, wanted, seconds=30):
    """The sessions of a role, when there are as many as wanted or the time is up."""
    end = time.monotonic() + seconds
    while len(found := pg.rows(SESSIONS, [name])) != wanted and time.monotonic() < end:
        time.sleep(0.02)
    return found


def test_the_connection_is_there_before_it_is_asked_for_and_has_read_ahead(pg, tenant):
    port, name = tenant
    with port.expecting(name, 1):
        end = time.monotonic() + 30
        while "orm_signaling_stable" not in str(pg.rows(SESSIONS, [name])):
            assert time.monotonic() < end, "nothing was read ahead"
            time.sleep(0.02)
        assert len(sessions(pg, name, 1)) == 1
        port.settle(name, 1, ALICE)
        assert sessions(pg, name, 0) == []


def test_reading_ahead_changes_nothing(pg, tenant):
    port, name = tenant
    before = pg.rows("SELECT * FROM res_users ORDER BY id", database=name)
    with port.expecting(name, 1):
        assert len(sessions(pg, name, 1)) == 1
    assert pg.rows("SELECT * FROM res_users ORDER BY id", database=name) == before


def test_a_connection_that_nobody_took_is_closed(pg, tenant):
    port, name = tenant
    with port.expecting(name, 1):
        assert len(sessions(pg, name, 1)) == 1
    assert sessions(pg, name, 0) == []


def test_it_is_closed_when_the_work_fails_too(pg, tenant):
    port, name = tenant
    with pytest.raises(Refused), port.expecting(name, 1):
        assert len(sessions(pg, name, 1)) == 1
        raise Refused("operation_cancelled")
    assert sessions(pg, name, 0) == []
