"""Which lines a node tells: warnings, failed and slow requests, bounded, equal ones once."""

import logging
import sys
import threading
from types import SimpleNamespace

import pytest

from saas_business_management.gateway.context import bound_to
from saas_business_management.gateway.journal import TELL_SECONDS, Journal, JournalHandler
from saas_business_management.kernel.errors import Broken, Unavailable
from saas_business_management.kernel.gateway.reference import THREAD


@pytest.fixture
def now():
    return [100.0]


@pytest.fixture
def journal(now):
    return Journal(5.0, 3, lambda: now[0])


def told(journal, now):
    now[0] += TELL_SECONDS
    rows = []
    journal.tell(lambda _process, lines: rows.extend(lines))
    return rows


def watch(status="200 OK", path="/web", timed=True):
    return SimpleNamespace(
        status=status, path=path, method="GET", database="t_a", request="number-1", timed=timed
    )


def test_requests_that_failed_or_were_slow_are_told_by_their_route(journal, now):
    journal.request(watch(), 4.9)
    journal.request(watch("404 Not Found"), 0.1)
    journal.request(watch("500 Oops", "/my/orders/17"), 0.25)
    journal.request(watch(path="/web/slow"), 6.0)
    journal.request(watch(timed=False), 60.0)
    failed, slow = told(journal, now)
    assert (failed.level, failed.message, failed.status) == ("ERROR", "GET /my/orders/*", 500)
    assert (failed.database, failed.request, failed.ms) == ("t_a", "number-1", 250)
    assert (slow.level, slow.message, slow.ms) == ("WARNING", "GET /web/slow", 6000)


def test_equal_lines_are_one_that_counts_and_the_rest_is_bounded(journal, now):
    for number in range(10):
        journal.note("WARNING", "odoo", "the same", "t_a", f"number-{number}")
        journal.note("WARNING", "odoo", f"other {number}", "t_a", "")
    found = told(journal, now)
    assert (found[0].message, found[0].count) == ("the same", 10)
    assert len(found) == 3


def test_nothing_is_told_before_its_time_and_everything_once(journal, now):
    journal.note("ERROR", "odoo", "x", "", "")
    rows = []
    journal.tell(lambda _process, lines: rows.extend(lines))
    assert rows == []
    assert [one.age_seconds for one in told(journal, now)] == [TELL_SECONDS]
    assert told(journal, now) == []


def test_without_an_answer_the_same_numbers_are_told_again(journal, now):
    journal.note("ERROR", "odoo", "x", "", "")
    tried = []

    def away(_process, lines):
        tried.append([one.sequence for one in lines])
        raise Unavailable("server_unreachable")

    now[0] += TELL_SECONDS
    for _again in range(2):
        with pytest.raises(Unavailable):
            journal.tell(away)
    assert tried == [[1], [1]]
    assert [one.sequence for one in told(journal, now)] == [1]


def test_what_is_refused_is_not_told_for_ever(journal, now):
    def refuse(_process, _lines):
        raise Broken("right_missing")

    journal.note("ERROR", "odoo", "x", "", "")
    now[0] += TELL_SECONDS
    journal.tell(refuse)
    assert told(journal, now) == []


def test_the_handler_tells_database_number_and_kind_of_error_but_not_its_words(journal, now):
    handler, thread = JournalHandler(journal), threading.current_thread()
    try:
        raise ValueError("alice@example.com")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("odoo.http", logging.ERROR, "", 1, "it failed: %s", ("x",), error)
    setattr(thread, THREAD, "number-7")
    try:
        with bound_to("t_b"):
            handler.handle(record)
    finally:
        delattr(thread, THREAD)
    (line,) = told(journal, now)
    assert (line.database, line.request) == ("t_b", "number-7")
    assert line.message == "it failed: x (ValueError)"


def test_a_record_that_cannot_be_written_is_told_as_it_is(journal, now):
    JournalHandler(journal).handle(logging.LogRecord("o", 40, "", 1, "%d", ("x",), None))
    assert [one.message for one in told(journal, now)] == ["%d"]
