"""One runtime node process: its parts, and what a change of the map leads to.

Owns: how the parts know each other. Does not own: any of them, nor Odoo: what has to be done there
comes in as `Odoo`, filled by the `install_…` files.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..adapters.postgres.route_feed import RouteFeed
from ..kernel.gateway.decide import slots
from ..kernel.gateway.host import Network
from ..kernel.gateway.route import Changes
from .agent import Agent
from .cache import RouteCache
from .chores import Chores
from .gate import Gate
from .middleware import Guard
from .secret_file import NodeSecrets
from .trust import Trust
from .warm import warm

SAVE_DELAY_SECONDS = 1.0


@dataclass
class Odoo:
    """What the node asks of Odoo; names are those of databases."""

    application: Callable[..., Iterable[bytes]]
    load_registry: Callable[[str], object]
    forget_registry: Callable[[str], bool]
    end_idle_connections: Callable[[], None]
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
        self.cache = RouteCache(copy, settings.key, secrets.copy_key())
        self.chores = Chores()
        self._feed = RouteFeed(
            secrets.control, f"saas-gateway-{settings.key}", secrets.control_next
        )
        self.agent = Agent(
            self.cache, self._feed, self.chores.start, self.act_on, self.renew_secrets
        )
        gate = Gate(slots(secrets.connections_per_tenant, settings.processes))
        trust = Trust(settings.trusted_proxies, settings.proxy_mode)
        self.guard = Guard(settings.key, self.cache, self.agent, gate, trust)
        self.odoo: Odoo | None = None
        self._warm_ones: set[str] = set()

    def renew_secrets(self) -> None:
        """Read the secret file again: its passwords may have been changed.

        Raises: Refused when it cannot be used now; what was read before stays.
        """
        if self._read_secrets is not None:
            self.secrets = self._read_secrets()
            self._feed.use(self.secrets.control, self.secrets.control_next)

    def act_on(self, changes: Changes) -> None:
        """Forget what is no longer true, at once; whatever may take time goes to the chores."""
        for database in changes.renewed | changes.gone:
            self._warm_ones.discard(database)
            was_loaded = self.odoo.forget_registry(database)
            if was_loaded and database not in changes.gone:
                self._warm_later(database)
        if changes.renewed | changes.closed | changes.gone:
            self.chores.add("ending connections", self.odoo.end_idle_connections)
        for database in sorted(changes.standby - self._warm_ones):
            self._warm_later(database)
        self.chores.add("saving the route map", self.cache.save_copy, SAVE_DELAY_SECONDS)

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
