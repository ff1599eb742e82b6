"""The sealer on a real server: one chain whatever runs at once, dies, or is committed late."""

import threading
import time
from contextlib import closing, contextmanager

import psycopg2
import pytest

from saas_business_management.adapters.postgres import audit_chain
from saas_business_management.adapters.postgres.connect import SHORT, connect
from saas_business_management.adapters.sealer import Sealer
from saas_business_management.kernel.audit.chain import Seal, verify
from saas_business_management.kernel.audit.entry import Entry
from tests.helpers.postgres import new_name

# As the models make them, without what the chain does not need.
TABLES = """
CREATE TABLE saas_audit_entry (
    id serial PRIMARY KEY, at timestamp NOT NULL, user_id int, user_name varchar, source varchar,
    action varchar NOT NULL, kind varchar, res_model varchar, res_id int, res_name varchar,
    tenant_id int, company_id int, reason varchar, facts jsonb);
CREATE TABLE saas_audit_seal (
    id serial PRIMARY KEY, number int NOT NULL UNIQUE,
    entry_id int NOT NULL UNIQUE REFERENCES saas_audit_entry, link varchar NOT NULL,
    sealed_at timestamp NOT NULL);
CREATE TABLE saas_audit_waiting (
    entry_id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE FUNCTION saas_audit_wait() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO saas_audit_waiting (entry_id) VALUES (NEW.id); RETURN NULL; END $$;
CREATE TRIGGER saas_audit_wait AFTER INSERT ON saas_audit_entry
FOR EACH ROW EXECUTE FUNCTION saas_audit_wait();
"""
ADD = """
INSERT INTO saas_audit_entry (at, action, user_name, facts)
SELECT now() AT TIME ZONE 'UTC', 'noted', 'Ünal', '{"price": [1.10, 9007199254740993, null]}'
  FROM generate_series(1, %s)
"""
SEALED = """
SELECT s.number, s.entry_id, s.link, e.id, e.at, coalesce(e.user_id, 0),
       coalesce(e.user_name, ''), coalesce(e.source, ''), e.action, coalesce(e.res_model, ''),
       coalesce(e.res_id, 0), coalesce(e.res_name, ''), coalesce(e.tenant_id, 0),
       coalesce(e.company_id, 0), coalesce(e.reason, ''), e.facts
  FROM saas_audit_seal s JOIN saas_audit_entry e ON e.id = s.entry_id ORDER BY s.number
"""


class Control:
    """A control database with nothing but an audit log."""

    def __init__(self, pg):
        self.pg, self.name = pg, new_name("g")
        pg.rows(f"CREATE DATABASE {self.name}")
        self.server = pg.superuser.within(self.name)
        self.rows(TABLES)

    def rows(self, statement, values=None):
        return self.pg.rows(statement, values, server=self.server)

    def seal(self, limit=500):
        with closing(connect(self.server, SHORT)) as cnx:
            return audit_chain.seal(cnx, limit)

    def chain(self):
        return [(Seal(*row[:3]), Entry(*row[3:])) for row in self.rows(SEALED)]

    def holds(self, count):
        verdict = verify(self.chain())
        assert verdict.fault is None
        assert verdict.head.number == count
        assert self.rows("SELECT count(*) FROM saas_audit_waiting") == [(0,)]

    @contextmanager
    def open_transaction(self):
        with closing(self.pg.raw(self.server)) as cnx:
            cnx.autocommit = False
            with cnx.cursor() as cursor:
                yield cnx, cursor


@pytest.fixture
def control(pg):
    made = Control(pg)
    yield made
    pg.rows(f"DROP DATABASE {made.name} WITH (FORCE)")


def test_entries_are_sealed_in_order_and_once(control):
    control.rows(ADD, [7])
    assert control.seal() == 7
    assert control.seal() == 0
    control.rows(ADD, [2])
    assert control.seal() == 2
    control.holds(9)


def test_ten_sealers_at_once_make_one_chain(control):
    control.rows(ADD, [60])
    sealers = [threading.Thread(target=self_sealing, args=(control,)) for _number in range(10)]
    for one in sealers:
        one.start()
    for one in sealers:
        one.join()
    while control.seal():
        continue
    control.holds(60)


def self_sealing(control):
    for _time in range(10):
        control.seal(limit=3)


def test_an_entry_that_is_committed_late_follows_those_with_later_ids(control):
    with control.open_transaction() as (cnx, cursor):
        cursor.execute(ADD, [1])
        control.rows(ADD, [3])
        assert control.seal() == 3
        cnx.commit()
    assert control.seal() == 1
    assert [seal.entry_id for seal, _entry in control.chain()] == [2, 3, 4, 1]
    control.holds(4)


def test_an_entry_whose_action_was_rolled_back_was_never_there(control):
    with control.open_transaction() as (cnx, cursor):
        cursor.execute(ADD, [2])
        cnx.rollback()
    assert control.seal() == 0
    control.holds(0)


def test_a_sealer_that_dies_in_the_middle_leaves_the_chain_whole(control):
    control.rows(ADD, [5])
    with control.open_transaction() as (_cnx, cursor):
        cursor.execute("SELECT pg_advisory_xact_lock(9, 0)")
        audit_chain.add(cursor, 3)
        assert control.seal() == 0
        (pid,) = control.rows(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND state LIKE 'idle in%%'",
            [control.name],
        )[0]
        control.rows("SELECT pg_terminate_backend(%s)", [pid])
        wait_until(lambda: control.seal() == 5)
    control.holds(5)


def test_chaining_in_the_actions_themselves_would_fork(control):
    """Why there is a sealer: two actions in REPEATABLE READ see the same last link."""
    control.rows(ADD, [2])
    with control.open_transaction() as (one, first), control.open_transaction() as (_two, second):
        for cursor in (first, second):
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT 1")
        audit_chain.add(first, 1)
        one.commit()
        assert audit_chain.last(second).number == 0
        with pytest.raises(psycopg2.Error):
            audit_chain.add(second, 1)


def test_the_thread_seals_within_its_time_and_once_more_at_its_end(control):
    with Sealer(control.server, every=0.05):
        control.rows(ADD, [4])
        wait_until(lambda: len(control.chain()) == 4)
    with Sealer(control.server, every=60):
        control.rows(ADD, [1])
    control.holds(5)


def test_the_thread_outlives_an_error(control, caplog):
    control.rows("ALTER TABLE saas_audit_seal RENAME TO gone")
    with Sealer(control.server, every=0.05):
        control.rows(ADD, [1])
        wait_until(lambda: "not sealed: table_missing" in caplog.text)
        control.rows("ALTER TABLE gone RENAME TO saas_audit_seal")
        wait_until(lambda: len(control.chain()) == 1)
    assert caplog.text.count("not sealed") == 1
    control.holds(1)


def wait_until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
