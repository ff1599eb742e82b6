"""The watching side of the cluster in memory.

Owns: what a look tells of the databases there are; a test puts more into `sight`. Does not own:
databases and roles (`cluster.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..ports import Counters, DatabaseSight, Sight


class FakeWatching:
    """The part of `ClusterPort` that monitoring looks through; mixed into `FakeCluster`."""

    databases_by_name: dict[str, Any]
    _about_to: Callable[[str], None]
    sight = Sight(seconds=1000.0, gauges={"cluster_up": 1.0, "connections": 3.0})

    def watch(self, statements: bool = False) -> Sight:
        """Tell what a test put there, and idle sessions of every database."""
        self._about_to("watch")
        idle = DatabaseSight({"database_connections": 0.0}, Counters("first", {"transactions": 1}))
        databases = dict.fromkeys(self.databases_by_name, idle) | dict(self.sight.databases)
        told = self.sight.statements if statements else self.sight.statements and []
        return replace(self.sight, databases=databases, statements=told)
