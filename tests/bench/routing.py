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
from tests.helpers.bench import Report, at_most, median, percentile

STATIC, PAGE = "/web/static/img/logo.png", "/web/login"
UNCOUNTED = 20
CASES = (
    ("static", STATIC, False, 300, "static file, stranger"),
    ("page", PAGE, False, 150, "login page, stranger"),
    ("static_session", STATIC, True, 300, "static file, with a session"),
    ("page_session", PAGE, True, 150, "login page, with a session"),
)
PLAIN = "plain Odoo with `dbfilter`"
COST = "what ours takes longer (median of the pairs, negative = shorter)"
NOTE = (
    "Plain Odoo asks PostgreSQL for the list of databases, on a connection of its own, whenever a "
    "request has no session yet; the gateway knows the host's database from memory."
)
ROUTES, CALLS, ROUNDS = 1000, 2000, 15
DATABASE = "t_" + "a" * 26


class Door:
    """One server, asked for one host on new connections, as a stranger or with a session."""

    def __init__(self, port: int, host: str) -> None:
        self._port, self._host = port, host
        self._cookie = ""
        _, headers, _ = self._ask(PAGE, "")
        found = [line for line in headers if line.startswith("session_id=")]
        assert found, f"{host} gives no session"
        self._cookie = found[0].partition(";")[0]

    def milliseconds(self, path: str, known: bool) -> float:
        begun = time.perf_counter()
        status, _, body = self._ask(path, self._cookie if known else "")
        assert status == 200 and body, f"{self._host}{path}: {status}"
        return (time.perf_counter() - begun) * 1000

    def _ask(self, path: str, cookie: str) -> tuple[int, list[str], bytes]:
        return ask(self._port, self._host, path, cookie)


def ask(port: int, host: str, path: str, cookie: str = "") -> tuple[int, list[str], bytes]:
    """Ask on a connection of its own; return status, cookies and body."""
    cnx = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Host": f"{host}:{port}", **({"Cookie": cookie} if cookie else {})}
    cnx.request("GET", path, headers=headers)
    answer = cnx.getresponse()
    body = answer.read()
    cnx.close()
    return answer.status, answer.headers.get_all("Set-Cookie") or [], body


def measure_routing(node_port: int, host: str, peer: Peer, report: Report) -> None:
    """Ask both servers in turn, so that what else runs on the machine meets both alike."""
    ours, plain = Door(node_port, host), Door(peer.port, peer.host)
    for name, path, known, asked, words in CASES:
        pairs = _in_turn(ours, plain, path, known, asked)
        faster = [one for one, _ in pairs], [one for _, one in pairs]
        goals = (
            [at_most(median(faster[0]), median(faster[1]), "p50 below plain Odoo's")]
            if name == "page"
            else []
        )
        report.add(f"{name}_node", faster[0], "ms", f"{words}, our node", *goals)
        report.add(f"{name}_plain", [one for _, one in pairs], "ms", f"{words}, {PLAIN}")
        cost = median([one - other for one, other in pairs])
        report.add(f"{name}_routing_cost", [cost], "ms", f"{words}, {COST}")
    report.say(NOTE)


def _in_turn(
    ours: Door, plain: Door, path: str, known: bool, asked: int
) -> list[tuple[float, float]]:
    pairs = []
    for number in range(asked + UNCOUNTED):
        doors = (ours, plain) if number % 2 else (plain, ours)
        took = {door: door.milliseconds(path, known) for door in doors}
        pairs.append((took[ours], took[plain]))
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
        cost = [one - percentile(bare, 0.5) for one in whole]
        # Who is passed on pays the guard; who is answered pays the answer, which is measured too.
        goals = [] if name == "unknown" else [at_most(median(cost), 20, "p50 ≤ 20 µs")]
        report.add(f"guard_{name}", cost, "µs", f"guard alone, {words}, {ROUTES} routes", *goals)


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
