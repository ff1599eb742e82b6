"""Outside services that tests put there."""

from ...kernel.errors import Unavailable
from ...kernel.outgoing.address import parse_door
from ...kernel.outgoing.page import parse_page
from ..ports import Page
from .faults import Faults


class FakeOutside(Faults):
    """`OutsidePort` in memory; who is not there is silent."""

    def __init__(self) -> None:
        super().__init__()
        self._pages: dict[str, Page] = {}
        self._doors: set[str] = set()

    def serve(self, url: str, status: int = 200, body: bytes = b"") -> None:
        """Put a page there."""
        self._pages[url] = Page(status, body, 0.01)

    def open(self, door: str) -> None:
        """Let somebody listen at `host:port`."""
        self._doors.add(door)

    def ask(self, url: str, inside_allowed: bool) -> Page:
        """Return the page."""
        self._about_to("ask")
        host = parse_page(url, inside_allowed).endpoint.host
        if url not in self._pages:
            raise Unavailable("address_silent", host=host)
        return self._pages[url]

    def touch(self, door: str, inside_allowed: bool) -> float:
        """Return how long it took."""
        self._about_to("touch")
        place = parse_door(door, inside_allowed)
        if door not in self._doors:
            raise Unavailable("address_silent", host=place.host, port=place.port)
        return 0.01
