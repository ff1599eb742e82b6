"""Turns: how many run at once, who waits, who gives up."""

import threading
import time

from saas_business_management.gateway.gate import Gate


def test_as_many_as_allowed_enter_at_once_for_each_key():
    gate = Gate(2, 0.01)
    assert [gate.enter("a") for _ in range(3)] == [True, True, False]
    assert [gate.enter("b") for _ in range(3)] == [True, True, False]


def test_who_leaves_makes_room():
    gate = Gate(1, 0.01)
    for _ in range(3):
        assert gate.enter("a")
        assert not gate.enter("a")
        gate.leave("a")


def test_who_waits_gets_the_place_of_who_leaves():
    gate, entered = Gate(1, 5), []
    gate.enter("a")
    waiting = threading.Thread(target=lambda: entered.append(gate.enter("a")))
    waiting.start()
    time.sleep(0.05)
    gate.leave("a")
    waiting.join(5)
    assert entered == [True]
    assert gate._running == {"a": 1}, "one place, handed over"


def test_nothing_is_kept_when_all_left():
    gate = Gate(3, 0.01)
    for _ in range(3):
        gate.enter("a")
    assert not gate.enter("a")
    for _ in range(3):
        gate.leave("a")
    assert (gate._running, gate._waiting) == ({}, {})


def test_fifty_threads_never_run_more_than_four_at_once_and_all_get_their_turn():
    gate, lock = Gate(4, 30), threading.Lock()
    now, most, done = [0], [0], [0]

    def work():
        assert gate.enter("a")
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.002)
        with lock:
            now[0] -= 1
            done[0] += 1
        gate.leave("a")

    threads = [threading.Thread(target=work) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most[0], done[0]) == (4, 50)
    assert (gate._running, gate._waiting) == ({}, {})


def test_giving_up_and_being_called_at_the_same_moment_loses_no_place():
    gate = Gate(1, 0.001)
    taken = [0]

    def work():
        for _ in range(200):
            if gate.enter("a"):
                taken[0] += 1
                time.sleep(0.0008)
                gate.leave("a")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken[0] > 0
    assert (gate._running, gate._waiting) == ({}, {})
    assert gate.enter("a")


def test_a_key_may_have_a_limit_of_its_own_and_who_is_held_is_told():
    held = []
    gate = Gate(2, 0.01, held.append)
    assert [gate.enter("small", 1) for _ in range(2)] == [True, False]
    assert [gate.enter("big", 3) for _ in range(4)] == [True, True, True, False]
    assert held == ["small", "big"]
