"""What every request meets first.

Owns: host → database → pass or answer, for each request. Does not own: Odoo's part behind it, the
rules (`kernel/gateway/decide.py`), the bytes of an answer (`pages.py`), what becomes of Odoo's
(`exchange.py`).
"""

import logging
import math
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from ..kernel.gateway.answers import BAD_HOST, BUSY, STARTING, THROTTLED, Answer
from ..kernel.gateway.banner import Reader
from ..kernel.gateway.brand import LOGO_PATH
from ..kernel.gateway.cookies import SESSION, without_rival_sessions
from ..kernel.gateway.decide import decide
from ..kernel.gateway.event import BAD_HOST as BAD_HOST_EVENT
from ..kernel.gateway.event import DATABASE_MANAGER, DUPLICATE_COOKIE
from ..kernel.gateway.kind import HEALTH_PATH, Kind, is_login, kind_of
from ..kernel.gateway.lines import element_for, is_added_to
from ..kernel.gateway.page import about
from ..kernel.gateway.redirect import redirect_of
from ..kernel.gateway.reference import ENVIRON, HEADER, THREAD
from ..kernel.gateway.route import Route
from . import pages
from .agent import Agent
from .cache import RouteCache
from .context import set_database, take_wait
from .counters import Counters
from .events import Events
from .exchange import Exchange, drop
from .gate import Gate
from .limiter import Limiter
from .metrics import Metrics
from .throttle import Throttle
from .trust import Trust

_logger = logging.getLogger(__name__)
Environ = dict[str, object]
StartResponse = Callable[..., object]
Application = Callable[[object, Environ, StartResponse], Iterable[bytes]]
FIRST_MAP_SECONDS = 5.0
FRESH_MAP_SECONDS = 2.0


class Guard:
    """Stands before `Application.__call__`; every thread calls it at once."""

    def __init__(
        self,
        node: str,
        cache: RouteCache,
        agent: Agent,
        gate: Gate,
        trust: Trust,
        events: Events | None = None,
        throttle: Throttle | None = None,
        counters: Counters | None = None,
        limiter: Limiter | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or Metrics()
        self._limiter = limiter or Limiter()
        self._counters = counters or Counters()
        self._node, self._cache, self._agent = node, cache, agent
        self._gate, self._trust = gate, trust
        self._events = events or Events()
        self._throttle = throttle or Throttle(self._events)

    def handle(
        self, call: Application, app: object, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer the request, or let it through to `call(app, …)`, bound to its database."""
        self._agent.ensure()
        start_response = self._numbered(environ, start_response)
        path = environ.get("PATH_INFO", "")
        if path == HEALTH_PATH:
            return self._health(environ, start_response)
        if self._metrics.asked_for(path, environ):
            return self._metrics.send(environ, start_response)
        host = self._trust.host_of(environ)
        kind = kind_of(path, environ.get("CONTENT_TYPE", ""))
        if host is None:
            self._note(BAD_HOST_EVENT, None, environ)
            return self._refuse(BAD_HOST, None, kind, environ, start_response)
        if not self._map_is_ready():
            return self._refuse(STARTING, None, kind, environ, start_response)
        if path.startswith(LOGO_PATH) and (picture := self._cache.brands.logo_at(path)):
            return pages.send_logo(picture, environ, start_response)
        return self._answer(call, app, host, kind, environ, start_response)

    def _numbered(self, environ: Environ, start_response: StartResponse) -> StartResponse:
        """Give the request its number: in logs, to Odoo, on the answer whoever makes it."""
        number = self._trust.request_id_of(environ) or secrets.token_hex(8)
        environ[ENVIRON] = number
        setattr(threading.current_thread(), THREAD, number)

        def start(status: str, headers: list, *error: object) -> object:
            kept = [pair for pair in headers if pair[0].lower() != HEADER.lower()]
            return start_response(status, [*kept, (HEADER, number)], *error)

        return start

    def _answer(
        self, call: Application, app: object, host: str, kind: Kind, environ, start_response
    ) -> Iterable[bytes]:
        """Answer by what the map says of the host, counting what its tenant uses."""
        route = self._cache.map.by_host.get(host)
        if route is None:
            return self._serve(call, app, None, kind, environ, start_response)
        path = environ.get("PATH_INFO", "")
        watch = self._counters.request(route.database, kind, path, environ)
        if kind is Kind.WEBSOCKET:  # what follows an upgrade passes by
            watch.at_once()
            return self._serve(call, app, route, kind, environ, start_response)
        reach, noting = watch.reaching(call), watch.noting(start_response)
        return watch.around(self._serve(reach, app, route, kind, environ, noting))

    def _serve(
        self,
        call: Application,
        app: object,
        route: Route | None,
        kind: Kind,
        environ,
        start_response,
    ) -> Iterable[bytes]:
        """Refuse, lead elsewhere or let through."""
        if answer := decide(route, kind):
            if kind is Kind.MANAGER:
                self._note(DATABASE_MANAGER, route, environ)
            return self._refuse(answer, route, kind, environ, start_response)
        if answer := self._limiter.answer(route, kind, environ.get("PATH_INFO", "")):
            return self._refuse(answer, route, kind, environ, start_response)
        if target := self._elsewhere(route, kind, environ):
            return pages.send_on(target, environ, start_response)
        if kind is Kind.STATIC:
            return self._pass(call, app, route, environ, start_response)
        self._drop_rival_sessions(route, environ)
        return self._pass_in_turn(call, app, route, kind, environ, start_response)

    def _elsewhere(self, route: Route, kind: Kind, environ: Environ) -> str:
        """Return the same address under the tenant's primary host name, or nothing."""
        if not route.redirect:
            return ""
        method, path = environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", "")
        host = redirect_of(self._cache.map, route, kind, method, path)
        if not host:
            return ""
        scheme, port = self._trust.origin_of(environ)
        return pages.location(scheme, host, port, path, environ.get("QUERY_STRING", ""))

    def _map_is_ready(self) -> bool:
        """Wait for a map, a moment for a fresh one when there is a copy of the last."""
        known = self._cache.known
        self._agent.wait_for_first_reading(FRESH_MAP_SECONDS if known else FIRST_MAP_SECONDS)
        return known or self._cache.known

    def _drop_rival_sessions(self, route: Route, environ: Environ) -> None:
        """Let nobody be somebody by a cookie that a sibling host may have planted."""
        cookies = environ.get("HTTP_COOKIE", "")
        if cookies.count(SESSION) > 1:
            cleaned = without_rival_sessions(cookies)
            if cleaned is not None:
                environ["HTTP_COOKIE"] = cleaned
                self._note(DUPLICATE_COOKIE, route, environ)

    def _pass(self, call, app, route: Route, environ, start_response) -> Iterable[bytes]:
        set_database(route.database, self._trust.source_of(environ))
        try:
            return call(app, environ, start_response)
        finally:
            set_database(None)

    def _pass_in_turn(
        self, call, app, route: Route, kind: Kind, environ, start_response
    ) -> Iterable[bytes]:
        if not self._gate.enter(route.database, self._limiter.most_at_once(route)):
            return self._refuse(BUSY, route, kind, environ, start_response)
        try:
            return self._exchange(call, app, route, kind, environ, start_response)
        finally:
            self._gate.leave(route.database)

    def _exchange(
        self, call, app, route: Route, kind: Kind, environ, start_response
    ) -> Iterable[bytes]:
        """Let the request through and look at what comes back."""
        if kind is Kind.WEBSOCKET:
            return self._pass(call, app, route, environ, start_response)
        path = environ.get("PATH_INFO", "")
        logs_in = is_login(kind, path, environ)
        exchange = Exchange(start_response)
        take_wait()  # what a request left behind that ended in an error
        set_database(route.database, self._trust.source_of(environ))
        try:
            if logs_in and self._throttle.wait_seconds():
                return self._throttled(route, kind, environ, start_response)
            body = call(app, environ, exchange.begin)
            if logs_in and kind is Kind.JSON2 and exchange.status[:3] == "401":
                self._throttle.failed()
            if wait := take_wait():
                drop(body)
                return self._throttled(route, kind, environ, start_response, wait)
        finally:
            set_database(None)
        return exchange.with_element(body, self._element(route, path, environ))

    def _element(self, route: Route, path: str, environ: Environ) -> Callable[[bytes], str] | None:
        """Return what makes the element of a page at this path, None when nothing is added."""
        brand = self._cache.brands.of(route.brand)
        if environ.get("REQUEST_METHOD") == "HEAD" or not is_added_to(route, brand, path):
            return None
        reader = Reader(environ.get("HTTP_COOKIE", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        return lambda page: element_for(route, brand, path, reader, page)

    def _throttled(
        self, route: Route, kind: Kind, environ, start_response, wait: float = 0
    ) -> Iterable[bytes]:
        seconds = math.ceil(wait or take_wait())
        answer = replace(THROTTLED, retry_seconds=seconds)
        return self._refuse(answer, route, kind, environ, start_response)

    def _note(self, rule: str, route: Route | None, environ: Environ) -> None:
        database = route.database if route else ""
        self._events.note(rule, database, self._trust.source_of(environ))

    def _refuse(
        self, answer: Answer, route: Route | None, kind: Kind, environ, start_response
    ) -> Iterable[bytes]:
        # Odoo's access log prints the thread's database, which would be that of its last request.
        threading.current_thread().dbname = route.database if route else "?"
        reference = str(environ.get(ENVIRON, ""))
        _logger.info("answered %s, reference %s", answer.code, reference)
        told = about(route, self._cache.brands, reference)
        return pages.send(answer, kind, told, environ, start_response)

    def _health(self, environ, start_response) -> Iterable[bytes]:
        self._agent.wait_for_first_reading(FRESH_MAP_SECONDS)
        ok = self._cache.known
        found: dict[str, object] = {"ok": ok}
        if self._trust.is_insider(environ):
            age = self._cache.age_seconds()
            rounded = None if age is None else round(age, 1)
            found |= {
                "node": self._node,
                "map_age_seconds": rounded,
                "routes": len(self._cache.map),
            }
        return pages.send_json(200 if ok else 503, found, environ, start_response)
