"""A tenant's database password changes while people work: nobody is refused, nobody logged out."""

from __future__ import annotations

import threading
import time

import psycopg2
import pytest

from saas_business_management.kernel.secret import derive_password
from tests.helpers.node import until

PEOPLE = 4


@pytest.fixture(scope="module")
def tenant(fleet):
    return fleet.make_tenant("rotated.localhost")


@pytest.fixture
def served(door, tenant):
    until(lambda: door.get("/web/health", tenant.host).status_code == 200, 30)
    return door


class Crowd:
    """People who never stop asking, each with a session of their own."""

    def __init__(self, door, tenant):
        self.door, self.tenant = door, tenant
        self.answers: list[int] = []
        self.errors: list[str] = []
        self._over = threading.Event()
        visitors = [door.visitor(tenant).log_in() for _ in range(PEOPLE)]
        self._threads = [threading.Thread(target=self._ask, args=[one]) for one in visitors]

    def __enter__(self):
        [one.start() for one in self._threads]
        return self

    def __exit__(self, *told):
        self._over.set()
        [one.join(60) for one in self._threads]

    def _ask(self, visitor):
        while not self._over.is_set():
            answer = visitor.post("/web/session/get_session_info", json={"params": {}})
            told = answer.json()
            # In this dialect a refusal is an answer 200 that holds the code.
            code = told.get("error", {}).get("code", answer.status_code)
            self.answers.append(code)
            if code == 503:
                assert answer.headers.get("Retry-After"), answer.headers
                time.sleep(0.2)
            elif (told.get("result") or {}).get("uid") != self.tenant.user_id:
                self.errors.append(answer.text[:300])


def rotate(fleet, tenant, between=0.0):
    """What the operation does, in its order."""
    generation = tenant.generation + 1
    fleet.adapter.ensure_role(tenant.name, generation)
    moment = fleet.adapter.moment()
    time.sleep(between)
    fleet.routes.put(tenant.name, generation=generation)
    tenant.generation = generation
    return fleet.adapter.end_sessions_before(tenant.name, moment, 20)


def opens(fleet, tenant, generation):
    password = derive_password(fleet.cluster_secret, tenant.name, generation).reveal()
    try:
        psycopg2.connect(**fleet.cluster.dsn(tenant.name, tenant.name, password)).close()
    except psycopg2.OperationalError as error:
        assert "password authentication failed" in str(error), error
        return False
    return True


def test_no_request_fails_and_nobody_is_logged_out(fleet, served, tenant):
    old = tenant.generation
    with Crowd(served, tenant) as crowd:
        for between in (0, 0.2, 1):
            time.sleep(0.5)
            assert rotate(fleet, tenant, between) == 0, "a session had to be ended by force"
            before = len(crowd.answers)
            until(lambda count=before: len(crowd.answers) > count + PEOPLE, 20)
    assert crowd.errors == []
    # While registries are loaded anew, a node with few places may ask for a moment's patience.
    assert set(crowd.answers) <= {200, 503}
    assert crowd.answers.count(503) < len(crowd.answers) / 10
    assert [opens(fleet, tenant, one) for one in range(old, tenant.generation)] == [False] * 3
    assert opens(fleet, tenant, tenant.generation)


def test_a_control_plane_that_dies_in_between_is_not_noticed(fleet, served, tenant):
    visitor = served.visitor(tenant).log_in()
    fleet.adapter.ensure_role(tenant.name, tenant.generation + 1)
    moment = fleet.adapter.moment()
    fleet.adapter.end_sessions_before(tenant.name, moment, 0)
    try:
        time.sleep(0.2)
        assert visitor.is_logged_in()
        assert served.get("/web/login", tenant.host).status_code == 200
    finally:
        fleet.routes.put(tenant.name, generation=tenant.generation + 1)
        tenant.generation += 1
    assert visitor.is_logged_in()


def test_a_password_that_is_neither_keeps_the_session_until_it_is_mended(fleet, served, tenant):
    visitor = served.visitor(tenant).log_in()
    fleet.adapter.ensure_role(tenant.name, tenant.generation + 5)
    fleet.adapter.end_sessions_before(tenant.name, fleet.adapter.moment(), 0)
    try:
        until(lambda: visitor.get("/web/login").status_code == 503, 10)
        assert visitor.get("/web/login").headers["Retry-After"]
    finally:
        fleet.adapter.ensure_role(tenant.name, tenant.generation)
    until(visitor.is_logged_in, 10)
