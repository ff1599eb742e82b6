"""The computer this process runs on."""

from collections.abc import Mapping
from typing import Protocol


class MachinePort(Protocol):
    """What monitoring asks of the own machine."""

    @property
    def name(self) -> str:
        """The machine's name, as its operators know it."""

    def look(self) -> Mapping[str, float]:
        """Return figures by the codes of metrics; what is not known is left out. What was added is
        told since the last look of this process.
        """

    def database_ms(self) -> Mapping[str, float]:
        """Return by name of databases whose server runs here the milliseconds of processor time
        that their sessions took since the last look of this process; at first nothing.
        """
