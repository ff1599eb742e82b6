"""The upgrader's side of the cluster in memory: a live database that stands still and is copied.

Owns: what `postgres/upgrading.py` does on a real one. Does not own: databases and roles
(`cluster.py`).
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from ...kernel.errors import Broken, Unavailable
from ...kernel.provisioning.naming import checked, stem_of


class FakeUpgrading:
    """The part of `ClusterPort` that copies what is live; mixed into `FakeCluster`."""

    databases_by_name: dict[str, Any]
    _about_to: Callable[[str], None]
    _connections: int
    _new: Callable[[str, str, int], Any]
    _usable: Callable[[str], Any]
    _login: Callable[[str, int], Any]

    def module_states(self, name: str, generation: int) -> dict[str, list[str]]:
        """Return the modules that a test wrote into `modules`, of no version."""
        self._about_to("module_states")
        return {one: ["installed", ""] for one in self._login(name, generation).modules}

    def stand_still(self, name: str, patience_seconds: float) -> str:
        """Let nobody in; the mark is what the database holds."""
        self._about_to("stand_still")
        found = self._usable(checked(name))
        if found is None:
            raise Broken("database_missing", database=name)
        found.info = replace(found.info, allows_connections=False)
        return f"{found.info.oid}/{found.content!r}/{found.signals}/{found.parameters}"

    def copy_live(self, name: str, copy: str) -> int:
        """Copy it with all that is in it."""
        self._about_to("copy_live")
        role = stem_of(checked(copy))
        if role != checked(name) or copy == name:
            raise Broken("database_changed", database=copy)
        live = self._usable(name)
        if live is None:
            raise Broken("database_missing", database=name)
        if live.info.allows_connections:
            raise Unavailable("object_in_use")
        self.databases_by_name.pop(copy, None)
        found = self._new(copy, role, self._connections)
        info, oid = found.info, found.info.oid
        self.databases_by_name[copy] = twin = deepcopy(live)
        twin.info, twin.opened_to = replace(info, allows_connections=True), role
        return oid
