"""What counting costs a request: the guard with its counters beside the same one without.

Owns: both guards, requests through them in turn, making the rows. Does not own: the guard.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests import bare

bare.install()

from saas_business_management.gateway.cache import RouteCache  # noqa: E402
from saas_business_management.gateway.context import set_user  # noqa: E402
from saas_business_management.gateway.counters import Counters  # noqa: E402
from saas_business_management.gateway.gate import Gate  # noqa: E402
from saas_business_management.gateway.middleware import Guard  # noqa: E402
from saas_business_management.gateway.trust import Trust  # noqa: E402
from saas_business_management.kernel.gateway.route import Route  # noqa: E402
from saas_business_management.kernel.secret import Secret  # noqa: E402
from tests.helpers.bench import Report, at_most, median  # noqa: E402

TITLE = "Metering at the gateway"
ROUTES, CALLS, ROUNDS = 1000, 2000, 25
NUMBER = 7
LIMITS = '{"api": {"policy": "throttle", "rate": 999999999}, "apps": {"allowed": ["crm", "sale"]}}'
CASES = (
    ("static", "GET", "/web/static/img/logo.png", 1, "static file"),
    ("page", "GET", "/web/login", 1, "page"),
    ("call", "POST", "/json/2/res.partner/read", 1, "API call"),
    ("pieces", "GET", "/web/content/1", 64, "download in 64 pieces"),
)
NOTE = (
    "Both guards stand in one process, with a thousand routes and nothing behind them. Their "
    "rounds are measured in turn, in time of the processor, so that what else runs on the machine "
    "does not matter; what the second takes less is what counting costs."
)


class _NoWatch:
    """Counts nothing: hands everything on as it is."""

    def reaching(self, call: Callable) -> Callable:
        return call

    def noting(self, start_response: Callable) -> Callable:
        return start_response

    def around(self, body: Iterable[bytes]) -> Iterable[bytes]:
        return body

    def at_once(self) -> None: ...


class _NoCounters(Counters):
    """Counters of a node that counts nothing."""

    def request(self, *_request: object) -> _NoWatch:
        return _NO_WATCH


_NO_WATCH = _NoWatch()


class _Standing:
    """An agent whose map is read."""

    def ensure(self) -> None: ...

    def wait_for_first_reading(self, seconds: float) -> None: ...


def measure_metering(report: Report, rounds: int = ROUNDS) -> None:
    """Ask both guards in turn, then tell what was counted of a thousand tenants."""
    with tempfile.TemporaryDirectory() as folder:
        cache = _cache(Path(folder))
        counters = Counters()
        counting, plain = _guard(cache, counters), _guard(cache, _NoCounters())
        for name, method, path, pieces, words in CASES:
            pairs = [
                _in_turn(counting, plain, _request(method, path, pieces), number)
                for number in range(rounds + 1)
            ][1:]
            cost = [with_them - without for with_them, without in pairs]
            report.add(f"{name}_counted", [one for one, _ in pairs], "µs", f"{words}, counted")
            report.add(f"{name}_uncounted", [one for _, one in pairs], "µs", f"{words}, uncounted")
            goal = at_most(median(cost), 20, "p50 ≤ 20 µs")
            report.add(f"{name}_metering", cost, "µs", f"what counting a {words} costs", goal)
        _measure_limits(cache, counting, report, rounds)
        _measure_telling(counters, report)
    report.say(NOTE)


def _measure_limits(cache: RouteCache, guard: Guard, report: Report, rounds: int) -> None:
    """Ask for a tenant with limits in force beside one without any."""
    free, tight = (
        _request("POST", "/json/2/res.partner/read", 1, number) for number in (NUMBER, 0)
    )
    pairs = [(_microseconds(guard, tight), _microseconds(guard, free)) for _ in range(rounds + 1)]
    cost = [limited - unlimited for limited, unlimited in pairs[1:]]
    report.add("limits_read", cost, "µs", "what the limits of a throttled tenant cost a call more")


def _measure_telling(counters: Counters, report: Report) -> None:
    took = []
    for _ in range(ROUNDS):
        for number in range(ROUTES):
            counters.cron(f"t_{number:026d}", 0.001)
        begun = time.thread_time()
        counters.tell(lambda _process, _rows, _age: None, at_once=True)
        took.append((time.thread_time() - begun) * 1000)
    words = "making the rows of a thousand tenants, without sending them"
    report.add("rows_of_a_thousand", took, "ms", words)


def _in_turn(counting: Guard, plain: Guard, request: dict, number: int) -> tuple[float, float]:
    if number % 2:
        first = _microseconds(counting, request)
        return first, _microseconds(plain, request)
    second = _microseconds(plain, request)
    return _microseconds(counting, request), second


def _microseconds(guard: Guard, request: dict) -> float:
    begun = time.thread_time()
    for _ in range(CALLS):
        body = guard.handle(_answer, None, dict(request), _told)
        for _piece in body:
            pass
        if hasattr(body, "close"):
            body.close()
    return (time.thread_time() - begun) / CALLS * 1e6


def _answer(_app: object, environ: dict, start_response: Callable) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    set_user(7)
    return environ["bench.pieces"]


def _told(*_answer: object) -> None: ...


def _request(method: str, path: str, pieces: int, number: int = NUMBER) -> dict[str, object]:
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "HTTP_HOST": f"h{number}.example",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "",
        "CONTENT_LENGTH": "0",
        "wsgi.input": io.BytesIO(),
        "bench.pieces": [b"x" * 1024] * pieces,
    }


def _cache(folder: Path) -> RouteCache:
    cache = RouteCache(folder / "map.json", "bench", Secret("x" * 43))
    cache.replace(
        Route(
            number,
            f"h{number}.example",
            f"t_{number:026d}",
            1,
            "active",
            limits="" if number else LIMITS,
        )
        for number in range(ROUTES)
    )
    return cache


def _guard(cache: RouteCache, counters: Counters) -> Guard:
    return Guard(*("bench", cache, _Standing(), Gate(7), Trust((), False)), counters=counters)


def main() -> int:
    """Measure this part alone, and say what was not reached."""
    report = Report()
    report.section(TITLE)
    measure_metering(report)
    missed = report.missed()
    for one in missed:
        print(f"Not reached: {one}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
