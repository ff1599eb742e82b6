"""Which passwords a node tries for a tenant's role, and in which order."""

from dataclasses import replace

import pytest

from saas_business_management.adapters.postgres.connect import Server
from saas_business_management.gateway.passwords import Passwords
from saas_business_management.gateway.secret_file import NodeSecrets
from saas_business_management.kernel.gateway.route import Route
from saas_business_management.kernel.secret import Secret, derive_password

OLD, NEW = Secret("old"), Secret("new")
NOBODY = Server("", 0, "", Secret(""))
ONE = NodeSecrets("local", OLD, NOBODY, NOBODY, NOBODY, 10)
BOTH = replace(ONE, cluster_secret_next=NEW)
ROUTE = Route(1, "acme.localhost", "t_a", 3, "active")


def password(secret: Secret, generation: int) -> str:
    return derive_password(secret, "t_a", generation).reveal()


def others(passwords: Passwords, secrets: NodeSecrets, tried: set[str]) -> list[str]:
    return [one for _secret, one in passwords.others(secrets, ROUTE, tried)]


def test_with_one_secret_the_next_generation_is_the_only_other() -> None:
    found = Passwords()
    assert found.first(ONE, ROUTE) == password(OLD, 3)
    assert others(found, ONE, {password(OLD, 3)}) == [password(OLD, 4)]


def test_with_two_secrets_the_generation_that_is_known_goes_first() -> None:
    found = Passwords()
    assert found.first(BOTH, ROUTE) == password(OLD, 3)
    assert others(found, BOTH, {password(OLD, 3)}) == [
        password(NEW, 3),
        password(OLD, 4),
        password(NEW, 4),
    ]


def test_the_secret_that_opened_is_tried_first_from_then_on() -> None:
    found = Passwords()
    found.took("t_a", NEW)
    assert found.first(BOTH, ROUTE) == password(NEW, 3)
    assert others(found, BOTH, {password(NEW, 3)})[0] == password(OLD, 3)


def test_another_tenant_is_another_matter() -> None:
    found = Passwords()
    found.took("t_b", NEW)
    assert found.first(BOTH, ROUTE) == password(OLD, 3)


@pytest.mark.parametrize("secrets", [ONE, replace(ONE, cluster_secret=Secret("third"))])
def test_a_secret_that_left_the_file_is_not_tried_any_more(secrets: NodeSecrets) -> None:
    found = Passwords()
    found.took("t_a", NEW)
    assert found.first(secrets, ROUTE) == password(secrets.cluster_secret, 3)


def test_what_was_tried_is_not_tried_twice_and_a_newer_file_adds_to_it() -> None:
    found, tried = Passwords(), {password(OLD, 3)}
    assert others(found, ONE, tried) == [password(OLD, 4)]
    assert others(found, ONE, tried) == []
    assert others(found, BOTH, tried) == [password(NEW, 3), password(NEW, 4)]
