"""The upgrader's side of the cluster port: one suite for the double and for real servers."""

import pytest

from saas_business_management.kernel.errors import Broken
from saas_business_management.kernel.provisioning.naming import staging_name
from tests.contract.test_cluster import IDENTITY, code_of, subject
from tests.contract.test_restoring import URL, tenant
from tests.helpers.postgres import new_name

assert subject and tenant  # the fixtures


def test_a_mark_differs_once_somebody_wrote(subject, tenant):
    port = subject.port
    first = port.stand_still(tenant, 0)
    assert port.database(tenant).allows_connections is False
    assert port.stand_still(tenant, 0) == first
    port.let_in(tenant)
    assert port.address_of(tenant, 1) == IDENTITY.base_url
    assert port.stand_still(tenant, 0) == first
    port.let_in(tenant)
    port.set_address(tenant, 1, URL)
    assert port.stand_still(tenant, 0) != first


def test_what_stands_still_is_copied_with_all_that_is_in_it(subject, tenant):
    port, copy = subject.port, staging_name(tenant, "r", 3)
    port.stand_still(tenant, 0)
    first = port.copy_live(tenant, copy)
    second = port.copy_live(tenant, copy)
    assert first != second == port.database(copy).oid != port.database(tenant).oid
    port.let_in(tenant)
    port.set_address(copy, 1, URL)
    assert (port.address_of(tenant, 1), port.address_of(copy, 1)) == (IDENTITY.base_url, URL)
    live = port.database(tenant).oid
    assert port.swap(tenant, copy, staging_name(tenant, "z", 3), second) == live
    assert port.address_of(tenant, 1) == URL


@pytest.mark.parametrize("copy", ["itself", "of another"])
def test_a_copy_is_one_of_the_same_database(subject, tenant, copy):
    name = tenant if copy == "itself" else staging_name(new_name(), "r", 3)
    assert code_of(Broken, subject.port.copy_live, tenant, name) == "database_changed"


def test_what_is_not_there_does_not_stand_still(subject):
    assert code_of(Broken, subject.port.stand_still, new_name(), 0) == "database_missing"
