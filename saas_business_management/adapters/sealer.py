"""The sealer: a thread of a worker that adds new entries of the audit log to the chain.

Owns: how often, and that an error is no end. Does not own: the statements
(`postgres/audit_chain.py`). Each worker has one; a lock lets one at a time seal, so the chain never
forks.
"""

import logging
import threading
from contextlib import suppress

from ..kernel.errors import SaasError
from .postgres import audit_chain
from .postgres.connect import SHORT, Server
from .postgres.warm import WarmConnection

EVERY_SECONDS = 5.0
_logger = logging.getLogger(__name__)


class Sealer:
    """Seals from a thread of its own while the block runs, on a connection of its own."""

    def __init__(self, server: Server, every: float = EVERY_SECONDS) -> None:
        self._warm = WarmConnection(server, SHORT, "saas audit sealer")
        self._every = every
        self._end = threading.Event()
        self._told = ""
        self._thread = threading.Thread(target=self._run, name="saas sealer", daemon=True)

    def __enter__(self) -> "Sealer":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join(timeout=15)

    def seal(self) -> int:
        """Seal what waits; return how many.

        Raises: Unavailable, Broken.
        """
        count = 0
        while made := self._warm.run(lambda cursor: audit_chain.seal(cursor.connection)):
            count += made
        return count

    def close(self) -> None:
        """Close the connection."""
        self._warm.close()

    def _run(self) -> None:
        while not self._end.wait(self._every):
            try:
                self.seal()
                self._told = ""
            except SaasError as error:
                self._tell(error.code)
        with suppress(SaasError):
            self.seal()
        self.close()

    def _tell(self, code: str) -> None:
        """Say once what keeps the log unsealed; the doctor tells people."""
        if code != self._told:
            _logger.warning("audit log not sealed: %s", code)
        self._told = code
