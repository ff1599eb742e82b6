"""Outside services as checks meet them: a page that is asked for, a port that takes a connection.

Owns: the seconds a check may take, how much of a page is read. Does not own: where it may lead
(`guarded_socket.py`, `kernel/outgoing`), the request itself (`poster.py`), what is good.
"""

import time

from ..kernel.monitoring.dependency import MARKER_BYTES
from ..kernel.outgoing.address import parse_door
from .guarded_socket import Lookup, connect, look_up
from .ports import Page
from .poster import Parcel, Poster

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 10.0
HEADERS = {"User-Agent": "saas-monitoring/1", "Accept": "*/*"}


class Outside:
    """`OutsidePort` over guarded connections; any number of threads may use one."""

    def __init__(self, poster: Poster | None = None, lookup: Lookup = look_up) -> None:
        self._poster = poster or Poster(WHOLE_SECONDS, CONNECT_SECONDS, lookup)
        self._lookup = lookup

    def ask(self, url: str, inside_allowed: bool) -> Page:
        """Ask for a page once.

        Raises: Refused (`page_form`, `address_inside` and its like), Unavailable
        (`address_unknown`, `address_silent`, `receiver_slow`, `receiver_silent`), Broken
        (`certificate_wrong`, `receiver_garbled`).
        """
        parcel = Parcel(url, b"", HEADERS, inside_allowed, "GET", MARKER_BYTES)
        told = self._poster.send(parcel)
        if told.error is not None:
            raise told.error
        return Page(told.status, told.first_bytes, told.seconds)

    def touch(self, door: str, inside_allowed: bool) -> float:
        """Connect to `host:port` and hang up.

        Raises: Refused (`address_form`, `address_port`, `address_inside`), Unavailable
        (`address_unknown`, `address_silent`).
        """
        place = parse_door(door, inside_allowed)
        start = time.monotonic()
        with connect(place.host, place.port, CONNECT_SECONDS, inside_allowed, self._lookup):
            return time.monotonic() - start
