"""The auditor's side of the cluster port: one suite for the double and for real servers."""

import pytest

from saas_business_management.kernel.errors import Broken
from saas_business_management.kernel.provisioning.privileges import TenantKnown, judge
from tests.contract.test_cluster import BIRTH, IDENTITY, code_of, subject
from tests.helpers.postgres import new_name

assert subject  # the fixture


@pytest.fixture
def tenant(subject):
    name = subject.born()
    subject.port.give_birth(name, 1, BIRTH)
    subject.port.settle(name, 1, IDENTITY)
    return name


def findings(port, tenant):
    known = [TenantKnown(tenant, 1)]
    seen, inside = port.privileges(), {tenant: port.inside(tenant, 1)}
    found = judge(seen, port.baseline(), known, inside)
    return [one.kind for one in found if one.name == tenant]


def test_a_tenant_as_it_was_made_has_no_findings(subject, tenant):
    assert findings(subject.port, tenant) == []
    inside = subject.port.inside(tenant, 1)
    assert (inside.opens, inside.base_url, inside.base_url_frozen) == (
        True,
        IDENTITY.base_url,
        True,
    )


def test_another_password_is_seen_and_set_again(subject, tenant):
    subject.port.ensure_role(tenant, 7)
    assert findings(subject.port, tenant) == ["password_changed"]
    subject.port.mend_right("password_changed", tenant, 1, {})
    assert findings(subject.port, tenant) == []


def test_what_is_not_there_is_unknown(subject):
    name = new_name()
    assert subject.port.inside(name, 1).base_url is None


def test_mending_what_is_right_does_nothing_and_an_unknown_kind_is_refused(subject, tenant):
    facts = {"expected": 10}
    subject.port.mend_right("database_limit", tenant, 1, facts)
    assert findings(subject.port, tenant) == []
    refused = code_of(Broken, subject.port.mend_right, "made_up", tenant, 1, {})
    assert refused == "mend_unknown"


def test_every_attack_is_refused(subject, tenant):
    outcomes = {one.outcome for one in subject.port.attack(tenant, 1, "")}
    assert outcomes == {"refused"}


def test_nobody_attacks_as_a_tenant_that_cannot_log_in(subject, tenant):
    subject.port.stop_logins(tenant)
    assert code_of(Broken, subject.port.attack, tenant, 1, "") == "login_refused"


def test_no_session_of_before_is_left(subject, tenant):
    moment = subject.port.moment()
    assert isinstance(moment, str)
    assert subject.port.end_sessions_before(tenant, moment, 5) == 0
