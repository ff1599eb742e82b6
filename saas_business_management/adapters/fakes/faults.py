"""Failing on order: what every double can do.

Owns: `fail_next`. Does not own: how a double behaves otherwise.
"""

from collections import defaultdict

from ...kernel.errors import SaasError


class Faults:
    """Base of the doubles: each public method calls `_about_to(name)` first."""

    def __init__(self) -> None:
        self._errors: dict[str, list[SaasError]] = defaultdict(list)
        self.calls: list[str] = []

    def fail_next(self, method: str, error: SaasError) -> None:
        """Have the next call of a method raise this error and do nothing; several queue up."""
        self._errors[method].append(error)

    def _about_to(self, method: str) -> None:
        self.calls.append(method)
        if self._errors[method]:
            raise self._errors[method].pop(0)
