"""`cluster-prepare` on the server's side, and the connection test that sees what is missing."""

from contextlib import closing

import psycopg2
import pytest

from saas_business_management.adapters.postgres.prepare import prepare_cluster, prepare_control
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.secret import Secret
from tests.helpers.postgres import new_name

LOGINS = {"saas_prov", "saas_node", "saas_monitor", "saas_backup", "saas_limits"}


def roles(pg):
    columns = (
        "rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
    )
    found = pg.rows(
        f"SELECT {columns} FROM pg_roles WHERE rolname ~ '^saas_' AND rolname !~ '^saas_node_'"
    )
    return {row[0]: row[1:] for row in found}


def test_the_roles_are_as_narrow_as_they_can_be(pg):
    plain = (True, False, False, False, False, False)
    group = (False, False, False, False, False, False)
    assert roles(pg) == {
        "saas_prov": (True, False, True, True, False, False),
        "saas_node": plain,
        "saas_monitor": plain,
        "saas_backup": plain,
        "saas_limits": plain,
        "saas_builder": group,
        "saas_tenant": group,
        "saas_counter": group,
    }


def test_every_login_gets_a_password_of_its_own_that_works(pg):
    assert set(pg.passwords) == LOGINS
    assert len({one.reveal() for one in pg.passwords.values()}) == 5
    databases = {"saas_prov": "postgres", "saas_monitor": "postgres", "saas_node": "saas_bus"}
    for role, database in databases.items():
        assert (
            pg.value(
                "SELECT 1", server=pg.provisioner.as_role(role, pg.passwords[role]).within(database)
            )
            == 1
        )


def test_preparing_again_with_the_known_passwords_changes_nothing(pg):
    before = roles(pg)
    assert prepare_cluster(pg.superuser, pg.passwords) == pg.passwords
    assert roles(pg) == before
    assert pg.value("SELECT 1", server=pg.provisioner) == 1


def test_preparing_again_mends_what_was_changed(pg):
    pg.rows(
        "ALTER ROLE saas_prov NOCREATEDB; GRANT CONNECT ON DATABASE postgres TO PUBLIC;"
        "REVOKE saas_builder FROM saas_prov"
    )
    failed = {one.code for one in pg.port().check() if not one.ok}
    assert failed == {"provisioner_createdb", "databases_closed", "builder_role"}
    prepare_cluster(pg.superuser, pg.passwords)
    assert [one.code for one in pg.port().check() if not one.ok] == []


def test_an_unknown_password_is_made_anew(pg):
    kept = {role: secret for role, secret in pg.passwords.items() if role != "saas_backup"}
    made = prepare_cluster(pg.superuser, kept)
    assert made["saas_backup"] != pg.passwords["saas_backup"]
    assert {role: made[role] for role in kept} == kept
    pg.passwords.update(made)


def test_only_a_superuser_can_prepare(pg):
    with pytest.raises(Refused) as told:
        prepare_cluster(pg.provisioner)
    assert told.value.code == "superuser_needed"


def test_the_node_reaches_the_bus_and_nothing_else(pg):
    node = pg.provisioner.as_role("saas_node", pg.passwords["saas_node"])
    assert pg.rows("LISTEN a; NOTIFY a", server=node.within("saas_bus")) == []
    name = pg.born()
    for database in ("postgres", "template1", name):
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            pg.raw(node.within(database))
    with pytest.raises(psycopg2.Error, match="permission denied for schema"):
        pg.rows("CREATE TABLE x (a int)", server=node.within("saas_bus"))
    pg.forget(name)


# Code of the check → what takes the right away, and what gives it back.
DAMAGES = {
    "provisioner_not_superuser": (
        "ALTER ROLE saas_prov SUPERUSER",
        "ALTER ROLE saas_prov NOSUPERUSER",
    ),
    "provisioner_createdb": (
        "ALTER ROLE saas_prov NOCREATEDB",
        "ALTER ROLE saas_prov CREATEDB",
    ),
    "provisioner_createrole": (
        "ALTER ROLE saas_prov NOCREATEROLE",
        "ALTER ROLE saas_prov CREATEROLE",
    ),
    "builder_role": (
        "REVOKE saas_builder FROM saas_prov",
        "GRANT saas_builder TO saas_prov",
    ),
    "builder_role of a database": (
        "CREATE DATABASE built OWNER saas_builder; REVOKE ALL ON DATABASE built FROM PUBLIC",
        "DROP DATABASE built",
    ),
    "tenants_group": (
        "REVOKE ADMIN OPTION FOR saas_tenant FROM saas_prov",
        "GRANT saas_tenant TO saas_prov WITH ADMIN OPTION",
    ),
    "node_role": (
        "ALTER ROLE saas_node CREATEDB",
        "ALTER ROLE saas_node NOCREATEDB",
    ),
    "bus_database": (
        "REVOKE CONNECT ON DATABASE saas_bus FROM saas_node",
        "GRANT CONNECT ON DATABASE saas_bus TO saas_node",
    ),
    "databases_closed": (
        "GRANT TEMPORARY ON DATABASE postgres TO PUBLIC",
        "REVOKE ALL ON DATABASE postgres FROM PUBLIC",
    ),
    "temp_file_limit": (
        "REVOKE SET ON PARAMETER temp_file_limit FROM saas_prov",
        "GRANT SET ON PARAMETER temp_file_limit TO saas_prov",
    ),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_each_missing_right_is_seen_and_says_what_mends_it(pg, case):
    damage, repair = DAMAGES[case]
    if case == "temp_file_limit" and pg.version < 15:
        (found,) = [one for one in pg.port().check() if one.code == case]
        assert found.ok and found.mend
        return
    for statement in damage.split("; "):
        pg.rows(statement)
    try:
        failed = [one for one in pg.port().check() if not one.ok]
        assert [one.code for one in failed] == [case.split()[0]]
        assert failed[0].mend
    finally:
        pg.rows(repair)
    assert [one.code for one in pg.port().check() if not one.ok] == []


def test_on_old_servers_the_wide_right_of_the_provisioner_is_a_warning(pg):
    (found,) = [one for one in pg.port().check() if one.code == "createrole_narrow"]
    assert found.ok and bool(found.mend) == (pg.version < 16)


def test_without_the_self_grant_roles_are_still_made_and_the_check_sees_it(pg):
    if pg.version < 16:
        assert [one.ok for one in pg.port().check() if one.code == "createrole_self_grant"] == [
            True
        ]
        return
    pg.rows("ALTER ROLE saas_prov RESET createrole_self_grant")
    assert [one.code for one in pg.port().check() if not one.ok] == ["createrole_self_grant"]
    name = pg.born()
    assert pg.value("SELECT count(*) FROM res_users", server=pg.tenant(name)) == 2
    pg.forget(name)
    prepare_cluster(pg.superuser, pg.passwords)


ROUTES = """
    CREATE TABLE res_users (password text);
    CREATE TABLE saas_route (id int, node_role text, host text);
    INSERT INTO saas_route VALUES (1, 'saas_node_local', 'a'), (2, 'saas_node_other', 'b');
    ALTER TABLE saas_route ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON saas_route FOR SELECT USING (node_role = current_user);
"""


@pytest.fixture
def control(pg):
    name = new_name("g").replace("g_", "control_")
    pg.rows(f"CREATE DATABASE {name}")
    pg.rows(ROUTES, database=name)
    yield name
    pg.rows(f"DROP DATABASE {name} WITH (FORCE)")
    pg.rows("DROP ROLE IF EXISTS saas_node_local")


def test_a_node_reads_its_own_routes_of_the_control_database_and_nothing_else(pg, control):
    password = prepare_control(pg.superuser, control, "saas_node_local")
    assert prepare_control(pg.superuser, control, "saas_node_local", password) == password
    node = pg.superuser.as_role("saas_node_local", password).within(control)
    assert pg.rows("SELECT id FROM saas_route", server=node) == [(1,)]
    for statement in (
        "SELECT * FROM res_users",
        "INSERT INTO saas_route VALUES (3, 'saas_node_local', 'c')",
        "UPDATE saas_route SET host = 'x'",
        "DELETE FROM saas_route",
        "CREATE TABLE x (a int)",
        "CREATE TEMP TABLE x (a int)",
    ):
        with pytest.raises(psycopg2.Error, match="permission denied"):
            pg.rows(statement, server=node)


def test_nobody_else_may_connect_to_the_control_database(pg, control):
    prepare_control(pg.superuser, control, "saas_node_local")
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        pg.raw(pg.provisioner.within(control))


def test_a_control_database_without_routes_is_refused(pg):
    with pytest.raises(Refused) as told:
        prepare_control(pg.superuser, "template1", "saas_node_local")
    assert told.value.code == "routes_missing"


@pytest.mark.parametrize(
    "role", ["postgres", "saas_node", "saas_node_", "saas_node_A", 'saas_node_"x']
)
def test_no_other_role_is_made_for_a_node(pg, role):
    with pytest.raises(Refused) as told:
        prepare_control(pg.superuser, "postgres", role)
    assert told.value.code == "node_role_form"


def test_passwords_of_the_product_are_stored_stretched(pg):
    kept = pg.rows("SELECT rolpassword FROM pg_authid WHERE rolname = ANY(%s)", [sorted(LOGINS)])
    assert all(verifier.startswith("SCRAM-SHA-256$4096:") for (verifier,) in kept)


def test_a_password_that_is_no_secret_any_more_is_replaced(pg):
    prepare_cluster(
        pg.superuser, {**pg.passwords, "saas_monitor": Secret("chosen-by-the-operator")}
    )
    login = pg.provisioner.as_role("saas_monitor", Secret("chosen-by-the-operator"))
    with closing(pg.raw(login)):
        pass
    prepare_cluster(pg.superuser, pg.passwords)
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        pg.raw(login)
