"""Backup targets in memory."""

from ...kernel.errors import Refused
from ..ports import Check
from ..storage.probe import probe
from .blob_store import FakeBlobStore
from .faults import Faults


class FakeStores(Faults):
    """`StoresPort` in memory. `stores`: number of the target → its store."""

    def __init__(self) -> None:
        super().__init__()
        self.stores: dict[int, FakeBlobStore] = {}

    def open(self, target: int) -> FakeBlobStore:
        """Return the store of a target."""
        self._about_to("open")
        if target not in self.stores:
            raise Refused("target_unknown")
        return self.stores[target]

    def probe(self, target: int) -> list[Check]:
        """Test a target."""
        self._about_to("probe")
        return probe(self.open(target))
