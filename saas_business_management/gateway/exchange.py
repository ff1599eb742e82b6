"""What happens to an answer of Odoo on its way out.

Owns: cookies that stay on their host, one element put into a page, a login answered anew when it
was throttled. Does not own: which element (`kernel/gateway/lines.py`) and where
(`kernel/gateway/insertion.py`).
"""

from collections.abc import Callable, Iterable, Iterator

from ..kernel.gateway.cookies import own_host_only
from ..kernel.gateway.insertion import insert_into, insert_whole

Headers = list[tuple[str, str]]
StartResponse = Callable[..., object]
WHOLE_BYTES = 4 << 20


class Exchange:
    """Keeps what Odoo starts to answer until it is known what becomes of it."""

    def __init__(self, start_response: StartResponse) -> None:
        self._start = start_response
        self.status = ""
        self.headers: Headers = []
        self._error: object = None

    def begin(self, status: str, headers: Headers, exc_info: object = None) -> None:
        """Take status and headers; cookies lose what would give them to other hosts."""
        self.status, self._error = status, exc_info
        self.headers = [
            (name, own_host_only(value) if name.lower() == "set-cookie" else value)
            for name, value in headers
        ]

    def plain(self, body: Iterable[bytes]) -> Iterable[bytes]:
        """Pass the answer on as it is."""
        self._send()
        return body

    def with_element(
        self, body: Iterable[bytes], element: Callable[[bytes], str] | None
    ) -> Iterable[bytes]:
        """Pass the answer on, with the element in it when it is a page.

        `element` gets the page, or nothing when it goes by in pieces; None adds nothing.
        """
        if element is None or not self._is_page():
            return self.plain(body)
        length = self._header("content-length")
        if not length.isdecimal() or int(length) > WHOLE_BYTES:
            self._set("Content-Length", "")
            self._send()
            return _closing(body, insert_into(body, element(b"").encode()))
        page = _read(body)
        whole = insert_whole(page, element(page).encode())
        self._set("Content-Length", str(len(whole)))
        self._send()
        return [whole]

    def _is_page(self) -> bool:
        """Tell whether this is a page whose bytes can be read: whole, not packed."""
        is_html = self._header("content-type").lower().startswith("text/html")
        return self.status[:3] == "200" and is_html and not self._header("content-encoding")

    def _header(self, wanted: str) -> str:
        return next((value for name, value in self.headers if name.lower() == wanted), "")

    def _set(self, wanted: str, value: str) -> None:
        kept = [pair for pair in self.headers if pair[0].lower() != wanted.lower()]
        self.headers = [*kept, (wanted, value)] if value else kept

    def _send(self) -> None:
        given = (self.status, self.headers)
        self._start(*given, self._error) if self._error else self._start(*given)


def drop(body: Iterable[bytes]) -> None:
    """Let go of an answer that nobody gets."""
    if hasattr(body, "close"):
        body.close()


def _read(body: Iterable[bytes]) -> bytes:
    try:
        return b"".join(body)
    finally:
        drop(body)


def _closing(body: Iterable[bytes], pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    finally:
        drop(body)
