"""The restorer's side of the cluster port: one suite for the double and for real servers."""

import pytest

from saas_business_management.kernel.errors import Broken
from saas_business_management.kernel.provisioning.naming import staging_name
from tests.contract.test_cluster import BIRTH, IDENTITY, code_of, subject
from tests.helpers.postgres import new_name, server_of

assert subject  # the fixture

URL = "https://acme.example"
NEUTRAL = [
    "UPDATE ir_mail_server SET active = false",
    "UPDATE ir_cron SET active = false",
    "INSERT INTO ir_mail_server (name, smtp_host, active) VALUES ('none', 'invalid', true)",
    "INSERT INTO ir_config_parameter (key, value) VALUES ('database.is_neutralized', 'true')"
    " ON CONFLICT (key) DO UPDATE SET value = 'true'",
]


@pytest.fixture
def tenant(subject):
    name = subject.born()
    subject.port.give_birth(name, 1, BIRTH)
    subject.port.settle(name, 1, IDENTITY)
    subject.port.mark_role(name, "claimed")
    return name


def beside(port, name, fence=3):
    """A staging copy with content: an Odoo's tables come by another clone that changes its name."""
    staging = staging_name(name, "r", fence)
    return staging, port.make_anew(staging, ["pg_trgm"])


def test_a_stopped_role_is_lent_and_stopped_again(subject, tenant):
    subject.port.stop_logins(tenant)
    lent = subject.port.lend_login(tenant)
    assert subject.port.address_of(tenant, lent) == IDENTITY.base_url
    assert code_of(Broken, subject.port.address_of, tenant, 1) == "login_refused"
    assert code_of(Broken, subject.port.address_of, tenant, 2) == "login_refused"
    for _again in range(2):
        subject.port.take_login_back(tenant, 1)
    assert code_of(Broken, subject.port.address_of, tenant, lent) == "login_refused"
    subject.port.allow_logins(tenant)
    assert subject.port.address_of(tenant, 1) == IDENTITY.base_url


def test_nobody_lends_a_role_that_is_not_there(subject):
    assert code_of(Broken, subject.port.lend_login, new_name()) == "role_missing"


def test_a_copy_beside_is_made_anew_each_time(subject, tenant):
    staging, first = beside(subject.port, tenant)
    second = subject.port.make_anew(staging, ["pg_trgm"])
    assert second != first and subject.port.database(staging).oid == second
    subject.port.drop_staging(tenant, [staging])
    assert subject.port.database(staging).oid == second
    for _again in range(2):
        subject.port.drop_staging(tenant)
    assert subject.port.database(staging) is None
    assert subject.port.database(tenant) is not None


def test_one_made_anew_takes_the_indexes_that_odoo_makes_with_unaccent(subject, tenant, request):
    version = request.node.callspec.params["subject"]
    staging = staging_name(tenant, "r", 3)
    subject.port.make_anew(staging, ["unaccent"])
    if version != "double":
        index = "CREATE TABLE told (v text); CREATE INDEX ON told (unaccent(v))"
        server_of(version).rows(index, database=staging)
    subject.port.drop_staging(tenant)


def test_a_tenants_own_database_is_never_made_anew(subject, tenant):
    assert code_of(Broken, subject.port.make_anew, tenant, []) == "already_handed_over"
    assert code_of(Broken, subject.port.make_anew, new_name(), []) == "role_missing"


def test_two_databases_change_places_and_back(subject, tenant):
    live = subject.port.database(tenant).oid
    staging, oid = beside(subject.port, tenant)
    out = staging_name(tenant, "z", 3)
    for _again in range(2):
        assert subject.port.swap(tenant, staging, out, oid) == live
        assert subject.port.database(tenant).oid == oid
        assert subject.port.database(out).oid == live
        assert subject.port.database(staging) is None
        assert subject.port.database(out).allows_connections is False
        assert subject.port.database(tenant).allows_connections is True
    assert subject.port.swap(tenant, out, staging, live) == oid
    assert subject.port.address_of(tenant, 1) == IDENTITY.base_url


def test_only_the_copy_that_was_made_is_put_in_place(subject, tenant):
    staging, oid = beside(subject.port, tenant)
    out = staging_name(tenant, "z", 3)
    wrong = code_of(Broken, subject.port.swap, tenant, staging, out, oid + 1)
    assert wrong == "database_changed"
    other = staging_name(new_name(), "r", 3)
    assert code_of(Broken, subject.port.swap, tenant, other, out, oid) == "database_changed"
    subject.port.drop_staging(tenant)
    assert code_of(Broken, subject.port.swap, tenant, staging, out, oid) == "database_missing"
    subject.port.let_in(tenant)
    assert subject.port.address_of(tenant, 1) == IDENTITY.base_url


def test_letting_in_what_is_not_there_does_nothing(subject):
    subject.port.let_in(new_name())


def test_signals_go_past_what_others_know(subject, tenant):
    marks = {name: mark + 41 for name, mark in subject.port.signals(tenant, 1).items()}
    assert marks
    for _again in range(2):
        subject.port.pass_signals(tenant, 1, marks)
    found = subject.port.signals(tenant, 1)
    assert all(found[name] > mark for name, mark in marks.items())


def test_a_restored_database_becomes_one_of_its_own(subject, tenant):
    for _again in range(2):
        subject.port.adopt(tenant, 1, BIRTH, URL)
    assert subject.port.address_of(tenant, 1) == URL


def test_a_copy_is_made_harmless_or_not_at_all(subject, tenant):
    for _again in range(2):
        left = subject.port.neutralise(tenant, 1, NEUTRAL)
        assert left["mail_servers"] == 1 and left["crons"] <= 1
    other = subject.born()
    assert code_of(Broken, subject.port.neutralise, other, 1, []) == "not_neutral"
