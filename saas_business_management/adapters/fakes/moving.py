"""Moves in memory: databases frozen and thawed, carried from one cluster to another.

Owns: what `postgres/moving.py` and `mover.py` do on real ones. Does not own: databases and roles
(`cluster.py`), files (`filestore.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...kernel.errors import Broken, Refused
from ...kernel.provisioning.naming import checked
from ..ports import Compared, End
from .faults import Faults

if TYPE_CHECKING:
    from .cluster import FakeCluster
    from .filestore import FakeFilestore

TABLE = "public.content"
PARAMETERS = "public.ir_config_parameter"


class FakeMoving:
    """The part of `ClusterPort` that moves; mixed into `FakeCluster`."""

    databases_by_name: dict[str, Any]
    _about_to: Callable[[str], None]
    _role: Callable[[str], Any]

    def freeze(self, name: str, patience_seconds: float) -> int:
        """Close it; sessions there were are in the middle of something."""
        self._about_to("freeze")
        found = self._role(checked(name))
        busy, found.sessions = found.sessions, 0
        found.info = replace(found.info, can_login=False)
        self.databases_by_name[name].read_only = True
        return busy

    def thaw(self, name: str) -> None:
        """Let it take writes."""
        self._about_to("thaw")
        if checked(name) in self.databases_by_name:
            self.databases_by_name[name].read_only = False


class FakeMover(Faults):
    """`MoverPort` between two clusters in memory; `modules` is what is installed in any tenant."""

    def __init__(
        self,
        here: FakeCluster,
        there: FakeCluster,
        files_here: FakeFilestore,
        files_there: FakeFilestore,
    ) -> None:
        super().__init__()
        self.here, self.there = here, there
        self.files_here, self.files_there = files_here, files_there
        self.modules = {"base": "19.0.1.3"}

    def look(self, source: End) -> dict[str, object]:
        """Return what has to be known before."""
        self._about_to("look")
        self.here.entered(source.database, source.generation)
        return {
            "extensions": ["pg_trgm"],
            "modules": dict(self.modules),
            "file_bytes": self.files_here.used_bytes(source.database),
        }

    def copy_files(self, source: str, name: str) -> dict[str, int]:
        """Copy what is not there."""
        self._about_to("copy_files")
        there = self.files_there.files.setdefault(checked(name), {})
        wanted = {
            path: content
            for path, content in self.files_here.files.get(checked(source), {}).items()
            if not path.startswith("checklist/") and there.get(path) != content
        }
        if wanted and self.files_there.disk_bytes <= 0:
            raise Broken("disk_full")
        there.update(wanted)
        copied = sum(len(content) for content in wanted.values())
        return {"files": len(there), "copied": len(wanted), "bytes": copied}

    def carry(self, source: End, to: End) -> dict[str, int]:
        """Bring the content into an empty database."""
        self._about_to("carry")
        old = self.here.entered(source.database, source.generation)
        new = self.there.entered(to.database, to.generation)
        if new.content or new.parameters:
            raise Refused("database_not_empty", database=to.database)
        new.content, new.parameters = old.content, dict(old.parameters)
        new.admin, new.company, new.size = dict(old.admin), dict(old.company), old.size
        new.guests, new.signals, new.modules = dict(old.guests), old.signals, old.modules
        return {"tables": 2, "rows": 1 + len(old.parameters), "bytes": len(old.content)}

    def compare(self, source: End, to: End) -> Compared:
        """Compare content, parameters and files."""
        self._about_to("compare")
        old = self.here.entered(source.database, source.generation)
        new = self.there.entered(to.database, to.generation)
        before, now = _marks(old), _marks(new)
        wrong = [("row_hash", name) for name in before if before[name] != now[name]]
        there = self.files_there.files.get(to.database, {})
        for path, content in self.files_here.files.get(source.database, {}).items():
            if not path.startswith("checklist/") and there.get(path) != content:
                wrong.append(("file", path))
        return Compared(wrong, now)

    def marks(self, to: End, tables: Sequence[str] = ()) -> dict[str, str]:
        """Return the marks at the destination."""
        self._about_to("marks")
        found = _marks(self.there.entered(to.database, to.generation))
        return {name: mark for name, mark in found.items() if not tables or name in tables}


def _marks(found: Any) -> dict[str, str]:
    told = {TABLE: found.content, PARAMETERS: repr(sorted(found.parameters.items())).encode()}
    return {name: hashlib.sha256(content).hexdigest() for name, content in told.items()}
