"""Limits in tenants' databases: one suite for the double and for real servers, and what a hostile
tenant does on real ones."""

import json
import threading
from contextlib import closing

import psycopg2
import pytest

from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.adapters.postgres import enforcing
from saas_business_management.adapters.postgres.cluster import PostgresCluster
from saas_business_management.adapters.postgres.connect import Limits
from saas_business_management.kernel.errors import Broken, Refused, Unavailable
from saas_business_management.kernel.quota import enforced
from saas_business_management.kernel.quota.enforced import MOST, Enforced
from saas_business_management.kernel.quota.share import Share
from tests.contract.test_cluster import code_of, subject
from tests.contract.test_guarding import findings
from tests.helpers.postgres import server_of

assert subject  # the fixture

ADD = (
    "INSERT INTO public.res_users (company_id, partner_id, login, active, share, notification_type)"
    " SELECT 1, 1, 'user' || n, true, {share}, 'email'"
    " FROM generate_series({first}, {last}) AS n"
)
FILE = "INSERT INTO public.ir_attachment (name, type, file_size) VALUES ('f', 'binary', {size})"
USED = "SELECT count(*) FROM res_users WHERE active AND NOT share AND id <> 1"
ROOM = """
SELECT room - (SELECT coalesce(sum(grew), 0) FROM saas.storage_use) FROM saas.storage_limit
"""


class Tenant:
    """A tenant's database on a real server, and its own login there."""

    def __init__(self, subject, server):
        self.port, self.server, self.name = subject.port, server, subject.born()

    @property
    def login(self):
        return self.server.tenant(self.name)

    def run(self, statement, values=None):
        return self.server.rows(statement, values, server=self.login)

    def as_superuser(self, statement):
        return self.server.rows(statement, database=self.name)

    def value(self, statement):
        return self.run(statement)[0][0]

    def limit(self, users=None, room=None):
        self.port.put_limits(self.name, 1, Enforced(users, room))

    def add(self, first, last=None, share="false"):
        self.run(ADD.format(first=first, last=last or first, share=share))

    def refused(self, statement):
        """What the server says when a statement is refused by a limit."""
        with pytest.raises(psycopg2.errors.CheckViolation) as told:
            self.run(statement)
        return json.loads(told.value.diag.message_detail), told.value.diag

    def defects(self):
        return self.port.look_at_limits(self.name).defects

    def mended(self, users=5, room=1000):
        """Have everything put right and prove that it is."""
        self.limit(users, room)
        seen = self.port.look_at_limits(self.name)
        assert (seen.defects, seen.users, seen.room) == ((), users, room)
        used = self.value(USED)
        told, _diag = self.refused(ADD.format(first=900, last=900 + users, share="false"))
        assert (told["code"], told["limit"], self.value(USED)) == ("users_full", users, used)
        assert self.refused(FILE.format(size=room + 1))[0]["code"] == "storage_full"


@pytest.fixture
def tenant(subject, request):
    if isinstance(subject.port, FakeCluster):
        pytest.skip("what happens inside a database needs a real server")
    return Tenant(subject, server_of(request.node.callspec.params["subject"]))


# Both


def test_a_new_database_has_no_limits(subject):
    assert "schema_missing" in subject.port.look_at_limits(subject.born()).defects


def test_limits_stand_as_they_were_put_and_putting_them_twice_changes_nothing(subject):
    name, wanted = subject.born(), Enforced(5, 1000)
    for _time in range(2):
        subject.port.put_limits(name, 1, wanted)
        seen = subject.port.look_at_limits(name)
        assert seen.holds(wanted)
        assert (seen.users, seen.given, seen.room) == (5, 1000, 1000)
    subject.port.put_limits(name, 1, Enforced())
    assert subject.port.look_at_limits(name).holds(Enforced())


def test_other_numbers_need_no_login_of_the_tenant_but_the_first_ones_do(subject):
    name = subject.born()
    subject.port.stop_logins(name)
    refused = code_of(Broken, subject.port.put_limits, name, 1, Enforced(5))
    assert refused == "login_refused"
    subject.port.allow_logins(name)
    subject.port.put_limits(name, 1, Enforced(5))
    subject.port.stop_logins(name)
    subject.port.put_limits(name, 1, Enforced(6))
    assert subject.port.look_at_limits(name).users == 6


def test_the_largest_number_fits(subject):
    name = subject.born()
    subject.port.put_limits(name, 1, Enforced(MOST, MOST))
    assert subject.port.look_at_limits(name).holds(Enforced(MOST, MOST))


def test_who_enters_for_limits_is_no_finding_of_the_audit_of_rights(subject):
    name = subject.born()
    subject.port.put_limits(name, 1, Enforced(5, 1000))
    assert findings(subject.port, name) == []


# Users


def test_users_up_to_the_limit_and_not_one_more(tenant):
    used = tenant.value(USED)
    tenant.limit(users=used + 2)
    tenant.add(1, 2)
    told, diag = tenant.refused(ADD.format(first=3, last=3, share="false"))
    assert told == {"code": "users_full", "limit": used + 2, "used": used + 2, "wanted": 1}
    assert (diag.table_name, diag.constraint_name) == ("res_users", "saas_user_limit")
    assert tenant.value(USED) == used + 2


def test_portal_and_archived_users_do_not_count_until_they_are_promoted_or_come_back(tenant):
    tenant.limit(users=tenant.value(USED))
    tenant.add(1, 3, share="true")
    tenant.run(ADD.format(first=4, last=4, share="false").replace("true, false", "false, false"))
    for statement in (
        "UPDATE res_users SET share = false WHERE login = 'user1'",
        "UPDATE res_users SET active = true WHERE login = 'user4'",
        "INSERT INTO res_users (company_id, partner_id, login, active, share, notification_type)"
        " VALUES (1, 1, 'user1', true, false, 'email')"
        " ON CONFLICT (login) DO UPDATE SET share = false",
    ):
        assert tenant.refused(statement)[0]["code"] == "users_full"


def test_below_use_a_limit_throws_nobody_out_and_lets_nobody_in(tenant):
    tenant.add(1, 5)
    tenant.limit(users=2)
    tenant.run("UPDATE res_users SET login = 'renamed', active = true WHERE login = 'user1'")
    tenant.run("UPDATE res_users SET active = false WHERE login = 'user2'")
    tenant.run("UPDATE res_users SET share = true WHERE login = 'user3'")
    tenant.run("DELETE FROM res_users WHERE login = 'user4'")
    assert tenant.refused(ADD.format(first=9, last=9, share="false"))[0]["used"] == 3
    tenant.limit(users=None)
    tenant.add(9)


def test_one_leaves_and_another_comes_in_one_statement(tenant):
    tenant.limit(users=tenant.value(USED) + 1)
    tenant.add(1)
    tenant.add(2, share="true")
    tenant.run("UPDATE res_users SET share = NOT share WHERE login IN ('user1', 'user2')")


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ"])
def test_of_fifty_who_come_at_once_for_one_place_one_comes_in(tenant, isolation):
    """Each on a connection of its own, all at the same instant; who is in conflict tries again."""
    used, people = tenant.value(USED), 50
    tenant.limit(users=used + 1)
    quoted = f'"{tenant.name}"'
    tenant.server.rows(
        f"ALTER DATABASE {quoted} CONNECTION LIMIT 60; ALTER ROLE {quoted} CONNECTION LIMIT 60"
    )
    gate, outcomes = threading.Barrier(people), []

    def come(number):
        with closing(tenant.server.raw(tenant.login)) as cnx:
            cnx.set_session(isolation_level=isolation, autocommit=False)
            gate.wait()
            while True:
                try:
                    with cnx, cnx.cursor() as cursor:
                        cursor.execute(USED)  # takes the snapshot, as Odoo does
                        cursor.execute(ADD.format(first=number, last=number, share="false"))
                        cursor.execute("SELECT pg_sleep(0.01)")
                    return outcomes.append("in")
                except psycopg2.errors.SerializationFailure:
                    continue
                except psycopg2.errors.CheckViolation:
                    return outcomes.append("refused")

    threads = [threading.Thread(target=come, args=(number,)) for number in range(1, people + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("in"), outcomes.count("refused")) == (1, people - 1)
    assert tenant.value(USED) == used + 1


# Storage


def test_room_shrinks_with_files_and_grows_when_they_go(tenant):
    tenant.limit(room=1000)
    tenant.run(FILE.format(size=400))
    tenant.run("UPDATE ir_attachment SET file_size = 500 WHERE file_size = 400")
    assert tenant.value(ROOM) == 500
    told, diag = tenant.refused(FILE.format(size=501))
    assert told == {"code": "storage_full", "room": 500, "wanted": 501}
    assert (diag.table_name, diag.constraint_name) == ("ir_attachment", "saas_storage_limit")
    tenant.run("DELETE FROM ir_attachment WHERE file_size = 500")
    assert tenant.value(ROOM) == 1000
    tenant.run(FILE.format(size=1000))
    assert tenant.value(ROOM) == 0


def test_who_sends_files_at_the_same_time_does_not_notice_the_other(tenant):
    tenant.limit(room=10**9)
    first, second = (tenant.server.raw(tenant.login) for _one in range(2))
    with closing(first), closing(second):
        for cnx in (first, second):
            cnx.set_session(isolation_level="REPEATABLE READ", autocommit=False)
            cnx.cursor().execute(USED)
        for cnx in (first, second):
            cnx.cursor().execute(FILE.format(size=10**6))
        first.commit()
        second.commit()
    assert tenant.value(ROOM) == 10**9 - 2 * 10**6


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ"])
def test_where_it_gets_narrow_many_files_at_once_fill_the_room_and_no_more(tenant, isolation):
    tenant.limit(room=1000)
    tenant.run(FILE.format(size=950))
    gate, outcomes = threading.Barrier(8), []

    def send():
        with closing(tenant.server.raw(tenant.login)) as cnx:
            cnx.set_session(isolation_level=isolation, autocommit=False)
            gate.wait()
            while True:
                try:
                    with cnx, cnx.cursor() as cursor:
                        cursor.execute(USED)
                        cursor.execute(FILE.format(size=20))
                    return outcomes.append("kept")
                except psycopg2.errors.SerializationFailure:
                    continue
                except psycopg2.errors.CheckViolation:
                    return outcomes.append("refused")

    threads = [threading.Thread(target=send) for _one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept"] * 2 + ["refused"] * 6
    assert tenant.value(ROOM) == 10


def test_many_notes_of_growth_are_added_up(tenant, monkeypatch):
    tenant.limit(room=1000)
    for _time in range(5):
        tenant.run(FILE.format(size=10))
    seen = tenant.port.look_at_limits(tenant.name)
    assert (seen.room, seen.entries, seen.holds(Enforced(None, 1000))) == (950, 5, True)
    monkeypatch.setattr(enforced, "MOST_ENTRIES", 4)
    assert not seen.holds(Enforced(None, 1000))
    tenant.limit(room=1000)
    seen = tenant.port.look_at_limits(tenant.name)
    assert (seen.room, seen.entries) == (950, 0)


def test_without_room_people_read_and_delete_rename_and_open_pages(tenant):
    tenant.limit(room=100)
    tenant.run(FILE.format(size=100))
    tenant.limit(room=0)
    assert tenant.refused(FILE.format(size=1))[0]["room"] == 0
    tenant.run("UPDATE ir_attachment SET name = 'renamed' WHERE file_size = 100")
    tenant.run("UPDATE ir_attachment SET file_size = 90 WHERE file_size = 100")
    tenant.run(
        "INSERT INTO ir_attachment (name, type, url, file_size)"
        " VALUES ('web.assets.css', 'binary', '/web/assets/1/web.css', 500)"
    )
    assert tenant.value(ROOM) == -490
    tenant.run(FILE.format(size=0))
    tenant.run("DELETE FROM ir_attachment")
    assert tenant.value(ROOM) == 100


def test_the_room_is_refreshed_by_what_was_measured(tenant):
    tenant.limit(room=100)
    tenant.run(FILE.format(size=60))
    tenant.limit(room=70)
    assert tenant.value(ROOM) == 70


def test_numbers_beyond_what_fits_refuse_and_break_nothing(tenant):
    tenant.limit(room=MOST)
    tenant.run("ALTER TABLE ir_attachment ALTER file_size TYPE numeric")
    assert tenant.refused(FILE.format(size=2**63))[0]["wanted"] == 2**63
    tenant.run(FILE.format(size=2**62))
    tenant.limit(room=MOST)
    tenant.run("DELETE FROM ir_attachment WHERE file_size = 2::numeric ^ 62")
    assert tenant.value(ROOM) == MOST
    tenant.run("UPDATE ir_attachment SET file_size = 0; DELETE FROM ir_attachment")
    assert tenant.port.look_at_limits(tenant.name).room == MOST


# Who stays away or holds us up


def test_a_locked_table_holds_nobody_up(tenant, monkeypatch):
    monkeypatch.setattr(enforcing, "QUICK", Limits(5, 15, 0.3))
    with closing(tenant.server.raw(tenant.login)) as cnx:
        cnx.autocommit = False
        cnx.cursor().execute("LOCK res_users IN ROW EXCLUSIVE MODE")
        refused = code_of(Unavailable, tenant.port.put_limits, tenant.name, 1, Enforced(5))
    assert refused == "lock_timeout"
    tenant.mended()


def test_who_is_just_adding_a_user_makes_the_number_wait_not_hang(tenant, monkeypatch):
    tenant.limit(users=9)
    monkeypatch.setattr(enforcing, "QUICK", Limits(5, 15, 0.3))
    with closing(tenant.server.raw(tenant.login)) as cnx:
        cnx.autocommit = False
        cnx.cursor().execute(ADD.format(first=1, last=1, share="false"))
        refused = code_of(Unavailable, tenant.port.put_limits, tenant.name, 1, Enforced(5))
    assert refused == "lock_timeout"


def test_a_transaction_left_open_does_not_keep_a_limit_away_for_ever(tenant, monkeypatch):
    tenant.limit(users=9)
    monkeypatch.setattr(enforcing, "QUICK", Limits(5, 15, 0.3))
    cnx = tenant.server.raw(tenant.login)
    cnx.autocommit = False
    cnx.cursor().execute(ADD.format(first=1, last=1, share="false"))
    for seconds, left in ((600, 9), (0, 9)):
        monkeypatch.setattr(enforcing, "LINGERS_SECONDS", seconds)
        refused = code_of(Unavailable, tenant.port.put_limits, tenant.name, 1, Enforced(5))
        assert (refused, tenant.port.look_at_limits(tenant.name).users) == ("lock_timeout", left)
    tenant.limit(users=5)
    assert tenant.port.look_at_limits(tenant.name).users == 5
    with pytest.raises(psycopg2.Error):
        cnx.cursor().execute("SELECT 1")


def test_without_the_roles_password_nothing_is_tried(tenant):
    port = PostgresCluster(tenant.server.provisioner, tenant.server.secret)
    refused = code_of(Refused, port.look_at_limits, tenant.name)
    assert refused == "limits_role_unknown"


def test_the_right_to_make_a_schema_is_lent_for_the_step_alone(tenant):
    tenant.limit(users=5)
    may = "SELECT has_database_privilege('saas_limits', %s, 'CREATE')"
    assert tenant.server.value(may, (tenant.name,)) is False
    tenant.server.rows(f'GRANT CREATE ON DATABASE "{tenant.name}" TO saas_limits')
    assert tenant.defects() == ("right_left",)
    tenant.mended()
    assert tenant.server.value(may, (tenant.name,)) is False


def test_the_roles_can_do_nothing_else(tenant):
    tenant.limit(users=5, room=5)
    login = tenant.server.provisioner.as_role("saas_limits", tenant.server.passwords["saas_limits"])
    for statement in ("SELECT 1 FROM public.res_users", "CREATE TABLE public.x ()"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            tenant.server.rows(statement, server=login.within(tenant.name))
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        tenant.server.rows("SELECT 1", server=login.within("postgres"))
    owned = (
        "SELECT count(*) FROM pg_roles r, LATERAL (SELECT rolcanlogin OR rolsuper OR rolcreatedb"
        " OR rolcreaterole AS strong) s WHERE rolname = 'saas_counter' AND strong"
    )
    assert tenant.server.value(owned) == 0


# A hostile tenant

REFUSED = (
    "UPDATE saas.user_limit SET n = 999",
    "UPDATE saas.user_limit SET checked = 0",
    "INSERT INTO saas.user_limit (one, n) VALUES (false, 9)",
    "DELETE FROM saas.user_limit",
    "TRUNCATE saas.user_limit",
    "UPDATE saas.storage_limit SET room = 999",
    "INSERT INTO saas.storage_use VALUES (-999)",
    "DELETE FROM saas.storage_use",
    "SELECT 1 FROM saas.user_limit FOR UPDATE",
    "BEGIN; LOCK TABLE saas.user_limit IN EXCLUSIVE MODE",
    "DROP SCHEMA saas CASCADE",
    "ALTER SCHEMA saas RENAME TO mine",
    "ALTER SCHEMA saas OWNER TO CURRENT_USER",
    "DROP TABLE saas.user_limit CASCADE",
    "ALTER TABLE saas.user_limit DROP COLUMN n",
    "CREATE TRIGGER mine BEFORE UPDATE ON saas.user_limit FOR EACH ROW"
    " EXECUTE FUNCTION saas.check_users()",
    "CREATE RULE mine AS ON UPDATE TO saas.user_limit DO INSTEAD NOTHING",
    "CREATE TABLE saas.mine ()",
    "CREATE OR REPLACE FUNCTION saas.check_users() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NULL; END'",
    "CREATE FUNCTION saas.count(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'",
    "ALTER FUNCTION saas.check_users() SECURITY INVOKER",
    "ALTER FUNCTION saas.check_users() SET search_path = public",
    "ALTER FUNCTION saas.check_users() OWNER TO CURRENT_USER",
    "DROP FUNCTION saas.check_users() CASCADE",
    "SET ROLE saas_limits",
    "SET ROLE saas_counter",
    "GRANT saas_counter TO CURRENT_USER",
    "ALTER ROLE saas_limits PASSWORD 'mine'",
    "SET session_replication_role = replica",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_what_is_not_the_tenants_it_cannot_touch(tenant, statement):
    tenant.limit(users=5, room=1000)
    with pytest.raises(psycopg2.Error) as told:
        tenant.run(statement)
    assert isinstance(
        told.value, psycopg2.errors.InsufficientPrivilege | psycopg2.errors.CheckViolation
    )
    seen = tenant.port.look_at_limits(tenant.name)
    assert (seen.defects, seen.users, seen.room) == ((), 5, 1000)


DONE = (
    ("trigger_missing", "DROP TRIGGER saas_check_users_insert ON res_users"),
    ("trigger_missing", "ALTER TRIGGER saas_check_users_update ON res_users RENAME TO other"),
    ("trigger_disabled", "ALTER TABLE res_users DISABLE TRIGGER saas_check_users_insert"),
    ("trigger_disabled", "ALTER TABLE res_users DISABLE TRIGGER USER"),
    ("trigger_disabled", "ALTER TABLE ir_attachment ENABLE REPLICA TRIGGER"
     " saas_check_storage_insert"),
    ("trigger_changed", "DROP TRIGGER saas_check_users_insert ON res_users;"
     "CREATE TRIGGER saas_check_users_insert AFTER INSERT ON res_users"
     " REFERENCING NEW TABLE AS saas_new FOR EACH STATEMENT WHEN (false)"
     " EXECUTE FUNCTION saas.check_users()"),
    ("trigger_changed", "CREATE FUNCTION public.check_users() RETURNS trigger LANGUAGE plpgsql AS"
     " 'BEGIN RETURN NULL; END'; DROP TRIGGER saas_check_users_insert ON res_users;"
     "CREATE TRIGGER saas_check_users_insert AFTER INSERT ON res_users"
     " REFERENCING NEW TABLE AS saas_new FOR EACH STATEMENT EXECUTE FUNCTION public.check_users()"),
    ("right_missing", "REVOKE SELECT (share) ON res_users FROM saas_counter"),
)  # fmt: skip


@pytest.mark.parametrize(("defect", "statement"), DONE)
def test_what_the_tenant_does_to_its_own_tables_is_found_and_mended(tenant, defect, statement):
    tenant.limit(users=5, room=1000)
    tenant.run(statement)
    assert tenant.defects() == (defect,)
    tenant.mended()


def test_without_the_right_to_count_nobody_comes_in_and_people_are_told(tenant):
    tenant.limit(users=5)
    tenant.run("REVOKE ALL (share) ON res_users FROM saas_counter")
    told, _diag = tenant.refused(ADD.format(first=1, last=1, share="false"))
    assert told["code"] == "users_uncounted"
    tenant.run("UPDATE res_users SET active = false WHERE login = 'admin'")


def test_rows_hidden_from_the_counter_let_nobody_in(tenant):
    tenant.limit(users=5)
    tenant.run(
        "ALTER TABLE res_users ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY none ON res_users TO saas_counter USING (false)"
    )
    told, _diag = tenant.refused(ADD.format(first=1, last=1, share="false"))
    assert told["code"] == "users_uncounted"


def test_functions_and_operators_of_the_tenant_are_not_called(tenant):
    tenant.limit(users=5)
    tenant.run(
        "CREATE FUNCTION public.count(int) RETURNS int LANGUAGE sql AS 'SELECT 0';"
        "CREATE FUNCTION public.never(bigint, bigint) RETURNS bool LANGUAGE sql AS 'SELECT false';"
        "CREATE OPERATOR public.> (FUNCTION = public.never, LEFTARG = bigint, RIGHTARG = bigint);"
        "CREATE TEMP TABLE res_users AS SELECT true AS active, false AS share, 7 AS id"
    )
    path = f'ALTER ROLE "{tenant.name}" SET search_path = public, pg_catalog'
    tenant.run(path)
    tenant.mended()


def test_a_schema_of_the_same_name_that_was_there_first_is_moved_away(tenant):
    tenant.run(
        "CREATE SCHEMA saas; CREATE FUNCTION saas.evil() RETURNS int LANGUAGE plpgsql AS"
        " $$ BEGIN EXECUTE 'ALTER ROLE CURRENT_USER PASSWORD ''stolen'''; RETURN 1; END $$;"
        "CREATE VIEW saas.user_limit AS SELECT saas.evil() AS n;"
        "CREATE TABLE saas.kept AS SELECT 42 AS answer;"
        "GRANT USAGE ON SCHEMA saas TO PUBLIC; GRANT SELECT ON saas.user_limit TO PUBLIC"
    )
    assert tenant.defects() == ("schema_foreign",)
    tenant.mended()
    moved = tenant.value("SELECT nspname FROM pg_namespace WHERE nspname ~ '^saas_found_'")
    assert tenant.value(f"SELECT answer FROM {moved}.kept") == 42
    login = tenant.server.provisioner.as_role("saas_limits", tenant.server.passwords["saas_limits"])
    assert tenant.server.value("SELECT 1", server=login.within(tenant.name)) == 1


def test_a_view_in_place_of_the_users_is_found_and_everything_else_put_right(tenant):
    tenant.limit(users=5, room=1000)
    tenant.run(
        "ALTER TABLE res_users RENAME TO res_users_real;"
        "CREATE VIEW res_users AS SELECT * FROM res_users_real"
    )
    assert "table_replaced" in tenant.defects()
    refused = code_of(Broken, tenant.port.put_limits, tenant.name, 1, Enforced(4, 9))
    assert refused == "table_replaced"
    assert tenant.port.look_at_limits(tenant.name).users == 4
    tenant.run("DROP VIEW res_users; ALTER TABLE res_users_real RENAME TO res_users")
    tenant.mended()


PLANTED = """
CREATE FUNCTION public.planted() RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'saas_counter' THEN
        INSERT INTO public.seen VALUES (current_user);
        BEGIN EXECUTE '{statement}'; EXCEPTION WHEN OTHERS THEN NULL; END;
    END IF;
    RETURN true;
END $$;
CREATE TABLE public.seen (who text);
GRANT INSERT ON public.seen TO PUBLIC;
ALTER TABLE public.res_users RENAME TO res_users_real;
CREATE VIEW public.res_users AS SELECT * FROM public.res_users_real WHERE public.planted();
GRANT SELECT ON public.res_users TO PUBLIC
"""
TAKEN_BACK = """
DROP VIEW public.res_users; ALTER TABLE public.res_users_real RENAME TO res_users
"""
COME = ADD.replace("public.res_users", "public.res_users_real")
AS_COUNTER = (
    "UPDATE saas.user_limit SET n = 999",
    "UPDATE saas.storage_limit SET given = 999",
    "ALTER TABLE saas.user_limit OWNER TO saas_counter",
    "CREATE TABLE saas.mine ()",
    "SET ROLE saas_limits",
    "ALTER ROLE saas_limits PASSWORD ''''mine''''",
    "ALTER ROLE saas_counter LOGIN",
    "GRANT saas_counter TO PUBLIC",
)


@pytest.mark.parametrize("statement", AS_COUNTER)
def test_what_a_tenant_does_as_the_counter_reaches_nothing(tenant, statement):
    """The counter reads what the tenant calls its users, so that the tenant can act as the counter:
    it has nothing."""
    tenant.limit(users=5, room=1000)
    tenant.run(PLANTED.replace("{statement}", statement))
    tenant.run(COME.format(first=1, last=1, share="false"))
    assert tenant.value("SELECT min(who) FROM seen") == "saas_counter"
    assert tenant.refused(COME.format(first=2, last=9, share="false"))[0]["limit"] == 5
    seen = tenant.port.look_at_limits(tenant.name)
    assert (seen.users, seen.given, seen.room) == (5, 1000, 1000)
    roles = "SELECT rolname FROM pg_roles WHERE rolname IN ('saas_counter', 'saas_limits')"
    assert tenant.server.rows(f"{roles} AND rolcanlogin") == [("saas_limits",)]
    login = tenant.server.provisioner.as_role("saas_limits", tenant.server.passwords["saas_limits"])
    assert tenant.server.value("SELECT 1", server=login.within(tenant.name)) == 1
    tenant.run(TAKEN_BACK)
    tenant.mended()


def test_what_the_counter_itself_could_take_away_is_found_and_comes_back(tenant):
    tenant.limit(users=5, room=1000)
    statement = "ALTER FUNCTION saas.check_users() SECURITY INVOKER"
    tenant.run(PLANTED.replace("{statement}", statement))
    tenant.run(COME.format(first=1, last=1, share="false"))
    tenant.run(TAKEN_BACK)
    assert tenant.defects() == ("function_changed",)
    tenant.mended()


def test_nobody_but_the_provisioner_shuts_the_control_plane_out(tenant):
    tenant.limit(users=5)
    tenant.run(f'REVOKE ALL ON DATABASE "{tenant.name}" FROM saas_limits')
    tenant.mended()
    tenant.server.rows(f'REVOKE CONNECT ON DATABASE "{tenant.name}" FROM saas_limits')
    tenant.mended()


def test_a_share_of_the_server_stands_and_goes_back(subject):
    name, share = subject.born(), Share(6, 128, 60)
    assert subject.port.share_stands(name, Share())
    for one, other in ((share, Share()), (Share(temp_mb=64), share), (Share(), share)):
        for _again in range(2):
            subject.port.put_share(name, one)
            assert subject.port.share_stands(name, one)
            assert not subject.port.share_stands(name, other)
    refused = code_of(Refused, subject.port.put_share, "postgres", share)
    assert refused == "database_name_form"
