"""Sending events to webhooks: many at once, each endpoint in its own order.

Owns: two lanes of threads, so that slow receivers share their own few and hold nobody up; signing
at the second of sending. Does not own: what is due and in which order, and writing down what came
of it (the desk: `saas_job_webhook.py`), one sending (`adapters/poster.py`).

Nothing here is an operation with steps: a delivery is due, is sent, is written down. Whoever is
killed in between leaves a lease that runs out, and the same event is sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from ..adapters.poster import Parcel, Poster
from ..kernel.errors import SaasError
from ..kernel.gateway.reference import HEADER as REQUEST
from ..kernel.integration.answer import Answer
from ..kernel.integration.signature import HEADER, sign
from ..kernel.secret import Secret
from .base import as_ours

FAST_THREADS = 16
SLOW_THREADS = 8
LOOK_AGAIN_SECONDS = 0.5


@dataclass(frozen=True)
class Order:
    """One delivery to be tried: its row and which try it is, where to, what, signed by what.

    `request` is the number of the request that led to it, `slow` the lane; `error` says why it
    cannot even be sent.
    """

    delivery_id: int
    attempt: int
    url: str
    body: bytes
    event_id: str = ""
    kind: str = ""
    request: str = ""
    secrets: Sequence[Secret] = ()
    inside_allowed: bool = False
    slow: bool = False
    error: SaasError | None = None


class Desk(Protocol):
    """Where deliveries wait: each call is a transaction of its own."""

    def claim(self, fast: int, slow: int) -> Sequence[Order]:
        """Take at most so many due deliveries of each lane; nobody else gets them meanwhile."""

    def record(self, order: Order, answer: Answer) -> None:
        """Write down what came of one."""


class Courier:
    """Sends what is due until nothing is, or until the time is over."""

    def __init__(
        self,
        poster: Poster | None = None,
        fast: int = FAST_THREADS,
        slow: int = SLOW_THREADS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._poster = poster or Poster()
        self._places = {False: fast, True: slow}
        self._clock = clock

    def run(self, desk: Desk, seconds: float) -> int:
        """Carry deliveries for so long, and wait for those that are under way; return how many."""
        end = time.monotonic() + seconds
        pools = {slow: ThreadPoolExecutor(count) for slow, count in self._places.items()}
        running: dict[Future[Answer], Order] = {}
        count = 0
        try:
            while True:
                if time.monotonic() < end:
                    self._take(desk, pools, running)
                if not running:
                    return count
                done, _rest = wait(running, LOOK_AGAIN_SECONDS, FIRST_COMPLETED)
                for one in done:
                    desk.record(running.pop(one), _outcome(one))
                    count += 1
        finally:
            for pool in pools.values():
                pool.shutdown(wait=True, cancel_futures=True)

    def _take(
        self,
        desk: Desk,
        pools: dict[bool, ThreadPoolExecutor],
        running: dict[Future[Answer], Order],
    ) -> None:
        busy = [order.slow for order in running.values()]
        free = {slow: count - busy.count(slow) for slow, count in self._places.items()}
        if any(free.values()):
            for order in desk.claim(free[False], free[True]):
                running[pools[order.slow].submit(self._send, order)] = order

    def _send(self, order: Order) -> Answer:
        if order.error:
            return Answer(error=order.error, ours=True)
        headers = {
            HEADER: sign(order.body, int(self._clock()), order.secrets).header,
            "Saas-Event-Id": order.event_id,
            "Saas-Event-Kind": order.kind,
            "Saas-Delivery-Id": str(order.delivery_id),
            "Saas-Attempt": str(order.attempt),
        }
        if order.request:
            headers[REQUEST] = order.request
        return self._poster.send(Parcel(order.url, order.body, headers, order.inside_allowed))


def _outcome(done: Future[Answer]) -> Answer:
    """Return the answer of a thread; what nobody foresaw is ours, not the receiver's."""
    error = done.exception()
    if not isinstance(error, Exception):
        return done.result()
    return Answer(error=as_ours(error), ours=True)
