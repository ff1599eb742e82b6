"""Many deliveries at once to real receivers on loopback: lanes, order, signatures, what is lost."""

import threading
from dataclasses import replace

import pytest

from saas_business_management.adapters.poster import Poster
from saas_business_management.jobs.deliver_webhooks import Courier, Order
from saas_business_management.kernel.errors import Refused
from saas_business_management.kernel.integration.signature import verify
from saas_business_management.kernel.secret import Secret

from ..helpers.receiver import Receiver

SECRET = Secret("whsec_test")
NOW = 1_800_000_000


@pytest.fixture
def receiver():
    found = Receiver()
    yield found
    found.close()


class ListDesk:
    """Orders by endpoint (their path), one of each at a time, as the rows' desk gives them."""

    def __init__(self, orders):
        self.left, self.told, self.busy = list(orders), [], set()
        self.most_at_once = 0

    def claim(self, fast, slow):
        room, taken = {False: fast, True: slow}, []
        for order in list(self.left):
            if order.url not in self.busy and room[order.slow] > 0:
                room[order.slow] -= 1
                self.busy.add(order.url)
                self.left.remove(order)
                taken.append(order)
        self.most_at_once = max(self.most_at_once, len(self.busy))
        return taken

    def record(self, order, answer):
        self.busy.discard(order.url)
        self.told.append((order, answer))


def orders(receiver, path, count, first=0, **more):
    return [
        Order(
            delivery_id=first + number,
            attempt=1,
            url=f"{receiver.url}{path}",
            body=b'{"id":"evt_%d"}' % (first + number),
            event_id=f"evt_{first + number}",
            kind="tenant.created",
            secrets=[SECRET],
            inside_allowed=True,
            **more,
        )
        for number in range(count)
    ]


def courier(**more):
    return Courier(Poster(whole_seconds=2.0, connect_seconds=1.0), clock=lambda: NOW, **more)


def test_everything_arrives_signed_and_in_order(receiver):
    desk = ListDesk(orders(receiver, "/a", 20))
    assert courier().run(desk, 10) == 20
    assert all(answer.received for _order, answer in desk.told)
    assert [one.event_id for one in receiver.seen] == [f"evt_{number}" for number in range(20)]
    for one in receiver.seen:
        assert verify(one.headers["saas-signature"], one.body, [SECRET], NOW)
        assert one.headers["saas-event-id"] == one.event_id
        assert one.headers["saas-event-kind"] == "tenant.created"
        assert one.headers["saas-attempt"] == "1"
        assert "x-request-id" not in one.headers


def test_the_number_of_the_request_that_led_to_it_goes_along(receiver):
    courier().run(ListDesk(orders(receiver, "/a", 1, request="req-7f3a")), 10)
    assert receiver.seen[0].headers["x-request-id"] == "req-7f3a"


class ReleasingDesk(ListDesk):
    """Lets the held receivers answer as soon as so many others have."""

    def __init__(self, orders, receiver, quick):
        super().__init__(orders)
        self._receiver, self._quick = receiver, quick

    def record(self, order, answer):
        super().record(order, answer)
        if len(self.told) == self._quick:
            self._receiver.release.set()


def test_slow_receivers_hold_nobody_up(receiver):
    """Twelve known slow ones for two threads of their lane, and twenty quick ones beside them."""
    slow = []
    for number in range(12):
        receiver.plan[f"/slow{number}"] = "held"
        slow += orders(receiver, f"/slow{number}", 1, 1000 + number, slow=True)
    quick = [one for n in range(20) for one in orders(receiver, f"/quick{n}", 2, n * 10)]
    desk = ReleasingDesk(slow + quick, receiver, 40)
    Courier(Poster(whole_seconds=30), fast=4, slow=2).run(desk, 60)
    assert [order.slow for order, _answer in desk.told] == [False] * 40 + [True] * 12
    assert all(answer.received for _order, answer in desk.told)


def test_an_unknown_slow_one_takes_one_thread_of_the_fast_lane(receiver):
    receiver.plan["/new"] = "held"
    desk = ReleasingDesk(orders(receiver, "/new", 3) + orders(receiver, "/b", 5, 10), receiver, 5)
    Courier(Poster(whole_seconds=30), fast=2).run(desk, 60)
    assert [order.delivery_id for order, _answer in desk.told] == [*range(10, 15), 0, 1, 2]


def test_what_is_not_begun_in_time_is_left_for_the_next_round(receiver):
    desk = ListDesk(orders(receiver, "/a", 5))
    assert courier().run(desk, 0) == 0
    assert len(desk.left) == 5 and not desk.busy


def test_what_cannot_be_signed_is_not_sent_and_is_ours(receiver):
    [order] = orders(receiver, "/a", 1)
    broken = replace(order, secrets=[], error=Refused("keyring_missing"))
    unsigned = replace(order, secrets=[], delivery_id=2, url=order.url + "2")
    desk = ListDesk([broken, unsigned])
    courier().run(desk, 5)
    assert {answer.fault.code for _order, answer in desk.told} == {
        "keyring_missing",
        "signature_without_secret",
    }
    assert all(answer.ours for _order, answer in desk.told) and not receiver.seen


def test_a_fault_that_nobody_foresaw_is_ours(receiver):
    class Planted(Poster):
        def send(self, parcel):
            raise ZeroDivisionError

    desk = ListDesk(orders(receiver, "/a", 2))
    Courier(Planted()).run(desk, 5)
    assert [answer.fault.code for _o, answer in desk.told] == ["unforeseen"] * 2
    assert all(answer.ours for _o, answer in desk.told)


def test_no_thread_is_left_behind(receiver):
    before = threading.active_count()
    courier().run(ListDesk(orders(receiver, "/a", 3)), 5)
    left = [one for one in threading.enumerate() if "ThreadPool" in one.name]
    assert not left and threading.active_count() <= before + 6
