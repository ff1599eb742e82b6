"""Provisioning cut off in the middle: killed workers, killed servers, every prefix of the steps."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timezone

import pytest

from saas_business_management.adapters.ports import Birth, Identity
from saas_business_management.kernel.errors import Unavailable
from tests.helpers import cluster_child
from tests.helpers.held import databases_held
from tests.helpers.postgres import VERSIONS, TestServer, new_name

HEAVY = """
    CREATE TABLE heavy AS
    SELECT n, repeat(md5(n::text), 60) AS told FROM generate_series(1, 150000) n
"""
MAKING = """
    SELECT pid FROM pg_stat_activity
     WHERE query ~ '^\\s*CREATE DATABASE' AND state = 'active' AND usename = 'saas_prov'
"""
IDENTITY = Identity("http://x.localhost", "X", "", "Alice", "alice@x.example", "alice@x.example")
BIRTH = Birth("uuid", "secret", datetime(2026, 1, 5, tzinfo=timezone.utc))


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: f"pg{version}")
def pg(request, tmp_path_factory):
    """A server of its own, whose golden database takes a moment to copy."""
    server = TestServer(tmp_path_factory.mktemp("crash"), request.param)
    port, name = server.port(), new_name("g")
    port.create_empty(name)
    server.rows(HEAVY, server=server.provisioner.within(name))
    port.seal_golden(name)
    server.golden = name
    yield server
    server.private.destroy()


@contextmanager
def copying(pg, name):
    """Have another process begin to copy; the server goes on with it when the block ends."""
    with databases_held(pg.private.dsn()):
        child, _pid = begin_copy(pg, name)
        yield child


def start_copy(pg, name):
    """Have another process begin to copy, and return it when the server is in the middle of it."""
    for _again in range(5):
        child, pid = begin_copy(pg, name)
        if pid:
            return child, pid
        pg.port().drop_database(name)
    raise AssertionError("the copy was over before it was seen, five times")


def begin_copy(pg, name):
    """Have another process begin to copy; return it and the backend, 0 when that had ended."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.cluster_child", "clone", name, pg.golden],
        env=cluster_child.environment(pg),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout.readline().strip() == "ready"
    until = time.monotonic() + 60
    while child.poll() is None:
        assert time.monotonic() < until, "it neither copies nor ends"
        found = pg.rows(MAKING)
        if found:
            return child, found[0][0]
    assert child.stdout.read().strip().isdigit(), "the copy failed"
    return child, 0


def kill(child):
    child.send_signal(signal.SIGKILL)
    child.wait()


def named(pg, name):
    return pg.value("SELECT count(*) FROM pg_database WHERE datname = %s", [name])


@pytest.fixture
def name(pg):
    made = new_name()
    pg.port().ensure_role(made, 1)
    yield made
    pg.forget(made)


def test_the_copy_of_a_killed_worker_is_adopted_when_it_appears(pg, name):
    with copying(pg, name) as child:
        kill(child)
        assert named(pg, name) == 0
    oid = pg.port().clone(name, pg.golden)
    assert pg.rows(
        "SELECT oid, datallowconn, datconnlimit FROM pg_database WHERE datname = %s", [name]
    ) == [(oid, True, 10)]
    pg.port().own_objects(name)
    assert pg.value("SELECT count(*) FROM heavy", server=pg.tenant(name)) == 150000


def test_until_it_is_adopted_nobody_can_enter_what_a_killed_worker_left(pg, name):
    with copying(pg, name) as child:
        kill(child)
    until = time.monotonic() + 30
    while not named(pg, name) and time.monotonic() < until:
        time.sleep(0.02)
    assert pg.value("SELECT datallowconn FROM pg_database WHERE datname = %s", [name]) is False


def test_undoing_waits_for_the_copy_of_a_killed_worker_and_leaves_nothing(pg, name):
    with copying(pg, name) as child:
        kill(child)
    pg.port().drop_database(name)
    pg.port().drop_role(name)
    assert pg.rows(MAKING) == [], "nothing is on its way any more"
    assert named(pg, name) == 0
    assert name not in {one.name for one in pg.port().roles()}


def test_while_a_living_worker_copies_another_waits_and_finds_it_done(pg, name):
    with copying(pg, name) as child:
        pass
    oid = pg.port().clone(name, pg.golden)
    assert child.communicate(timeout=30)[0].strip() == str(oid)


def test_a_server_that_falls_in_the_middle_is_unavailable_and_the_next_try_succeeds(pg, name):
    child, _pid = start_copy(pg, name)
    pg.private.restart("immediate")
    kill(child)
    port = pg.port()
    pg.private.stop("immediate")
    with pytest.raises(Unavailable):
        port.clone(name, pg.golden)
    pg.private.start()
    port.ensure_role(name, 1)
    port.clone(name, pg.golden)
    port.own_objects(name)
    assert pg.value("SELECT count(*) FROM heavy", server=pg.tenant(name)) == 150000


def test_a_killed_server_process_is_unavailable_and_the_next_try_succeeds(pg, name):
    """The whole cluster recovers from it, and every connection is lost."""
    port = pg.port()
    port.databases()
    with databases_held(pg.private.dsn()):
        child, pid = begin_copy(pg, name)
        os.kill(pid, signal.SIGKILL)
    child.wait(timeout=30)
    deadline = time.monotonic() + 30
    while True:
        try:
            port.ensure_role(name, 1)
            port.clone(name, pg.golden)
            break
        except Unavailable:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert named(pg, name) == 1


COUNTED = """
    CREATE TABLE counted (id serial PRIMARY KEY);
    INSERT INTO counted SELECT nextval('counted_id_seq') FROM generate_series(1, 5);
"""
COUNT_ON = "INSERT INTO counted DEFAULT VALUES; INSERT INTO counted DEFAULT VALUES"
NEXT = "SELECT nextval('counted_id_seq') - max(id) FROM counted"


def test_a_copy_never_gives_a_number_twice_though_its_server_crashes(own_pg):
    """A copy of any other database does: the server's own way to copy loses what it counted."""
    port, golden, copy, plain = own_pg.port(), new_name("g"), new_name(), "plain"
    port.create_empty(golden)
    own_pg.rows(COUNTED, server=own_pg.provisioner.within(golden))
    own_pg.rows(f"CREATE DATABASE {plain} TEMPLATE {golden}")
    port.seal_golden(golden)
    port.ensure_role(copy, 1)
    port.clone(copy, golden)
    port.own_objects(copy)
    for name in (copy, plain):
        own_pg.rows(COUNT_ON, database=name)
    own_pg.private.restart("immediate")
    assert own_pg.value(NEXT, database=plain) < 1
    assert own_pg.value(NEXT, database=copy) >= 1


def steps(pg, name):
    port = pg.port()
    return [
        lambda: port.ensure_role(name, 1),
        lambda: port.clone(name, pg.golden),
        lambda: port.own_objects(name),
        lambda: port.give_birth(name, 1, BIRTH),
        lambda: port.mark_role(name, "ready"),
        lambda: port.mark_role(name, "claimed"),
        lambda: port.settle(name, 1, IDENTITY),
        lambda: port.stop_logins(name),
    ]


@pytest.fixture(scope="module")
def light(request):
    """The ordinary server of the session, whose golden is an Odoo."""
    from tests.helpers.postgres import server_of

    return server_of(VERSIONS[0])


@pytest.mark.parametrize("reached", range(9))
def test_from_every_prefix_of_the_steps_undoing_leaves_nothing_twice(light, reached):
    name = new_name()
    for step in steps(light, name)[:reached]:
        step()
    for _again in range(2):
        light.port().drop_database(name)
        light.port().drop_role(name)
    assert named(light, name) == 0
    assert light.value("SELECT count(*) FROM pg_roles WHERE rolname = %s", [name]) == 0


@pytest.mark.parametrize("reached", range(1, 9))
def test_each_step_may_be_done_again_and_the_end_is_the_same(light, reached):
    name = new_name()
    todo = steps(light, name)
    for step in [*todo[:reached], *todo[reached - 1 :]]:
        step()
    (role,) = [one for one in light.port().roles() if one.name == name]
    assert (role.stage, role.can_login) == ("claimed", False)
    read = "SELECT value FROM ir_config_parameter WHERE key = %s"
    assert light.rows(read, ["database.secret"], database=name) == [("secret",)]
    assert light.rows(read, ["web.base.url"], database=name) == [("http://x.localhost",)]
    light.forget(name)
