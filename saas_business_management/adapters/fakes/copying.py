"""Copies of running tenants in memory."""

from collections.abc import Callable, Sequence

from ...kernel.errors import Refused
from ...kernel.migration.masking import Rule
from .cluster import FakeCluster
from .faults import Faults
from .filestore import FakeFilestore


class FakeCopies(Faults):
    """`CopiesPort` over a cluster and a filestore in memory; a database is masked as a whole."""

    def __init__(self, cluster: FakeCluster, filestore: FakeFilestore) -> None:
        super().__init__()
        self._cluster = cluster
        self._filestore = filestore

    def look(self, name: str, generation: int) -> dict[str, object]:
        """Tell what is in a database."""
        self._about_to("look")
        found = self._cluster._login(name, generation)
        return {"extensions": ["pg_trgm"], "modules": sorted(found.modules)}

    def pour(
        self,
        source: str,
        generation: int,
        name: str,
        login: int,
        meanwhile: Callable[[], None],
    ) -> dict[str, object]:
        """Take over what is in a database; into one that is filled nothing goes."""
        self._about_to("pour")
        origin = self._cluster._login(source, generation)
        target = self._cluster._login(name, login)
        if target.content:
            raise Refused("database_not_empty", database=name)
        meanwhile()
        target.content = origin.content or b"rows"
        target.parameters = dict(origin.parameters)
        target.modules, target.neutral, target.masked = origin.modules, False, False
        return {"taken_at": "2026-01-05T09:00:00+00:00", "tables": 30, "rows": 100}

    def mask(
        self, name: str, generation: int, rules: Sequence[Rule]
    ) -> tuple[dict[str, int], list[str]]:
        """Mark a database as masked; no file is needed any more."""
        self._about_to("mask")
        self._cluster._login(name, generation).masked = True
        return {str(rule): 1 for rule in rules}, []

    def preview(self, name: str, generation: int, rules: Sequence[Rule]) -> dict[str, int]:
        """Every rule meets one row."""
        self._about_to("preview")
        self._cluster._login(name, generation)
        return {str(rule): 1 for rule in rules}
