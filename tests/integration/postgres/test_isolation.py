"""What a tenant's role is refused. Each statement is first shown to succeed under a plain shared
role.
"""

from contextlib import closing
from dataclasses import dataclass

import psycopg2
import pytest

from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.adapters.postgres.hostile import (
    FROM_OUTSIDE,
    HOSTILE,
    NO_RIGHT_NEEDED,
    OTHER_STATES,
    REFUSED,
)
from saas_business_management.kernel.secret import Secret
from tests.helpers.postgres import VERSIONS, new_name, server_of

SPY = "CREATE FUNCTION spy() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'"


@dataclass
class World:
    """An attacker's login and the names around him."""

    login: Server
    names: dict


def state_of(pg, login, statement):
    """Run a statement in its own connection and return the SQLSTATE of its failure, empty when it
    succeeds.
    """
    with closing(pg.raw(login)) as cnx, cnx.cursor() as cursor:
        try:
            cursor.execute(statement)
            return ""
        except psycopg2.Error as error:
            return error.pgcode or "lost"


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: f"pg{version}")
def pg(request):
    return server_of(request.param)


@pytest.fixture(scope="module")
def tenants(pg):
    """Two tenants, the victim with a session of his own."""
    own, victim = pg.born(), pg.born()
    pg.rows(SPY, server=pg.tenant(own))
    with closing(pg.raw(pg.tenant(victim))) as session:
        pid = session.info.backend_pid
        names = {
            "own_db": own, "own_role": own, "victim_db": victim, "victim_role": victim,
            "victim_pid": pid, "golden": pg.golden,
        }  # fmt: skip
        yield World(pg.tenant(own), names)
    pg.forget(own)
    pg.forget(victim)


@pytest.fixture
def shared(pg):
    """How Odoo is often installed: one superuser for all, its databases side by side."""
    mark = new_name("t")[2:12]
    names = {
        "own_db": f"plain_{mark}", "own_role": f"plain_{mark}", "victim_db": f"other_{mark}",
        "victim_role": f"other_{mark}", "golden": "template0",
    }  # fmt: skip
    pg.rows(f"CREATE ROLE {names['own_role']} LOGIN SUPERUSER PASSWORD 'plain'")
    pg.rows(f"CREATE ROLE {names['victim_role']} LOGIN SUPERUSER PASSWORD 'plain'")
    for database in (names["own_db"], names["victim_db"]):
        pg.rows(f"CREATE DATABASE {database} OWNER {names['own_role']}")
    host, port = pg.superuser.host, pg.superuser.port
    login = Server(host, port, names["own_role"], Secret("plain"), names["own_db"])
    pg.rows(SPY, server=login)
    victim = login.as_role(names["victim_role"], Secret("plain")).within("postgres")
    with closing(pg.raw(victim)) as session:
        yield World(login, {**names, "victim_pid": session.info.backend_pid})
    clean_up(pg, mark)


def clean_up(pg, mark):
    """Undo what succeeded."""
    for (database,) in pg.rows("SELECT datname FROM pg_database WHERE datname ~ %s", [mark]):
        pg.rows(f"ALTER DATABASE {database} IS_TEMPLATE false")
        pg.rows(f"DROP DATABASE {database} WITH (FORCE)")
    slots = (
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name ~ %s"
    )
    pg.rows(slots, [mark])
    pg.rows("ALTER SYSTEM RESET work_mem")
    for (role,) in pg.rows(
        "SELECT rolname FROM pg_roles WHERE rolname ~ %s ORDER BY rolname", [mark]
    ):
        pg.rows(f"REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}")
        pg.rows(f"DROP ROLE {role}")


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_tenant_is_refused_what_a_shared_role_may(pg, tenants, shared, attack):
    statement = HOSTILE[attack]
    plain = shared.login.within("postgres") if attack in FROM_OUTSIDE else shared.login
    assert state_of(pg, plain, statement.format(**shared.names)) == NO_RIGHT_NEEDED.get(attack, "")
    found = state_of(pg, tenants.login, statement.format(**tenants.names))
    assert found in OTHER_STATES.get(attack, REFUSED)


def test_after_all_that_the_victim_is_as_he_was(pg, tenants):
    name = tenants.names["victim_db"]
    info = pg.port().database(name)
    assert (info.owner, info.connection_limit, info.is_template) == ("saas_prov", 10, False)
    assert pg.value("SELECT count(*) FROM res_users", server=pg.tenant(name)) == 2


@pytest.mark.parametrize("target", ["postgres", "template1", "saas_bus", "victim_db", "golden"])
def test_a_tenant_connects_to_no_database_but_its_own(pg, tenants, target):
    database = tenants.names.get(target, target)
    with pytest.raises(psycopg2.OperationalError) as told:
        pg.raw(tenants.login.within(database))
    words = "not currently accepting" if target == "golden" else "permission denied for database"
    assert words in str(told.value)


def test_the_password_of_another_generation_or_tenant_does_not_open(pg, tenants):
    name, victim = tenants.names["own_db"], tenants.names["victim_db"]
    for login in (pg.tenant(name, 2), pg.tenant(victim).as_role(name, pg.tenant(victim).password)):
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            pg.raw(login)


def test_the_derived_password_is_kept_as_a_scram_verifier(pg, tenants):
    kept = pg.value(
        "SELECT rolpassword FROM pg_authid WHERE rolname = %s", [tenants.names["own_role"]]
    )
    assert kept.startswith("SCRAM-SHA-256$")
    assert tenants.login.password.reveal() not in kept


def test_the_text_of_other_sessions_is_hidden(pg, tenants):
    texts = pg.rows(
        "SELECT query FROM pg_stat_activity WHERE usename <> current_user", server=tenants.login
    )
    assert {text for (text,) in texts} <= {"<insufficient privilege>", None}


def test_a_sort_beyond_the_limit_of_temporary_files_ends(pg, tenants):
    assert pg.value("SHOW temp_file_limit", server=tenants.login) == pg.temp_files
    role = tenants.names["own_role"]
    pg.rows(f"ALTER ROLE {role} SET temp_file_limit = '1MB'")
    sort = """
        SET work_mem = '64kB';
        SELECT * FROM generate_series(1, 300000) n ORDER BY md5(n::text) LIMIT 1 OFFSET 299999
    """
    assert state_of(pg, tenants.login, sort) == "53400"
    pg.rows(f"ALTER ROLE {role} SET temp_file_limit = '{pg.temp_files}'")


def test_the_connection_limit_holds(pg):
    port = pg.port(connections=3)
    name = new_name()
    port.ensure_role(name, 1)
    port.clone(name, pg.golden)
    sessions = []
    try:
        with pytest.raises(psycopg2.OperationalError, match="too many connections"):
            for _ in range(5):
                sessions.append(pg.raw(pg.tenant(name)))
        assert len(sessions) == 3
    finally:
        [session.close() for session in sessions]
        pg.forget(name)


def test_what_stays_open_to_a_tenant_is_exactly_this(pg, tenants):
    for statement in (
        "SET statement_timeout = 0",
        "SELECT pg_try_advisory_lock(7, 1)",
        "LISTEN x; NOTIFY x",
        "SELECT datname FROM pg_database",
        "SELECT rolname FROM pg_roles",
        "CREATE SCHEMA s; DROP SCHEMA s",
        "CREATE EXTENSION IF NOT EXISTS unaccent",
        "CREATE TEMP TABLE x (a int)",
    ):
        assert state_of(pg, tenants.login, statement) == "", statement
    login, role = tenants.login, tenants.names["own_role"]
    assert state_of(pg, login, f"ALTER ROLE {role} PASSWORD 'locks-itself-out'") == ""
    pg.port().ensure_role(role, 1)
    assert state_of(pg, login, "SELECT 1") == ""


def test_a_tenant_cannot_drop_the_provisioners_extension(pg, tenants):
    assert state_of(pg, tenants.login, "DROP EXTENSION pg_trgm CASCADE") == "42501"


def test_nothing_in_the_cluster_is_open_to_everybody(pg, tenants):
    everybody = """
        SELECT d.datname FROM pg_database d
         CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
         WHERE a.grantee = 0 AND d.datallowconn
    """
    assert pg.rows(everybody) == []
    inside = """
        SELECT count(*)
          FROM aclexplode((SELECT nspacl FROM pg_namespace WHERE nspname = 'public')) a
         WHERE a.grantee = 0 AND a.privilege_type = 'CREATE'
    """
    # Before 15 schema public is the superuser's and open to whoever may connect; nobody else may.
    assert pg.value(inside, database=tenants.names["own_db"]) == (0 if pg.version >= 15 else 1)


def test_a_tenant_owns_every_object_in_its_database_and_the_builder_none(pg, tenants):
    owners = """
        SELECT r.rolname, count(*) FROM pg_shdepend d
          JOIN pg_database b ON b.oid = d.dbid AND b.datname = current_database()
          JOIN pg_roles r ON r.oid = d.refobjid
         WHERE d.deptype = 'o' AND d.classid <> 'pg_extension'::regclass GROUP BY 1
    """
    own = tenants.names["own_db"]
    found = dict(pg.rows(owners, database=own))
    assert set(found) == {own}
    assert found[own] >= 40
    for statement in (
        "DROP VIEW res_device",
        "SELECT saas_fixture_double(2)",
        "INSERT INTO extra.note (told) VALUES ('x')",
        "SELECT lo_unlink((SELECT oid FROM pg_largeobject_metadata LIMIT 1))",
        "DROP TYPE saas_fixture_pair",
    ):
        assert state_of(pg, tenants.login, statement) == "", statement
