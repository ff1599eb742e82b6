"""A cluster whose secret changes: one suite for the double and for real servers."""

import pytest

from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.adapters.postgres.cluster import PostgresCluster
from saas_business_management.kernel.errors import Broken
from saas_business_management.kernel.secret import Secret
from tests.contract.test_cluster import BIRTH, IDENTITY, code_of, subject
from tests.helpers.postgres import new_name

assert subject  # the fixture

NEW = Secret("the-new-secret")


class Turning:
    """The same cluster by ports of before, during and after the change."""

    def __init__(self, port) -> None:
        self.port = port
        self.double = isinstance(port, FakeCluster)

    def during(self):
        return self._with(NEW, True)

    def after(self):
        return self._with(NEW, False)

    def _with(self, secret, older):
        if self.double:
            self.port.secret, self.port.older_secret = "second", "first" if older else ""
            return self.port
        logins = self.port._logins
        server = logins.server
        return PostgresCluster(server, secret, older_secret=logins.secret if older else None)


@pytest.fixture
def turning(subject):
    return Turning(subject.port)


@pytest.fixture
def tenant(subject):
    name = subject.born()
    subject.port.give_birth(name, 1, BIRTH)
    subject.port.settle(name, 1, IDENTITY)
    return name


def test_a_role_of_before_is_entered_during_the_change_and_not_after(turning, tenant):
    assert turning.during().address_of(tenant, 1) == IDENTITY.base_url
    assert turning.during().inside(tenant, 1).opens
    assert {one.outcome for one in turning.during().attack(tenant, 1, "")} == {"refused"}
    assert code_of(Broken, turning.after().address_of, tenant, 1) == "login_refused"
    assert turning.after().inside(tenant, 1).opens is False


def test_a_password_set_during_the_change_stays_good_after_it(turning, tenant):
    turning.during().ensure_role(tenant, 1)
    assert turning.during().address_of(tenant, 1) == IDENTITY.base_url
    assert turning.after().address_of(tenant, 1) == IDENTITY.base_url


def test_a_generation_that_was_left_opens_with_neither_secret(turning, tenant):
    turning.during().ensure_role(tenant, 2)
    assert code_of(Broken, turning.during().address_of, tenant, 1) == "login_refused"
    assert turning.during().address_of(tenant, 2) == IDENTITY.base_url


def test_a_role_that_was_made_during_the_change_needs_only_the_new_secret(turning, subject):
    port, name = turning.during(), new_name()
    port.ensure_role(name, 1)
    port.clone(name, subject.golden)
    port.own_objects(name)
    turning.after().give_birth(name, 1, BIRTH)


def test_a_tenant_signs_with_another_secret_and_setting_it_twice_changes_nothing(subject, tenant):
    for _again in range(2):
        subject.port.set_database_secret(tenant, 1, Secret("it's a \\ new % secret"))
    refused = code_of(Broken, subject.port.set_database_secret, tenant, 2, Secret("x"))
    assert refused == "login_refused"
    subject.port.stop_logins(tenant)
    refused = code_of(Broken, subject.port.set_database_secret, tenant, 1, Secret("x"))
    assert refused == "login_refused"
