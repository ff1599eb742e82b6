"""Audit A5 on real servers: each kind of defect is planted, found and, where promised, mended."""

from contextlib import closing
from dataclasses import replace

import pytest

from saas_business_management.adapters.postgres.privileges import MENDS
from saas_business_management.kernel.errors import Broken
from saas_business_management.kernel.provisioning.privileges import TenantKnown, judge
from tests.contract.test_cluster import BIRTH, IDENTITY
from tests.helpers.postgres import VERSIONS, new_name, server_of


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: f"pg{version}")
def pg(request):
    return server_of(request.param)


@pytest.fixture
def tenant(pg):
    """A tenant with nothing wrong about it."""
    port = pg.port()
    name = pg.born(port)
    port.give_birth(name, 1, BIRTH)
    port.settle(name, 1, IDENTITY)
    yield name
    pg.forget(name)


@pytest.fixture
def victim(pg):
    name = pg.born()
    yield name
    pg.forget(name)


def audited(pg, tenant, **known):
    """The findings about everything, as the job makes them; the version of the server apart."""
    port = pg.port()
    row = TenantKnown(tenant, 1, addresses=frozenset({IDENTITY.base_url}), **known)
    seen = port.privileges()
    inside = {tenant: port.inside(tenant, 1)}
    baseline = replace(port.baseline(), trusted=frozenset({"postgres"}))
    others = [TenantKnown(one.name, 1, busy=True) for one in seen.roles if one.name != tenant]
    others = [one for one in others if one.name.startswith("t_")]
    found = judge(seen, baseline, [row, *others], inside)
    return [one for one in found if one.kind != "version_old"]


def put_right(pg, found):
    for one in found:
        pg.port().mend_right(one.kind, one.name, 1, one.facts)


# What is planted (as the superuser unless said otherwise), and where it is found.
PLANTED = {
    "open_to_public": "GRANT CONNECT ON DATABASE {own} TO PUBLIC",
    "foreign_entry": "GRANT CONNECT ON DATABASE {own} TO {victim}",
    "database_limit": "ALTER DATABASE {own} CONNECTION LIMIT 500",
    "database_template": "ALTER DATABASE {own} IS_TEMPLATE true",
    "tenant_strong": "ALTER ROLE {own} CREATEDB CREATEROLE",
    "tenant_noinherit": "ALTER ROLE {own} NOINHERIT",
    "tenant_lent": "GRANT {own} TO {victim}",
    "role_limit": "ALTER ROLE {own} CONNECTION LIMIT -1",
    "temp_files": "ALTER ROLE {own} RESET temp_file_limit",
    "password_changed": "ALTER ROLE {own} PASSWORD 'of-its-own'",
    "tenant_unmarked": "REVOKE saas_tenant FROM {own}",
}
CAPPED_ONLY = {"temp_files"}
BY_TENANT = {"password_changed"}
# What a superuser lent, only a superuser takes back (16+).
BY_PROVISIONER = {"tenant_lent", "tenant_unmarked"}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_was_planted_is_found_and_put_right(pg, tenant, victim, kind):
    assert audited(pg, tenant) == []
    login = pg.tenant(tenant) if kind in BY_TENANT else None
    login = pg.provisioner if kind in BY_PROVISIONER else login
    pg.rows(PLANTED[kind].format(own=tenant, victim=victim), server=login)
    found = audited(pg, tenant)
    if kind in CAPPED_ONLY and pg.version < 15:
        return
    assert [(one.kind, one.mend) for one in found if one.kind == kind] == [(kind, True)]
    put_right(pg, [one for one in found if one.mend])
    assert audited(pg, tenant) == []


# What only a superuser can put right; each with what takes it back.
TOLD = {
    "superuser": ("tenant_strong", "ALTER ROLE {own} SUPERUSER", "ALTER ROLE {own} NOSUPERUSER"),
    "replication": (
        "tenant_strong",
        "ALTER ROLE {own} REPLICATION",
        "ALTER ROLE {own} NOREPLICATION",
    ),
    "bypass": ("tenant_strong", "ALTER ROLE {own} BYPASSRLS", "ALTER ROLE {own} NOBYPASSRLS"),
    "strong": ("role_strong", "CREATE ROLE dba_x SUPERUSER", "DROP ROLE dba_x"),
    "strong node": (
        "role_strong",
        "ALTER ROLE saas_node CREATEDB",
        "ALTER ROLE saas_node NOCREATEDB",
    ),
    "owner": (
        "owned_by_tenant",
        "ALTER DATABASE {own} OWNER TO {own}",
        "ALTER DATABASE {own} OWNER TO saas_prov",
    ),
    "foreign database": (
        "open_to_public",
        "CREATE DATABASE foreign_x OWNER postgres",
        "DROP DATABASE foreign_x",
    ),
    "files": (
        "tenant_member",
        "GRANT pg_read_server_files TO {own}",
        "REVOKE pg_read_server_files FROM {own}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOLD)
def test_what_only_a_superuser_can_put_right_is_found_and_told(pg, tenant, what):
    kind, plant, back = (text.format(own=tenant) for text in TOLD[what])
    pg.rows(plant)
    try:
        found = [one for one in audited(pg, tenant) if one.kind == kind]
        assert len(found) == 1
        if found[0].mend:
            try:
                put_right(pg, found)
            except Broken as error:
                assert error.code == "right_missing"
            # On 15 a provisioner is a superuser in all but name and succeeds.
            still = [one for one in audited(pg, tenant) if one.kind == kind]
            assert bool(still) == (pg.version >= 16)
    finally:
        pg.rows(back)
    assert audited(pg, tenant) == []


def test_what_a_tenant_changed_inside_is_found(pg, tenant):
    own = pg.tenant(tenant)
    pg.rows(
        "UPDATE ir_config_parameter SET value = 'https://evil.example' WHERE key = 'web.base.url';"
        "DELETE FROM ir_config_parameter WHERE key = 'web.base.url.freeze'",
        server=own,
    )
    assert [one.kind for one in audited(pg, tenant)] == ["address_drift", "address_thawed"]


def test_a_schema_that_everybody_may_fill_is_found(pg, tenant):
    pg.rows("GRANT CREATE ON SCHEMA public TO PUBLIC", database=tenant)
    expected = ["schema_open"] if pg.version >= 15 else []
    assert [one.kind for one in audited(pg, tenant)] == expected


def test_many_relations_are_found(pg, tenant):
    pg.rows(
        "DO $$ BEGIN FOR i IN 1..5001 LOOP"
        " EXECUTE 'CREATE VIEW v' || i || ' AS SELECT 1 AS a'; END LOOP; END $$",
        server=pg.tenant(tenant),
    )
    assert [one.kind for one in audited(pg, tenant)] == ["many_relations"]


def test_a_tenant_that_answers_with_something_else_is_not_seen_and_nothing_else_happens(pg, tenant):
    own = pg.tenant(tenant)
    pg.rows("DROP TABLE ir_config_parameter CASCADE", server=own)
    assert pg.port().inside(tenant, 1).base_url is None
    assert audited(pg, tenant) == []


def test_a_full_tenant_is_unknown_and_not_accused(pg, tenant):
    sessions = [pg.raw(pg.tenant(tenant)) for _ in range(10)]
    try:
        assert pg.port().inside(tenant, 1).opens is None
    finally:
        [one.close() for one in sessions]


def test_settings_of_the_server_are_seen(pg):
    seen = pg.port().privileges().server
    assert seen.version == pg.version
    assert (seen.prepared_transactions, seen.password_encryption) == (0, "scram-sha-256")
    assert seen.hba is None


def test_rules_for_logins_are_judged_where_they_can_be_seen(pg):
    pg.rows("GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO saas_prov")
    try:
        assert pg.port().privileges().server.hba
    finally:
        pg.rows("REVOKE EXECUTE ON FUNCTION pg_hba_file_rules() FROM saas_prov")


def test_settings_that_weaken_a_server_are_found(own_pg):
    own_pg.rows("ALTER ROLE saas_prov SET password_encryption = 'md5'")
    with (own_pg.private.data / "postgresql.conf").open("a") as conf:
        conf.write("max_prepared_transactions = 5\n")
    own_pg.private.restart()
    port = own_pg.port()
    baseline = replace(port.baseline(), trusted=frozenset({"postgres"}))
    found = {one.kind for one in judge(port.privileges(), baseline)}
    assert {"prepared_transactions", "password_encryption"} <= found


def test_an_unknown_mend_is_refused(pg):
    with pytest.raises(Broken) as told:
        pg.port().mend_right("made_up", new_name(), 1, {})
    assert told.value.code == "mend_unknown"
    assert "made_up" not in MENDS


def test_a_hole_is_told_and_does_no_harm(pg, tenant, victim):
    port = pg.port()
    assert {one.outcome for one in port.attack(tenant, 1, victim)} == {"refused"}
    pg.rows(f"ALTER ROLE {tenant} SUPERUSER")
    before = state_of_everything(pg)
    try:
        outcomes = {one.name: one.outcome for one in port.attack(tenant, 1, victim)}
    finally:
        pg.rows(f"ALTER ROLE {tenant} NOSUPERUSER")
    assert sum(one == "succeeded" for one in outcomes.values()) > 40
    assert outcomes["drop another database"] == "succeeded"
    assert outcomes["enter another tenant's database"] == "succeeded"
    assert state_of_everything(pg) == before


def state_of_everything(pg):
    return [
        pg.rows("SELECT datname, datconnlimit, datistemplate, datdba FROM pg_database ORDER BY 1"),
        pg.rows("SELECT rolname, rolcanlogin, rolconnlimit, rolcreatedb FROM pg_roles ORDER BY 1"),
        pg.rows("SELECT slot_name FROM pg_replication_slots"),
        pg.rows("SHOW work_mem"),
    ]


def test_sessions_of_an_old_password_end_and_new_ones_stay(pg, tenant):
    port = pg.port()
    with closing(pg.raw(pg.tenant(tenant))) as old:
        port.ensure_role(tenant, 2)
        moment = port.moment()
        with closing(pg.raw(pg.tenant(tenant, 2))) as new:
            assert port.end_sessions_before(tenant, moment, 0.2) == 1
            with new.cursor() as cursor:
                cursor.execute("SELECT 1")
        with pytest.raises(Exception, match=r"terminat|closed"), old.cursor() as cursor:
            cursor.execute("SELECT 1")
    port.ensure_role(tenant, 1)
