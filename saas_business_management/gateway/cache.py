"""The route map and the brands as this process holds them, and their copy on disk.

Owns: the current map and brands, when they were read, writing and reading the copy. Does not own:
the copy's form (`kernel/gateway/copy.py`) and the connection it is read over (`agent.py`).
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ..kernel.errors import Broken
from ..kernel.gateway.brand import Brand, Brands
from ..kernel.gateway.copy import is_of_earlier_format, read_copy, write_copy
from ..kernel.gateway.route import Changes, Route, RouteMap, compare
from ..kernel.secret import Secret

_logger = logging.getLogger(__name__)


class RouteCache:
    """The map all threads of the process read; only the agent's thread changes it."""

    def __init__(self, path: Path, node: str, *keys: Secret) -> None:
        """The copy is sealed with the first of the keys and may have been with any of them."""
        self.map = RouteMap()
        self.brands = Brands()
        self.known = False
        self._path, self._node, self._keys = path, node, keys
        self._confirmed_at: float | None = None
        self._saving = threading.Lock()

    def use_keys(self, *keys: Secret) -> None:
        """Seal the copy with other keys from now on."""
        self._keys = keys

    def age_seconds(self) -> float | None:
        """Return how long ago the control database confirmed the map; None before the first map."""
        return None if self._confirmed_at is None else max(0.0, time.time() - self._confirmed_at)

    def replace(self, routes: Iterable[Route], brands: Iterable[Brand] = ()) -> Changes:
        """Take a full reading and return what changed; `standby` holds all, not the new ones."""
        self.brands = Brands(brands)
        new = RouteMap(routes)
        changes = compare(self.map, new)
        return self._take(new, replace(changes, standby=frozenset(new.standby_databases())))

    def update(self, routes: Iterable[Route], brands: Iterable[Brand] = ()) -> Changes:
        """Take the rows that changed and return what that means."""
        self.brands = self.brands.with_changes(brands)
        changed = tuple(routes)
        before = [self.map.by_id[route.id] for route in changed if route.id in self.map.by_id]
        names = {route.database for route in (*changed, *before)}
        new = self.map.with_changes(changed)
        return self._take(new, compare(self.map, new, names))

    def load_copy(self) -> bool:
        """Start from the last good copy; a damaged one is reported and refused."""
        try:
            content = self._path.read_bytes()
            written_at = self._path.stat().st_mtime
            if is_of_earlier_format(content):
                _logger.info("the copy of the route map is of an earlier version and not used")
                return False
            routes, brands = self._opened(content)
        except FileNotFoundError:
            return False
        except (OSError, Broken) as error:
            _logger.error("the copy of the route map is refused: %s", error)
            return False
        self.brands = Brands(brands)
        self.map, self.known, self._confirmed_at = RouteMap(routes), True, written_at
        return True

    def save_copy(self) -> None:
        """Write the copy, or touch the one that says the same; a full disk is reported."""
        rows, brands = self.map.by_id.values(), self.brands.by_id.values()
        content = write_copy(rows, brands, self._node, self._keys[0])
        try:
            with self._saving:
                self._write(content)
        except OSError as error:
            _logger.error("the copy of the route map was not written: %s", error.strerror)

    def _opened(self, content: bytes) -> tuple[list[Route], list[Brand]]:
        *others, last = self._keys
        for key in others:
            with contextlib.suppress(Broken):
                return read_copy(content, self._node, key)
        return read_copy(content, self._node, last)

    def _write(self, content: bytes) -> None:
        """Replace the file as a whole; the processes of a node write the same bytes in turn."""
        with contextlib.suppress(FileNotFoundError):
            if self._path.read_bytes() == content:
                os.utime(self._path)
                return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self._path)

    def _take(self, new: RouteMap, changes: Changes) -> Changes:
        self.map, self.known, self._confirmed_at = new, True, time.time()
        return changes
