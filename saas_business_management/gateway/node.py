"""One runtime node process: its parts, and what a change of the map leads to.

Owns: how the parts know each other. Does not own: any of them, nor Odoo: what has to be done there
comes in as `Odoo`, filled by the `install_…` files.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..adapters.machine import OwnMachine
from ..adapters.postgres.route_feed import RouteFeed
from ..kernel.gateway.decide import slots
from ..kernel.gateway.host import Network
from ..kernel.gateway.route import Changes
from ..kernel.secret import Secret
from .agent import FULL_READ_SECONDS, Agent
from .cache import RouteCache
from .chores import Chores
from .counters import Counters
from .events import Events
from .figures import Figures
from .gate import Gate
from .journal import SLOW_SECONDS, Journal
from .limiter import Limiter
from .machine import MachineTeller
from .metrics import Metrics
from .middleware import Guard
from .passwords import Passwords
from .secret_file import NodeSecrets
from .throttle import Throttle
from .trust import Trust
from .turns import Turns
from .warm import warm

SAVE_DELAY_SECONDS = 1.0
LATE_WEBSOCKETS_SECONDS = 2.0


def _no_websockets(_databases: frozenset[str]) -> int:
    return 0


@dataclass
class Odoo:
    """What the node asks of Odoo; names are those of databases."""

    application: Callable[..., Iterable[bytes]]
    load_registry: Callable[[str], object]
    forget_registry: Callable[[str], bool]
    end_idle_connections: Callable[[], None]
    end_websockets: Callable[[frozenset[str]], int] = _no_websockets
    serves_pages: bool = True
    keeps_registries: bool = True


@dataclass(frozen=True)
class Settings:
    """What the configuration says about this node."""

    key: str
    data_folder: Path
    processes: int
    proxy_mode: bool
    trusted_proxies: tuple[Network, ...]
    full_read_seconds: float = FULL_READ_SECONDS
    slow_seconds: float = SLOW_SECONDS
    metrics_token: Secret | None = None


class Node:
    """The parts of the gateway in this process."""

    def __init__(
        self,
        settings: Settings,
        secrets: NodeSecrets,
        read_secrets: Callable[[], NodeSecrets] | None = None,
    ) -> None:
        self.settings, self.secrets = settings, secrets
        self._read_secrets = read_secrets
        copy = settings.data_folder / "saas" / "route_map.json"
        self.cache = RouteCache(copy, settings.key, *secrets.copy_keys())
        self.passwords = Passwords()
        self.chores = Chores()
        self.events = Events()
        self.journal = Journal(settings.slow_seconds)
        self.figures = Figures(settings.key)
        self.counters = Counters(heard_by=(self.journal.request, self.figures.request))
        self.throttle = Throttle(self.events, on_failed=self._failed_login)
        self.limiter = Limiter(processes=settings.processes)
        self.turns = Turns(self.cache, self.limiter)
        self._feed = RouteFeed(
            secrets.control, f"saas-gateway-{settings.key}", secrets.control_next
        )
        self.agent = Agent(
            self.cache,
            self._feed,
            self.chores.start,
            self.act_on,
            self.events,
            settings.full_read_seconds,
            self.renew_secrets,
            self.counters,
            MachineTeller(OwnMachine(("/", str(settings.data_folder)))),
            self.journal,
        )
        most = slots(secrets.connections_per_tenant, settings.processes)
        gate = Gate(most, on_held=self._held)
        metrics = Metrics(settings.metrics_token, self.figures)
        trust = Trust(settings.trusted_proxies, settings.proxy_mode)
        self.guard = Guard(
            *(settings.key, self.cache, self.agent, gate, trust),
            *(self.events, self.throttle, self.counters, self.limiter, metrics),
        )
        self.odoo: Odoo | None = None
        self._warm_ones: set[str] = set()

    def renew_secrets(self) -> None:
        """Read the secret file again: its passwords may have been changed.

        Raises: Refused when it cannot be used now; what was read before stays.
        """
        if self._read_secrets is not None:
            self.secrets = self._read_secrets()
            self._feed.use(self.secrets.control, self.secrets.control_next)
            self.cache.use_keys(*self.secrets.copy_keys())

    def last_word(self) -> None:
        """Tell what was counted before the process ends, over a connection of its own."""
        if self.counters.waits:
            name = f"saas-gateway-{self.settings.key}"
            feed = RouteFeed(self.secrets.control, name, self.secrets.control_next)
            feed.open()
            feed.may_tell()
            self.counters.tell(feed.count, at_once=True)
            feed.close()

    def _failed_login(self, database: str) -> None:
        self.counters.failed_login(database)
        self.figures.add(failed_logins=1)

    def _held(self, database: str) -> None:
        self.counters.held(database)
        self.figures.add(held=1)

    def act_on(self, changes: Changes) -> None:
        """Forget what is no longer true, at once; whatever may take time goes to the chores."""
        for database in changes.renewed | changes.gone:
            self._warm_ones.discard(database)
            was_loaded = self.odoo.forget_registry(database)
            if was_loaded and database not in changes.gone:
                self._warm_later(database)
        if changes.renewed | changes.closed | changes.gone:
            self.chores.add("ending connections", self.odoo.end_idle_connections)
            self._end_websockets(changes.closed | changes.gone)
        for database in sorted(changes.standby - self._warm_ones):
            self._warm_later(database)
        if changes.closed | changes.gone:
            # A node that dies now and starts without the control plane must not open it again.
            self.chores.add("saving that something was closed", self.cache.save_copy)
        else:
            self.chores.add("saving the route map", self.cache.save_copy, SAVE_DELAY_SECONDS)

    def _end_websockets(self, databases: frozenset[str]) -> None:
        """End them now, and once more: one may just be opening, by a request that was let in."""

        def end() -> None:
            self.odoo.end_websockets(databases - frozenset(self.cache.map.serving_databases()))

        if databases:
            end()
            key = f"ending late websockets of {', '.join(sorted(databases))}"
            self.chores.add(key, end, LATE_WEBSOCKETS_SECONDS)

    def _warm_later(self, database: str) -> None:
        if self.odoo.keeps_registries:
            self.chores.add(f"warming {database}", _call(self._warm, database))

    def _warm(self, database: str) -> None:
        """Load the registry; in a process that serves pages render the first one too."""
        route = self.cache.map.by_database.get(database)
        if route is None or not (route.serving or route.state == "standby"):
            return
        if self.odoo.serves_pages:
            warm(database, self.odoo.application)
        else:
            self.odoo.load_registry(database)
        self._warm_ones.add(database)


def _call(work: Callable[[str], object], database: str) -> Callable[[], None]:
    return lambda: work(database)
