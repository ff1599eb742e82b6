"""What a node tells of the machine it runs on, once a minute.

Owns: when to tell. Does not own: the figures (`adapters/machine.py`), the connection
(`adapters/postgres/route_feed.py`). Of the processes of a machine the first of a minute is heard.
"""

import logging
import time
from collections.abc import Callable, Mapping

from ..adapters.machine import OwnMachine
from ..kernel.errors import Broken

_logger = logging.getLogger(__name__)
TELL_SECONDS = 60.0


class MachineTeller:
    """Told by the agent's thread alone."""

    def __init__(self, machine: OwnMachine, clock: Callable[[], float] = time.monotonic) -> None:
        self._machine, self._clock = machine, clock
        self._told_at: float | None = None

    def tell(self, send: Callable[[str, Mapping[str, float]], None]) -> None:
        """Hand over the figures when it is time to; what was not taken is not told again.

        Raises: Unavailable.
        """
        now = self._clock()
        if self._told_at is not None and now - self._told_at < TELL_SECONDS:
            return
        self._told_at = now
        try:
            send(self._machine.name, self._machine.look())
        except Broken as error:
            _logger.error("figures of this machine were refused: %s", error)
