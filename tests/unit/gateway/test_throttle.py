"""Tries to log in, as the threads of one process make them."""

import os
import threading

import pytest

from saas_business_management.gateway import throttle as throttle_file
from saas_business_management.gateway.context import set_database, take_wait
from saas_business_management.gateway.events import Events
from saas_business_management.gateway.throttle import Throttle


class DeniedError(Exception):
    """As Odoo denies a login."""


@pytest.fixture
def tried():
    """A throttle whose clock stands, and a way to fail there from an address."""
    now = [0.0]
    throttle = Throttle(Events(), lambda: now[0])

    def fail(source="192.0.2.1", login="Alice"):
        set_database("t_a", source)
        try:
            with pytest.raises(DeniedError), throttle.counting(login, DeniedError):
                raise DeniedError
        finally:
            set_database(None)
        return take_wait()

    yield throttle, fail, now
    set_database(None)


def test_the_eleventh_try_is_denied_before_anything_is_compared(tried):
    throttle, fail, now = tried
    assert [fail() for _ in range(10)] == [0] * 10
    assert fail() == 10
    set_database("t_a", "192.0.2.250")
    with pytest.raises(DeniedError), throttle.counting("bob", DeniedError):
        raise AssertionError("nothing may run")
    now[0] = 10.0
    with throttle.counting("bob", DeniedError):
        pass


def test_who_logs_in_well_and_what_breaks_for_another_reason_is_not_counted(tried):
    throttle, _fail, _now = tried
    set_database("t_a", "192.0.2.1")
    for _ in range(30):
        with throttle.counting("alice", DeniedError):
            pass
        with pytest.raises(ZeroDivisionError), throttle.counting("alice", DeniedError):
            raise ZeroDivisionError
    assert throttle.wait_seconds("alice") == 0


def test_a_login_is_the_same_in_any_letters(tried):
    _throttle, fail, _now = tried
    for number in range(20):
        fail(f"10.0.{number}.1", login=f" ALICE{chr(32) * (number % 2)}")
    for _ in range(3):
        fail("203.0.113.1", login="alice")
    assert fail("203.0.113.1", login="alice") > 0


def test_processes_that_are_forked_count_together(tried):
    throttle, fail, _now = tried
    for _ in range(2):
        child = os.fork()
        if not child:
            for _ in range(5):
                fail()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    set_database("t_a", "192.0.2.1")
    assert throttle.wait_seconds("alice") == 10


def test_no_more_passwords_are_compared_at_once_than_there_are_cores(monkeypatch):
    monkeypatch.setattr(throttle_file.os, "cpu_count", lambda: 1)
    monkeypatch.setattr(throttle_file, "HASH_PATIENCE_SECONDS", 0.05)
    throttle = Throttle(Events())
    waits = []

    def second():
        with pytest.raises(DeniedError), throttle.hashing(DeniedError):
            raise AssertionError("nothing may run")
        waits.append(take_wait())

    with throttle.hashing(DeniedError):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert waits == [1.0]
    with throttle.hashing(DeniedError):
        pass


def test_a_try_that_failed_is_told_by_its_network_and_counted_for_its_tenant():
    failed, told = [], []
    events = Events()
    throttle = Throttle(events, lambda: 0.0, failed.append)
    for source in ("192.0.2.1", "192.0.2.200", "2001:db8::1"):
        set_database("t_a", source)
        throttle.failed("alice")
    set_database(None)
    events.tell(lambda _process, rows: told.extend(rows))
    assert failed == ["t_a"] * 3
    assert [(one.rule, one.source, one.count) for one in told] == [
        ("login_failed", "192.0.2.0/24", 2),
        ("login_failed", "2001:db8::/56", 1),
    ]
