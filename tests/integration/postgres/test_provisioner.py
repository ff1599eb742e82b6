"""What the provisioner does and leaves undone on a real server."""

import logging
import re
import threading
import time
from contextlib import closing
from datetime import datetime, timezone

import psycopg2
import pytest

from saas_business_management.adapters.ports import Birth, Identity
from saas_business_management.adapters.postgres import cluster, ownership
from saas_business_management.adapters.postgres.cluster import PostgresCluster
from saas_business_management.adapters.postgres.connect import (
    SHORT,
    Limits,
    Server,
    connect,
    opened,
    transaction,
)
from saas_business_management.adapters.postgres.warm import WarmConnection
from saas_business_management.kernel.errors import Broken, Unavailable
from saas_business_management.kernel.secret import Secret
from tests.helpers.postgres import new_name

IDENTITY = Identity("http://x.localhost", "X", "", "Alice", "alice@x.example", "alice@x.example")
BIRTH = Birth("uuid", "planted-secret-of-birth", datetime(2026, 1, 5, tzinfo=timezone.utc))
OPEN = """
    SELECT count(*) FROM pg_database d
     CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
     WHERE d.datname = %s AND a.grantee = 0 AND d.datallowconn
"""


@pytest.fixture
def tenant(pg):
    name = pg.born()
    yield name
    pg.forget(name)


def test_a_trigger_of_the_tenant_runs_as_the_tenant_alone(pg, tenant):
    """A provisioner that wrote into a tenant's table once gave the tenant its own rights."""
    port = pg.port()
    attack = """
        CREATE TABLE ran (who text, super bool, outcome text);
        CREATE FUNCTION take() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE outcome text := 'granted';
        BEGIN
            BEGIN EXECUTE 'ALTER ROLE "' || current_database() || '" CREATEDB CONNECTION LIMIT 500';
            EXCEPTION WHEN insufficient_privilege THEN outcome := 'refused'; END;
            INSERT INTO ran SELECT session_user, rolcreaterole, outcome
              FROM pg_roles WHERE rolname = session_user;
            RETURN NEW;
        END $$;
    """ + "".join(
        f"CREATE TRIGGER take BEFORE INSERT OR UPDATE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION take();"
        for table in ("res_company", "res_users", "res_partner", "ir_config_parameter")
    )
    pg.rows(attack, server=pg.tenant(tenant))
    port.mark_role(tenant, "claimed")
    port.give_birth(tenant, 1, BIRTH)
    port.settle(tenant, 1, IDENTITY)
    port.own_objects(tenant)
    assert pg.rows("SELECT DISTINCT who, super, outcome FROM ran", database=tenant) == [
        (tenant, False, "refused")
    ]
    limits = "SELECT rolcreatedb, rolconnlimit FROM pg_roles WHERE rolname = %s"
    assert pg.rows(limits, [tenant]) == [(False, 12)]


def test_the_attack_works_on_a_provisioner_that_enters(pg, tenant):
    """The same trigger, and the mistake that the port never makes."""
    gain = f"""
        CREATE FUNCTION take() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN EXECUTE 'ALTER ROLE {tenant} CONNECTION LIMIT 500'; RETURN NEW; END $$;
        CREATE TRIGGER take BEFORE UPDATE ON res_company FOR EACH ROW EXECUTE FUNCTION take();
    """
    pg.rows(gain, server=pg.tenant(tenant))
    pg.rows("UPDATE res_company SET name = 'x'", server=pg.provisioner.within(tenant))
    assert pg.rows("SELECT rolconnlimit FROM pg_roles WHERE rolname = %s", [tenant]) == [(500,)]


def test_no_session_of_the_provisioner_is_in_a_tenants_database(pg, tenant, monkeypatch):
    entered = []
    real = psycopg2.connect

    def watched(**arguments):
        entered.append((arguments["dbname"], arguments["user"]))
        return real(**arguments)

    port = pg.port()
    port.mark_role(tenant, "ready")
    monkeypatch.setattr(psycopg2, "connect", watched)
    port.own_objects(tenant)
    port.ensure_role(tenant, 2)
    port.give_birth(tenant, 2, BIRTH)
    port.settle(tenant, 2, IDENTITY)
    port.stop_logins(tenant)
    port.allow_logins(tenant)
    port.drop_database(tenant)
    assert {user for database, user in entered if database == tenant} == {tenant}
    assert {database for database, user in entered if user == "saas_prov"} == {"postgres"}


def test_a_copy_is_never_open_to_everybody_not_even_while_it_appears(pg):
    port, name = pg.port(), new_name()
    port.ensure_role(name, 1)
    seen, end = [], threading.Event()

    def watch():
        with closing(pg.raw(pg.superuser)) as cnx, cnx.cursor() as cursor:
            while not end.is_set():
                cursor.execute(OPEN, [name])
                seen.append(cursor.fetchone()[0])

    watcher = threading.Thread(target=watch)
    watcher.start()
    port.clone(name, pg.golden)
    end.set()
    watcher.join()
    assert len(seen) > 5 and set(seen) == {0}
    pg.forget(name)


def test_handing_over_moves_objects_of_this_database_only(pg, tenant):
    owner = "SELECT datdba::regrole::text FROM pg_database WHERE datname = %s"
    owners = {pg.value(owner, [name]) for name in (tenant, pg.golden, "saas_bus")}
    assert owners == {"saas_prov"}
    with opened(pg.provisioner) as cursor:
        assert ownership.owned(cursor, pg.golden, "saas_builder") >= 40
        assert ownership.owned(cursor, tenant, "saas_builder") == 0


def test_a_builder_that_owns_a_database_stops_the_hand_over(pg):
    """REASSIGN OWNED would give that database to the tenant."""
    port, name = pg.port(), new_name()
    port.ensure_role(name, 1)
    port.clone(name, pg.golden)
    other = new_name("g").replace("g_", "built_")
    pg.rows(f"CREATE DATABASE {other} OWNER saas_builder")
    try:
        with pytest.raises(Broken) as told:
            port.own_objects(name)
        assert told.value.code == "builder_owns_database"
    finally:
        pg.rows(f"DROP DATABASE {other}")
    port.own_objects(name)
    pg.forget(name)


@pytest.mark.parametrize("owner", ["postgres", "saas_monitor"])
def test_an_object_of_somebody_else_in_a_golden_is_found(pg, owner):
    port, name = pg.port(), new_name("g")
    port.create_empty(name)
    pg.rows(
        f"CREATE TABLE foreign_one (a int); ALTER TABLE foreign_one OWNER TO {owner}", database=name
    )
    with pytest.raises(Broken) as told:
        port.seal_golden(name)
    assert (told.value.code, told.value.facts["count"]) == ("objects_foreign", 1)
    port.drop_database(name)


def test_a_hand_over_cut_off_leaves_all_or_nothing(pg):
    port, name = pg.port(), new_name()
    port.ensure_role(name, 1)
    port.clone(name, pg.golden)
    with opened(pg.provisioner.within(name)) as cursor:
        with pytest.raises(ZeroDivisionError), transaction(cursor.connection) as inner:
            inner.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {name}")
            inner.execute(f"REASSIGN OWNED BY saas_builder TO {name}")
            raise ZeroDivisionError
        assert ownership.owned(cursor, name, name) == 0
    port.own_objects(name)
    pg.forget(name)


def test_a_foreign_database_of_our_form_is_never_taken_or_dropped(pg):
    port, name = pg.port(), new_name()
    pg.rows(f"CREATE DATABASE {name}")
    port.ensure_role(name, 1)
    for work in (lambda: port.clone(name, pg.golden), lambda: port.drop_database(name)):
        with pytest.raises(Broken) as told:
            work()
        assert told.value.code == "database_foreign"
    pg.rows(f"DROP DATABASE {name}")
    port.drop_role(name)


@pytest.mark.parametrize("work", ["clone", "drop", "create"])
def test_what_an_interrupted_drop_left_is_cleared_away(pg, work):
    port, name = pg.port(), new_name("g" if work == "create" else "t")
    if work == "create":
        port.create_empty(name)
    else:
        port.ensure_role(name, 1)
        port.clone(name, pg.golden)
    pg.rows("UPDATE pg_database SET datconnlimit = -2 WHERE datname = %s", [name])
    assert port.database(name).connection_limit == -2
    {
        "clone": lambda: port.clone(name, pg.golden),
        "drop": lambda: None,
        "create": lambda: port.create_empty(name),
    }[work]()
    if work != "drop":
        assert port.database(name).connection_limit != -2
    port.drop_database(name)
    assert port.database(name) is None
    if work != "create":
        port.drop_role(name)


def test_dropping_ends_the_sessions_inside(pg):
    name = pg.born()
    with closing(pg.raw(pg.tenant(name))) as session:
        pg.port().drop_database(name)
        with pytest.raises(psycopg2.Error):
            session.cursor().execute("SELECT 1")
    pg.forget(name)


def test_while_a_superuser_is_inside_dropping_is_unavailable_and_later_succeeds(pg):
    name = pg.born()
    with closing(pg.raw(pg.superuser.within(name))):
        with pytest.raises(Unavailable) as told:
            pg.port().drop_database(name)
        assert told.value.code == "object_in_use"
    pg.forget(name)
    assert pg.port().database(name) is None


def test_autovacuum_in_a_database_does_not_keep_it(own_pg):
    own_pg.rows("ALTER SYSTEM SET autovacuum_naptime = '1s'")
    own_pg.rows("ALTER SYSTEM SET autovacuum_vacuum_cost_delay = '100ms'")
    own_pg.rows("SELECT pg_reload_conf()")
    name = own_pg.born()
    own_pg.rows(
        "CREATE TABLE churn AS SELECT n, repeat('x', 500) AS t FROM generate_series(1, 100000) n;"
        "DELETE FROM churn",
        server=own_pg.tenant(name),
    )
    inside = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = %s"
    until = time.monotonic() + 60
    while not own_pg.value(inside, [name, "autovacuum worker"]):
        assert time.monotonic() < until
        time.sleep(0.05)
    own_pg.port().drop_database(name)
    assert own_pg.port().database(name) is None


def test_stopping_ends_the_sessions_and_keeps_new_ones_out(pg, tenant):
    port = pg.port()
    sessions = [pg.raw(pg.tenant(tenant)) for _ in range(3)]
    port.stop_logins(tenant)
    assert pg.value("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [tenant]) == 0
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        pg.raw(pg.tenant(tenant))
    assert pg.value("SELECT datallowconn FROM pg_database WHERE datname = %s", [tenant])
    port.allow_logins(tenant)
    pg.raw(pg.tenant(tenant)).close()
    [session.close() for session in sessions]


def test_a_new_generation_locks_the_old_password_out(pg, tenant):
    pg.port().ensure_role(tenant, 2)
    pg.raw(pg.tenant(tenant, 2)).close()
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        pg.raw(pg.tenant(tenant, 1))


def test_ensuring_mends_a_role_that_was_changed(pg, tenant):
    pg.rows(f"ALTER ROLE {tenant} CONNECTION LIMIT 500; REVOKE saas_tenant FROM {tenant};"
            f"ALTER ROLE {tenant} RESET temp_file_limit")  # fmt: skip
    pg.port().ensure_role(tenant, 1)
    assert pg.value("SELECT rolconnlimit FROM pg_roles WHERE rolname = %s", [tenant]) == 12
    assert tenant in {one.name for one in pg.port().roles()}
    assert pg.value("SHOW temp_file_limit", server=pg.tenant(tenant)) == pg.temp_files


def test_the_tenants_role_has_no_attribute_and_one_membership(pg, tenant):
    names = "super inherit createrole createdb canlogin replication bypassrls".split()
    attributes = ", ".join(f"rol{name}" for name in names)
    (row,) = pg.rows(f"SELECT {attributes} FROM pg_roles WHERE rolname = %s", [tenant])
    assert [name for name, there in zip(names, row, strict=True) if there] == [
        "inherit",
        "canlogin",
    ]
    member = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole"
    assert pg.rows(member, [tenant]) == [("saas_tenant",)]


def test_a_forged_comment_is_no_stage(pg, tenant):
    for comment in ("x", "[1]", '{"stage": "sold"}', "{}", '{"stage": []}', "[" * 100_000):
        pg.rows(f"COMMENT ON ROLE {tenant} IS %s", [comment])
        (role,) = [one for one in pg.port().roles() if one.name == tenant]
        assert role.stage == ""


def test_two_copies_of_one_name_at_once_give_one_database(pg):
    name, oids, errors = new_name(), [], []
    pg.port().ensure_role(name, 1)

    def copy():
        try:
            oids.append(pg.port().clone(name, pg.golden))
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=copy) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert errors == []
    assert len(oids) == 4 and len(set(oids)) == 1
    pg.forget(name)


def test_several_copies_of_one_golden_are_made_side_by_side(pg):
    names = [new_name() for _ in range(4)]
    threads = [threading.Thread(target=pg.born, args=(pg.port(), name)) for name in names]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert set(names) <= {one.name for one in pg.port().databases()}
    [pg.forget(name) for name in names]


def test_a_lock_held_too_long_is_unavailable(pg, monkeypatch):
    name = new_name()
    monkeypatch.setattr(cluster, "LONG", Limits(statement_seconds=5, lock_seconds=0.2))
    pg.port().ensure_role(name, 1)
    with closing(pg.raw(pg.provisioner)) as other:
        other.cursor().execute("SELECT pg_advisory_lock(7, hashtext(%s))", [name])
        with pytest.raises(Unavailable) as told:
            pg.port().clone(name, pg.golden)
    assert told.value.code == "lock_timeout"
    pg.forget(name)


def test_the_warm_connection_survives_its_end(pg):
    def ask(cursor):
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]

    warm = WarmConnection(pg.provisioner, SHORT, "test warm")
    with closing(warm):
        first = warm.run(ask)
        assert warm.run(ask) == first
        pg.rows("SELECT pg_terminate_backend(%s)", [first])
        assert warm.run(ask) != first


def test_an_unreachable_server_is_one_failed_check_and_unavailable_otherwise(pg):
    port = PostgresCluster(Server("127.0.0.1", 9, "saas_prov", Secret("x")), Secret("y"))
    (check,) = port.check()
    assert (check.code, check.ok, check.facts["error"]) == (
        "server_reachable",
        False,
        "server_unreachable",
    )
    with pytest.raises(Unavailable):
        port.databases()


def test_a_wrong_password_is_refused_by_name(pg):
    login = pg.provisioner.as_role("saas_prov", Secret("wrong"))
    with pytest.raises(Broken) as told:
        connect(login)
    assert told.value.code == "login_refused"


def test_a_full_server_is_unavailable(pg):
    pg.rows("ALTER ROLE saas_monitor CONNECTION LIMIT 0")
    try:
        login = pg.provisioner.as_role("saas_monitor", pg.passwords["saas_monitor"])
        with pytest.raises(Unavailable) as told:
            connect(login)
        assert told.value.code == "too_many_connections"
    finally:
        pg.rows("ALTER ROLE saas_monitor CONNECTION LIMIT 10")


def test_no_secret_and_no_statement_is_told_by_an_error_or_written_to_the_servers_log(
    pg, tenant, caplog
):
    caplog.set_level(logging.DEBUG)
    pg.rows("DROP TABLE ir_cron CASCADE", database=tenant)
    port = pg.port()
    port.ensure_role(tenant, 1)
    with pytest.raises(Broken) as told:
        port.give_birth(tenant, 1, BIRTH)
    shown = f"{told.value!r} {told.value} {told.value.facts} {caplog.text}"
    assert told.value.__cause__ is None and told.value.__suppress_context__
    assert not re.search("planted|ir_config|UPDATE|SELECT", shown)
    log = (pg.private.data.parent / "server.log").read_text(errors="replace")
    assert "ir_cron" in log
    for secret in (
        "planted-secret-of-birth",
        pg.tenant(tenant).password.reveal(),
        *(one.reveal() for one in pg.passwords.values()),
    ):
        assert secret not in log


def test_sizes_are_those_of_the_server(pg, tenant):
    assert pg.port().database_bytes(tenant) == pg.value("SELECT pg_database_size(%s)", [tenant])
