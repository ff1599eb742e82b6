"""Counting what is newer than an instant: one suite for the double and for real servers."""

from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone

import pytest

from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.kernel.errors import Broken
from tests.contract.test_cluster import code_of, subject
from tests.helpers.postgres import server_of

assert subject  # the fixture

SINCE = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)
BEFORE, AFTER = "2030-01-01T11:59:59", "2030-01-01T12:00:01"


class Tenant:
    """A tenant's database in which a test writes rows with dates of its own."""

    def __init__(self, subject, server=None):
        self.port, self.name, self.server = subject.port, subject.born(), server
        if server:
            self.run("UPDATE res_partner SET create_date = now(), write_date = now()")
        else:
            self.dated["res_users_log"] = []

    @property
    def dated(self):
        return self.port.databases_by_name[self.name].dated

    def run(self, statement, *values):
        self.server.rows(statement, values, server=self.server.tenant(self.name))

    def write(self, *dates):
        """Make contacts written at these instants."""
        if not self.server:
            self.dated["res_partner"] += dates
        for date in dates if self.server else ():
            self.run(
                "INSERT INTO res_partner (name, type, create_date, write_date)"
                " VALUES ('new', 'contact', '2020-01-01', %s)",
                date,
            )

    @contextmanager
    def out_of_reach(self):
        """Have nobody read contacts inside the block."""
        if not self.server:
            kept, self.dated["res_partner"] = self.dated["res_partner"], None
            yield
            self.dated["res_partner"] = kept
            return
        with closing(self.server.raw(self.server.tenant(self.name))) as cnx:
            cnx.autocommit = False
            cnx.cursor().execute("LOCK res_partner IN ACCESS EXCLUSIVE MODE")
            yield

    def count(self, since=SINCE, most=10, login=1):
        return self.port.count_newer(self.name, login, since, most)


@pytest.fixture
def tenant(subject, request):
    if isinstance(subject.port, FakeCluster):
        return Tenant(subject)
    return Tenant(subject, server_of(request.node.callspec.params["subject"]))


def test_rows_are_newer_that_were_made_or_changed_after_the_instant(tenant):
    assert tenant.count()["res_partner"] == 0
    tenant.write(BEFORE, AFTER, AFTER)
    found = tenant.count()
    assert (found["res_partner"], found["res_users_log"]) == (2, 0)
    later = timezone(timedelta(hours=5))
    assert tenant.count(SINCE.astimezone(later))["res_partner"] == 2


def test_counting_stops_one_beyond_the_most(tenant):
    tenant.write(*[AFTER] * 5)
    assert [tenant.count(most=most)["res_partner"] for most in (5, 4, 2)] == [5, 5, 3]


def test_what_cannot_be_read_is_unknown_and_the_rest_is_told(tenant):
    tenant.write(AFTER)
    with tenant.out_of_reach():
        found = tenant.count()
    assert (found["res_partner"], found["res_users_log"]) == (None, 0)
    assert tenant.count()["res_partner"] == 1


def test_nobody_counts_with_another_password(tenant):
    assert code_of(Broken, tenant.count, SINCE, 10, 2) == "login_refused"


def test_a_database_without_dates_is_not_an_odoo(tenant):
    if tenant.server:
        for table in tenant.count():
            tenant.run(f'DROP TABLE "{table}" CASCADE')
    else:
        tenant.dated.clear()
    assert code_of(Broken, tenant.count) == "table_missing"
