"""Work beside the requests."""

import threading
import time

from saas_business_management.gateway.chores import Chores
from saas_business_management.kernel.errors import Unavailable


def started():
    chores = Chores()
    chores.start()
    return chores


def test_work_is_done_in_order_and_each_key_once():
    chores, done, last = Chores(), [], threading.Event()
    for key in ("a", "b", "a", "c"):
        chores.add(key, lambda key=key: done.append(key))
    chores.add("end", last.set)
    chores.start()
    assert last.wait(30)
    assert done == ["a", "b", "c"]


def test_a_key_may_come_again_after_its_turn():
    chores, done = started(), threading.Semaphore(0)
    for _ in range(3):
        chores.add("a", done.release)
        assert done.acquire(timeout=30)


def test_delayed_work_waits_and_lets_other_work_pass():
    chores, done, last = started(), [], threading.Event()
    began = time.monotonic()
    chores.add("late", lambda: (done.append("late"), last.set()), delay_seconds=1)
    chores.add("now", lambda: done.append("now"))
    assert last.wait(30)
    assert done == ["now", "late"]
    assert time.monotonic() - began >= 1


def test_a_failure_is_logged_and_the_next_work_done(caplog):
    chores, last = started(), threading.Event()

    def unforeseen():
        raise ValueError("x")

    def foreseen():
        raise Unavailable("standby_not_warm")

    chores.add("one", unforeseen)
    chores.add("two", foreseen)
    chores.add("three", last.set)
    assert last.wait(30)
    assert "one: unforeseen" in caplog.text
    assert "two: standby_not_warm" in caplog.text
