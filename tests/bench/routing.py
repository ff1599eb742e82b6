"""What the gateway costs a request: our node beside plain Odoo with `dbfilter`, the guard alone.

Owns: asking both in turn, calling the guard without a server. Does not own: the two servers.
"""

import http.client
import io
import tempfile
import time
import timeit
from collections.abc import Callable
from pathlib import Path

from saas_business_management.gateway.cache import RouteCache
from saas_business_management.gateway.gate import Gate
from saas_business_management.gateway.middleware import Guard
from saas_business_management.gateway.trust import Trust
from saas_business_management.kernel.gateway.route import Route
from saas_business_management.kernel.secret import Secret
from tests.bench.peers import Peer
from tests.helpers.bench import Report, median, percentile

STATIC, PAGE = "/web/static/img/logo.png", "/web/login"
STATIC_ASKED, PAGES_ASKED, UNCOUNTED = 400, 200, 20
ROUTES, CALLS, ROUNDS = 1000, 2000, 15
DATABASE = "t_" + "a" * 26


class Door:
    """One server, asked for one host on new connections."""

    def __init__(self, port: int, host: str) -> None:
        self._port, self._host = port, host

    def milliseconds(self, path: str) -> float:
        begun = time.perf_counter()
        cnx = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        cnx.request("GET", path, headers={"Host": f"{self._host}:{self._port}"})
        answer = cnx.getresponse()
        body = answer.read()
        cnx.close()
        assert answer.status == 200 and body, f"{self._host}{path}: {answer.status}"
        return (time.perf_counter() - begun) * 1000


def measure_routing(node_port: int, host: str, peer: Peer, report: Report) -> None:
    """Ask both servers in turn, so that what else runs on the machine meets both alike."""
    ours, plain = Door(node_port, host), Door(peer.port, peer.host)
    for name, path, asked, words in (
        ("static", STATIC, STATIC_ASKED, "static file"),
        ("page", PAGE, PAGES_ASKED, "anonymous login page"),
    ):
        pairs = _in_turn(ours, plain, path, asked)
        report.add(f"{name}_node", [one for one, _ in pairs], "ms", f"{words}, our node")
        report.add(
            f"{name}_plain", [one for _, one in pairs], "ms", f"{words}, plain Odoo with `dbfilter`"
        )
        report.add(
            f"{name}_routing_cost",
            [median([one - other for one, other in pairs])],
            "ms",
            f"{words}: what ours takes longer (median of the pairs; negative = shorter)",
        )


def _in_turn(ours: Door, plain: Door, path: str, asked: int) -> list[tuple[float, float]]:
    pairs = []
    for number in range(asked + UNCOUNTED):
        if number % 2:
            one = ours.milliseconds(path)
            pairs.append((one, plain.milliseconds(path)))
        else:
            other = plain.milliseconds(path)
            pairs.append((ours.milliseconds(path), other))
    return pairs[UNCOUNTED:]


class Standing:
    """An agent whose map is read."""

    def ensure(self) -> None: ...

    def wait_for_first_reading(self, seconds: float) -> None: ...


def measure_guard(report: Report) -> None:
    """Call the guard in this process, with a thousand routes and nothing behind it."""
    with tempfile.TemporaryDirectory() as folder:
        guard = _guard(Path(folder))
    for name, path, words in (
        ("static", STATIC, "static file"),
        ("page", PAGE, "page"),
        ("unknown", PAGE, "page of an unknown host"),
    ):
        host = "nobody.example" if name == "unknown" else "h7.example:8070"
        bare = _microseconds(
            lambda path=path, host=host: _nothing(None, _environ(path, host), _told)
        )
        whole = _microseconds(
            lambda path=path, host=host: guard.handle(_nothing, None, _environ(path, host), _told)
        )
        report.add(
            f"guard_{name}",
            [one - percentile(bare, 0.5) for one in whole],
            "µs",
            f"guard alone, {words}, {ROUTES} routes",
        )


def _guard(folder: Path) -> Guard:
    cache = RouteCache(folder / "map.json", "bench", Secret("x" * 43))
    cache.replace(
        Route(number, f"h{number}.example", f"t_{number:026d}", 1, "active", "", "", "")
        for number in range(ROUTES)
    )
    return Guard("bench", cache, Standing(), Gate(7), Trust((), False))


def _microseconds(work: Callable[[], object]) -> list[float]:
    return [one / CALLS * 1e6 for one in timeit.repeat(work, number=CALLS, repeat=ROUNDS)]


def _nothing(_app: object, _environ: dict, _start: object) -> list[bytes]:
    return []


def _told(*_answer: object) -> None: ...


def _environ(path: str, host: str) -> dict[str, object]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "HTTP_HOST": host,
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "",
        "wsgi.input": io.BytesIO(),
    }
