"""What every request meets first.

Owns: host → database → pass or answer, for each request. Does not own: Odoo's part behind it, the
rules (`kernel/gateway/decide.py`) and the bytes of an answer (`pages.py`).
"""

import threading
from collections.abc import Callable, Iterable

from ..kernel.gateway.answers import BAD_HOST, BUSY, STARTING, Answer
from ..kernel.gateway.decide import decide
from ..kernel.gateway.kind import HEALTH_PATH, Kind, kind_of
from ..kernel.gateway.redirect import redirect_of
from ..kernel.gateway.route import Route
from . import pages
from .agent import Agent
from .cache import RouteCache
from .context import set_database
from .gate import Gate
from .trust import Trust

Environ = dict[str, object]
StartResponse = Callable[..., object]
Application = Callable[[object, Environ, StartResponse], Iterable[bytes]]
FIRST_MAP_SECONDS = 5.0
FRESH_MAP_SECONDS = 2.0


class Guard:
    """Stands before `Application.__call__`; every thread calls it at once."""

    def __init__(
        self, node: str, cache: RouteCache, agent: Agent, gate: Gate, trust: Trust
    ) -> None:
        self._node, self._cache, self._agent = node, cache, agent
        self._gate, self._trust = gate, trust

    def handle(
        self, call: Application, app: object, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer the request, or let it through to `call(app, …)`, bound to its database."""
        self._agent.ensure()
        path = environ.get("PATH_INFO", "")
        if path == HEALTH_PATH:
            return self._health(environ, start_response)
        host = self._trust.host_of(environ)
        kind = kind_of(path, environ.get("CONTENT_TYPE", ""))
        if host is None:
            return self._refuse(BAD_HOST, None, kind, environ, start_response)
        if not self._map_is_ready():
            return self._refuse(STARTING, None, kind, environ, start_response)
        route = self._cache.map.by_host.get(host)
        if answer := decide(route, kind):
            return self._refuse(answer, route, kind, environ, start_response)
        if target := self._elsewhere(route, kind, environ):
            return pages.send_on(target, environ, start_response)
        if kind is Kind.STATIC:
            return self._pass(call, app, route, environ, start_response)
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

    def _pass(self, call, app, route: Route, environ, start_response) -> Iterable[bytes]:
        set_database(route.database)
        try:
            return call(app, environ, start_response)
        finally:
            set_database(None)

    def _pass_in_turn(
        self, call, app, route: Route, kind: Kind, environ, start_response
    ) -> Iterable[bytes]:
        if not self._gate.enter(route.database):
            return self._refuse(BUSY, route, kind, environ, start_response)
        try:
            return self._pass(call, app, route, environ, start_response)
        finally:
            self._gate.leave(route.database)

    def _refuse(
        self, answer: Answer, route: Route | None, kind: Kind, environ, start_response
    ) -> Iterable[bytes]:
        # Odoo's access log prints the thread's database, which would be that of its last request.
        threading.current_thread().dbname = route.database if route else "?"
        name = route.tenant_name if route else ""
        return pages.send(answer, kind, name, environ, start_response)

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
