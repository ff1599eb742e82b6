"""Counting newer rows on a real server: what takes too long is unknown, nothing is written."""

from contextlib import closing
from datetime import datetime, timezone

import pytest

from saas_business_management.adapters.postgres import newer
from saas_business_management.adapters.postgres.connect import Limits

SINCE = datetime(2030, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def tenant(newest_pg):
    name = newest_pg.born()
    yield name
    newest_pg.forget(name)


def count(pg, name):
    return pg.port().count_newer(name, 1, SINCE, 10)


def test_when_the_time_is_over_what_is_left_is_unknown(newest_pg, tenant, monkeypatch):
    monkeypatch.setattr(newer, "ALTOGETHER_SECONDS", 0.0)
    assert set(count(newest_pg, tenant).values()) == {None}


def test_a_table_that_takes_longer_than_its_time_costs_only_itself(newest_pg, tenant, monkeypatch):
    monkeypatch.setattr(newer, "QUICK", Limits(5, statement_seconds=2, lock_seconds=60))
    with closing(newest_pg.raw(newest_pg.tenant(tenant))) as cnx:
        cnx.autocommit = False
        cnx.cursor().execute("LOCK res_partner IN ACCESS EXCLUSIVE MODE")
        found = count(newest_pg, tenant)
    assert found.pop("res_partner") is None
    assert set(found.values()) == {0}


def test_a_table_that_runs_code_of_the_tenant_is_unknown_and_nothing_is_written(newest_pg, tenant):
    own = newest_pg.tenant(tenant)
    newest_pg.rows(
        """
        CREATE TABLE seen (at timestamp);
        CREATE FUNCTION spy() RETURNS boolean LANGUAGE plpgsql AS
            $$BEGIN INSERT INTO public.seen VALUES (now()); RETURN true; END$$;
        ALTER TABLE res_partner ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY spy ON res_partner USING (public.spy());
        """,
        server=own,
    )
    found = count(newest_pg, tenant)
    assert (found["res_partner"], found["res_users_log"]) == (None, 0)
    assert newest_pg.rows("SELECT * FROM seen", server=own) == []


def test_a_view_in_the_place_of_a_table_is_not_asked(newest_pg, tenant):
    newest_pg.rows(
        "DROP TABLE res_users_log;"
        "CREATE VIEW res_users_log AS SELECT 1 AS id, '2031-01-01'::timestamp AS create_date",
        server=newest_pg.tenant(tenant),
    )
    assert "res_users_log" not in count(newest_pg, tenant)
