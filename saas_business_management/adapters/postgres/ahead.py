"""A connection opened before it is needed, so that a customer does not wait for it.

Owns: opening it in a thread of its own, handing it out once. Does not own: what is asked there, nor
whether the guess was right: whoever finds none here opens one.
"""

import threading
from collections.abc import Callable

from ...kernel.errors import SaasError
from .connect import Connection
from .errors import translated


class Ahead:
    """One connection in the making; one taker, or none and then `close`."""

    def __init__(
        self, name: str, generation: int, open_one: Callable[[], Connection], warm: str
    ) -> None:
        """`warm` is run there first; it must change nothing."""
        self._key = (name, generation)
        self._open_one = open_one
        self._warm = warm
        self._cnx: Connection | None = None
        self._thread = threading.Thread(target=self._run, name=f"saas ahead {name}", daemon=True)
        self._thread.start()

    def take(self, name: str, generation: int) -> Connection | None:
        """Return the connection if it is this one, could be opened and was not taken; close it."""
        if (name, generation) != self._key:
            return None
        self._thread.join()
        cnx, self._cnx = self._cnx, None
        return cnx

    def close(self) -> None:
        """Close it unless it was taken."""
        cnx = self.take(*self._key)
        if cnx is not None:
            cnx.close()

    def _run(self) -> None:
        try:
            cnx = self._open_one()
        except SaasError:
            # Whoever needs it finds out by himself, and says so.
            return
        try:
            with translated(), cnx.cursor() as cursor:
                cursor.execute(self._warm)
        except SaasError:
            cnx.close()
            return
        self._cnx = cnx
