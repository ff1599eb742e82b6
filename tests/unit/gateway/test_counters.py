"""What a node counts of each tenant: every request and byte once, told in numbered rows."""

import io
import threading

import pytest

from saas_business_management.gateway.context import set_user
from saas_business_management.gateway.counters import TELL_SECONDS, Counters
from saas_business_management.kernel.errors import Broken, Unavailable
from saas_business_management.kernel.gateway.busy import ALL_OTHERS, MOST_KEPT, MOST_USERS
from saas_business_management.kernel.gateway.count import is_api_call
from saas_business_management.kernel.gateway.kind import Kind


class Clock:
    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def counters(clock):
    return Counters(clock)


def serve(counters, body=(b"abc", b"de"), status="200 OK", path="/web", sent="7", database="t_a"):
    kind = Kind.JSON2 if path.startswith("/json/") else Kind.PAGE
    watch = counters.request(database, kind, path, {"CONTENT_LENGTH": sent})
    started = []

    def odoo(_app, _environ, start_response):
        start_response(status, [])
        return body

    call = watch.reaching(odoo)
    answer = watch.around(call(None, {}, watch.noting(lambda *given: started.append(given))))
    found = b"".join(answer)
    answer.close()
    answer.close()
    return found


def told(counters):
    rows = []
    counters.tell(lambda _process, some, _age: rows.extend(some), at_once=True)
    return {row.database: row for row in rows}


def test_requests_and_bytes_are_counted_per_tenant(counters):
    assert serve(counters) == b"abcde"
    serve(counters, path="/json/2/res.partner/read", sent="100")
    serve(counters, database="t_b", status="503 Busy", sent="")
    found = told(counters)
    one, other = found["t_a"], found["t_b"]
    assert (one.requests, one.api_calls, one.bytes_in, one.bytes_out) == (2, 1, 107, 10)
    assert (other.requests, other.failures, other.bytes_in) == (1, 1, 0)


def test_what_the_gateway_refuses_is_a_request_and_no_api_call(counters):
    watch = counters.request("t_a", Kind.JSON2, "/json/2/x", {})
    list(watch.around([b"busy"]))
    watch.over()
    assert (told(counters)["t_a"].requests, told(counters).get("t_a")) == (1, None)
    assert is_api_call(Kind.XMLRPC, "/xmlrpc/2/object")
    assert not is_api_call(Kind.JSONRPC, "/web/dataset/call_kw")
    assert is_api_call(Kind.JSONRPC, "/jsonrpc")


def test_an_answer_that_nobody_reads_counts_without_its_bytes_and_is_closed(counters):
    class Body:
        closed = 0

        def __iter__(self):
            return iter((b"abc",))

        def close(self):
            self.closed += 1

    body = Body()
    counters.request("t_a", Kind.PAGE, "/", {}).around(body).close()
    row = told(counters)["t_a"]
    assert (row.requests, row.bytes_out, body.closed) == (1, 0, 1)


def test_times_are_counted_in_buckets_and_crons_beside(counters, clock):
    watch = counters.request("t_a", Kind.PAGE, "/", {})
    clock.at += 0.2
    watch.over()
    counters.cron("t_a", 1.5)
    row = told(counters)["t_a"]
    assert (round(row.response_ms), row.answered, row.cron_ms) == (200, 1, 1500)
    assert row.latency.index(1) == 3 and sum(row.latency) == 1


def test_nothing_is_told_before_its_time_and_then_that_the_process_is_there(counters, clock):
    rows = []
    counters.tell(lambda _p, some, _age: rows.extend(some))
    assert rows == []
    clock.at += TELL_SECONDS
    counters.tell(lambda _p, some, _age: rows.extend(some))
    assert [(row.database, row.requests) for row in rows] == [("", 0)]


def test_what_got_no_answer_is_told_again_under_the_same_numbers(counters):
    def lost(process, some, _age):
        seen.append((process, [row.sequence for row in some]))
        raise Unavailable("connection_lost")

    seen = []
    serve(counters)
    for _again in range(2):
        with pytest.raises(Unavailable):
            counters.tell(lost, at_once=True)
    serve(counters)
    assert seen[0] == seen[1]
    first, second = told(counters)["t_a"], told(counters)["t_a"]
    assert (first.requests, second.requests) == (1, 1)
    assert second.sequence > first.sequence


def test_what_is_refused_is_given_up(counters):
    def refused(*_given):
        raise Broken("right_missing")

    serve(counters)
    counters.tell(refused, at_once=True)
    assert "t_a" not in told(counters)


def test_a_process_of_its_own_counts_from_nothing(counters):
    serve(counters)
    before = counters.process
    counters.start()
    assert counters.process != before
    assert "t_a" not in told(counters)


def test_threads_lose_nothing(counters):
    def work():
        for _number in range(500):
            serve(counters)

    threads = [threading.Thread(target=work) for _number in range(8)]
    for one in threads:
        one.start()
    rows = []
    while any(one.is_alive() for one in threads):
        counters.tell(lambda _p, some, _age: rows.extend(some), at_once=True)
    rows += told(counters).values()
    assert sum(row.requests for row in rows) == 4000
    assert sum(row.bytes_out for row in rows) == 20000


def test_a_body_without_a_length_is_counted_as_it_is_read(counters):
    body = b"line\n" * 1000
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(body)}
    watch = counters.request("t_a", Kind.PAGE, "/web", environ)
    given = environ["wsgi.input"]
    assert given.read(7) == body[:7]
    assert given.readline() == body[7:10]
    assert given.read() == body[10:]
    watch.over()
    assert told(counters)["t_a"].bytes_in == len(body)


def asked_by(counters, user, path="/web", times=1):
    for _time in range(times):
        kind = Kind.JSON2 if path.startswith("/json/") else Kind.PAGE
        watch = counters.request("t_a", kind, path, {})

        def odoo(*_given):
            set_user(user)
            return []

        answer = watch.around(watch.reaching(odoo)())
        list(answer)
        answer.close()


def test_requests_are_counted_by_the_user_and_visitors_are_nobody(counters):
    asked_by(counters, 7, times=2)
    asked_by(counters, 7, "/json/2/res.partner/read")
    asked_by(counters, 9)
    asked_by(counters, None, times=5)
    serve(counters)
    found = told(counters)["t_a"]
    assert [row[:3] for row in found.users] == [(7, 3, 1), (9, 1, 0)]
    assert found.requests == 10


def test_a_user_of_the_request_before_is_not_taken_for_this_one(counters):
    set_user(7)
    asked_by(counters, None)
    assert told(counters)["t_a"].users == ()


def test_so_many_users_are_told_and_all_others_as_one(counters):
    for user in range(1, MOST_KEPT + 11):
        asked_by(counters, user)
    asked_by(counters, MOST_KEPT + 5, times=3)
    asked_by(counters, 30, times=5)
    users = told(counters)["t_a"].users
    assert len(users) == MOST_USERS + 1
    assert users[0][:2] == (30, 6)
    assert users[-1][:2] == (ALL_OTHERS, MOST_KEPT + 18 - 6 - (MOST_USERS - 1))
    assert sum(row[1] for row in users) == MOST_KEPT + 18
    assert told(counters).get("t_a") is None
