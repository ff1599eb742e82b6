"""The cluster port: one suite for the double and for real servers."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timezone

import pytest

from saas_business_management.adapters.fakes.cluster import FakeCluster
from saas_business_management.adapters.ports import Birth, Guest, Identity
from saas_business_management.kernel.errors import Broken, Refused
from tests.helpers.postgres import VERSIONS, new_name, server_of

BIRTH = Birth(
    str(uuid.UUID(int=1)), str(uuid.UUID(int=2)), datetime(2026, 1, 5, 9, tzinfo=timezone.utc)
)
IDENTITY = Identity(
    base_url="http://acme.localhost:8070",
    company_name="Acme",
    company_email="info@acme.example",
    admin_name="Alice",
    admin_login="alice@acme.example",
    admin_email="alice@acme.example",
)

GUEST = Guest("support-0123456789ab", "Support (Bob)", "bob@provider.example")


@dataclass
class Subject:
    """A cluster under test, a golden database on it, and a way to make two ports to the same
    cluster.
    """

    port: object
    golden: str

    def born(self):
        name = new_name()
        self.port.ensure_role(name, 1)
        self.port.clone(name, self.golden)
        self.port.own_objects(name)
        return name


@pytest.fixture(params=["double", *VERSIONS])
def subject(request):
    """The double, and each real server; tenants left by a test are removed."""
    if request.param == "double":
        port, golden = FakeCluster(), new_name("g")
        port.create_empty(golden)
        port.seal_golden(golden)
        yield Subject(port, golden)
        return
    server = server_of(request.param)
    port = server.port()
    yield Subject(port, server.golden)
    left = {one.name for one in port.databases()} | {one.name for one in port.roles()}
    # What stands beside a tenant's own database goes first.
    for name in sorted(left - {server.golden}, key=len, reverse=True):
        server.forget(name)
    port.close()


def code_of(kind, work, *arguments):
    """The code of the error that a call must raise."""
    with pytest.raises(kind) as told:
        work(*arguments)
    return told.value.code


def test_a_prepared_cluster_passes_every_check(subject):
    assert [one.code for one in subject.port.check() if not one.ok] == []


def test_an_empty_database_is_not_a_template_and_made_once(subject):
    name = new_name("g")
    oid = subject.port.create_empty(name)
    info = subject.port.database(name)
    assert (info.oid, info.is_template, info.allows_connections) == (oid, False, True)
    assert subject.port.create_empty(name) == oid


def test_a_sealed_golden_is_a_closed_template_and_sealing_twice_changes_nothing(subject):
    name = new_name("g")
    subject.port.create_empty(name)
    subject.port.seal_golden(name)
    subject.port.seal_golden(name)
    info = subject.port.database(name)
    assert (info.is_template, info.allows_connections) == (True, False)
    assert code_of(Broken, subject.port.create_empty, name) == "golden_sealed"


def test_sealing_what_is_not_there_is_broken(subject):
    assert code_of(Broken, subject.port.seal_golden, new_name("g")) == "database_missing"


def test_a_new_role_may_log_in_and_is_being_built(subject):
    name = new_name()
    subject.port.ensure_role(name, 1)
    (role,) = [one for one in subject.port.roles() if one.name == name]
    assert (role.can_login, role.stage) == (True, "building")


def test_ensuring_a_role_again_keeps_its_stage_and_its_stop(subject):
    name = new_name()
    subject.port.ensure_role(name, 1)
    subject.port.mark_role(name, "claimed")
    subject.port.stop_logins(name)
    subject.port.ensure_role(name, 2)
    (role,) = [one for one in subject.port.roles() if one.name == name]
    assert (role.can_login, role.stage) == (False, "claimed")


def test_an_unknown_stage_or_role_is_broken(subject):
    name = new_name()
    assert code_of(Broken, subject.port.mark_role, name, "ready") == "role_missing"
    assert code_of(Broken, subject.port.allow_logins, name) == "role_missing"
    subject.port.ensure_role(name, 1)
    assert code_of(Broken, subject.port.mark_role, name, "sold") == "stage_unknown"


def test_a_copy_is_adopted_the_second_time(subject):
    name = new_name()
    subject.port.ensure_role(name, 1)
    oid = subject.port.clone(name, subject.golden)
    assert subject.port.clone(name, subject.golden) == oid
    info = subject.port.database(name)
    assert (info.oid, info.is_template, info.connection_limit) == (oid, False, 10)


def test_a_copy_needs_its_role_and_its_template(subject):
    name = new_name()
    assert code_of(Broken, subject.port.clone, name, subject.golden) == "role_missing"
    subject.port.ensure_role(name, 1)
    assert code_of(Broken, subject.port.clone, name, new_name("g")) == "template_missing"
    assert subject.port.database(name) is None


def test_an_ordinary_database_cannot_be_copied_as_if_it_were_golden(subject):
    source, name = new_name("g"), new_name()
    subject.port.create_empty(source)
    subject.port.ensure_role(name, 1)
    assert code_of(Broken, subject.port.clone, name, source) == "template_missing"


def test_a_copy_is_as_large_as_its_golden(subject):
    name = subject.born()
    golden, copy = subject.port.database_bytes(subject.golden), subject.port.database_bytes(name)
    assert abs(golden - copy) < 0.1 * golden
    assert code_of(Broken, subject.port.database_bytes, new_name()) == "database_missing"


def test_handing_over_twice_changes_nothing_even_after_the_claim(subject):
    name = subject.born()
    subject.port.own_objects(name)
    subject.port.mark_role(name, "claimed")
    subject.port.own_objects(name)


def test_a_copy_that_was_claimed_before_its_hand_over_is_never_entered(subject):
    name = new_name()
    subject.port.ensure_role(name, 1)
    subject.port.clone(name, subject.golden)
    subject.port.mark_role(name, "claimed")
    assert code_of(Broken, subject.port.own_objects, name) == "already_handed_over"


def test_handing_over_needs_the_database(subject):
    name = new_name()
    assert code_of(Broken, subject.port.own_objects, name) == "database_missing"


def test_before_the_hand_over_the_tenant_may_not_settle(subject):
    name = new_name()
    subject.port.ensure_role(name, 1)
    subject.port.clone(name, subject.golden)
    assert code_of(Broken, subject.port.settle, name, 1, IDENTITY) == "right_missing"


def test_birth_and_settling_may_run_twice_and_tell_the_same_ids(subject):
    name = subject.born()
    for _again in range(2):
        subject.port.give_birth(name, 1, BIRTH)
    first = subject.port.settle(name, 1, IDENTITY)
    assert set(first) == {"admin_user_id", "admin_partner_id", "company_id"}
    assert subject.port.settle(name, 1, IDENTITY) == first


def test_settling_an_expected_tenant_tells_the_same(subject):
    name = subject.born()
    first = subject.port.settle(name, 1, IDENTITY)
    with subject.port.expecting(name, 1):
        assert subject.port.settle(name, 1, IDENTITY) == first
        assert subject.port.settle(name, 1, IDENTITY) == first


def test_a_tenant_that_was_not_the_expected_one_is_settled_all_the_same(subject):
    name = subject.born()
    for guess, generation in ((new_name(), 1), (subject.born(), 1), (name, 7)):
        with subject.port.expecting(guess, generation):
            subject.port.settle(name, 1, IDENTITY)


def test_a_former_password_generation_is_refused(subject):
    name = subject.born()
    subject.port.ensure_role(name, 2)
    assert code_of(Broken, subject.port.settle, name, 1, IDENTITY) == "login_refused"
    subject.port.settle(name, 2, IDENTITY)


def test_a_stopped_tenant_cannot_log_in_until_it_is_allowed_again(subject):
    name = subject.born()
    subject.port.stop_logins(name)
    subject.port.stop_logins(name)
    assert code_of(Broken, subject.port.settle, name, 1, IDENTITY) == "login_refused"
    subject.port.allow_logins(name)
    subject.port.settle(name, 1, IDENTITY)


def test_stopping_what_is_not_there_does_nothing(subject):
    subject.port.stop_logins(new_name())


def test_dropping_twice_leaves_nothing(subject):
    name = subject.born()
    for _again in range(2):
        subject.port.drop_database(name)
        subject.port.drop_role(name)
    assert subject.port.database(name) is None
    assert name not in {one.name for one in subject.port.roles()}


def test_a_role_is_not_dropped_while_its_database_stands(subject):
    name = subject.born()
    assert code_of(Broken, subject.port.drop_role, name) == "still_referenced"


def test_a_sealed_golden_can_be_dropped(subject):
    name = new_name("g")
    subject.port.create_empty(name)
    subject.port.seal_golden(name)
    subject.port.drop_database(name)
    assert subject.port.database(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "postgres",
        "t_short",
        "t_" + "a" * 27,
        "T_" + "a" * 26,
        "t_" + "a" * 25 + "1",
        "t_" + "a" * 26 + '"; --',
    ],
)
def test_no_name_but_ours_reaches_the_server(subject, name):
    for method in (
        "database",
        "drop_database",
        "drop_role",
        "stop_logins",
        "create_empty",
        "database_bytes",
    ):
        assert code_of(Refused, getattr(subject.port, method), name) == "database_name_form"
    assert code_of(Refused, subject.port.ensure_role, name, 1) == "database_name_form"
    assert code_of(Refused, subject.port.clone, name, subject.golden) == "database_name_form"
    assert code_of(Refused, subject.port.settle, name, 1, IDENTITY) == "database_name_form"


def test_databases_and_roles_list_what_is_there(subject):
    name = subject.born()
    assert {subject.golden, name} <= {one.name for one in subject.port.databases()}
    assert name in {one.name for one in subject.port.roles()}


def test_the_double_fails_once_when_told_to():
    port = FakeCluster()
    port.fail_next("databases", Broken("right_missing"))
    assert code_of(Broken, port.databases) == "right_missing"
    assert port.databases() == []


def test_a_guest_is_made_once_and_archived_whatever_was_before(subject):
    name = subject.born()
    assert subject.port.close_guest(name, 1, GUEST.login, 0)["guests"] == 0
    made = subject.port.open_guest(name, 1, GUEST)
    assert set(made) == {"guest_user", "guest_partner"}
    assert subject.port.open_guest(name, 1, GUEST) == made
    for _again in range(2):
        ended = subject.port.close_guest(name, 1, GUEST.login, made["guest_user"])
        assert ended == {"guests": 1, "users_made": 0}
    assert subject.port.open_guest(name, 1, GUEST) == made


def test_no_guest_enters_or_leaves_a_tenant_that_is_stopped(subject):
    name = subject.born()
    subject.port.stop_logins(name)
    assert code_of(Broken, subject.port.open_guest, name, 1, GUEST) == "login_refused"
    assert code_of(Broken, subject.port.close_guest, name, 1, GUEST.login, 0) == "login_refused"


def test_a_settled_tenant_calls_itself_by_its_address_frozen(subject):
    name = subject.born()
    subject.port.settle(name, 1, IDENTITY)
    assert subject.port.address_of(name, 1) == IDENTITY.base_url


def test_an_address_is_set_and_frozen_and_setting_it_twice_changes_nothing(subject):
    name = subject.born()
    assert subject.port.address_of(name, 1) is None
    for _again in range(2):
        subject.port.set_address(name, 1, "https://shop.acme.com")
        assert subject.port.address_of(name, 1) == "https://shop.acme.com"


def test_the_address_of_a_stopped_or_unknown_tenant_cannot_be_had(subject):
    name = subject.born()
    subject.port.stop_logins(name)
    assert code_of(Broken, subject.port.address_of, name, 1) == "login_refused"
    assert code_of(Broken, subject.port.set_address, name, 1, "https://x.test") == "login_refused"
