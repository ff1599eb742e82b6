"""One request to an address that people typed in: an event that is sent, a page that is checked.

Owns: one request over a guarded connection, the time it may take in all, how much of the answer is
read. Does not own: where it may lead (`guarded_socket.py`), what the answer means
(`kernel/integration/answer.py`), the next try.

Neither proxies nor certificates of the machine's environment count, a redirect is an answer like
any other, and no connection is used twice.
"""

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ..kernel.errors import Broken, Refused, SaasError, Unavailable
from ..kernel.integration.answer import Answer
from ..kernel.outgoing.page import Page, parse_page
from .guarded_socket import Lookup, connect, look_up

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0
READ_BYTES = 64 * 1024
KEPT_BYTES = 500
PIECE = 16 * 1024
MOST_WAIT_SECONDS = 86_400
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Parcel:
    """What is sent: the address as it was typed, the body and the headers that are ours; of the
    answer's body `kept_bytes` at most are told.
    """

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    inside_allowed: bool = False
    method: str = "POST"
    kept_bytes: int = KEPT_BYTES


class Poster:
    """Sends parcels; any number of threads may use one."""

    def __init__(
        self,
        whole_seconds: float = WHOLE_SECONDS,
        connect_seconds: float = CONNECT_SECONDS,
        lookup: Lookup = look_up,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`whole_seconds` bounds handshake, sending and answer together; without `trust` the
        machine's authorities count.
        """
        self._whole, self._connect, self._lookup = whole_seconds, connect_seconds, lookup
        self._told_trust = trust

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        # Reading the machine's authorities takes longer than most operations that post nothing.
        return self._told_trust or ssl.create_default_context()

    def send(self, parcel: Parcel) -> Answer:
        """Send once; whatever stands in the way is told in the answer, never raised."""
        start = time.monotonic()
        try:
            told = self._sent(parcel, start)
        except SaasError as error:
            told = Answer(error=error)
        return replace(told, seconds=time.monotonic() - start)

    def _sent(self, parcel: Parcel, start: float) -> Answer:
        page = parse_page(parcel.url, parcel.inside_allowed)
        end = start + self._whole
        host, port = page.endpoint.host, page.endpoint.port
        try:
            with (
                connect(host, port, self._connect, parcel.inside_allowed, self._lookup) as plain,
                self._secured(page, plain, end) as line,
            ):
                _push(line, _head(page, parcel) + parcel.body, end)
                return _answer(line, end, parcel)
        except ssl.SSLCertVerificationError:
            raise Broken("certificate_wrong") from None
        except TimeoutError:
            raise Unavailable("receiver_slow", host=host) from None
        except http.client.RemoteDisconnected:
            raise Unavailable("receiver_silent", host=host) from None
        except (http.client.HTTPException, ValueError):
            raise Broken("receiver_garbled", host=host) from None
        except OSError:
            raise Unavailable("receiver_silent", host=host) from None

    def _secured(self, page: Page, plain: socket.socket, end: float) -> socket.socket:
        plain.settimeout(_left(end))
        if page.endpoint.scheme == "http":
            return plain
        return self._trust.wrap_socket(plain, server_hostname=page.endpoint.host)


def _left(end: float) -> float:
    """Return the seconds left until an instant of the monotonic clock.

    Raises: TimeoutError.
    """
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _head(page: Page, parcel: Parcel) -> bytes:
    ours = {
        "Host": page.host_header,
        "User-Agent": "saas-webhooks/1",
        "Content-Type": "application/json",
        "Content-Length": str(len(parcel.body)),
        "Accept-Encoding": "identity",
        "Connection": "close",
        **parcel.headers,
    }
    for name, value in ours.items():
        if not value.isprintable() or not value.isascii():
            raise Refused("header_form", name=name)
    lines = [
        f"{parcel.method} {page.path} HTTP/1.1",
        *(f"{name}: {ours[name]}" for name in ours),
        "",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _push(line: socket.socket, data: bytes, end: float) -> None:
    """Send everything; a receiver that reads drop by drop gets no more time than any other."""
    view = memoryview(data)
    for place in range(0, len(view), PIECE):
        line.settimeout(_left(end))
        line.sendall(view[place : place + PIECE])


def _answer(line: socket.socket, end: float, parcel: Parcel) -> Answer:
    source: Any = _Source(line, end)
    found = http.client.HTTPResponse(source, method=parcel.method)
    found.begin()
    return Answer(
        status=found.status,
        wait_seconds=_asked(found.getheader("Retry-After") or ""),
        first_bytes=_beginning(found, parcel.kept_bytes),
    )


def _beginning(found: http.client.HTTPResponse, most: int) -> bytes:
    """Return the first bytes of the body. The status has decided by then: a body that is cut off,
    endless or too slow changes nothing.
    """
    read = b""
    try:
        while len(read) < most and (piece := found.read1(most - len(read))):
            read += piece
    except (http.client.HTTPException, OSError, ValueError):
        return read
    return read


def _asked(text: str) -> int:
    """Return the seconds that `Retry-After` asks for; a date there counts as nothing."""
    return min(int(text), MOST_WAIT_SECONDS) if _SECONDS.fullmatch(text.strip()) else 0


class _Source:
    """A connection as `http.client` reads it, every read within the time that is left."""

    def __init__(self, line: socket.socket, end: float) -> None:
        self._line, self._end = line, end

    def makefile(self, *_mode: object) -> io.BufferedReader:
        """Return what the answer is read from."""
        return io.BufferedReader(_Timed(self._line, self._end))


class _Timed(io.RawIOBase):
    def __init__(self, line: socket.socket, end: float) -> None:
        self._line, self._end = line, end
        self._budget = READ_BYTES

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there, up to the bytes an answer may have in all."""
        self._line.settimeout(_left(self._end))
        room = memoryview(buffer)[: self._budget]
        if not room:
            return 0
        count = self._line.recv_into(room)
        self._budget -= count
        return count
