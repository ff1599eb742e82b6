"""Copies of running tenants."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ...kernel.migration.masking import Rule


class CopiesPort(Protocol):
    """What a copy asks of a cluster, beside what a restore does."""

    def look(self, name: str, generation: int) -> dict[str, object]:
        """As the source's role: return its `extensions` and `modules`."""

    def pour(
        self,
        source: str,
        generation: int,
        name: str,
        login: int,
        meanwhile: Callable[[], None],
    ) -> dict[str, object]:
        """Bring the source as it is now into an empty database; `meanwhile` runs while its files
        are sure to stay. Return `taken_at`, `tables`, `rows`.
        """

    def mask(
        self, name: str, generation: int, rules: Sequence[Rule]
    ) -> tuple[dict[str, int], list[str]]:
        """As the copy's role, in one transaction: mask it and prove that nothing is left.

        Return how many rows each rule met and which files are still needed.
        """

    def preview(self, name: str, generation: int, rules: Sequence[Rule]) -> dict[str, int]:
        """As the tenant's role, read only: return how many rows each rule would meet."""
