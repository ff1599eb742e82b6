"""The metering side of the cluster port: one suite for the double and for real servers."""

import time
from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.adapters.ports import ABSENT, Question
from saas_business_management.kernel.errors import Broken
from tests.contract.test_cluster import code_of, subject
from tests.helpers.postgres import new_name, server_of

assert subject  # the fixture

NOW = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)
VALUES = {"since": NOW, "until": NOW, "now": NOW, "month_ago": NOW - timedelta(days=30)}
USERS = "SELECT count(*) FROM public.res_users WHERE active AND NOT share AND id <> 1"


def question(text, code="asked", module=""):
    return Question(code, text, VALUES, module)


class Tenant:
    """A tenant's database on a real server, into which a test writes as the tenant."""

    def __init__(self, subject, server):
        self.port, self.server, self.name = subject.port, server, subject.born()

    def run(self, statement):
        return self.server.rows(statement, server=self.server.tenant(self.name))

    def ask(self, *texts):
        asked = [question(text, f"q{place}") for place, text in enumerate(texts)]
        return list(self.port.ask(self.name, 1, asked).values())


@pytest.fixture
def tenant(subject, request):
    if isinstance(subject.port, FakeCluster):
        pytest.skip("what a hostile tenant does needs a real server")
    return Tenant(subject, server_of(request.node.callspec.params["subject"]))


def test_sizes_of_all_are_told_at_once_and_of_the_missing_nothing(subject):
    names, missing = [subject.born(), subject.born()], new_name()
    found = subject.port.sizes([*names, missing])
    assert set(found) == set(names)
    assert all(size > 1_000_000 for size in found.values())


def test_a_question_is_answered_by_a_number(subject):
    name = subject.born()
    told = subject.port.ask(name, 1, [question("SELECT 1")])
    assert (told["asked"].number, told["asked"].problem) == ("1", "")


def test_a_tenant_without_the_module_is_not_asked(subject):
    name = subject.born()
    told = subject.port.ask(name, 1, [question("SELECT 1", module="no_such_module")])
    assert (told["asked"].number, told["asked"].problem) == ("", ABSENT)


def test_a_tenant_that_cannot_be_entered_is_no_zero(subject):
    name = subject.born()
    subject.port.stop_logins(name)
    assert code_of(Broken, subject.port.ask, name, 1, [question("SELECT 1")]) == "login_refused"


def test_numbers_are_counted_in_the_tenants_tables(tenant):
    (before,) = tenant.ask(USERS)
    tenant.run(
        "INSERT INTO res_users (company_id, partner_id, login, active, share, notification_type)"
        " SELECT 1, 1, 'user' || n, true, false, 'email' FROM generate_series(1, 5) AS n"
    )
    (after,) = tenant.ask(USERS)
    assert int(after.number) == int(before.number) + 5


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("SELECT id FROM public.no_such_table", "table_missing"),
        ("SELECT no_such_column FROM public.res_users", "column_missing"),
        ("SELECT 1 WHERE false", "question_nothing"),
        ("SELECT NULL", "question_nothing"),
        ("SELECT id FROM public.res_partner", "question_rows"),
        ("SELECT repeat('9', 1000)", "value_refused"),
    ],
)
def test_a_wrong_question_costs_itself_alone(tenant, text, problem):
    wrong, right = tenant.ask(text, "SELECT 7")
    assert (wrong.number, wrong.problem, right.number) == ("", problem, "7")


def test_nothing_is_written_even_by_what_the_tenant_calls(tenant):
    tenant.run(
        "CREATE FUNCTION public.sneak() RETURNS int LANGUAGE plpgsql AS $$"
        " BEGIN PERFORM set_config('transaction_read_only', 'off', false);"
        " INSERT INTO public.res_country (name, code) VALUES ('{}', 'XX'); RETURN 1; END $$"
    )
    (told,) = tenant.ask("SELECT public.sneak()")
    assert told.number == ""
    assert tenant.run("SELECT count(*) FROM res_country WHERE code = 'XX'") == [(0,)]


def test_settings_that_a_tenant_changed_are_right_again_for_the_next_question(tenant):
    tenant.run(
        "CREATE FUNCTION public.loosen() RETURNS int LANGUAGE plpgsql AS $$"
        " BEGIN PERFORM set_config('statement_timeout', '0', false);"
        " PERFORM set_config('search_path', 'public', false);"
        " PERFORM set_config('default_transaction_read_only', 'off', false); RETURN 1; END $$"
    )
    _loose, timeout, path, read_only = tenant.ask(
        "SELECT public.loosen()",
        "SELECT current_setting('statement_timeout')",
        "SELECT current_setting('search_path')",
        "SELECT current_setting('transaction_read_only')",
    )
    assert (timeout.number, path.number) == ("2s", "pg_catalog, pg_temp")
    assert read_only.number == "on"


def test_a_function_of_the_same_name_is_not_called(tenant):
    tenant.run(
        "CREATE FUNCTION public.count(int) RETURNS int LANGUAGE sql AS 'SELECT 99';"
        "CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'hacked' $$"
    )
    counted, lowered = tenant.ask("SELECT count(1)", "SELECT lower('A'::text)")
    assert (counted.number, lowered.number) == ("1", "a")


def test_what_a_view_in_place_of_a_table_calls_runs_as_the_tenant_alone(tenant):
    tenant.run(
        "ALTER TABLE res_users RENAME TO res_users_real;"
        "CREATE FUNCTION public.whoami() RETURNS text LANGUAGE sql AS 'SELECT current_user::text';"
        "CREATE VIEW res_users AS SELECT id, active, share, whoami() AS who FROM res_users_real"
    )
    (who,) = tenant.ask("SELECT min(who) FROM public.res_users")
    assert who.number == tenant.name


def test_what_planning_runs_sees_nothing_of_others_while_a_monitor_inside_would(tenant):
    """Why the monitor stays outside: an index of the tenant runs at planning, as whoever plans."""
    tenant.run(
        "CREATE FUNCTION public.seen() RETURNS int LANGUAGE plpgsql STABLE AS $$"
        " DECLARE n int; BEGIN SELECT count(*) INTO n FROM pg_stat_activity"
        " WHERE usename <> current_user AND query <> '<insufficient privilege>'"
        " AND query <> ''; RETURN n; END $$;"
        "CREATE VIEW public.spying AS SELECT public.seen() AS n;"
        "GRANT SELECT ON public.spying TO PUBLIC"
    )
    tenant.port.sizes([tenant.name])  # the monitor's statement is there to be seen
    (seen,) = tenant.ask("SELECT n FROM public.spying")
    assert seen.number == "0"
    monitor = tenant.server.provisioner.as_role(
        "saas_monitor", tenant.server.passwords["saas_monitor"]
    )
    tenant.server.rows(f'GRANT CONNECT ON DATABASE "{tenant.name}" TO saas_monitor')
    found = tenant.server.rows("SELECT n FROM public.spying", server=monitor.within(tenant.name))
    assert found[0][0] > 0


def test_the_monitor_enters_no_tenant(tenant):
    monitor = tenant.server.provisioner.as_role(
        "saas_monitor", tenant.server.passwords["saas_monitor"]
    )
    with pytest.raises(Exception, match="permission denied for database"):
        tenant.server.rows("SELECT 1", server=monitor.within(tenant.name))


def test_a_slow_question_is_cut_off_and_the_rest_is_told(tenant):
    begun = time.monotonic()
    slow, quick = tenant.ask("SELECT pg_sleep(30) IS NULL", "SELECT 5")
    assert (slow.problem, quick.number) == ("statement_timeout", "5")
    assert time.monotonic() - begun < 8


def test_a_table_that_is_locked_is_not_waited_for(tenant):
    cnx = tenant.server.raw(tenant.server.tenant(tenant.name))
    cnx.autocommit = False
    cnx.cursor().execute("LOCK res_users IN ACCESS EXCLUSIVE MODE")
    locked, quick = tenant.ask(USERS, "SELECT 5")
    cnx.close()
    assert (locked.problem, quick.number) == ("lock_timeout", "5")


def test_a_function_that_catches_its_time_out_is_ended(tenant, monkeypatch):
    tenant.run(
        "CREATE FUNCTION public.stubborn() RETURNS int LANGUAGE plpgsql AS $$"
        " BEGIN LOOP BEGIN PERFORM pg_sleep(60);"
        " EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$"
    )
    place = "saas_business_management.adapters.postgres.metering.ALTOGETHER_SECONDS"
    monkeypatch.setattr(place, 4.0)
    begun = time.monotonic()
    stubborn, after = tenant.ask("SELECT public.stubborn()", "SELECT 5")
    assert time.monotonic() - begun < 15
    assert stubborn.problem and after.problem == stubborn.problem
    (left,) = tenant.server.rows(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state = 'active'",
        (tenant.name,),
    )[0]
    assert left == 0
