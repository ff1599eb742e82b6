"""A computer in memory: a test says what is seen of it."""

from collections.abc import Mapping

from .faults import Faults


class FakeMachine(Faults):
    """`MachinePort` in memory."""

    name = "control-1"

    def __init__(self) -> None:
        super().__init__()
        self.figures = {"cpu_percent": 12.5}
        self.spent: dict[str, float] = {}

    def look(self) -> Mapping[str, float]:
        """Return what a test put there."""
        self._about_to("look")
        return dict(self.figures)

    def database_ms(self) -> Mapping[str, float]:
        """Return what a test put there."""
        self._about_to("database_ms")
        return dict(self.spent)
