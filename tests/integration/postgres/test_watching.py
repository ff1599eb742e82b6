"""One look of monitoring at a real server: work under way, locks, resets, silent servers."""

import socket
import threading
import time
from contextlib import closing

import psycopg2
import pytest

from saas_business_management.adapters.postgres import watching
from saas_business_management.adapters.postgres.cluster import PostgresCluster
from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.kernel.errors import Refused, SaasError, Unavailable
from saas_business_management.kernel.monitoring.counter import active_average, added
from saas_business_management.kernel.secret import Secret
from tests.helpers.postgres import NEWEST, TestServer, new_name


@pytest.fixture
def watched(pg):
    name = pg.born()
    yield name
    pg.forget(name)


def code_of(kind, call):
    with pytest.raises(SaasError) as caught:
        call()
    assert isinstance(caught.value, kind)
    return caught.value.code


def test_a_statement_under_way_is_work_before_it_ends(pg, watched):
    port, server, name = pg.port(), pg, watched
    before = port.watch()
    with closing(server.raw(server.tenant(name))) as cnx, cnx.cursor() as cursor:
        sleeper = threading.Thread(target=cursor.execute, args=("SELECT pg_sleep(2)",))
        sleeper.start()
        time.sleep(1)
        now = port.watch()
        sleeper.join()
    numbers = [one.databases[name].counters.numbers for one in (before, now)]
    assert active_average(*numbers, now.seconds - before.seconds) > 0.4
    assert now.databases[name].gauges["database_connections"] == 1


def test_who_waits_for_a_lock_is_blocked(pg, watched):
    port, server, name = pg.port(), pg, watched
    login = server.tenant(name)
    server.rows("CREATE TABLE held (a int)", server=login)
    with closing(server.raw(login)) as first, closing(server.raw(login)) as second:
        first.autocommit = False
        first.cursor().execute("LOCK TABLE held")
        second.cursor().execute("SET lock_timeout = '3s'")

        def wait():
            with pytest.raises(psycopg2.Error, match=r"lock timeout"):
                second.cursor().execute("SELECT * FROM held")

        waiter = threading.Thread(target=wait)
        waiter.start()
        time.sleep(0.5)
        sight = port.watch()
        waiter.join()
    gauges = sight.databases[name].gauges
    assert gauges["database_blocked_sessions"] == 1
    assert gauges["database_longest_transaction_s"] > 0
    assert sight.gauges["blocked_sessions"] >= 1
    assert sight.gauges["longest_idle_in_transaction_s"] > 0


def test_a_reset_of_statistics_gives_no_delta(pg, watched):
    port, server, name = pg.port(), pg, watched
    before = port.watch().databases[name].counters
    server.rows("SELECT pg_stat_reset()", database=name)
    after = port.watch().databases[name].counters
    assert added(before.reset, before.numbers, after.reset, after.numbers) == {}


def test_a_look_writes_nothing_and_tells_its_name(pg, watched):
    port, server = pg.port(), pg
    with closing(server.raw(port._monitor)) as cnx, cnx.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("saas_monitor",)
    assert watching.READING == {"default_transaction_read_only": "on"}


def test_a_database_open_to_everybody_is_counted(pg, watched):
    port, server, name = pg.port(), pg, watched
    before = port.watch().gauges["public_connect_databases"]
    server.rows(f'GRANT CONNECT ON DATABASE "{name}" TO PUBLIC')
    assert port.watch().gauges["public_connect_databases"] == before + 1
    server.rows(f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC')


def _cluster(host, port, password=None):
    server = Server(host, port, "saas_prov", Secret("x"))
    return PostgresCluster(server, Secret("y"), monitor_password=password)


def test_a_cluster_prepared_before_there_was_a_monitor_says_so():
    assert code_of(Refused, _cluster("127.0.0.1", 1).watch) == "monitor_secret_missing"


def test_a_server_that_is_silent_holds_nobody():
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        begun = time.monotonic()
        cluster = _cluster("127.0.0.1", silent.getsockname()[1], Secret("x"))
        assert code_of(Unavailable, cluster.watch) == "server_unreachable"
        assert time.monotonic() - begun < 20


def test_a_server_that_falls_silent_in_the_middle_is_cut_off(pg, watched, monkeypatch):
    port = pg.port()
    monkeypatch.setattr(watching, "ALTOGETHER_SECONDS", 0.3)
    monkeypatch.setattr(
        watching.watch_questions,
        "look",
        lambda cursor, statements: cursor.execute("SELECT pg_sleep(1.5)"),
    )
    assert code_of(Unavailable, port.watch) == "look_too_long"


@pytest.fixture
def counting(tmp_path):
    """A server that counts statements."""
    server = TestServer(tmp_path / "pg", NEWEST)
    server.rows("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
    server.private._pg_ctl("restart", "-m", "fast")
    server.rows("CREATE EXTENSION pg_stat_statements")
    yield server
    server.private.destroy()


def test_statements_are_told_with_their_times_and_what_they_wrote(counting):
    name = new_name()
    counting.rows(f'CREATE DATABASE "{name}"')
    before = counting.port().watch().databases[name].counters
    counting.rows("CREATE TABLE filled AS SELECT generate_series(1, 9000)", database=name)
    counting.rows("SELECT count(*) FROM filled WHERE 'a secret' <> ''", database=name)
    sight = counting.port().watch(statements=True)
    (one,) = [told for told in sight.statements if told.text.startswith("SELECT count(*) FROM f")]
    assert (one.database, one.calls) == (name, 1)
    assert one.total_ms > 0
    assert "secret" not in one.text
    after = sight.databases[name].counters.numbers["wal_bytes"]
    assert after - before.numbers.get("wal_bytes", 0) > 100_000
    assert counting.port().watch().statements == []
