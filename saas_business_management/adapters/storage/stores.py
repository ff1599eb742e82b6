"""The backup targets an operation may use, opened when they are needed.

Owns: one store per target, kept for the operation. Does not own: which targets (records), what is
done with them (`jobs/`).
"""

from collections.abc import Mapping
from dataclasses import replace

from ...kernel.errors import Refused
from ..ports import Check
from .factory import TargetSpec, open_store
from .port import BlobStore
from .probe import probe

PROBE_TRIES = 2


class Stores:
    """`StoresPort` on the specs of some targets, by the numbers of their records."""

    def __init__(self, specs: Mapping[int, TargetSpec]) -> None:
        self._specs = dict(specs)
        self._opened: dict[int, BlobStore] = {}

    def open(self, target: int) -> BlobStore:
        """Return the store of a target.

        Raises: Refused (`target_unknown` and what `open_store` refuses).
        """
        if target not in self._specs:
            raise Refused("target_unknown")
        if target not in self._opened:
            self._opened[target] = open_store(self._specs[target])
        return self._opened[target]

    def probe(self, target: int) -> list[Check]:
        """Test a target with little patience, as somebody waits for the result.

        Raises: Refused (`target_unknown` and what `open_store` refuses).
        """
        if target not in self._specs:
            raise Refused("target_unknown")
        store = open_store(replace(self._specs[target], tries=PROBE_TRIES))
        try:
            return probe(store)
        finally:
            getattr(store, "close", lambda: None)()
