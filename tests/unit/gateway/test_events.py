"""What a process noticed, told once."""

import pytest

from saas_business_management.gateway.context import set_database
from saas_business_management.gateway.events import Events
from saas_business_management.kernel.errors import Broken, Unavailable


@pytest.fixture
def events():
    return Events(most=3)


def told(events):
    found = []
    events.tell(lambda process, rows: found.extend(rows))
    return [(one.sequence, one.rule, one.database, one.source, one.count) for one in found]


def test_equal_ones_are_one_that_counts(events):
    for _ in range(5):
        events.note("bad_host", "", "192.0.2.1")
    events.note("bad_host", "t_a", "192.0.2.1")
    assert told(events) == [
        (1, "bad_host", "", "192.0.2.1", 5),
        (2, "bad_host", "t_a", "192.0.2.1", 1),
    ]
    assert told(events) == []


def test_it_was_the_request_of_this_thread(events):
    set_database("t_a", "192.0.2.7")
    events.note("rpc_foreign_database", method="execute")
    set_database(None)
    assert told(events) == [(1, "rpc_foreign_database", "t_a", "192.0.2.7", 1)]


def test_a_flood_of_different_ones_is_bounded_and_reported(events, caplog):
    for number in range(10):
        events.note("bad_host", "", f"192.0.2.{number}")
    assert len(told(events)) == 3
    assert "7 security events" in caplog.text


def test_without_an_answer_the_same_numbers_come_again(events):
    events.note("bad_host", "", "a")
    with pytest.raises(Unavailable):
        events.tell(lambda process, rows: (_ for _ in ()).throw(Unavailable("server_unreachable")))
    events.note("bad_host", "", "b")
    assert told(events) == [(1, "bad_host", "", "a", 1)]
    assert told(events) == [(2, "bad_host", "", "b", 1)]


def test_what_is_refused_is_not_tried_for_ever(events, caplog):
    events.note("bad_host", "", "a")
    events.tell(lambda process, rows: (_ for _ in ()).throw(Broken("login_refused")))
    assert told(events) == []
    assert "were refused" in caplog.text


def test_a_child_process_begins_anew_under_a_name_of_its_own(events):
    events.note("bad_host", "", "a")
    name = events.process
    events.start()
    assert events.process != name
    assert told(events) == []
